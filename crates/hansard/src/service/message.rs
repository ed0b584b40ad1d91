//! Messages: append, grow, read, delete.

use super::{
    Call, distinct, done, ids,
    redaction::{Hearing, TextWrite},
    validator::{Valid, Validator},
};
use crate::app::App;
use hansard_domain::{
    Error, Id, Result,
    audit::AuditAction,
    caller::Permission,
    change::ChangeKind,
    conversation::Conversation,
    event::{EventType, NewEvent},
    limits,
    message::{Message, MessagePatch, NewMessage},
    name::{ConversationName, PartName},
    page::{Page, PageSizes},
    redact::{Parts, Redactor, SafeText, Turns},
};
use hansard_store::{Direct, Needs, Outcome, Receipt, Unit, Written};
use std::sync::Arc;

/// Messages as they are stored now, in the order of the request.
#[derive(Debug, Clone)]
pub struct Appended {
    pub messages: Vec<Message>,
    /// Whether the first of them was stored by this very request.
    pub created: bool,
}

impl Outcome for Appended {
    fn receipt(&self) -> Receipt {
        let ids = self.messages.iter().map(|message| message.name.id.to_string()).collect();
        Receipt { created: self.created, ids }
    }
}

/// Appends messages in order, all or nothing.
///
/// Safe to retry: a known message id returns the stored message unchanged.
pub async fn append(
    app: &App,
    call: &Call,
    name: &ConversationName,
    allow_closed: bool,
    draft: impl Fn(&mut Turns<'_>) -> Result<Vec<NewMessage>> + Sync,
) -> Result<Appended> {
    let hearing = Hearing::of(app, call, name).await;
    let write = TextWrite {
        conversation: name,
        resource: name,
        permission: Permission::AppendMessage,
        operation: "append",
    };
    let draft = |redactor: &Redactor| {
        let new = hearing.listen(redactor, &draft)?;
        distinct("messages", new.iter().map(|new| new.id.as_ref()))?;
        Ok(new)
    };
    let needs =
        |needs: Needs, new: &Vec<NewMessage>| needs.messages(new.iter().filter_map(|new| new.id.as_ref()));
    let apply = move |unit: &mut Unit<'_>, conversation: &mut Conversation, new| {
        append_in(unit, conversation, new, allow_closed)
    };
    match write.run(app, call, draft, needs, apply).await? {
        Written::Fresh(appended) => {
            if appended.created {
                hearing.keep(app);
            }
            Ok(appended)
        }
        Written::Replayed(receipt) => {
            let read = find(app, call, name, ids(&receipt), Permission::AppendMessage);
            Ok(Appended { messages: read.await?, created: receipt.created })
        }
    }
}

fn append_in(
    unit: &mut Unit<'_>,
    conversation: &mut Conversation,
    new: Vec<NewMessage>,
    allow_closed: bool,
) -> Result<Appended> {
    let mut messages = Vec::with_capacity(new.len());
    let mut created = false;
    for NewMessage { id, content, create_time } in new {
        let stored = match &id {
            Some(id) => unit.find_message(conversation, id)?,
            None => None,
        };
        let message = match stored {
            Some(stored) => stored,
            None => {
                created |= messages.is_empty();
                let id = id.unwrap_or_else(|| unit.next_message_id(conversation));
                let message =
                    conversation.append(id, content, allow_closed, unit.now())?.created_at(create_time);
                unit.insert_message(conversation, &message);
                message
            }
        };
        messages.push(message);
    }
    Ok(Appended { messages, created })
}

struct Patched(Message);

impl Outcome for Patched {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

/// Lets a partial message grow, or completes what a final one still accepts.
pub async fn patch(
    app: &App,
    call: &Call,
    name: &PartName,
    draft: impl Fn(&mut Turns<'_>) -> Result<MessagePatch> + Sync,
) -> Result<Message> {
    let hearing = Hearing::of(app, call, &name.conversation).await;
    let draft = |redactor: &Redactor| hearing.listen(redactor, &draft);
    let write = TextWrite {
        conversation: &name.conversation,
        resource: name,
        permission: Permission::AppendMessage,
        operation: "patch_message",
    };
    let needs = |needs: Needs, _: &MessagePatch| needs.messages([&name.id]);
    let id = name.id.clone();
    let apply = move |unit: &mut Unit<'_>, conversation: &mut Conversation, patch: MessagePatch| {
        let found = unit.find_message(conversation, &id)?;
        let mut message = found.ok_or_else(|| unit.scope().not_found())?;
        let before = Arc::clone(&message.content);
        if message.patch(&patch, unit.now())? {
            unit.update_message(conversation, &message, ChangeKind::MessageUpdated);
            if before.redactions != message.content.redactions || before.is_partial() {
                unit.replace_entities(conversation, &message);
            }
        }
        Ok(Patched(message))
    };
    match write.run(app, call, draft, needs, apply).await? {
        Written::Fresh(Patched(message)) => {
            hearing.keep(app);
            Ok(message)
        }
        Written::Replayed(_) => get(app, call, name.clone()).await,
    }
}

/// Deletes a message's text for good; its tombstone stays, and a receipt. Repeating it is a no-op.
pub async fn delete(app: &App, call: &Call, name: &PartName) -> Result<()> {
    let scope = call.caller.enter(&name.conversation.profile, name, Permission::DeleteMessage)?;
    let name = name.clone();
    let work = move |direct: &mut Direct<'_>| {
        let mut conversation = direct.conversation(&name.conversation)?;
        let found = direct.find_message(&conversation, &name.id)?;
        let mut message = found.ok_or_else(|| direct.scope().not_found())?;
        let places = message.texts();
        let speaker_name = message.speaker_name().cloned();
        if !message.delete(direct.now()) {
            return Ok(());
        }
        conversation.may_be_removed()?;
        if let Some(speaker_name) = speaker_name
            && !is_told_by_another(direct, &conversation, &name.id, &speaker_name)?
        {
            conversation.forget_name(&speaker_name);
        }
        direct.update_message(&conversation, &message, ChangeKind::MessageDeleted);
        let mut event = NewEvent::of_service(EventType::MessageDeleted, None);
        event.content.associated_message = name.to_string();
        direct.add_event(&mut conversation, event)?;
        direct.audit(AuditAction::DeleteMessage, &name);
        direct.insert_redaction_receipt(&conversation, (SafeText::default(), None), places)?;
        direct.put(&conversation);
        Ok(())
    };
    app.store.transact(&scope, &call.ticket, "delete_message", work).await.map(done)?;
    app.store.request_truncate();
    Ok(())
}

