//! What an answer holds, in plain values: conversations, samples and changes, each also as the JSON that it came as.

use anyhow::Result;
use hansard_proto::v1::{Change, Conversation, conversation::Channel, sample_conversations_response::Sample};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::json::to_json;

/// A conversation of a list.
#[derive(Debug)]
pub struct Listed(pub(super) Conversation);

/// A conversation of a sample.
#[derive(Debug)]
pub struct Drawn(pub(super) Sample);

/// A change of the log.
#[derive(Debug)]
pub struct Changed(pub(super) Change);

impl Listed {
    /// The resource name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn state(&self) -> &'static str {
        self.0.state().as_str_name()
    }

    pub fn channel(&self) -> Option<&'static str> {
        Some(self.0.channel())
            .filter(|channel| *channel != Channel::Unspecified)
            .map(|channel| channel.as_str_name())
    }

    pub fn start_time(&self) -> Option<Timestamp> {
        time(self.0.start_time.as_ref())
    }

    /// None while it is live.
    pub fn duration(&self) -> Option<SignedDuration> {
        self.0.duration.as_ref().map(|span| SignedDuration::from_secs(span.seconds))
    }

    /// Id of the agent.
    pub fn agent(&self) -> Option<&str> {
        Some(id_of(&self.0.agent)).filter(|id| !id.is_empty())
    }

    pub fn messages(&self) -> i32 {
        self.0.message_count
    }

    pub fn display_name(&self) -> &str {
        &self.0.display_name
    }

    pub fn json(&self) -> Result<Value> {
        to_json("Conversation", &self.0)
    }
}

impl Drawn {
    /// The resource name.
    pub fn name(&self) -> &str {
        &self.0.conversation
    }

    pub fn messages(&self) -> i32 {
        self.0.message_count
    }

    pub fn json(&self) -> Value {
        json!({"conversation": self.name(), "messageCount": self.messages()})
    }
}

impl Changed {
    /// Where reading goes on after it.
    pub fn cursor(&self) -> &str {
        &self.0.cursor
    }

    pub fn time(&self) -> Option<Timestamp> {
        time(self.0.change_time.as_ref())
    }

    pub fn kind(&self) -> &'static str {
        self.0.kind().as_str_name()
    }

    /// The name of the message or event, else of the conversation.
    pub fn resource(&self) -> &str {
        if self.0.resource.is_empty() { &self.0.conversation } else { &self.0.resource }
    }

    pub fn json(&self) -> Result<Value> {
        to_json("Change", &self.0)
    }
}

/// The id at the end of a resource name.
pub fn id_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

fn time(time: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    time.and_then(|time| Timestamp::new(time.seconds, time.nanos).ok())
}
