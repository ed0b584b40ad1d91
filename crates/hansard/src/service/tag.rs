//! Tags on conversations.

use super::{Call, done};
use crate::app::App;
use hansard_domain::{
    Error, Id, Result,
    caller::Permission,
    conversation::Conversation,
    directory::{Entry, EntryBody, Stamps},
    event::{EventType, Payload},
    name::{Collection, ConversationName},
};
use hansard_store::{Direct, Unit};

/// The conversation's tags as the directory has them.
pub async fn list(app: &App, call: &Call, parent: ConversationName) -> Result<Vec<Entry>> {
    let scope = call.caller.enter(&parent.profile, &parent, Permission::ReadConversations)?;
    let read = move |reading: &hansard_store::Reading<'_>| reading.list_tags(&reading.conversation(&parent)?);
    app.store.read(&scope, "list_conversation_tags", read).await
}

/// Adds a tag that the directory has. Adding it twice is a no-op.
pub async fn add(app: &App, call: &Call, parent: ConversationName, tag: Id) -> Result<()> {
    let scope = call.caller.enter(&parent.profile, &parent, Permission::TagConversation)?;
    let work = move |direct: &mut Direct<'_>| {
        let mut conversation = direct.conversation(&parent)?;
        if direct.find_entry(Collection::Tag, &tag)?.is_none() {
            return Err(Error::invalid("tag", "names a tag that the profile does not have: create it first"));
        }
        add_in(direct, &mut conversation, &tag)
    };
    app.store.transact(&scope, &call.ticket, "add_tag", work).await.map(done)
}

/// Adds the caller's own star tag, which is made on first use.
pub async fn add_star(app: &App, call: &Call, parent: ConversationName) -> Result<()> {
    let scope = call.caller.enter(&parent.profile, &parent, Permission::TagConversation)?;
    let tag = Id::parse("tag", &scope.actor().star).map_err(|_| {
        Error::failed_precondition("the id of the key's user is too long to make a star tag of")
    })?;
    let work = move |direct: &mut Direct<'_>| {
        let mut conversation = direct.conversation(&parent)?;
        ensure_tag(direct, &tag, "Star")?;
        add_in(direct, &mut conversation, &tag)
    };
    app.store.transact(&scope, &call.ticket, "add_star_tag", work).await.map(done)
}

/// Removes a tag from a conversation; one that it does not have is NotFound.
pub async fn delete(app: &App, call: &Call, parent: ConversationName, tag: Id) -> Result<()> {
    let resource = format!("{parent}/tags/{tag}");
    let scope = call.caller.enter(&parent.profile, resource, Permission::TagConversation)?;
    let work = move |direct: &mut Direct<'_>| {
        let mut conversation = direct.conversation(&parent)?;
        if !remove_in(direct, &mut conversation, &tag)? {
            return Err(direct.scope().not_found());
        }
        Ok(())
    };
    app.store.transact(&scope, &call.ticket, "delete_tag", work).await.map(done)
}

/// Makes a tag where the directory has none of that id.
pub(super) fn ensure_tag(direct: &mut Direct<'_>, tag: &Id, display_name: &str) -> Result<()> {
    if direct.find_entry(Collection::Tag, tag)?.is_some() {
        return Ok(());
    }
    let body = EntryBody { display_name: display_name.to_owned(), ..EntryBody::default() };
    let entry = Entry { id: tag.clone(), body, stamps: Stamps::new(direct.now()) };
    direct.put_entry(Collection::Tag, &entry)
}

pub(super) fn add_in(direct: &mut Direct<'_>, conversation: &mut Conversation, tag: &Id) -> Result<()> {
    if direct.add_conversation_tag(conversation, tag)? {
        tell(direct, conversation, EventType::TagAdded, tag)?;
    }
    Ok(())
}

/// Removes a tag; false where the conversation does not have it.
pub(super) fn remove_in(direct: &mut Direct<'_>, conversation: &mut Conversation, tag: &Id) -> Result<bool> {
    let removed = direct.delete_conversation_tag(conversation, tag)?;
    if removed {
        tell(direct, conversation, EventType::TagRemoved, tag)?;
    }
    Ok(removed)
}

/// Inserts the event of a tag given or taken.
pub(super) fn tell(
    unit: &mut Unit<'_>,
    conversation: &mut Conversation,
    kind: EventType,
    tag: &Id,
) -> Result<()> {
    let tag = conversation.name.profile.tag(tag.clone()).to_string();
    unit.tell(conversation, kind, Some(Payload::Tag { tag }))?;
    unit.put(conversation);
    Ok(())
}
