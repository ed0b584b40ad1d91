//! Topics around orders.

use super::Scenario;

pub(super) static DELIVERY: Scenario = Scenario {
    id: "delivery",
    title: "Delivery",
    team: "team-orders",
    language: "en-US",
    subjects: &["Where is order {order}?", "Parcel marked as delivered", "Delivery of {date}"],
    problems: &[
        "My order {order} should have been here on {date}. Where is it?",
        "The tracking says delivered, but there is no parcel.",
        "The {product} I ordered has been 'out for delivery' since {date}.",
        "Only half of order {order} arrived; the {product} is missing.",
    ],
    checks: &[
        ("Could you give me the order number?", "It's {order}."),
        ("May I check the postcode with you?", "{postcode}."),
        ("Could a neighbour have taken it?", "I asked on both sides, nobody has it."),
        ("Was the box damaged?", "No, it was closed and the tape was intact."),
    ],
    findings: &[
        "I see it: the parcel went to the wrong depot and came back on {date}.",
        "The driver left it at the pick-up shop around the corner, but the card for your letterbox was never printed.",
        "The {product} was packed separately and leaves our warehouse tomorrow.",
    ],
    questions: &[
        ("When will it really be here?", "Between {hours} on {date}."),
        ("Can I get a text message before?", "Yes, I have switched that on for this parcel."),
        (
            "Do I have to be at home?",
            "Not if you allow the driver to leave it in a safe place; I can note that.",
        ),
        ("Will I be charged for the second delivery?", "No, that one is on us."),
    ],
    solutions: &[
        ("I've booked express delivery for it at no cost.", "Thank you, I appreciate that."),
        ("I can send a new {product} today or refund {amount}.", "Please send a new one."),
        (
            "The shop keeps it for {days} days; your order number is enough to collect it.",
            "Good, I'll pick it up after work.",
        ),
    ],
    summary: "Order {order} did not arrive as promised; a new delivery was arranged.",
    action_item: "Tell the carrier about the wrong depot",
};

pub(super) static RETURN: Scenario = Scenario {
    id: "returns",
    title: "Returns",
    team: "team-orders",
    language: "en-US",
    subjects: &["Return of {product}", "Order {order}: wrong size", "Broken {product}"],
    problems: &[
        "The {product} from order {order} arrived broken.",
        "I'd like to send the {product} back, it isn't what I expected.",
        "I returned the {product} on {date} and still wait for my {amount}.",
        "You sent me the wrong {product}.",
    ],
    checks: &[
        ("What is the order number?", "{order}."),
        ("Could you describe the damage?", "There is a crack along the left side."),
        ("Do you still have the original box?", "Yes, everything is there."),
        ("Which parcel number is on the receipt?", "It ends in {last4}."),
    ],
    findings: &[
        "That happens in transport now and then; you are within the thirty days, so it's covered.",
        "Your parcel reached our returns centre on {date}, it just hasn't been opened yet.",
        "The label was mixed up with another order in our warehouse, I'm sorry.",
    ],
    questions: &[
        ("Who pays for the parcel?", "We do, the label is free."),
        ("Can I bring it to one of your stores?", "Yes, any store takes it with the order number."),
        ("How do I get my money?", "The same way you paid: {amount} to your card."),
    ],
    solutions: &[
        (
            "I'm sending you the return label now, and the new {product} leaves today.",
            "Wonderful, thank you.",
        ),
        (
            "I've released the refund of {amount} by hand, so you needn't wait any longer.",
            "That's very kind.",
        ),
        ("Would a discount of {amount} be fine, so that you keep it?", "Yes, let's do that."),
    ],
    summary: "The customer returned the {product} of order {order}; replacement or refund agreed.",
    action_item: "Inspect the packaging of {product}",
};
