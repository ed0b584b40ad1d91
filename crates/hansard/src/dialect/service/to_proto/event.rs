//! Events.

use super::{
    conversation::transfer,
    value::{json, metadata, time},
};
use hansard_domain::{
    code::Code,
    event::{Entity, Event, Payload},
};
use hansard_proto::v1::{
    self as pb,
    conversation_event::{self as parts, Payload as P},
};

pub(in super::super) fn event(event: Event) -> pb::ConversationEvent {
    pb::ConversationEvent {
        name: event.name.to_string(),
        associated_message: event.content.associated_message,
        associated_action_annotation: event.content.associated_action_annotation,
        r#type: event.kind.code(),
        event_time: Some(time(event.event_time)),
        create_time: Some(time(event.create_time)),
        actor: event.actor,
        sequence: event.sequence,
        payload: event.content.payload.map(payload),
    }
}

fn payload(payload: Payload) -> P {
    match payload {
        Payload::CallReasonSelection { selected_moment } => {
            P::CallReasonSelection(parts::CallReasonSelection { selected_moment })
        }
        Payload::EntityFeedback { is_delete, entity: given } => {
            P::EntityFeedback(parts::EntityFeedback { is_delete, entity: given.map(entity) })
        }
        Payload::ConversationMetadata(changed) => {
            P::ConversationMetadata(parts::ConversationMetadataChange { metadata_values: metadata(changed) })
        }
        Payload::ConversationState { previous, status, reason } => {
            P::ConversationState(parts::ConversationStateChange {
                previous_status: previous.code(),
                status: status.code(),
                reason: reason.into_string(),
            })
        }
        Payload::ConversationTransfer(given) => {
            P::ConversationTransfer(parts::ConversationTransfer { transfer: given.map(transfer) })
        }
        Payload::ConversationUpdated { paths } => P::ConversationUpdated(parts::ConversationUpdate { paths }),
        Payload::Tag { tag } => P::Tag(parts::TagChange { tag }),
        Payload::RaiseHand { state } => P::RaiseHand(parts::RaiseHand { state: state.code() }),
        Payload::Custom(custom) => P::Custom(json(custom).unwrap_or_default()),
    }
}

fn entity(entity: Entity) -> parts::entity_feedback::Entity {
    parts::entity_feedback::Entity {
        start: entity.start,
        end: entity.end,
        entity_name: entity.entity_name,
        str_value: entity.str_value.into_string(),
        surface_mode: entity.surface_mode,
        post_redaction_start: entity.post_redaction_start,
        post_redaction_end: entity.post_redaction_end,
    }
}
