//! Topics around services: appointments, connections, insurance.

use super::Scenario;

pub(super) static BOOKING: Scenario = Scenario {
    id: "booking",
    title: "Booking",
    team: "team-bookings",
    language: "en-US",
    subjects: &["Booking {order}", "Change of date", "Room for {days} nights"],
    problems: &[
        "I need to move booking {order} from {date} to a later day.",
        "I'd like to book a room for {days} nights from {date}.",
        "Our flight is late. Can you keep the room until midnight?",
        "I was told the booking is confirmed, but the app shows nothing.",
    ],
    checks: &[
        ("What is the booking number?", "{order}."),
        ("For how many guests is it?", "Two adults and one child."),
        ("Would a week later suit you as well?", "Yes, anything after {date} is fine."),
        ("Do you need a parking space?", "Yes, please, for one car."),
    ],
    findings: &[
        "There is one room left for those days, with a view of the garden.",
        "The booking is safe; only the confirmation was never sent.",
        "That rate can be changed once free of charge.",
    ],
    questions: &[
        ("Is breakfast included?", "Yes, from half past six to ten."),
        ("Until when can I cancel?", "Until two days before you arrive."),
        ("Could we get a cot?", "Certainly, I've added one at no cost."),
        ("What's the total now?", "{amount} for all nights, taxes included."),
    ],
    solutions: &[
        ("It's moved. The new confirmation is on its way to you.", "Lovely, thank you very much."),
        ("Shall I book it for {amount}?", "Yes, please go ahead."),
        ("The night desk knows about your late arrival.", "That's a relief."),
    ],
    summary: "Booking {order} was arranged for the dates that the customer asked for.",
    action_item: "Send the confirmation of {order}",
};

pub(super) static OUTAGE: Scenario = Scenario {
    id: "outage",
    title: "Outage",
    team: "team-technical",
    language: "en-US",
    subjects: &["Internet down since {date}", "Connection drops", "Fault report {ticket}"],
    problems: &[
        "My internet has been down since {date}. I work from home, so this is urgent.",
        "The connection drops every evening around eight.",
        "The router blinks red and nothing works.",
        "I pay for a fast line and get almost nothing.",
    ],
    checks: &[
        ("Which lights are on at the router?", "Power is green, the second one blinks red."),
        ("Have you restarted the router?", "Twice, it made no difference."),
        ("Is it the same with a cable?", "Yes, exactly the same."),
        ("What does a speed test show?", "{speed} megabits, and I should have a hundred."),
        ("Is the cable firmly in the wall socket?", "Yes, I've just pushed it in again."),
    ],
    findings: &[
        "I measure a weak signal on your line; something is wrong at the street cabinet.",
        "There is a fault in the area of {postcode}, our engineers are on it.",
        "Your router runs very old software, which explains the drops.",
    ],
    questions: &[
        ("How long will it take?", "The engineers expect to be done by {hours}."),
        (
            "Do I get something back for the days without internet?",
            "Yes, {amount} come off your next bill automatically.",
        ),
        (
            "Must somebody be at home for the technician?",
            "Only if the fault turns out to be inside the house.",
        ),
    ],
    solutions: &[
        (
            "I've started the update from here; the router will restart in a minute.",
            "It's back, all lights are green!",
        ),
        ("I booked a technician for {date}, between {hours}.", "That works for me."),
        ("I moved you to another port. Could you try again?", "Wow, that's the full speed."),
    ],
    summary: "The customer's connection failed; fault {ticket} was opened and resolved.",
    action_item: "Call back when fault {ticket} is closed",
};

pub(super) static CLAIM: Scenario = Scenario {
    id: "insurance-claim",
    title: "Insurance claim",
    team: "team-claims",
    language: "en-US",
    subjects: &["Claim {ticket}", "Water damage on {date}", "Documents for my claim"],
    problems: &[
        "I'd like to report water damage in my kitchen from {date}.",
        "Somebody drove into my parked car on {date}.",
        "I sent the papers for claim {ticket} two weeks ago and heard nothing.",
        "My {product} was stolen from the cellar. Is that insured?",
    ],
    checks: &[
        ("Can you tell me your policy number?", "{order}."),
        ("When exactly did it happen?", "On {date}, in the evening."),
        ("Do you have photos of the damage?", "Yes, about ten of them."),
        ("Was the police there?", "Yes, I have their report number."),
        ("What do you estimate the loss at?", "About {amount}."),
    ],
    findings: &[
        "Your policy covers this, with a deductible of one hundred.",
        "The papers are here; the assessor was ill, so it was handed to a colleague yesterday.",
        "Since it is below our limit, no assessor is needed.",
    ],
    questions: &[
        ("May I have it repaired now?", "Yes, please keep the invoice and the damaged parts."),
        ("Will my premium rise?", "Not for the first claim within three years."),
        ("Where do I send the photos?", "Simply upload them under claim {ticket}."),
    ],
    solutions: &[
        (
            "The claim is registered as {ticket}; you will hear from us within {days} days.",
            "Thank you for your help.",
        ),
        (
            "I have approved {amount}; it is on your account the day after tomorrow.",
            "I didn't expect that, thank you!",
        ),
    ],
    summary: "A claim of about {amount} was registered as {ticket}.",
    action_item: "Decide claim {ticket}",
};
