//! Topics around services: appointments, connections, insurance.

use super::{Matter, Scenario};

pub(super) static BOOKING: Scenario = Scenario {
    id: "booking",
    title: "Booking",
    team: "team-bookings",
    language: "en-US",
    matters: &[
        Matter {
            subject: "Change of booking {order}",
            problems: &[
                "I need to move booking {order} from {date} to a later day.",
                "We can't travel on {date}. Can booking {order} be changed?",
            ],
            checks: &[
                ("Would a week later suit you as well?", "Yes, that would be fine."),
                ("For how many guests is it now?", "Still two adults and one child."),
            ],
            finding: "Your rate can be changed once free of charge, and there is one room left a week later.",
            questions: &[
                ("Is breakfast still included?", "Yes, from half past six to ten."),
                ("Until when can I cancel?", "Until two days before you arrive."),
            ],
            solutions: &[(
                "It's moved. The new confirmation is on its way to you.",
                "Lovely, thank you very much.",
            )],
            summary: "Booking {order} was moved by a week free of charge.",
            action_item: "Send the confirmation of {order}",
        },
        Matter {
            subject: "Room for {days} nights",
            problems: &[
                "I'd like to book a room for {days} nights from {date}.",
                "Do you have something free for {days} nights around {date}?",
            ],
            checks: &[
                ("For how many guests is it?", "Two adults and one child."),
                ("Do you need a parking space?", "Yes, please, for one car."),
                ("Would you like a view of the garden or of the sea?", "The garden is quieter, I think."),
            ],
            finding: "There is one room left for those days, with a view of the garden.",
            questions: &[
                ("What's the total?", "{amount} for all nights, taxes included."),
                ("Could we get a cot?", "Certainly, I've added one at no cost."),
                ("Do you take dogs?", "Small ones, yes."),
            ],
            solutions: &[("Shall I book it for {amount}?", "Yes, please go ahead.")],
            summary: "A room for {days} nights from {date} was booked for {amount}.",
            action_item: "Prepare a cot",
        },
        Matter {
            subject: "Late arrival, booking {order}",
            problems: &[
                "Our flight is late. Can you keep the room of {order} until midnight?",
                "We are stuck in traffic and won't make it before eleven. Is that a problem for {order}?",
            ],
            checks: &[
                ("When do you think you will be here?", "Around half past eleven."),
                ("Will you need something to eat?", "A sandwich would be wonderful."),
            ],
            finding: "The night desk is open until six in the morning, so you can arrive at any time.",
            questions: &[
                ("Where do we park at night?", "In the yard, the gate opens with the booking number."),
                ("Does it cost extra?", "No, not at all."),
            ],
            solutions: &[("The night desk knows about your late arrival.", "That's a relief.")],
            summary: "Late arrival for booking {order} was arranged.",
            action_item: "Leave two sandwiches at the night desk",
        },
    ],
};

pub(super) static OUTAGE: Scenario = Scenario {
    id: "outage",
    title: "Outage",
    team: "team-technical",
    language: "en-US",
    matters: &[
        Matter {
            subject: "Internet down since {date}",
            problems: &[
                "My internet has been down since {date}. I work from home, so this is urgent.",
                "The router blinks red since {date} and nothing works.",
            ],
            checks: &[
                ("Which lights are on at the router?", "Power is green, the second one blinks red."),
                ("Have you restarted the router?", "Twice, it made no difference."),
                ("Is the cable firmly in the wall socket?", "Yes, I've just pushed it in again."),
            ],
            finding: "There is a fault in the area of {postcode}, and our engineers are on it.",
            questions: &[
                ("How long will it take?", "They expect to be done before this evening."),
                (
                    "Do I get something back for the days without internet?",
                    "Yes, {amount} come off your next bill automatically.",
                ),
            ],
            solutions: &[
                (
                    "I moved you to another port in the meantime. Could you try again?",
                    "It's back, all lights are green!",
                ),
                ("I'll send you a message the minute it is repaired.", "All right, thank you."),
            ],
            summary: "The line failed because of a fault in {postcode}; opened as {ticket}.",
            action_item: "Call back when fault {ticket} is closed",
        },
        Matter {
            subject: "Slow connection, fault {ticket}",
            problems: &[
                "The connection drops every evening around eight.",
                "I pay for a fast line and get almost nothing, above all in the evening.",
            ],
            checks: &[
                ("What does a speed test show?", "{speed} megabits, and I should have a hundred."),
                ("Is it the same with a cable?", "Yes, exactly the same."),
                ("How many devices are online then?", "Two, at most three."),
            ],
            finding: "Your router runs very old software, which explains the drops.",
            questions: &[
                ("Do I need a new router?", "No, an update is enough."),
                ("Will my settings be lost?", "No, they all stay."),
            ],
            solutions: &[
                (
                    "I've started the update from here; the router will restart in a minute.",
                    "Wow, that's the full speed.",
                ),
                (
                    "I booked a technician for {date}, between {hours}, to be on the safe side.",
                    "That works for me.",
                ),
            ],
            summary: "The connection was slow because of old router software; updated under {ticket}.",
            action_item: "Measure the line again in a week",
        },
    ],
};

