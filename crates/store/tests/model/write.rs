//! The deeds as writes of the store, as the services do them.

use crate::deed::Deed;
use hansard_domain::{
    Error, Id, Result,
    change::ChangeKind,
    conversation::{Conversation, NewConversation, Patch, RaiseHandState, StateChange, Status},
    event::{EventType, NewEvent, Payload},
    message::{Content, MessagePatch},
    metadata::Metadata,
    name::ConversationName,
};
use hansard_store::{Direct, Needs, Unit};

/// What a deed reads.
pub(crate) fn needs(name: &ConversationName, deed: &Deed) -> Needs {
    match deed {
        Deed::Start(_) => Needs::new_conversation(name),
        Deed::Append { messages, .. } => {
            Needs::conversation(name).messages(messages.iter().map(|(id, _)| id))
        }
        Deed::PatchMessage(id, _) | Deed::DeleteMessage(id) => Needs::conversation(name).messages([id]),
        Deed::Report(events) => {
            Needs::conversation(name).events(events.iter().filter_map(|event| event.id.as_ref()))
        }
        _ => Needs::conversation(name),
    }
}

/// A deed that no group can take.
pub(crate) fn alone(direct: &mut Direct<'_>, name: &ConversationName, deed: &Deed) -> Result<()> {
    let mut conversation = direct.conversation(name)?;
    let (tag, kind) = match deed {
        Deed::AddTag(tag) if direct.add_conversation_tag(&conversation, tag)? => (tag, EventType::TagAdded),
        Deed::RemoveTag(tag) if direct.delete_conversation_tag(&conversation, tag)? => {
            (tag, EventType::TagRemoved)
        }
        Deed::RemoveTag(_) => return Err(direct.scope().not_found()),
        Deed::Delete => return direct.delete_conversation(&conversation),
        _ => return Ok(()),
    };
    let tag = name.profile.tag(tag.clone()).to_string();
    direct.tell(&mut conversation, kind, Some(Payload::Tag { tag }))?;
    direct.put(&conversation);
    Ok(())
}

/// A deed in a group.
pub(crate) fn grouped(unit: &mut Unit<'_>, name: ConversationName, deed: Deed) -> Result<()> {
    if let Deed::Start(new) = deed {
        return start(unit, name, new);
    }
    let mut conversation = unit.conversation(&name)?;
    let c = &mut conversation;
    let now = unit.now();
    match deed {
        Deed::Append { messages, allow_closed } => append(unit, c, messages, allow_closed)?,
        Deed::PatchMessage(id, patch) => patch_message(unit, c, &id, &patch)?,
        Deed::DeleteMessage(id) => delete_message(unit, c, &id)?,
        Deed::Report(events) => report(unit, c, events)?,
        Deed::Patch(patch) => self::patch(unit, c, patch)?,
        Deed::SetDisplayName(text) => updated(c.set_display_name(text, now)?, unit, c, "display_name")?,
        Deed::SetSkill(skill) => updated(c.set_skill(skill, now)?, unit, c, "skill")?,
        Deed::SetLanguage(wanted) => {
            let profile = unit.profile().body.clone();
            updated(c.set_language(&wanted, &profile.languages(), now)?, unit, c, "language_code")?;
        }
        Deed::SetSharing(sharing) => updated(c.set_sharing_state(sharing, now)?, unit, c, "sharing_state")?,
        Deed::ReportAudio(audio) => updated(c.report_audio(audio, now)?, unit, c, "audio_persistence_state")?,
        Deed::Metadata(given) => metadata(unit, c, given)?,
        Deed::ChangeState { state, status, reason, end_time } => {
            change_state(unit, c, StateChange::new(state, status, reason, end_time)?)?;
        }
        other => return Err(Error::internal(format!("{other:?} runs alone"))),
    }
    unit.put(&conversation);
    Ok(())
}

fn start(unit: &mut Unit<'_>, name: ConversationName, new: NewConversation) -> Result<()> {
    if unit.find_conversation(&name)?.is_some() {
        return Ok(());
    }
    let number = unit.new_number(&name)?;
    let profile = unit.profile().body.clone();
    let mut conversation = new.start(name, number, &profile.languages(), unit.now())?;
    unit.record(&conversation, ChangeKind::ConversationStarted, None, 0);
    unit.tell(&mut conversation, EventType::ConversationStart, None)?;
    let metadata = conversation.body.fields.metadata.clone();
    if !metadata.is_empty() {
        let payload = Payload::ConversationMetadata(metadata);
        unit.tell(&mut conversation, EventType::ConversationMetadata, Some(payload))?;
    }
    if conversation.is_closed() {
        unit.record(&conversation, ChangeKind::ConversationClosed, None, 0);
        tell_status(unit, &mut conversation, Status::Active)?;
    }
    unit.put(&conversation);
    Ok(())
}

