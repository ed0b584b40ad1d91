//! What customers call about: the building blocks of dialogs, one table a topic.
//!
//! Words in braces are slots; `dialogue.rs` fills them and puts the blocks in order.

mod accounts;
mod commerce;
mod german;
mod services;
mod spanish;

/// Something asked, and its answer.
pub(super) type Exchange = (&'static str, &'static str);

/// One topic.
#[derive(Debug)]
pub(super) struct Scenario {
    /// The id of the usecase, and the skill that calls are routed by.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// The id of the team that answers.
    pub(super) team: &'static str,
    pub(super) language: &'static str,
    pub(super) subjects: &'static [&'static str],
    /// How the customer begins.
    pub(super) problems: &'static [&'static str],
    /// What the agent asks, and what the customer answers.
    pub(super) checks: &'static [Exchange],
    pub(super) findings: &'static [&'static str],
    /// What the customer asks, and what the agent answers.
    pub(super) questions: &'static [Exchange],
    /// What the agent offers, and how the customer takes it.
    pub(super) solutions: &'static [Exchange],
    pub(super) summary: &'static str,
    pub(super) action_item: &'static str,
}

/// Every topic; the ones in English come up more often.
pub(super) static SCENARIOS: [&Scenario; 10] = [
    &accounts::BILLING,
    &commerce::DELIVERY,
    &services::BOOKING,
    &services::OUTAGE,
    &commerce::RETURN,
    &accounts::PASSWORD,
    &services::CLAIM,
    &accounts::CANCELLATION,
    &german::DELIVERY,
    &spanish::BILLING,
];

/// The topic of long technical sessions and of the conversation that keeps talking.
pub(super) static TECHNICAL: &Scenario = &services::OUTAGE;
