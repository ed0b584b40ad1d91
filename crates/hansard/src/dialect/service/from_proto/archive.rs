//! Whole conversations of an import.
//!
//! An archive may come from another customer or profile; its names are taken into the parent.

mod remarks;

pub use remarks::names_of_remarks;

use super::{code, conversation, event, message, names, optional_span, optional_time};
use crate::service::archive::{Incoming, IncomingEvent, IncomingMessage, Kept};
use hansard_domain::{
    Error, Result,
    conversation::{Participant, StateHistoryEntry},
    limits,
    name::{Collection, ConversationName, ProfileName},
    redact::{Earlier, Redaction, Redactor, Turns},
};
use hansard_proto::v1::{self as pb, conversation_event::Payload as P};

const PARTS_MAX: usize = 1_000_000;

/// Reads one archive for `parent`; paths are relative to the archive.
pub(in super::super) fn incoming(
    mut given: pb::ConversationArchive,
    parent: &ProfileName,
    redactor: &Redactor,
) -> Result<Incoming> {
    let given_conversation = given.conversation.take().ok_or_else(|| Error::missing("conversation"))?;
    let from = ConversationName::parse("conversation.name", &given_conversation.name)?;
    limits::items_at_most("messages", given.messages.len(), PARTS_MAX)?;
    limits::items_at_most("events", given.events.len(), PARTS_MAX)?;
    let home = Home { from: from.profile.clone(), to: parent.clone() };
    let name = parent.conversation(from.conversation);
    names_of_remarks(&mut given).into_iter().for_each(|name| home.name(name));
    let remarks = remarks::incoming(&given, &name, redactor)?;
    let given_conversation = home.conversation(given_conversation);
    let kept = kept(&given_conversation, redactor).map_err(|error| error.within("conversation"))?;
    let tags = given_conversation.tags.iter().enumerate().map(|(index, tag)| {
        names::entry(&format!("conversation.tags[{index}]"), tag, Collection::Tag).map(|name| name.id)
    });
    let tags = tags.collect::<Result<_>>()?;
    let revision = given_conversation.summary.as_ref().map_or(0, |summary| summary.revision.max(0));
    let mut new = conversation::new_conversation(given_conversation, &parent.customer, redactor)?;
    if let Some(summary) = &mut new.fields.summary {
        summary.revision = revision;
    }
    let mut turns = Turns::new(redactor, Earlier::none());
    Ok(Incoming {
        id: name.conversation.clone(),
        new,
        kept,
        messages: each("messages", given.messages, |given| {
            incoming_message(home.message(given), &name, &mut turns)
        })?,
        events: each("events", given.events, |given| incoming_event(home.event(given), &name, redactor))?,
        tags,
        remarks,
    })
}

fn each<F, T>(field: &str, given: Vec<F>, mut read: impl FnMut(F) -> Result<T>) -> Result<Vec<T>> {
    let item = |(index, item)| read(item).map_err(|error| error.within(&format!("{field}[{index}]")));
    given.into_iter().enumerate().map(item).collect()
}

/// What the archive tells beyond a start request.
fn kept(given: &pb::Conversation, redactor: &Redactor) -> Result<Kept> {
    let transfers = given
        .transfers
        .iter()
        .enumerate()
        .map(|(index, given)| event::transfer(&format!("transfers[{index}]"), given.clone(), redactor));
    limits::items_at_most("transfers", given.transfers.len(), limits::LIST_ITEMS_MAX)?;
    limits::short("persistedAudioUri", &given.persisted_audio_uri)?;
    limits::short("statusReason", &given.status_reason)?;
    Ok(Kept {
        status_reason: redactor.text(&given.status_reason),
        state_history: history(&given.state_history, redactor)?,
        participants: participants(&given.participants, redactor)?,
        end_time: optional_time("endTime", given.end_time.as_ref())?,
        reported_duration: optional_span("duration", given.duration.as_ref())?,
        audio_persistence_state: code("audioPersistenceState", given.audio_persistence_state)?,
        persisted_audio_uri: given.persisted_audio_uri.clone(),
        sharing_state: code("sharingState", given.sharing_state)?,
        transfers: transfers.collect::<Result<_>>()?,
        create_time: optional_time("createTime", given.create_time.as_ref())?,
        update_time: optional_time("updateTime", given.update_time.as_ref())?,
    })
}

