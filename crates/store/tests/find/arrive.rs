//! Writes that no deed of the services stands for: conversations as import makes them, what is made and deleted at
//! once, masked, or left behind as deleted.

use crate::{
    act::Arrival,
    deed::Deed,
    record::Left,
    vocabulary::{TAGS, id, safe},
    write,
};
use hansard_domain::{
    Error, Id, Result,
    change::ChangeKind,
    conversation::Conversation,
    message::{Content, Message},
    name::{ConversationName, ProfileName},
};
use hansard_store::{Direct, Unit};

pub(crate) fn name_of(profile: &ProfileName, arrival: &Arrival) -> ConversationName {
    profile.conversation(arrival.id.clone().unwrap())
}

/// The conversation and some of its messages as a write has left them.
pub(crate) fn left_by(unit: &mut Unit<'_>, name: &ConversationName, messages: &[Id]) -> Result<Left> {
    let Some(conversation) = unit.find_conversation(name)? else {
        return Ok(Left { gone: Some(name.conversation.clone()), ..Left::default() });
    };
    let found = messages.iter().filter_map(|id| unit.find_message(&conversation, id).transpose());
    let messages = found.collect::<Result<_>>()?;
    Ok(Left { conversations: vec![conversation], messages, ..Left::default() })
}

/// Makes those conversations that are not there yet.
pub(crate) fn bring(unit: &mut Unit<'_>, profile: &ProfileName, arrivals: Vec<Arrival>) -> Result<Left> {
    let mut left = Left::default();
    for arrival in arrivals {
        let name = name_of(profile, &arrival);
        if unit.find_conversation(&name)?.is_none() {
            let (conversation, messages) = bring_one(unit, name, arrival)?;
            left.conversations.push(conversation);
            left.messages.extend(messages);
        }
    }
    Ok(left)
}

/// The same, with their tags.
pub(crate) fn bring_tagged(
    direct: &mut Direct<'_>,
    profile: &ProfileName,
    arrivals: Vec<Arrival>,
) -> Result<Left> {
    let tags: Vec<_> = arrivals.iter().map(|arrival| (arrival.id.clone(), arrival.tags.clone())).collect();
    let mut left = bring(direct, profile, arrivals)?;
    for conversation in &left.conversations {
        let id = &conversation.name.conversation;
        let of_this = tags.iter().find(|(name, _)| name.as_ref() == Some(id));
        for tag in of_this.iter().flat_map(|(_, tags)| tags) {
            direct.add_conversation_tag(conversation, tag)?;
            left.tags.push((id.clone(), tag.clone()));
        }
    }
    Ok(left)
}

pub(crate) fn undo(direct: &mut Direct<'_>, name: &ConversationName, deed: Deed) -> Result<Left> {
    write::grouped(direct, name.clone(), deed)?;
    delete_tagged(direct, name)
}

pub(crate) fn abort(direct: &mut Direct<'_>, name: ConversationName, arrival: Arrival) -> Result<Left> {
    if direct.find_conversation(&name)?.is_some() {
        return Err(Error::already_exists(name));
    }
    bring_one(direct, name.clone(), arrival)?;
    delete_tagged(direct, &name)
}

/// Takes its tags and gives it another, and deletes it.
fn delete_tagged(direct: &mut Direct<'_>, name: &ConversationName) -> Result<Left> {
    let conversation = direct.conversation(name)?;
    for tag in &TAGS[1..] {
        direct.delete_conversation_tag(&conversation, &id(tag))?;
    }
    direct.add_conversation_tag(&conversation, &id(TAGS[0]))?;
    direct.delete_conversation(&conversation)?;
    left_by(direct, name, &[])
}

fn bring_one(
    unit: &mut Unit<'_>,
    name: ConversationName,
    arrival: Arrival,
) -> Result<(Conversation, Vec<Message>)> {
    let number = unit.new_number(&name)?;
    let profile = unit.profile().body.clone();
    let mut conversation = arrival.new.start(name, number, &profile.languages(), unit.now())?;
    let body = conversation.body_mut();
    body.end_time = arrival.end_time.or(body.end_time);
    body.update_time = arrival.update_time.unwrap_or(body.update_time);
    body.sharing_state = arrival.sharing;
    unit.record(&conversation, ChangeKind::ConversationStarted, None, 0);
    let mut messages: Vec<Message> = Vec::new();
    for (id, content, is_deleted) in arrival.messages {
        if messages.iter().any(|message| message.name.id == id) {
            continue;
        }
        let content = if is_deleted { Content::default() } else { content };
        let mut message = conversation.append(id, content, true, unit.now())?;
        message.delete_time = is_deleted.then(|| unit.now());
        unit.insert_message(&conversation, &message);
        messages.push(message);
    }
    unit.put(&conversation);
    Ok((conversation, messages))
}

pub(crate) fn redact(unit: &mut Unit<'_>, name: &ConversationName, id: &Id) -> Result<Left> {
    let conversation = unit.conversation(name)?;
    let found = unit.find_message(&conversation, id)?;
    let mut message =
        found.filter(|found| found.delete_time.is_none()).ok_or_else(|| unit.scope().not_found())?;
    message.content = Content { text: safe("[SECRET]"), ..Content::clone(&message.content) }.into();
    unit.update_message(&conversation, &message, ChangeKind::MessageRedacted);
    Ok(Left { conversations: vec![conversation], messages: vec![message], ..Left::default() })
}

pub(crate) fn bury(unit: &mut Unit<'_>, name: &ConversationName) -> Result<Left> {
    let mut conversation = unit.conversation(name)?;
    conversation.body_mut().delete_time = Some(unit.now());
    unit.record(&conversation, ChangeKind::ConversationDeleted, None, 0);
    unit.put(&conversation);
    Ok(Left { conversations: vec![conversation], ..Left::default() })
}

pub(crate) fn skip(unit: &mut Unit<'_>, profile: &ProfileName, count: usize) -> Result<Left> {
    for number in 0..count {
        unit.new_number(&profile.conversation(Id::known(format!("skipped-{number}"))))?;
    }
    Ok(Left::default())
}
