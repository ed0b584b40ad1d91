//! Events: what happened in a conversation besides its messages.

use crate::{
    Error, Id, Result, Time, codes,
    conversation::{Conversation, RaiseHandState, Status, Transfer, is_default},
    limits,
    message::next,
    metadata::{self, Metadata},
    name::PartName,
    redact::{SafeJson, SafeText},
};
use serde::{Deserialize, Serialize};

codes! {
    EventType {
        Unspecified = 0, CallReasonSelection = 1, EntityFeedback = 2, SummarizationFeedback = 3, UsedSuggestion = 4,
        UsedHintSuggestion = 5, InteractiveVoiceResponse = 6, ConversationStart = 7, ConversationMetadata = 8,
        UsedHintDocumentChip = 9, UsedSearchSuggestion = 10, ConversationHold = 11, ConversationUnhold = 12,
        UsedKbSearch = 13, UsedKbDocument = 14, ConversationState = 15, ConversationTransfer = 16,
        ConversationUpdated = 17, MessageRedacted = 18, MessageDeleted = 19, TagAdded = 20, TagRemoved = 21,
        RaiseHand = 22, Custom = 23,
    }
}

/// A stored event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub name: PartName,
    /// 1, 2, 3 ... within the conversation, in the order of commit.
    pub sequence: i32,
    pub kind: EventType,
    pub content: EventContent,
    pub event_time: Time,
    pub create_time: Time,
    /// Resource name of the user or API key that caused it.
    pub actor: String,
}

/// An event that a client reports; without an id the service gives one.
#[derive(Debug, Clone, Default)]
pub struct NewEvent {
    pub id: Option<Id>,
    pub kind: EventType,
    pub content: EventContent,
    pub event_time: Option<Time>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventContent {
    #[serde(skip_serializing_if = "is_default")]
    pub associated_message: String,
    #[serde(skip_serializing_if = "is_default")]
    pub associated_action_annotation: String,
    #[serde(skip_serializing_if = "is_default")]
    pub payload: Option<Payload>,
}

/// What an event carries, by its type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    CallReasonSelection { selected_moment: String },
    EntityFeedback { is_delete: bool, entity: Option<Entity> },
    ConversationMetadata(Metadata),
    ConversationState { previous: Status, status: Status, reason: SafeText },
    ConversationTransfer(Option<Transfer>),
    ConversationUpdated { paths: Vec<String> },
    Tag { tag: String },
    RaiseHand { state: RaiseHandState },
    Custom(SafeJson),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entity {
    #[serde(skip_serializing_if = "is_default")]
    pub start: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub end: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub entity_name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub str_value: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub surface_mode: String,
    #[serde(skip_serializing_if = "is_default")]
    pub post_redaction_start: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub post_redaction_end: i32,
}

impl EventType {
    /// Types that only the service itself inserts, together with what they tell of.
    pub fn is_inserted_by_service(self) -> bool {
        matches!(
            self,
            Self::ConversationStart
                | Self::ConversationMetadata
                | Self::ConversationState
                | Self::ConversationUpdated
                | Self::MessageRedacted
                | Self::MessageDeleted
                | Self::TagAdded
                | Self::TagRemoved
                | Self::RaiseHand
        )
    }

    /// The types that tell of a used suggestion.
    pub const SUGGESTION_USAGES: [Self; 6] = [
        Self::UsedSuggestion,
        Self::UsedHintSuggestion,
        Self::UsedHintDocumentChip,
        Self::UsedSearchSuggestion,
        Self::UsedKbSearch,
        Self::UsedKbDocument,
    ];

    fn takes(self, payload: &Payload) -> bool {
        match payload {
            Payload::CallReasonSelection { .. } => self == Self::CallReasonSelection,
            Payload::EntityFeedback { .. } => self == Self::EntityFeedback,
            Payload::ConversationMetadata(_) => self == Self::ConversationMetadata,
            Payload::ConversationState { .. } => self == Self::ConversationState,
            Payload::ConversationTransfer(_) => self == Self::ConversationTransfer,
            Payload::ConversationUpdated { .. } => self == Self::ConversationUpdated,
            Payload::Tag { .. } => matches!(self, Self::TagAdded | Self::TagRemoved),
            Payload::RaiseHand { .. } => self == Self::RaiseHand,
            Payload::Custom(_) => true,
        }
    }
}

impl NewEvent {
    /// An event that the service inserts.
    pub fn of_service(kind: EventType, payload: Option<Payload>) -> Self {
        Self { kind, content: EventContent { payload, ..EventContent::default() }, ..Self::default() }
    }

    /// Checks what a client reports; paths are relative to the event.
    pub fn check(&self) -> Result<()> {
        if self.kind == EventType::Unspecified {
            return Err(Error::missing("type"));
        }
        if self.kind.is_inserted_by_service() {
            return Err(Error::invalid(
                "type",
                "is inserted by the service itself; use CUSTOM for your own events",
            ));
        }
        self.check_content()
    }

    /// Checks sizes and that the payload belongs to the type.
    pub fn check_content(&self) -> Result<()> {
        limits::short("associatedMessage", &self.content.associated_message)?;
        limits::short("associatedActionAnnotation", &self.content.associated_action_annotation)?;
        let Some(payload) = &self.content.payload else { return Ok(()) };
        if !self.kind.takes(payload) {
            return Err(Error::invalid("type", "does not go with the payload that is set"));
        }
        payload.check()
    }
}

impl Payload {
    /// Checks sizes; paths are relative to the event.
    fn check(&self) -> Result<()> {
        match self {
            Self::Custom(json) => limits::json_at_most("custom", json),
            Self::CallReasonSelection { selected_moment } => {
                limits::short("callReasonSelection.selectedMoment", selected_moment)
            }
            Self::EntityFeedback { entity: Some(entity), .. } => {
                limits::short("entityFeedback.entity.entityName", &entity.entity_name)?;
                limits::short("entityFeedback.entity.strValue", entity.str_value.as_str())?;
                limits::short("entityFeedback.entity.surfaceMode", &entity.surface_mode)
            }
            Self::ConversationMetadata(changed) => {
                metadata::check("conversationMetadata.metadataValues", changed)
            }
            Self::ConversationState { reason, .. } => {
                limits::short("conversationState.reason", reason.as_str())
            }
            Self::ConversationUpdated { paths } => {
                limits::items_at_most("conversationUpdated.paths", paths.len(), limits::LIST_ITEMS_MAX)?;
                paths.iter().try_for_each(|path| limits::short("conversationUpdated.paths", path))
            }
            Self::Tag { tag } => limits::short("tag.tag", tag),
            Self::EntityFeedback { entity: None, .. }
            | Self::ConversationTransfer(_)
            | Self::RaiseHand { .. } => Ok(()),
        }
    }
}

impl Conversation {
    /// Gives an event the next number.
    pub fn add_event(&mut self, id: Id, new: NewEvent, actor: &str, now: Time) -> Result<Event> {
        let sequence = next(self.counters.events)?;
        self.counters.events = sequence;
        Ok(Event {
            name: self.name.event(id),
            sequence,
            kind: new.kind,
            content: new.content,
            event_time: new.event_time.unwrap_or(now),
            create_time: now,
            actor: actor.to_owned(),
        })
    }
}
