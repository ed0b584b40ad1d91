//! A conversation: what it holds and how it lives.
//!
//! `fields` has what clients set, `start` how it begins, `step` the table of its life, `lifecycle` what a step
//! writes down, `transfer` its hand-overs, `update` the changes by field. Messages and events have their own modules.

mod fields;
mod lifecycle;
mod start;
mod step;
mod transfer;
mod update;

pub use fields::{
    AudioAnalysis, Channel, CorruptionState, Deployment, Direction, FeatureOverride, Fields, InteractionType,
    Models, MultiLanguageMode, Party, PersistenceState, PlatformInfo, PolicyOverride, RaiseHandState,
    Sentiment, Source, SpeakerInfo, Summary, TransferInfo, Visitor,
};
pub use lifecycle::StateChange;
pub use start::{NewConversation, Past, check_new_id};
pub use step::{Effect, Step};
pub use transfer::{Transfer, TransferStatus, TransferType, Transferred};
pub use update::{AudioReport, PATCH_PATHS, Patch};

use crate::{
    Id, Span, Time, codes,
    name::ConversationName,
    redact::{SafeJson, SafeText},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

codes! { State { Unspecified = 0, Live = 1, Closed = 2 } }
codes! { Status { Unspecified = 0, Active = 1, Completed = 2, Failed = 3, Abandoned = 4, Transferred = 5 } }
codes! { AudioPersistenceState { Unspecified = 0, NotPersisted = 1, Persisted = 2, PersistFailed = 3 } }
codes! { SharingState { Unspecified = 0, Shared = 1 } }

/// A conversation as it is stored, without its messages, events and tags.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub name: ConversationName,
    /// 1, 2, 3 ... within the profile; the wire's legacyChatId.
    pub number: i64,
    /// Shared, because whoever appends a message reads it and rarely changes it.
    pub body: Arc<Body>,
    pub counters: Counters,
}

/// What moves with every message and event, apart from the rest so that an append stays small.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages appended so far: the last sequencePosition.
    pub messages: i32,
    /// Events created so far: the last sequence.
    pub events: i32,
    pub last_message_time: Option<Time>,
}

/// Everything else of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    pub fields: Fields,
    #[serde(skip_serializing_if = "is_default")]
    pub flags: FeatureOverride,
    pub state: State,
    pub status: Status,
    #[serde(skip_serializing_if = "is_default")]
    pub status_reason: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub state_history: Vec<StateHistoryEntry>,
    #[serde(skip_serializing_if = "is_default")]
    pub participants: Vec<Participant>,
    pub start_time: Time,
    #[serde(skip_serializing_if = "is_default")]
    pub end_time: Option<Time>,
    /// What a record reported; the measured duration stands otherwise.
    #[serde(skip_serializing_if = "is_default")]
    pub reported_duration: Option<Span>,
    #[serde(skip_serializing_if = "is_default")]
    pub audio_persistence_state: AudioPersistenceState,
    #[serde(skip_serializing_if = "is_default")]
    pub persisted_audio_uri: String,
    #[serde(skip_serializing_if = "is_default")]
    pub sharing_state: SharingState,
    #[serde(skip_serializing_if = "is_default")]
    pub transfers: Vec<Transfer>,
    pub create_time: Time,
    pub update_time: Time,
    #[serde(skip_serializing_if = "is_default")]
    pub delete_time: Option<Time>,
    /// Grows with every change of the body: the etag.
    pub version: i64,
}

/// Someone who has spoken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Participant {
    /// Resource name of the user, for an agent.
    #[serde(skip_serializing_if = "is_default")]
    pub user: String,
    pub speaker: crate::message::Speaker,
    #[serde(skip_serializing_if = "is_default")]
    pub display_name: SafeText,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StateHistoryEntry {
    pub status: Status,
    pub timestamp: Time,
    #[serde(skip_serializing_if = "is_default")]
    pub reason: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub metadata: SafeJson,
}

/// A conversation with what the directory and its tags add to it.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub conversation: Conversation,
    /// The display name of the agent's user, or the id where the directory has none.
    pub agent_user_name: String,
    /// Id of the agent's team.
    pub team: Option<Id>,
    /// Ids, in order.
    pub tags: Vec<Id>,
}

impl Conversation {
    pub fn is_closed(&self) -> bool {
        self.body.state == State::Closed
    }

    /// What the record reported, else the time from start to end; absent while the conversation is live.
    pub fn duration(&self) -> Option<Span> {
        let measured = self.body.end_time.map(|end| end.since(self.body.start_time));
        self.body.reported_duration.or(measured)
    }

    pub fn etag(&self) -> String {
        format!("\"{}\"", self.body.version)
    }

    /// Notes a change of the body itself.
    pub(crate) fn touch(&mut self, now: Time) {
        let body = self.body_mut();
        body.update_time = now;
        body.version += 1;
    }

    /// The body to change; copied first where others hold it too.
    pub fn body_mut(&mut self) -> &mut Body {
        Arc::make_mut(&mut self.body)
    }
}
