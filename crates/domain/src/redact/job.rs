//! Removals from many conversations: how far such a job is, and what it found.
//!
//! A job knows its conversations by their numbers, never by what was asked for: a filter may hold a value.

use super::{Place, SafeText};
use crate::{Error, Id, Result, Time, codes, name::ProfileName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Places that a job shows of what it found.
pub const SAMPLE_MAX: usize = 100;
/// Conversations under a legal hold that a job names.
pub const HELD_MAX: usize = 1000;

codes! { JobKind { Unspecified = 0, RedactConversations = 1, EraseDataSubject = 2 } }
codes! { JobState { Unspecified = 0, Queued = 1, Running = 2, Done = 3, Failed = 4, Cancelled = 5 } }

#[derive(Debug, Clone, PartialEq)]
pub struct RedactionJob {
    pub id: Id,
    pub parent: ProfileName,
    pub body: JobBody,
    pub create_time: Time,
    pub update_time: Time,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobBody {
    pub kind: JobKind,
    pub state: JobState,
    /// It counts, and changes nothing.
    pub validate_only: bool,
    pub reason: SafeText,
    /// Kinds of personal data to remove; all where empty.
    pub entity_types: Vec<String>,
    /// The API key that asked for it; none for the operator's own hand.
    pub key: Option<Id>,
    pub total: i64,
    pub done: i64,
    pub tally: Tally,
    /// Names of conversations under a legal hold, which stay as they are; the first of them.
    pub held: Vec<String>,
    pub error: String,
}

/// What was found and removed, or would be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Messages that something is removed from.
    pub messages: i64,
    pub places: i64,
    /// Conversations that are deleted whole.
    pub deleted: i64,
    pub types: BTreeMap<String, i64>,
    pub sample: Vec<Place>,
}

impl JobState {
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

impl Tally {
    /// Counts what was removed from one conversation.
    pub fn count(&mut self, messages: usize, places: &[Place]) {
        self.messages += count(messages);
        self.places += count(places.len());
        for place in places {
            *self.types.entry(place.entity_type.clone()).or_default() += 1;
        }
        let room = SAMPLE_MAX.saturating_sub(self.sample.len());
        self.sample.extend(places.iter().take(room).cloned());
    }

    /// Counts a conversation that is deleted whole.
    pub fn delete(&mut self, place: &Place) {
        self.deleted += 1;
        self.sample.extend(Some(place.clone()).filter(|_| self.sample.len() < SAMPLE_MAX));
    }

    /// Adds what another counted after it.
    pub fn extend(&mut self, other: Self) {
        self.messages += other.messages;
        self.places += other.places;
        self.deleted += other.deleted;
        for (entity_type, count) in other.types {
            *self.types.entry(entity_type).or_default() += count;
        }
        let room = SAMPLE_MAX.saturating_sub(self.sample.len());
        self.sample.extend(other.sample.into_iter().take(room));
    }
}

fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}

impl RedactionJob {
    /// Begins or goes on; refused where it has ended.
    pub fn start(&mut self, now: Time) -> Result<()> {
        self.settle(JobState::Running, now)
    }

    /// Ends the job, well where there is no error.
    pub fn end(&mut self, error: Option<&Error>, now: Time) -> Result<()> {
        let state = if error.is_some() { JobState::Failed } else { JobState::Done };
        self.settle(state, now)?;
        self.body.error = error.map(|error| error.message().to_owned()).unwrap_or_default();
        Ok(())
    }

    pub fn cancel(&mut self, now: Time) -> Result<()> {
        self.settle(JobState::Cancelled, now)
    }

    fn settle(&mut self, state: JobState, now: Time) -> Result<()> {
        if !self.body.state.is_open() {
            return Err(Error::failed_precondition("the job has ended"));
        }
        self.body.state = state;
        self.update_time = now;
        Ok(())
    }

    /// Names a conversation that stays because of a legal hold.
    pub fn hold(&mut self, name: &impl ToString) {
        if self.body.held.len() < HELD_MAX {
            self.body.held.push(name.to_string());
        }
    }
}
