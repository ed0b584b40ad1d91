//! Topics around the customer's account.

use super::{Matter, Scenario};

pub(super) static BILLING: Scenario = Scenario {
    id: "billing",
    title: "Billing",
    team: "team-billing",
    language: "en-US",
    matters: &[
        Matter {
            subject: "Charged twice for invoice {order}",
            problems: &[
                "I was charged {amount} twice for invoice {order}. Could you look into that?",
                "My bank statement shows invoice {order} two times, {amount} each. That can't be right.",
            ],
            checks: &[
                ("Did you pay by card or by bank transfer?", "By card, the one ending in {last4}."),
                ("On which day was the second payment taken?", "On {date}, early in the morning."),
                ("Are both payments already booked, or is one only pending?", "Both are booked."),
            ],
            finding: "I can see two payments of {amount} for the same invoice, so the second one is our mistake.",
            questions: &[
                (
                    "How long does a refund usually take?",
                    "It is normally back on your card within {days} business days.",
                ),
                (
                    "Could this happen again next month?",
                    "I've put a note on the account so that someone checks the next invoice.",
                ),
            ],
            solutions: &[
                ("I have just refunded {amount} to your card.", "Great, that was quick."),
                (
                    "I can credit the {amount} to your next invoice or send it back to your card.",
                    "Back to the card, please.",
                ),
            ],
            summary: "Invoice {order} was charged twice; {amount} was refunded.",
            action_item: "Check the next invoice before it is sent",
        },
        Matter {
            subject: "My {month} bill is too high",
            problems: &[
                "My {month} bill is {amount} higher than usual and I don't see why.",
                "There is a fee of {amount} on invoice {order} that I never agreed to.",
            ],
            checks: &[
                ("Can you tell me the invoice number, please?", "It's {order}."),
                ("Did you change your plan in {month}?", "No, it's the same plan I've had for two years."),
                ("What does the line with the fee say?", "Only 'setup', nothing else."),
            ],
            finding: "I found it: a one-time setup fee of {amount} was added by accident when your contract was renewed.",
            questions: &[
                (
                    "Can I get a corrected invoice as a PDF?",
                    "Of course, it will be in your account in a few minutes.",
                ),
                ("Do I have to pay now and get it back later?", "No, please pay only the corrected amount."),
            ],
            solutions: &[
                ("I have removed the fee; the corrected invoice is on its way.", "Perfect, thank you."),
                (
                    "The fee is gone, and the open balance is what you usually pay.",
                    "That's what I hoped for.",
                ),
            ],
            summary: "A setup fee of {amount} was added by accident in {month} and has been removed.",
            action_item: "Tell the contracts team about the setup fee",
        },
        Matter {
            subject: "Reminder for an invoice that is paid",
            problems: &[
                "I paid invoice {order} on {date}, but I just got a reminder for it.",
                "You remind me of {amount} that left my account on {date}.",
            ],
            checks: &[
                ("Which reference did you write on the transfer?", "My customer number, I think."),
                ("Was it the full amount?", "Yes, {amount} exactly."),
            ],
            finding: "The payment of {date} arrived, but it was booked to an older invoice. That's why the reminder went out.",
            questions: &[
                ("Will I get another reminder?", "No, I have stopped the reminders for this invoice."),
                ("Do I have to pay the late fee?", "Certainly not, I've taken it off."),
            ],
            solutions: &[(
                "The payment is where it belongs now; your balance is zero.",
                "Good to hear, thanks.",
            )],
            summary: "The payment for invoice {order} was booked to another invoice; corrected.",
            action_item: "Confirm the zero balance by mail",
        },
    ],
};

