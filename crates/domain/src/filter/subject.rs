//! What a filter looks at: a conversation with everything that a condition may ask about it.

use super::{Adherence, ScorecardStatus};
use crate::{Id, conversation::Conversation};

/// A conversation as a filter sees it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub conversation: &'a Conversation,
    /// What the directory says of the agent now.
    pub agent: &'a AgentFacts,
    pub tags: &'a [Id],
    pub annotations: &'a AnnotationFacts,
    /// Texts of its messages, without deleted ones. Only a keyword looks at them.
    pub texts: &'a [String],
}

/// What the directory says of an agent; nothing where it has no such user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentFacts {
    pub team: Option<Id>,
    pub groups: Vec<Id>,
    pub is_dev_user: bool,
}

/// What people and machines remarked on a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnnotationFacts {
    pub moments: Vec<Named>,
    pub behaviors: Vec<Named>,
    pub actions: Vec<String>,
    pub hints: Vec<String>,
    pub has_comments: bool,
    /// An action of live assist.
    pub has_assist: bool,
    pub scorecards: Vec<ScorecardFact>,
}

/// An annotation that can be adhered to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub name: String,
    pub adherence: Adherence,
}

impl Named {
    /// A moment, which is asked for by its id, by its resource name.
    pub fn of_moment(name: &str, adherence: Adherence) -> Self {
        Self { name: name.rsplit('/').next().unwrap_or_default().to_owned(), adherence }
    }
}

/// What conditions ask of a scorecard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScorecardFact {
    pub template: Id,
    pub revision: String,
    /// Draft or Submitted.
    pub status: ScorecardStatus,
    pub submitter: Option<Id>,
    /// NotScored where it was not calibrated.
    pub calibration: ScorecardStatus,
}