fn append(
    unit: &mut Unit<'_>,
    conversation: &mut Conversation,
    messages: Vec<(Id, Content)>,
    allow_closed: bool,
) -> Result<()> {
    for (id, content) in messages {
        if unit.find_message(conversation, &id)?.is_none() {
            let message = conversation.append(id, content, allow_closed, unit.now())?;
            unit.insert_message(conversation, &message);
        }
    }
    Ok(())
}

fn patch_message(
    unit: &mut Unit<'_>,
    conversation: &Conversation,
    id: &Id,
    patch: &MessagePatch,
) -> Result<()> {
    let found = unit.find_message(conversation, id)?;
    let mut message = found.ok_or_else(|| unit.scope().not_found())?;
    if message.patch(patch, unit.now())? {
        unit.update_message(conversation, &message, ChangeKind::MessageUpdated);
    }
    Ok(())
}

fn delete_message(unit: &mut Unit<'_>, conversation: &mut Conversation, id: &Id) -> Result<()> {
    let found = unit.find_message(conversation, id)?;
    let mut message = found.ok_or_else(|| unit.scope().not_found())?;
    if message.delete(unit.now()) {
        unit.update_message(conversation, &message, ChangeKind::MessageDeleted);
        let mut event = NewEvent::of_service(EventType::MessageDeleted, None);
        event.content.associated_message = message.name.to_string();
        unit.add_event(conversation, event)?;
    }
    Ok(())
}

fn report(unit: &mut Unit<'_>, conversation: &mut Conversation, events: Vec<NewEvent>) -> Result<()> {
    for event in events {
        let stored = match &event.id {
            Some(id) => unit.find_event(conversation, id)?,
            None => None,
        };
        if stored.is_none() {
            unit.add_event(conversation, event)?;
        }
    }
    Ok(())
}

fn patch(unit: &mut Unit<'_>, conversation: &mut Conversation, patch: Patch) -> Result<()> {
    let hand = |conversation: &Conversation| -> RaiseHandState { conversation.body.fields.raise_hand_state };
    let before = hand(conversation);
    if !conversation.patch(&patch, unit.now())? {
        return Ok(());
    }
    tell_updated(unit, conversation, patch.paths)?;
    let state = hand(conversation);
    if state != before {
        unit.tell(conversation, EventType::RaiseHand, Some(Payload::RaiseHand { state }))?;
    }
    Ok(())
}

fn updated(changed: bool, unit: &mut Unit<'_>, conversation: &mut Conversation, path: &str) -> Result<()> {
    if changed { tell_updated(unit, conversation, vec![path.to_owned()]) } else { Ok(()) }
}

fn tell_updated(unit: &mut Unit<'_>, conversation: &mut Conversation, paths: Vec<String>) -> Result<()> {
    unit.record(conversation, ChangeKind::ConversationUpdated, None, 0);
    unit.tell(conversation, EventType::ConversationUpdated, Some(Payload::ConversationUpdated { paths }))
}

fn metadata(unit: &mut Unit<'_>, conversation: &mut Conversation, given: Metadata) -> Result<()> {
    let changed = conversation.upsert_metadata(given, unit.now())?;
    if changed.is_empty() {
        return Ok(());
    }
    unit.record(conversation, ChangeKind::ConversationUpdated, None, 0);
    unit.tell(conversation, EventType::ConversationMetadata, Some(Payload::ConversationMetadata(changed)))
}

fn change_state(unit: &mut Unit<'_>, conversation: &mut Conversation, change: StateChange) -> Result<()> {
    let actor = unit.actor().name.clone();
    let Some(before) = conversation.change_state(change, &actor, unit.now())? else { return Ok(()) };
    let closed = conversation.is_closed();
    let kind = if closed { ChangeKind::ConversationClosed } else { ChangeKind::ConversationReopened };
    unit.record(conversation, kind, None, 0);
    tell_status(unit, conversation, before)
}

fn tell_status(unit: &mut Unit<'_>, conversation: &mut Conversation, previous: Status) -> Result<()> {
    let (status, reason) = (conversation.body.status, conversation.body.status_reason.clone());
    let payload = Payload::ConversationState { previous, status, reason };
    unit.tell(conversation, EventType::ConversationState, Some(payload))
}