pub(super) static CLAIM: Scenario = Scenario {
    id: "insurance-claim",
    title: "Insurance claim",
    team: "team-claims",
    language: "en-US",
    matters: &[
        Matter {
            subject: "Water damage on {date}",
            problems: &[
                "I'd like to report water damage in my kitchen from {date}.",
                "A pipe burst on {date} and the floor is ruined. What do I have to do?",
            ],
            checks: &[
                ("Can you tell me your policy number?", "{order}."),
                ("Do you have photos of the damage?", "Yes, about ten of them."),
                ("What do you estimate the loss at?", "About {amount}."),
            ],
            finding: "Your policy covers this, with a deductible of one hundred.",
            questions: &[
                ("May I have it repaired now?", "Yes, please keep the invoice and the damaged parts."),
                ("Where do I send the photos?", "Simply upload them under claim {ticket}."),
                ("Will my premium rise?", "Not for the first claim within three years."),
            ],
            solutions: &[(
                "The claim is registered as {ticket}; you will hear from us within {days} days.",
                "Thank you for your help.",
            )],
            summary: "Water damage of about {amount} was registered as {ticket}.",
            action_item: "Assess the photos of {ticket}",
        },
        Matter {
            subject: "Claim {ticket}: any news?",
            problems: &[
                "I sent the papers for claim {ticket} two weeks ago and heard nothing.",
                "Is there any news about claim {ticket}?",
            ],
            checks: &[
                ("When exactly did you send the papers?", "On {date}."),
                ("Was the repair invoice among them?", "Yes, over {amount}."),
            ],
            finding: "The papers are here; the assessor was ill, so they were handed to a colleague yesterday.",
            questions: &[
                ("Is anything missing?", "No, it's complete."),
                (
                    "Can it be paid before the assessor comes?",
                    "It is below our limit, so no assessor is needed at all.",
                ),
            ],
            solutions: &[(
                "I have approved {amount}; it is on your account the day after tomorrow.",
                "I didn't expect that, thank you!",
            )],
            summary: "Claim {ticket} was delayed and is now approved with {amount}.",
            action_item: "Pay {amount} for claim {ticket}",
        },
        Matter {
            subject: "Damage to my parked car",
            problems: &[
                "Somebody drove into my parked car on {date}.",
                "I found a big dent in my car on {date}, and no note from anybody.",
            ],
            checks: &[
                ("Was the police there?", "Yes, I have their report number, {ticket}."),
                ("Can the car still be driven?", "Yes, but the door doesn't open."),
                ("Where was it parked?", "In front of my house, postcode {postcode}."),
            ],
            finding: "With your cover the repair is paid in full, whoever did it.",
            questions: &[
                ("May I choose the garage?", "Yes, or we pick the car up and bring it back repaired."),
                ("Do I get another car meanwhile?", "For up to {days} days, yes."),
            ],
            solutions: &[("The garage will call you today to agree on a day.", "Very good, thank you.")],
            summary: "Damage to a parked car was reported; the repair is covered.",
            action_item: "Order a replacement car for {days} days",
        },
    ],
};
