//! Topics around the customer's account.

use super::Scenario;

pub(super) static BILLING: Scenario = Scenario {
    id: "billing",
    title: "Billing",
    team: "team-billing",
    language: "en-US",
    subjects: &["Question about my invoice", "Charged twice in {month}", "Invoice {order}: wrong amount"],
    problems: &[
        "I was charged {amount} twice for invoice {order}. Could you look into that?",
        "My {month} bill is {amount} higher than usual and I don't see why.",
        "There is a fee of {amount} on invoice {order} that I never agreed to.",
        "I paid invoice {order} on {date}, but I just got a reminder for it.",
    ],
    checks: &[
        ("Can you tell me the invoice number, please?", "It's {order}."),
        ("Did you pay by card or by bank transfer?", "By card, the one ending in {last4}."),
        ("On which day was the payment taken?", "On {date}, early in the morning."),
        ("Did you change your plan in {month}?", "No, it's the same plan I've had for two years."),
    ],
    findings: &[
        "Thank you. I can see two payments of {amount} for the same invoice, so the second one is our mistake.",
        "I found it: a one-time setup fee of {amount} was added by accident when your contract was renewed.",
        "The payment of {date} arrived, but it was booked to an older invoice. That's why the reminder went out.",
    ],
    questions: &[
        (
            "How long does a refund usually take?",
            "It is normally back on your card within {days} business days.",
        ),
        ("Will I get another reminder?", "No, I have stopped the reminders for this invoice."),
        (
            "Can I get a corrected invoice as a PDF?",
            "Of course, it will be in your account under Documents in a few minutes.",
        ),
        (
            "Could this happen again next month?",
            "I've put a note on the account so that someone checks the next invoice before it goes out.",
        ),
    ],
    solutions: &[
        ("I have just refunded {amount} to your card.", "Great, that was quick."),
        (
            "I can credit the {amount} to your next invoice, or send it back to your card. Which do you prefer?",
            "Back to the card, please.",
        ),
        ("The invoice is corrected; the open balance is now zero.", "Perfect, thank you."),
    ],
    summary: "The customer disputed {amount} on invoice {order}; the charge was corrected.",
    action_item: "Check the next invoice before it is sent",
};

pub(super) static PASSWORD: Scenario = Scenario {
    id: "account-access",
    title: "Account access",
    team: "team-technical",
    language: "en-US",
    subjects: &["Cannot sign in", "Password reset mail does not arrive", "Locked out of my account"],
    problems: &[
        "I can't sign in any more. It keeps saying that my password is wrong.",
        "I asked for a new password three times and no mail arrives.",
        "My account is locked since {date} and I need to get in today.",
        "I have a new phone and the sign-in code still goes to the old one.",
    ],
    checks: &[
        ("Which mail address do you use to sign in?", "The one that your invoices go to."),
        ("Have you looked into the spam folder?", "Yes, nothing there."),
        ("Do you see an error number on the page?", "It says {ticket} in small print."),
        ("For security: what are the last four digits of your customer card?", "{last4}."),
    ],
    findings: &[
        "The account was locked after five wrong attempts, which is a normal protection.",
        "Our mails to your address bounced since {date}; your mailbox was full that day.",
        "I see the old phone is still registered for the codes.",
    ],
    questions: &[
        (
            "Did somebody try to break in?",
            "All attempts came from your usual place, so it doesn't look like it.",
        ),
        (
            "Can I switch the codes off?",
            "I'd advise against it, but you can use an app instead of text messages.",
        ),
        ("Will my saved orders still be there?", "Yes, nothing in the account changes."),
    ],
    solutions: &[
        (
            "I've unlocked it. Please choose a new password with the link I sent just now.",
            "Got the mail. It works!",
        ),
        (
            "I removed the old phone. At the next sign-in you can register the new one.",
            "Done, the code came through.",
        ),
        (
            "I cleared the bounce, so the reset mail can reach you again. Please try once more.",
            "There it is. I'm in, thank you.",
        ),
    ],
    summary: "The customer could not sign in; access was restored after a security check.",
    action_item: "Recommend an authenticator app in the next newsletter",
};

pub(super) static CANCELLATION: Scenario = Scenario {
    id: "cancellation",
    title: "Cancellation",
    team: "team-billing",
    language: "en-US",
    subjects: &["I want to cancel", "Ending contract {order}", "Notice for my subscription"],
    problems: &[
        "I'd like to cancel my subscription, please.",
        "I found a better offer for {amount} a month and want to leave at the end of {month}.",
        "I am moving abroad and no longer need contract {order}.",
    ],
    checks: &[
        ("I'm sorry to hear that. May I ask what the reason is?", "Mostly the price, to be honest."),
        ("Which contract is it about?", "Contract {order}."),
        ("Until which date would you like to keep it?", "The end of {month} would be fine."),
    ],
    findings: &[
        "Your contract runs monthly, so it can end on the last day of {month}.",
        "The minimum term is over since {date}, so there is no fee for leaving.",
    ],
    questions: &[
        ("Do I have to send anything back?", "Only the router; a label for the parcel comes by mail."),
        (
            "What happens to the balance I have left?",
            "The remaining {amount} will be paid out with the last invoice.",
        ),
        ("Is there a better price if I stay?", "I could offer you {amount} off for the next six months."),
    ],
    solutions: &[
        (
            "I have entered the cancellation; the confirmation has the number {ticket}.",
            "Thank you, that was painless.",
        ),
        ("Shall I book the discount and keep the contract as it is?", "All right, I'll stay then."),
    ],
    summary: "The customer wanted to end contract {order}; the request was settled under {ticket}.",
    action_item: "Send the parcel label for the router",
};