fn history(given: &[pb::StateHistoryEntry], redactor: &Redactor) -> Result<Vec<StateHistoryEntry>> {
    limits::items_at_most("stateHistory", given.len(), limits::STATE_CHANGES_MAX)?;
    let entry = |(index, given): (usize, &pb::StateHistoryEntry)| {
        let path = |member: &str| format!("stateHistory[{index}].{member}");
        limits::short(&path("reason"), &given.reason)?;
        let metadata = super::json(given.metadata.clone(), redactor);
        limits::json_at_most(&path("metadata"), &metadata)?;
        Ok(StateHistoryEntry {
            status: code(&path("status"), given.status)?,
            timestamp: optional_time(&path("timestamp"), given.timestamp.as_ref())?.unwrap_or_default(),
            reason: redactor.text(&given.reason),
            metadata,
        })
    };
    given.iter().enumerate().map(entry).collect()
}

fn participants(given: &[pb::Participant], redactor: &Redactor) -> Result<Vec<Participant>> {
    limits::items_at_most("participants", given.len(), limits::LIST_ITEMS_MAX)?;
    let participant = |(index, given): (usize, &pb::Participant)| {
        limits::short(&format!("participants[{index}].user"), &given.user)?;
        limits::short(&format!("participants[{index}].displayName"), &given.display_name)?;
        let speaker = pb::conversation_message::Speaker::from_str_name(&given.role);
        let speaker = speaker.map_or(0, |speaker| speaker as i32);
        Ok(Participant {
            user: given.user.clone(),
            speaker: code(&format!("participants[{index}].role"), speaker)?,
            display_name: redactor.display_name(&given.display_name),
        })
    };
    given.iter().enumerate().map(participant).collect()
}

fn incoming_message(
    given: pb::ConversationMessage,
    parent: &ConversationName,
    turns: &mut Turns<'_>,
) -> Result<IncomingMessage> {
    let id = names::own_id("name", &given.name, hansard_domain::name::Part::Message, parent)?;
    let redactions = given.redactions.clone();
    let create_time = optional_time("createTime", given.create_time.as_ref())?;
    let update_time = optional_time("updateTime", given.update_time.as_ref())?;
    let delete_time = optional_time("deleteTime", given.delete_time.as_ref())?;
    let mut content = message::content(given, &parent.profile.customer, turns)?;
    if content.redactions.is_empty() {
        content.redactions = redactions.into_iter().map(redaction).collect();
    }
    Ok(IncomingMessage { id, content, create_time, update_time, delete_time })
}

fn redaction(given: pb::Redaction) -> Redaction {
    Redaction {
        entity_type: given.entity_type,
        start: given.start,
        end: given.end,
        moment: given.moment,
        ..Redaction::default()
    }
}

fn incoming_event(
    given: pb::ConversationEvent,
    parent: &ConversationName,
    redactor: &Redactor,
) -> Result<IncomingEvent> {
    limits::short("actor", &given.actor)?;
    Ok(IncomingEvent {
        create_time: optional_time("createTime", given.create_time.as_ref())?,
        actor: given.actor.clone(),
        new: event::any_event(given, parent, redactor)?,
    })
}

/// Takes names of the archive's customer and profile into those of the parent.
struct Home {
    from: ProfileName,
    to: ProfileName,
}

impl Home {
    fn name(&self, text: &mut String) {
        let (old, new) = (format!("{}/", self.from), format!("{}/", self.to));
        if let Some(rest) = text.strip_prefix(&old) {
            *text = format!("{new}{rest}");
            return;
        }
        let (old, new) = (format!("{}/", self.from.owner()), format!("{}/", self.to.owner()));
        if let Some(rest) = text.strip_prefix(&old) {
            *text = format!("{new}{rest}");
        }
    }

    fn conversation(&self, mut given: pb::Conversation) -> pb::Conversation {
        for name in [
            &mut given.name,
            &mut given.agent,
            &mut given.usecase,
            &mut given.virtual_agent,
            &mut given.ingested_by_job,
        ] {
            self.name(name);
        }
        given.tags.iter_mut().for_each(|tag| self.name(tag));
        given.participants.iter_mut().for_each(|participant| self.name(&mut participant.user));
        if let Some(info) = &mut given.transfer_info {
            self.name(&mut info.previous_conversation);
        }
        given
    }

    fn message(&self, mut given: pb::ConversationMessage) -> pb::ConversationMessage {
        self.name(&mut given.name);
        self.name(&mut given.agent);
        given
    }

    fn event(&self, mut given: pb::ConversationEvent) -> pb::ConversationEvent {
        self.name(&mut given.name);
        self.name(&mut given.associated_message);
        self.name(&mut given.actor);
        match &mut given.payload {
            Some(P::Tag(tag)) => self.name(&mut tag.tag),
            Some(P::CallReasonSelection(reason)) => self.name(&mut reason.selected_moment),
            _ => {}
        }
        given
    }
}