pub(super) static ACCESS: Scenario = Scenario {
    id: "account-access",
    title: "Account access",
    team: "team-technical",
    language: "en-US",
    matters: &[
        Matter {
            subject: "Locked out of my account",
            problems: &[
                "I can't sign in any more. It says that my account is locked.",
                "My account is locked since {date} and I need to get in today.",
            ],
            checks: &[
                ("Do you see an error number on the page?", "It says {ticket} in small print."),
                ("For security: what are the last four digits of your customer card?", "{last4}."),
                ("Did you change your password recently?", "Yes, last week, and perhaps I mistyped it."),
            ],
            finding: "The account was locked after five wrong attempts, which is a normal protection.",
            questions: &[
                (
                    "Did somebody try to break in?",
                    "All attempts came from your usual place, so it doesn't look like it.",
                ),
                ("Will my saved orders still be there?", "Yes, nothing in the account changes."),
            ],
            solutions: &[(
                "I've unlocked it. Please choose a new password with the link I sent just now.",
                "Got the mail. It works!",
            )],
            summary: "The account was locked after five wrong attempts and is open again.",
            action_item: "Recommend a passkey in the next newsletter",
        },
        Matter {
            subject: "Password reset mail does not arrive",
            problems: &[
                "I asked for a new password three times and no mail arrives.",
                "I forgot my password, and the reset mail never comes.",
            ],
            checks: &[
                ("Have you looked into the spam folder?", "Yes, nothing there."),
                ("Which address do you use to sign in?", "The one that your invoices go to."),
                ("Do other mails of ours reach you?", "Not since {date}, now that you ask."),
            ],
            finding: "Our mails to your address bounced on {date}; your mailbox was full that day.",
            questions: &[
                ("Do I have to register again?", "No, your account is as it was."),
                ("Can I use another address?", "Yes, you can change it under Settings once you are in."),
            ],
            solutions: &[(
                "I cleared the bounce, so mails reach you again. Please try once more.",
                "There it is. I'm in, thank you.",
            )],
            summary: "Reset mails bounced since {date}; delivery works again.",
            action_item: "Review the rule that stops mails after one bounce",
        },
        Matter {
            subject: "New phone, no sign-in code",
            problems: &[
                "I have a new phone and the sign-in code still goes to the old one.",
                "I lost my phone on {date}. How do I sign in without the code?",
            ],
            checks: &[
                ("Is the old number still yours?", "No, I have a new number as well."),
                ("For security: which order did you place last?", "{order}, for {amount}."),
            ],
            finding: "I see the old phone is still registered for the codes.",
            questions: &[
                (
                    "Can I switch the codes off?",
                    "I'd advise against it, but you can use an app instead of text messages.",
                ),
                (
                    "Could the finder of the phone sign in?",
                    "Not without your password, and I've ended all open sessions.",
                ),
            ],
            solutions: &[(
                "I removed the old phone. At the next sign-in you can register the new one.",
                "Done, the code came through.",
            )],
            summary: "The second factor was moved to a new phone after a security check.",
            action_item: "Check sign-ins of the account for a week",
        },
    ],
};

pub(super) static CANCELLATION: Scenario = Scenario {
    id: "cancellation",
    title: "Cancellation",
    team: "team-billing",
    language: "en-US",
    matters: &[
        Matter {
            subject: "Ending contract {order}",
            problems: &[
                "I am moving abroad and no longer need contract {order}.",
                "I'd like to cancel my subscription at the end of {month}, please.",
            ],
            checks: &[
                ("Until which date would you like to keep it?", "The end of {month} would be fine."),
                ("Where may we send the last invoice?", "By mail, to the address you have."),
            ],
            finding: "Your contract runs monthly, so it can end on the last day of {month} without a fee.",
            questions: &[
                (
                    "Do I have to send anything back?",
                    "Only the router; a label for the parcel comes by mail.",
                ),
                (
                    "What happens to the balance I have left?",
                    "The remaining {amount} will be paid out with the last invoice.",
                ),
            ],
            solutions: &[(
                "I have entered the cancellation; the confirmation has the number {ticket}.",
                "Thank you, that was painless.",
            )],
            summary: "Contract {order} ends with {month}; confirmed under {ticket}.",
            action_item: "Send the parcel label for the router",
        },
        Matter {
            subject: "I found a better offer",
            problems: &[
                "I found a better offer and want to leave at the end of {month}.",
                "To be honest, {amount} a month is too much. I'd like to cancel.",
            ],
            checks: &[
                ("I'm sorry to hear that. Is it only the price?", "Yes, I am happy with the service itself."),
                ("How much would you pay elsewhere?", "About a third less."),
            ],
            finding: "As a long-time customer you can have our new tariff, which is a third cheaper.",
            questions: &[
                ("Do I have to sign for two years again?", "No, you can leave every month."),
                ("From when would it count?", "From the first day of the next month."),
            ],
            solutions: &[(
                "Shall I book the new tariff and keep the contract as it is?",
                "All right, I'll stay then.",
            )],
            summary: "The customer wanted to leave because of the price and took a cheaper tariff.",
            action_item: "Book the new tariff from the next month",
        },
    ],
};
