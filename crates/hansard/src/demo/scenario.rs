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
    pub(super) matters: &'static [Matter],
}

/// One thing that can be the matter, whose blocks fit each other.
#[derive(Debug)]
pub(super) struct Matter {
    pub(super) subject: &'static str,
    /// How the customer may begin.
    pub(super) problems: &'static [&'static str],
    /// What the agent asks, and what the customer answers.
    pub(super) checks: &'static [Exchange],
    pub(super) finding: &'static str,
    /// What the customer asks, and what the agent answers.
    pub(super) questions: &'static [Exchange],
    /// What the agent offers, and how the customer takes it.
    pub(super) solutions: &'static [Exchange],
    pub(super) summary: &'static str,
    pub(super) action_item: &'static str,
}

/// Every topic; the ones in English come first.
pub(super) static SCENARIOS: [&Scenario; 10] = [
    &accounts::BILLING,
    &commerce::DELIVERY,
    &services::BOOKING,
    &services::OUTAGE,
    &commerce::RETURNS,
    &accounts::ACCESS,
    &services::CLAIM,
    &accounts::CANCELLATION,
    &german::DELIVERY,
    &spanish::BILLING,
];

/// The topic of long technical sessions and of the conversation that keeps talking.
pub(super) static TECHNICAL: &Scenario = &services::OUTAGE;
