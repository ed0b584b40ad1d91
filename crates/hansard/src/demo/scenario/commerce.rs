//! Topics around orders.

use super::{Matter, Scenario};

pub(super) static DELIVERY: Scenario = Scenario {
    id: "delivery",
    title: "Delivery",
    team: "team-orders",
    language: "en-US",
    matters: &[
        Matter {
            subject: "Where is order {order}?",
            problems: &[
                "My order {order} should have been here on {date}. Where is it?",
                "The {product} I ordered has been 'out for delivery' since {date}.",
            ],
            checks: &[
                ("Could you give me the order number?", "It's {order}."),
                ("May I check the postcode with you?", "{postcode}."),
                (
                    "Is there a name on the doorbell that the driver can find?",
                    "Yes, and somebody was at home all day.",
                ),
            ],
            finding: "I see it: the parcel went to the wrong depot and came back to us yesterday.",
            questions: &[
                ("When will it really be here?", "Tomorrow, between {hours}."),
                ("Can I get a text message before?", "Yes, I have switched that on for this parcel."),
                ("Will I be charged for the second delivery?", "No, that one is on us."),
            ],
            solutions: &[
                ("I've booked express delivery for it at no cost.", "Thank you, I appreciate that."),
                ("It is on the first van tomorrow, and I'll watch it myself.", "That's reassuring, thanks."),
            ],
            summary: "Order {order} went to the wrong depot; express delivery was booked.",
            action_item: "Tell the carrier about the wrong depot",
        },
        Matter {
            subject: "Parcel marked as delivered",
            problems: &[
                "The tracking of {order} says delivered, but there is no parcel.",
                "You wrote that my {product} was handed over on {date}. Nobody gave me anything.",
            ],
            checks: &[
                ("Could a neighbour have taken it?", "I asked on both sides, nobody has it."),
                ("Was there a card in the letterbox?", "No card, nothing."),
                ("May I check the postcode with you?", "{postcode}, that's right on the label too."),
            ],
            finding: "The driver left it at the pick-up shop around the corner, but the card was never printed.",
            questions: &[
                ("Until when does the shop keep it?", "For another {days} days."),
                ("What do I need to collect it?", "Your order number and an identity card."),
            ],
            solutions: &[(
                "I've told the shop that you are coming, so it lies ready.",
                "Good, I'll pick it up after work.",
            )],
            summary: "The parcel of order {order} lay at a pick-up shop without a card.",
            action_item: "Report the missing card to the carrier",
        },
        Matter {
            subject: "Order {order}: the {product} is missing",
            problems: &[
                "Only half of order {order} arrived; the {product} is missing.",
                "I opened the parcel of {order}, and there is no {product} in it.",
            ],
            checks: &[
                ("Was the box damaged?", "No, it was closed and the tape was intact."),
                ("Does the packing list name the {product}?", "Yes, with a tick next to it."),
            ],
            finding: "The {product} was packed separately and leaves our warehouse tomorrow.",
            questions: &[
                (
                    "Why did nobody tell me?",
                    "You are right, the mail about the second parcel was not sent. I'm sorry.",
                ),
                (
                    "Do I have to be at home?",
                    "Not if you allow the driver to leave it in a safe place; I can note that.",
                ),
            ],
            solutions: &[
                (
                    "The second parcel comes on {date}, and the shipping cost goes back to you.",
                    "Fair enough, thank you.",
                ),
                ("I can send it today by express, or refund {amount}.", "Please send it."),
            ],
            summary: "The {product} of order {order} comes in a second parcel.",
            action_item: "Send the tracking number of the second parcel",
        },
    ],
};

pub(super) static RETURNS: Scenario = Scenario {
    id: "returns",
    title: "Returns",
    team: "team-orders",
    language: "en-US",
    matters: &[
        Matter {
            subject: "Broken {product}",
            problems: &[
                "The {product} from order {order} arrived broken.",
                "I've just unpacked my new {product}, and it is cracked.",
            ],
            checks: &[
                ("What is the order number?", "{order}."),
                ("Could you describe the damage?", "There is a crack along the left side."),
                ("Do you still have the original box?", "Yes, everything is there."),
            ],
            finding: "That happens in transport now and then; you are within the thirty days, so it's covered.",
            questions: &[
                ("Who pays for the parcel?", "We do, the label is free."),
                ("Can I bring it to one of your stores?", "Yes, any store takes it with the order number."),
            ],
            solutions: &[
                (
                    "I'm sending you the return label now, and a new {product} leaves today.",
                    "Wonderful, thank you.",
                ),
                (
                    "Would a discount of {amount} be fine, so that you keep it?",
                    "It still works, so yes, let's do that.",
                ),
            ],
            summary: "The {product} of order {order} arrived broken; replaced or discounted.",
            action_item: "Inspect the packaging of the {product}",
        },
        Matter {
            subject: "Refund for order {order}",
            problems: &[
                "I returned the {product} on {date} and still wait for my {amount}.",
                "Your shop has had my {product} back since {date}. Where is the money?",
            ],
            checks: &[
                ("Which parcel number is on the receipt?", "It ends in {last4}."),
                ("How did you pay at the time?", "By card."),
            ],
            finding: "Your parcel reached our returns centre, it just hasn't been opened yet.",
            questions: &[
                ("How do I get my money?", "The same way you paid: {amount} to your card."),
                ("How long will that take?", "The bank needs up to {days} days."),
            ],
            solutions: &[(
                "I've released the refund of {amount} by hand, so you needn't wait any longer.",
                "That's very kind.",
            )],
            summary: "A refund of {amount} for order {order} was released by hand.",
            action_item: "Open the parcel in the returns centre",
        },
        Matter {
            subject: "Wrong {product} in the box",
            problems: &[
                "You sent me the wrong {product}, it should be the blue one.",
                "I ordered a small {product} and got the largest one there is.",
            ],
            checks: &[
                ("What does the label on the box say?", "It carries the number {order}, and that is mine."),
                ("Has it been used?", "No, I only opened the box."),
            ],
            finding: "The label was mixed up with another order in our warehouse, I'm sorry.",
            questions: &[
                ("Do I have to pay first for the right one?", "No, it leaves as soon as you like."),
                (
                    "Can the driver take the wrong one along?",
                    "Yes, just hand it over when the new one comes.",
                ),
            ],
            solutions: &[(
                "The right {product} will be with you on {date}.",
                "Perfect, that's in time for the birthday.",
            )],
            summary: "The wrong {product} was sent for order {order}; exchange on {date}.",
            action_item: "Check the other order with the same label",
        },
    ],
};
