//! The history of a conversation that brings events of its own.
//!
//! The service inserts the events that belong to a conversation only where an archive has none, since those of an
//! export are complete. So an archive with some gets the others here.

use std::mem;

use hansard_proto::v1::{
    Conversation, ConversationArchive, ConversationEvent,
    conversation::{State, Status},
    conversation_event::{ConversationMetadataChange, ConversationStateChange, Payload, TagChange, Type},
};
use prost_types::Timestamp;

/// Puts start, metadata and tags before the events of an archive, and the end behind them.
pub(crate) fn complete(archive: &mut ConversationArchive) {
    let (Some(conversation), false) = (&archive.conversation, archive.events.is_empty()) else {
        return;
    };
    let own = mem::take(&mut archive.events);
    archive.events = before(conversation);
    archive.events.extend(own);
    archive.events.extend(end(conversation));
}

fn event(kind: Type, payload: Option<Payload>, at: Option<Timestamp>) -> ConversationEvent {
    ConversationEvent { r#type: kind.into(), payload, event_time: at, ..ConversationEvent::default() }
}

fn before(conversation: &Conversation) -> Vec<ConversationEvent> {
    let start = conversation.start_time;
    let mut events = vec![event(Type::ConversationStart, None, start)];
    if !conversation.metadata.is_empty() {
        let change = ConversationMetadataChange { metadata_values: conversation.metadata.clone() };
        events.push(event(Type::ConversationMetadata, Some(Payload::ConversationMetadata(change)), start));
    }
    let added =
        |tag: &String| event(Type::TagAdded, Some(Payload::Tag(TagChange { tag: tag.clone() })), start);
    events.extend(conversation.tags.iter().map(added));
    events
}

fn end(conversation: &Conversation) -> Option<ConversationEvent> {
    let change = ConversationStateChange {
        previous_status: Status::Active.into(),
        status: conversation.status,
        reason: conversation.status_reason.clone(),
    };
    (conversation.state() == State::Closed).then(|| {
        event(Type::ConversationState, Some(Payload::ConversationState(change)), conversation.end_time)
    })
}
