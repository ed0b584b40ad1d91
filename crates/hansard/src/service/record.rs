//! Records: conversations that are told of as a whole, and read as one, with their messages.
//!
//! What happens to a conversation in between is done by the operations that everybody uses.

use super::{
    Call, distinct,
    redaction::{Drafted, by_policy, consult},
    start,
};
use crate::app::App;
use hansard_domain::{
    Result,
    caller::Permission,
    conversation::{Conversation, NewConversation, Past, View, check_new_id},
    limits,
    message::{Message, NewMessage},
    name::{ConversationName, ProfileName},
    redact::Redactor,
};
use hansard_store::{Needs, Numbered, NumberedRequest, Outcome, Reading, Receipt, Stretch, Unit, Written};
use std::sync::Arc;

/// Messages that a record holds when it is read; the rest is read by pages.
const MESSAGES_SHOWN: Stretch = Stretch { skip: 0, take: 1000 };

/// A conversation with its first messages.
#[derive(Debug, Clone)]
pub struct Record {
    pub view: View,
    pub messages: Vec<Message>,
}

/// A conversation to be kept, with all that is told of it.
#[derive(Debug, Clone)]
pub struct NewRecord {
    pub new: NewConversation,
    pub past: Past,
    pub messages: Vec<NewMessage>,
}

/// A record as it was created, now or before.
#[derive(Debug, Clone)]
pub struct Created {
    pub record: Record,
    pub created: bool,
}

struct Stored(bool);

impl Outcome for Stored {
    fn receipt(&self) -> Receipt {
        Receipt { created: self.0, ids: Vec::new() }
    }
}

impl NewRecord {
    /// Checks everything that needs no stored state; paths are relative to the conversation.
    fn check(&self) -> Result<()> {
        self.past.check(self.new.status)?;
        self.new.fields.check()?;
        limits::items_at_most("messages", self.messages.len(), limits::BATCH_ITEMS_MAX)?;
        distinct("messages", self.messages.iter().map(|message| message.id.as_ref()))?;
        self.messages.iter().enumerate().try_for_each(|(index, message)| {
            message.content.check().map_err(|error| error.within(&format!("messages[{index}]")))
        })
    }
}

/// Keeps a record.
///
/// Safe to retry: one that is there already is returned unchanged, whatever the request holds.
pub async fn create(
    app: &App,
    call: &Call,
    name: &ConversationName,
    draft: impl Fn(&Redactor) -> Result<NewRecord>,
) -> Result<Created> {
    let scope = call.caller.enter(&name.profile, name, Permission::StartConversation)?;
    check_new_id("id", &name.conversation)?;
    let (scope, draft) = (&scope, &draft);
    let attempt = |policy: Drafted| async move {
        let redactor = consult(app, policy.profile(), draft).await?;
        let mut new = draft(&redactor)?;
        new.check()?;
        if !new.messages.is_empty() {
            call.caller.check(Permission::AppendMessage)?;
        }
        start::take_own(scope, &mut new.new)?;
        let (needs, wanted) = (Needs::new_conversation(name), name.clone());
        let work = move |unit: &mut Unit<'_>| {
            policy.check(unit.profile())?;
            create_in(unit, wanted, new)
        };
        app.store.write(scope, &call.ticket, "create_record", needs, work).await
    };
    let created = match by_policy(app, scope, attempt).await {
        Ok(Written::Fresh(Stored(created)) | Written::Replayed(Receipt { created, .. })) => created,
        Err(error) => return Err(start::taken(app, scope, name, error).await),
    };
    // It may be told of as deleted.
    let record = get(app, call, name.clone(), created).await?;
    Ok(Created { record, created })
}

fn create_in(unit: &mut Unit<'_>, name: ConversationName, new: NewRecord) -> Result<Stored> {
    if unit.find_conversation(&name)?.is_some() {
        return Ok(Stored(false));
    }
    let number = unit.new_number(&name)?;
    let profile = Arc::clone(unit.profile());
    let mut conversation =
        new.new.start_with(new.past, name, number, &profile.body.languages(), unit.now())?;
    start::announce_started(unit, &mut conversation)?;
    for message in new.messages {
        insert(unit, &mut conversation, message)?;
    }
    unit.put(&conversation);
    Ok(Stored(true))
}

fn insert(unit: &mut Unit<'_>, conversation: &mut Conversation, new: NewMessage) -> Result<()> {
    let id = new.id.unwrap_or_else(|| unit.next_message_id(conversation));
    let message = conversation.append(id, new.content, true, unit.now())?.created_at(new.create_time);
    unit.insert_message(conversation, &message);
    Ok(())
}

/// Reads a conversation with its first messages; one that is deleted and kept only where that is asked for.
pub async fn get(app: &App, call: &Call, name: ConversationName, includes_deleted: bool) -> Result<Record> {
    let scope = call.caller.enter(&name.profile, &name, Permission::ReadConversations)?;
    let read = move |reading: &Reading<'_>| {
        let found =
            if includes_deleted { reading.kept_conversation(&name) } else { reading.conversation(&name) };
        let conversation = found?;
        let messages = reading.list_numbered_messages(&conversation, MESSAGES_SHOWN)?.items;
        Ok(Record { view: reading.view(conversation)?, messages })
    };
    app.store.read(&scope, "get_record", read).await
}

/// Part of a list of conversations, without their messages.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &ProfileName,
    request: NumberedRequest,
) -> Result<Numbered<View>> {
    let scope = call.caller.enter(parent, parent, Permission::ReadConversations)?;
    request.filter.check()?;
    app.store.read(&scope, "list_records", move |reading| reading.list_numbered(&request)).await
}

/// Part of a conversation's messages.
pub async fn list_messages(
    app: &App,
    call: &Call,
    name: ConversationName,
    stretch: Stretch,
) -> Result<Numbered<Message>> {
    let scope = call.caller.enter(&name.profile, &name, Permission::ReadConversations)?;
    let read =
        move |reading: &Reading<'_>| reading.list_numbered_messages(&reading.conversation(&name)?, stretch);
    app.store.read(&scope, "list_record_messages", read).await
}