/// Whether another message than this one was said under a name.
fn is_told_by_another(
    direct: &Direct<'_>,
    conversation: &Conversation,
    but: &Id,
    speaker_name: &SafeText,
) -> Result<bool> {
    let parts = direct.parts(conversation);
    let mut after = 0;
    loop {
        let messages = parts.messages(after)?;
        let Some(last) = messages.last() else { return Ok(false) };
        after = last.position;
        if messages
            .iter()
            .any(|message| message.name.id != *but && message.speaker_name() == Some(speaker_name))
        {
            return Ok(true);
        }
    }
}

pub async fn get(app: &App, call: &Call, name: PartName) -> Result<Message> {
    let scope = call.caller.enter(&name.conversation.profile, &name, Permission::ReadConversations)?;
    let read = move |reading: &hansard_store::Reading<'_>| {
        reading.message(&reading.conversation(&name.conversation)?, &name.id)
    };
    app.store.read(&scope, "get_message", read).await
}

/// Reads messages of one conversation, in the order of the names; each must be there.
pub async fn batch_get(
    app: &App,
    call: &Call,
    parent: &ConversationName,
    names: &[PartName],
) -> Result<Vec<Message>> {
    limits::items_at_most("names", names.len(), limits::BATCH_ITEMS_MAX)?;
    if let Some(index) = names.iter().position(|name| name.conversation != *parent) {
        return Err(Error::invalid(format!("names[{index}]"), "must be a message of the parent"));
    }
    let scope = call.caller.enter(&parent.profile, parent, Permission::ReadConversations)?;
    let (parent, names) = (parent.clone(), names.to_vec());
    let read = move |reading: &hansard_store::Reading<'_>| {
        let conversation = reading.conversation(&parent)?;
        names
            .iter()
            .map(|name| reading.find_message(&conversation, &name.id)?.ok_or_else(|| Error::not_found(name)))
            .collect()
    };
    app.store.read(&scope, "batch_get_messages", read).await
}

/// A page of messages by position; `known` is the validator of the same page that the caller has.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &ConversationName,
    show_deleted: bool,
    (page_size, page_token): (i32, String),
    known: Option<&Validator>,
) -> Result<Valid<Page<Message>>> {
    let scope = call.caller.enter(&parent.profile, parent, Permission::ReadConversations)?;
    let page_size = PageSizes::PARTS.effective(page_size)?;
    let before = app.store.version(&scope, parent).await?;
    if known.is_some_and(|known| known.stands(&scope, parent, before)) {
        return Ok(Valid::NotModified);
    }
    let name = parent.clone();
    let read = move |reading: &hansard_store::Reading<'_>| {
        let conversation = reading.conversation(&name)?;
        let page = reading.list_messages(&conversation, show_deleted, page_size, &page_token)?;
        Ok((page, conversation.body.fields.agent.clone()))
    };
    let (page, agent) = app.store.read(&scope, "list_messages", read).await?;
    let versions = (before, app.store.version(&scope, parent).await?);
    Ok(Valid::Read(page, Validator::of_read(parent, agent, versions)))
}

/// The messages of a replayed write, as they are now.
async fn find(
    app: &App,
    call: &Call,
    parent: &ConversationName,
    ids: Vec<Id>,
    permission: Permission,
) -> Result<Vec<Message>> {
    let scope = call.caller.enter(&parent.profile, parent, permission)?;
    let parent = parent.clone();
    let read = move |reading: &hansard_store::Reading<'_>| {
        let conversation = reading.conversation(&parent)?;
        ids.iter().map(|id| reading.message(&conversation, id)).collect()
    };
    app.store.read(&scope, "replayed_messages", read).await
}
