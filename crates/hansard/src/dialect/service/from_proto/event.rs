//! Events.

use super::{code, json, metadata, names, optional_time};
use hansard_domain::{
    Id, Result,
    conversation::Transfer,
    event::{Entity, EventContent, NewEvent, Payload},
    metadata::MetadataSource,
    name::{Collection, ConversationName, Part},
    redact::Redactor,
};
use hansard_proto::v1::{self as pb, conversation_event::Payload as P};

/// An event to report for `parent`; its name may carry its id.
pub(in super::super) fn new_event(
    given: pb::ConversationEvent,
    parent: &ConversationName,
    redactor: &Redactor,
) -> Result<NewEvent> {
    let event = any_event(given, parent, redactor)?;
    event.check()?;
    Ok(event)
}

/// An event of any type, those of the service included.
pub(in super::super) fn any_event(
    given: pb::ConversationEvent,
    parent: &ConversationName,
    redactor: &Redactor,
) -> Result<NewEvent> {
    Ok(NewEvent {
        id: names::own_id("name", &given.name, Part::Event, parent)?,
        kind: code("type", given.r#type)?,
        event_time: optional_time("eventTime", given.event_time.as_ref())?,
        content: EventContent {
            associated_message: names::whole_message(
                "associatedMessage",
                &given.associated_message,
                &parent.profile.customer,
            )?,
            associated_action_annotation: given.associated_action_annotation,
            payload: given
                .payload
                .map(|given| payload(given, &parent.profile.customer, redactor))
                .transpose()?,
        },
    })
}

fn payload(given: P, customer: &Id, redactor: &Redactor) -> Result<Payload> {
    Ok(match given {
        P::CallReasonSelection(given) => {
            let field = "callReasonSelection.selectedMoment";
            let selected_moment = names::whole(field, &given.selected_moment, Collection::Moment, customer)?;
            Payload::CallReasonSelection { selected_moment }
        }
        P::EntityFeedback(given) => Payload::EntityFeedback {
            is_delete: given.is_delete,
            entity: given.entity.map(|given| entity(given, redactor)),
        },
        P::ConversationMetadata(given) => Payload::ConversationMetadata(metadata(
            "conversationMetadata.metadataValues",
            given.metadata_values,
            MetadataSource::Unspecified,
            redactor,
        )?),
        P::ConversationState(given) => Payload::ConversationState {
            previous: code("conversationState.previousStatus", given.previous_status)?,
            status: code("conversationState.status", given.status)?,
            reason: redactor.text(&given.reason),
        },
        P::ConversationTransfer(given) => {
            let given =
                given.transfer.map(|given| transfer("conversationTransfer.transfer", given, redactor));
            Payload::ConversationTransfer(given.transpose()?)
        }
        P::ConversationUpdated(given) => Payload::ConversationUpdated { paths: given.paths },
        P::Tag(given) => Payload::Tag { tag: given.tag },
        P::RaiseHand(given) => Payload::RaiseHand { state: code("raiseHand.state", given.state)? },
        P::Custom(given) => Payload::Custom(json(Some(given), redactor)),
    })
}

fn entity(given: pb::conversation_event::entity_feedback::Entity, redactor: &Redactor) -> Entity {
    Entity {
        start: given.start,
        end: given.end,
        entity_name: given.entity_name,
        str_value: redactor.text(&given.str_value),
        surface_mode: given.surface_mode,
        post_redaction_start: given.post_redaction_start,
        post_redaction_end: given.post_redaction_end,
    }
}

pub(in super::super) fn transfer(field: &str, given: pb::Transfer, redactor: &Redactor) -> Result<Transfer> {
    let path = |member: &str| format!("{field}.{member}");
    hansard_domain::limits::short(&path("target"), &given.target)?;
    hansard_domain::limits::short(&path("reason"), &given.reason)?;
    Ok(Transfer {
        status: code(&path("status"), given.status)?,
        kind: code(&path("type"), given.r#type)?,
        initiate_time: optional_time(&path("initiateTime"), given.initiate_time.as_ref())?,
        complete_time: optional_time(&path("completeTime"), given.complete_time.as_ref())?,
        reason: redactor.text(&given.reason),
        target: given.target,
    })
}
