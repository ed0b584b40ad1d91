//! One conversation on its way in: what a format needs, what it returns, why it refuses.
//!
//! It reads nothing and sends nothing.

use std::fmt;

use hansard_proto::v1::{
    Conversation, ConversationArchive, ConversationMessage, MetadataValue, MetadataValues,
    conversation::Channel, conversation::Source, conversation::State, conversation::Status,
    metadata_value::Value, metadata_values,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value as Json};

use super::{json, time};

/// What a format must know beside its input.
#[derive(Debug, Clone)]
pub struct Context {
    /// Resource name of the profile: customers/{c}/profiles/{p}.
    pub parent: String,
    /// The zone of times that name none.
    pub time_zone: TimeZone,
}

/// A conversation in the form that ImportConversations takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    pub archive: ConversationArchive,
    /// What the record cannot hold, or what the input left open.
    pub warnings: Vec<String>,
}

/// Why an input is no conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    reason: String,
    line: u64,
}

impl Malformed {
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), line: 1 }
    }

    /// A field of the input that cannot be taken, by its path.
    pub fn field(path: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self::new(format!("{path}: {reason}"))
    }

    /// A syntax error, at its line of the item.
    pub fn json(error: &serde_json::Error) -> Self {
        let line = error.line().max(1) as u64;
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or(&reason);
        Self { reason: format!("not valid JSON: {reason} at column {}", error.column()), line }
    }

    #[must_use]
    pub(super) fn at_line(self, line: u64) -> Self {
        Self { line, ..self }
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The line of the item, from 1, that is at fault.
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl Item {
    /// A closed conversation that an ingestion brings.
    pub(super) fn new(context: &Context, id: &str, channel: Channel) -> Self {
        let conversation = Conversation {
            name: format!("{}/conversations/{id}", context.parent),
            channel: channel.into(),
            source: Source::IngestionPipeline.into(),
            state: State::Closed.into(),
            status: Status::Completed.into(),
            ..Conversation::default()
        };
        Self {
            archive: ConversationArchive {
                conversation: Some(conversation),
                ..ConversationArchive::default()
            },
            warnings: Vec::new(),
        }
    }

    pub(super) fn conversation(&mut self) -> &mut Conversation {
        self.archive.conversation.get_or_insert_default()
    }

    pub(super) fn push(&mut self, message: ConversationMessage) {
        self.archive.messages.push(message);
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    /// Sets when the conversation was; one that tells no time has that of its import, which the service gives.
    pub(super) fn span(&mut self, start: Option<Timestamp>, end: Option<Timestamp>) {
        self.conversation().start_time = start.map(time::to_proto);
        self.conversation().end_time = start.map(|start| time::to_proto(end.unwrap_or(start).max(start)));
    }

    /// Adds a metadata key; a value that says nothing is left out.
    pub(super) fn metadata(&mut self, key: &str, value: Option<&Json>) {
        let value = match value {
            Some(Json::String(text)) if !text.is_empty() => Value::StringValue(text.clone()),
            Some(Json::Number(number)) => Value::NumberValue(number.as_f64().unwrap_or_default()),
            Some(Json::Bool(flag)) => Value::BooleanValue(*flag),
            _ => return,
        };
        let values = MetadataValues {
            values: vec![MetadataValue { value: Some(value) }],
            source: metadata_values::Source::Ingestion.into(),
        };
        self.conversation().metadata.insert(key.to_owned(), values);
    }

    /// Keeps what no field took as the platform's original event data, or warns where it is too large.
    pub(super) fn keep_original(&mut self, rest: Map<String, Json>) {
        if rest.is_empty() {
            return;
        }
        let kept = json::to_struct(rest);
        match json::fits(&kept) {
            true => {
                self.conversation().platform_info.get_or_insert_default().original_event_data = Some(kept);
            }
            false => self.warn(format!(
                "left out what no field holds ({}): it is larger than originalEventData may be",
                kept.fields.keys().cloned().collect::<Vec<_>>().join(", ")
            )),
        }
    }
}
