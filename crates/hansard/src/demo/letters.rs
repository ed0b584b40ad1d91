//! E-mail threads: the blocks of a topic as a few letters rather than many short turns.
//!
//! It writes bodies only; subjects and addresses are in `turns.rs`.

use super::{
    case::Case,
    dialogue::{Line, Who},
    phrases,
    random::Random,
};

/// Writes the thread of a case, the customer first.
pub(super) fn write(case: &Case, random: &mut Random) -> Vec<Line> {
    let matter = case.matter;
    let phrases = phrases::of(case.scenario.language);
    let [to_agent, to_customer, from_customer, from_agent] = phrases.letter;
    let fill = |text: &str| case.slots.fill(text);
    let customer = |body: String| Line {
        who: Who::Customer,
        text: format!("{to_agent}\n\n{body}\n\n{from_customer}\nCustomer {}", case.visitor),
    };
    let agent =
        |body: String| Line { who: Who::Agent, text: format!("{to_customer}\n\n{body}\n\n{from_agent}") };
    let checks_count = random.between(1, 3) as usize;
    let checks = random.draw(matter.checks, checks_count);
    let join = |parts: Vec<String>| parts.join("\n");
    let sympathy = *random.pick(phrases.sympathies);
    let (offer, thanks) = *random.pick(matter.solutions);
    let asked = checks.iter().map(|(question, _)| fill(question)).collect();
    let answered =
        checks.iter().map(|(question, answer)| format!("> {}\n{}", fill(question), fill(answer))).collect();
    let mut letters = vec![
        customer(fill(random.pick::<&str>(matter.problems))),
        agent(format!("{sympathy}\n{}", join(asked))),
        customer(join(answered)),
        agent(format!("{}\n{}", fill(matter.finding), fill(offer))),
    ];
    if random.percent(70) {
        letters.push(customer(fill(thanks)));
    }
    letters
}
