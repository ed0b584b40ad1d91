//! What an answer rests on: as long as that stands, the answer need not be made anew.

use hansard_domain::{Id, caller::Scope, name::ConversationName};
use hansard_store::Version;

/// The state of a conversation that something was read of. Whoever keeps the answer hands it in again.
#[derive(Debug, Clone)]
pub struct Validator {
    conversation: ConversationName,
    version: Version,
    /// Decides who sees the conversation.
    agent: Option<Id>,
}

impl Validator {
    /// Of a read that began at one version and ended at another: only where nothing changed between.
    pub(super) fn of_read(
        conversation: &ConversationName,
        agent: Option<Id>,
        (before, after): (Option<Version>, Option<Version>),
    ) -> Option<Self> {
        let version = before.filter(|_| before == after)?;
        Some(Self { conversation: conversation.clone(), version, agent })
    }

    /// Whether a read on this scope would find the same.
    pub(super) fn stands(
        &self,
        scope: &Scope,
        conversation: &ConversationName,
        now: Option<Version>,
    ) -> bool {
        self.conversation == *conversation
            && now == Some(self.version)
            && scope.sees_agent(self.agent.as_ref())
    }
}

/// What is read, or that it is as it was.
#[derive(Debug)]
pub enum Valid<T> {
    NotModified,
    Read(T, Option<Validator>),
}

impl<T> Valid<T> {
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Valid<U> {
        match self {
            Self::NotModified => Valid::NotModified,
            Self::Read(read, validator) => Valid::Read(change(read), validator),
        }
    }
}
