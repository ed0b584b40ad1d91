//! How long conversations are kept: the policy of a profile, what a conversation says itself, and legal holds.
//!
//! It tells when a conversation is due to be deleted, and whether it may be removed at all. It deletes nothing.

use crate::{
    Error, Result, Span, Time,
    conversation::{Channel, Conversation, PersistenceState, Source, Status, is_default},
    limits,
};
use serde::{Deserialize, Serialize};

/// A hundred years.
pub const DAYS_MAX: i32 = 36_525;
/// More than a policy that somebody can still read has.
const RULES_MAX: usize = 50;

/// How long a profile keeps its conversations: the first rule that concerns one counts, without one it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Policy {
    pub rules: Vec<Rule>,
}

/// Conversations that are deleted so many days after their end. An empty list concerns all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    pub days: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub statuses: Vec<Status>,
    /// Unspecified is live traffic.
    #[serde(skip_serializing_if = "is_default")]
    pub sources: Vec<Source>,
    #[serde(skip_serializing_if = "is_default")]
    pub channels: Vec<Channel>,
}

/// Why a conversation is to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// Its persistenceState is TO_BE_DELETED.
    Marked,
    /// Its own retentionDays.
    Own,
    /// The rule of the policy at this place.
    Rule(usize),
}

/// When a conversation is to be deleted, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub time: Time,
    pub ground: Ground,
}

impl Policy {
    /// Checks the policy; paths are relative to it.
    pub fn check(&self) -> Result<()> {
        limits::items_at_most("rules", self.rules.len(), RULES_MAX)?;
        let mut rules = self.rules.iter().enumerate();
        rules.try_for_each(|(index, rule)| {
            rule.check().map_err(|error| error.within(&format!("rules[{index}]")))
        })
    }

    /// The shortest time that any rule keeps a conversation.
    pub fn shortest(&self) -> Option<Span> {
        self.rules.iter().map(Rule::span).min()
    }
}

impl Rule {
    pub fn span(&self) -> Span {
        Span::days(self.days.into())
    }

    fn check(&self) -> Result<()> {
        if self.days < 1 {
            return Err(Error::invalid("days", "must be at least 1"));
        }
        check_days("days", self.days)?;
        for (index, status) in self.statuses.iter().enumerate() {
            if matches!(status, Status::Unspecified | Status::Active) {
                let text = "must be a status that a conversation ends with: COMPLETED, FAILED, ABANDONED or TRANSFERRED";
                return Err(Error::invalid(format!("statuses[{index}]"), text));
            }
        }
        let lists = [
            ("statuses", self.statuses.len()),
            ("sources", self.sources.len()),
            ("channels", self.channels.len()),
        ];
        lists
            .into_iter()
            .try_for_each(|(field, count)| limits::items_at_most(field, count, limits::LIST_ITEMS_MAX))
    }

    fn concerns(&self, conversation: &Conversation) -> bool {
        let body = &conversation.body;
        among(&self.statuses, &body.status)
            && among(&self.sources, &body.fields.source)
            && among(&self.channels, &body.fields.channel)
    }
}

fn among<T: PartialEq>(wanted: &[T], found: &T) -> bool {
    wanted.is_empty() || wanted.contains(found)
}

/// Checks a number of days, where 0 says nothing.
pub fn check_days(field: &str, days: i32) -> Result<()> {
    if (0..=DAYS_MAX).contains(&days) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("must be between 0 and {DAYS_MAX}")))
}

impl Conversation {
    /// When it ended; one that was deleted and kept while it was live ended with that. Nothing while it goes on.
    pub fn ended(&self) -> Option<Time> {
        let body = &self.body;
        body.end_time.or_else(|| body.delete_time.map(|_| body.update_time))
    }

    /// When it is due to be deleted were there no legal hold; nothing where it is kept.
    pub fn due(&self, policy: &Policy) -> Option<Due> {
        let ended = self.ended()?;
        let fields = &self.body.fields;
        if fields.persistence_state == PersistenceState::ToBeDeleted {
            return Some(Due { time: ended, ground: Ground::Marked });
        }
        if fields.retention_days > 0 {
            let time = ended.plus(Span::days(fields.retention_days.into()));
            return Some(Due { time, ground: Ground::Own });
        }
        let (index, rule) = policy.rules.iter().enumerate().find(|(_, rule)| rule.concerns(self))?;
        Some(Due { time: ended.plus(rule.span()), ground: Ground::Rule(index) })
    }

    /// When it is to be deleted; nothing where it is kept, be it by a legal hold.
    pub fn due_time(&self, policy: &Policy) -> Option<Time> {
        let due = self.due(policy)?;
        self.may_be_removed().is_ok().then_some(due.time)
    }

    /// Refuses to remove it, or anything that was said in it, while it is under a legal hold.
    pub fn may_be_removed(&self) -> Result<()> {
        if !self.body.fields.legal_hold {
            return Ok(());
        }
        let text = "the conversation is under a legal hold: nothing of it is removed until an admin lifts it (UpdateConversation, legalHold: false)";
        Err(Error::failed_precondition(text))
    }
}

#[cfg(test)]
mod tests;
