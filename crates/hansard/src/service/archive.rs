//! Whole conversations in and out.

mod remarks;

pub use remarks::Remarks;

use super::{
    Call, distinct,
    redaction::{Drafted, by_policy, consult},
    retention,
    start::{announce_started, taken},
    tag,
};
use crate::app::App;
use futures::{StreamExt, stream};
use hansard_domain::{
    Error, ErrorKind, Id, Result, Span, Time,
    audit::AuditAction,
    caller::{Permission, Scope},
    change::ChangeKind,
    conversation::{
        AudioPersistenceState, Body, Conversation, FeatureOverride, NewConversation, Participant,
        SharingState, State, StateHistoryEntry, Transfer, View, check_new_id,
    },
    event::{Event, EventType, NewEvent},
    filter::{Filter, Order, OrderBy},
    limits,
    message::Message,
    name::{ConversationName, ProfileName},
    page::Page,
    redact::{Redactor, SafeText},
};
use hansard_store::{Direct, ListRequest, Needs, Outcome, Reading, Receipt, Ticket, Unit, Written};
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::mpsc;

/// Messages and events that are read at once for an export.
const PART_PAGE: i32 = 1000;
/// Conversations that are imported side by side; the door makes groups of them.
const IMPORTS_AT_ONCE: usize = 256;

/// A conversation to bring in, with all that was kept of it.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub id: Id,
    /// What a start request would hold.
    pub new: NewConversation,
    pub kept: Kept,
    pub messages: Vec<IncomingMessage>,
    /// Empty = the service inserts those that belong to the conversation.
    pub events: Vec<IncomingEvent>,
    pub tags: Vec<Id>,
    pub remarks: Remarks,
}

/// What a start request cannot hold, as far as the archive tells it; the rest is as after a start.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub status_reason: SafeText,
    pub state_history: Vec<StateHistoryEntry>,
    pub participants: Vec<Participant>,
    pub end_time: Option<Time>,
    pub reported_duration: Option<Span>,
    pub audio_persistence_state: AudioPersistenceState,
    pub persisted_audio_uri: String,
    pub sharing_state: SharingState,
    pub transfers: Vec<Transfer>,
    pub create_time: Option<Time>,
    pub update_time: Option<Time>,
}

impl Kept {
    /// Puts what is known over what a start has made.
    fn put_over(&self, body: &mut Body) -> Result<()> {
        if let Some(end) = self.end_time {
            if body.state != State::Closed {
                return Err(Error::invalid("conversation.endTime", "goes only with the state CLOSED"));
            }
            if end < body.start_time {
                return Err(Error::invalid("conversation.endTime", "must not be before startTime"));
            }
            body.end_time = Some(end);
            if let Some(last) = body.state_history.last_mut() {
                last.timestamp = end;
            }
        }
        if !self.state_history.is_empty() {
            body.state_history.clone_from(&self.state_history);
        }
        if self.audio_persistence_state != AudioPersistenceState::Unspecified {
            body.audio_persistence_state = self.audio_persistence_state;
        }
        body.status_reason = self.status_reason.clone();
        body.participants.clone_from(&self.participants);
        body.reported_duration = self
            .reported_duration
            .filter(|span| Some(*span) != body.end_time.map(|end| end.since(body.start_time)));
        body.persisted_audio_uri.clone_from(&self.persisted_audio_uri);
        body.sharing_state = self.sharing_state;
        body.transfers.clone_from(&self.transfers);
        body.create_time = self.create_time.unwrap_or(body.create_time);
        body.update_time = self.update_time.or(self.create_time).unwrap_or(body.update_time);
        Ok(())
    }
}

/// A message with the times that the service had given it, where there are any.
#[derive(Debug, Clone)]
pub struct IncomingMessage {
    pub id: Option<Id>,
    pub content: hansard_domain::message::Content,
    pub create_time: Option<Time>,
    pub update_time: Option<Time>,
    pub delete_time: Option<Time>,
}

#[derive(Debug, Clone)]
pub struct IncomingEvent {
    pub new: NewEvent,
    pub create_time: Option<Time>,
    pub actor: String,
}

/// A conversation going out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub view: View,
    pub messages: Vec<Message>,
    pub events: Vec<Event>,
    pub remarks: Remarks,
}

/// What became of one conversation of an import.
#[derive(Debug)]
pub enum Imported {
    Created,
    AlreadyExists,
    Refused(Error),
}

struct Stored {
    created: bool,
}

impl Outcome for Stored {
    fn receipt(&self) -> Receipt {
        Receipt { created: self.created, ids: Vec::new() }
    }
}

/// Brings conversations in, each all or nothing; one that is there already stays unchanged.
///
/// `draft` makes the conversation of an index with the redaction that applies. What fails for want of
/// the store fails the whole call, so that the client retries; a bad conversation is refused alone.
pub async fn import(
    app: &App,
    call: &Call,
    parent: &ProfileName,
    count: usize,
    flags: impl Fn(usize) -> FeatureOverride + Sync,
    draft: impl Fn(usize, &Redactor) -> Result<Incoming> + Sync,
) -> Result<Vec<Imported>> {
    let scope = call.caller.enter(parent, parent, Permission::ImportConversations)?;
    limits::items_at_most("conversations", count, limits::BATCH_ITEMS_MAX)?;
    if (0..count).any(|index| flags(index).skip_pii_redaction) {
        call.caller.check(Permission::SkipPiiRedaction)?;
    }
    // The key of the whole request goes first, so that another request under it stores nothing, with one audit entry for
    // all: which conversations they were, is in the log.
    let audited = parent.clone();
    let begin = move |unit: &mut Unit<'_>| {
        unit.audit(AuditAction::ImportConversations, audited);
        Ok(())
    };
    app.store.write(&scope, &call.ticket, "import_key", Needs::default(), begin).await?;
    let (scope, flags, draft) = (&scope, &flags, &draft);
    let import_one = async |index: usize| {
        let attempt = |policy: Drafted| async move {
            let flags = flags(index);
            let redactor = match flags.skip_pii_redaction {
                true => Arc::new(Redactor::NONE),
                false => consult(app, policy.profile(), |redactor| draft(index, redactor)).await?,
            };
            let mut incoming = draft(index, &redactor)?;
            retention::check_given(&call.caller, &incoming.new.fields)?;
            incoming.new.flags = flags;
            import_conversation(app, scope, &ticket_of(&call.ticket, index), incoming, policy).await
        };
        by_policy(app, scope, attempt).await
    };
    let outcomes: Vec<_> = stream::iter(0..count).map(&import_one).buffered(IMPORTS_AT_ONCE).collect().await;
    outcomes.into_iter().map(imported).collect()
}

fn imported(outcome: Result<bool>) -> Result<Imported> {
    match outcome {
        Ok(true) => Ok(Imported::Created),
        Ok(false) => Ok(Imported::AlreadyExists),
        Err(error) => match error.kind() {
            // One that exists and is not answered as such is deleted and kept.
            // What one may not say of its retention does not stop the others.
            ErrorKind::Invalid
            | ErrorKind::FailedPrecondition
            | ErrorKind::AlreadyExists
            | ErrorKind::Forbidden => Ok(Imported::Refused(error)),
            _ => Err(error),
        },
    }
}

/// Each conversation of a request has a retry key of its own.
fn ticket_of(ticket: &Ticket, index: usize) -> Ticket {
    let mut ticket = ticket.clone();
    if let Some(idempotency) = &mut ticket.idempotency {
        idempotency.key = format!("{}#{index}", idempotency.key);
    }
    ticket
}

async fn import_conversation(
    app: &App,
    scope: &Scope,
    ticket: &Ticket,
    incoming: Incoming,
    policy: Drafted,
) -> Result<bool> {
    incoming.check()?;
    let name = scope.profile().conversation(incoming.id.clone());
    let wanted = name.clone();
    let written = if incoming.remarks.is_empty() {
        let needs = Needs::new_conversation(&name).tags(&incoming.tags);
        let work = move |unit: &mut Unit<'_>| {
            let stored = store(unit, wanted, &incoming, &policy)?;
            Ok(Stored { created: stored.is_some() })
        };
        app.store.write(scope, ticket, "import", needs, work).await
    } else {
        let work = move |direct: &mut Direct<'_>| {
            let stored = store(direct, wanted, &incoming, &policy)?;
            if let Some(conversation) = &stored {
                remarks::store(direct, conversation, &incoming.remarks)?;
            }
            Ok(Stored { created: stored.is_some() })
        };
        app.store.transact(scope, ticket, "import_remarked", work).await
    };
    match written {
        Ok(Written::Fresh(Stored { created })) => Ok(created),
        Ok(Written::Replayed(receipt)) => Ok(receipt.created),
        Err(error) => Err(taken(app, scope, &name, error).await),
    }
}

impl Incoming {
    fn check(&self) -> Result<()> {
        check_new_id("conversation.name", &self.id)?;
        self.new.check().map_err(|error| error.within("conversation"))?;
        distinct("messages", self.messages.iter().map(|message| message.id.as_ref()))?;
        distinct("events", self.events.iter().map(|event| event.new.id.as_ref()))?;
        for (index, message) in self.messages.iter().enumerate() {
            message.content.check().map_err(|error| error.within(&format!("messages[{index}]")))?;
        }
        for (index, event) in self.events.iter().enumerate() {
            event.new.check_content().map_err(|error| error.within(&format!("events[{index}]")))?;
        }
        self.remarks.check()
    }

    /// Makes the conversation as it is to be stored, without its parts.
    fn conversation(&self, unit: &mut Unit<'_>, name: ConversationName) -> Result<Conversation> {
        let number = unit.new_number(&name)?;
        let profile = Arc::clone(unit.profile());
        let started = self.new.clone().start(name, number, &profile.body.languages(), unit.now());
        let mut conversation = started.map_err(|error| error.within("conversation"))?;
        self.kept.put_over(conversation.body_mut())?;
        Ok(conversation)
    }
}

/// Stores all of a conversation but its remarks; none where one of its name is there already.
fn store(
    unit: &mut Unit<'_>,
    name: ConversationName,
    incoming: &Incoming,
    policy: &Drafted,
) -> Result<Option<Conversation>> {
    policy.check(unit.profile())?;
    if unit.find_conversation(&name)?.is_some() {
        return Ok(None);
    }
    let mut conversation = incoming.conversation(unit, name)?;
    if incoming.events.is_empty() {
        announce_started(unit, &mut conversation)?;
    } else {
        store_events(unit, &mut conversation, &incoming.events)?;
    }
    store_messages(unit, &mut conversation, &incoming.messages)?;
    store_tags(unit, &mut conversation, incoming)?;
    unit.put(&conversation);
    Ok(Some(conversation))
}

fn store_messages(
    unit: &mut Unit<'_>,
    conversation: &mut Conversation,
    messages: &[IncomingMessage],
) -> Result<()> {
    for incoming in messages {
        let id = incoming.id.clone().unwrap_or_else(|| unit.next_message_id(conversation));
        let before = (Arc::clone(&conversation.body), conversation.counters.last_message_time);
        let stored = conversation.append(id, incoming.content.clone(), true, unit.now())?;
        if incoming.delete_time.is_some() {
            (conversation.body, conversation.counters.last_message_time) = before;
        }
        let message = Message {
            create_time: incoming.create_time.unwrap_or(stored.create_time),
            update_time: incoming.update_time.or(incoming.create_time).unwrap_or(stored.update_time),
            delete_time: incoming.delete_time,
            ..stored
        };
        unit.insert_message(conversation, &message);
    }
    Ok(())
}

/// Gives the conversation its tags; an archive with events has theirs among them.
fn store_tags(unit: &mut Unit<'_>, conversation: &mut Conversation, incoming: &Incoming) -> Result<()> {
    for id in incoming.tags.iter().collect::<BTreeSet<_>>() {
        unit.tag_new(conversation, id)?;
        if incoming.events.is_empty() {
            tag::tell(unit, conversation, EventType::TagAdded, id)?;
        }
    }
    Ok(())
}

/// Keeps the events of an export as they were; the service inserts none of its own beside them.
fn store_events(
    unit: &mut Unit<'_>,
    conversation: &mut Conversation,
    events: &[IncomingEvent],
) -> Result<()> {
    unit.record(conversation, ChangeKind::ConversationStarted, None, 0);
    if conversation.body.flags.skip_pii_redaction {
        unit.audit(AuditAction::SkipPiiRedaction, &conversation.name);
    }
    for incoming in events {
        let id = incoming.new.id.clone().unwrap_or_else(|| unit.next_event_id(conversation));
        let stored = conversation.add_event(id, incoming.new.clone(), &incoming.actor, unit.now())?;
        let create_time = incoming.create_time.unwrap_or(stored.create_time);
        unit.insert_event(conversation, &Event { create_time, ..stored });
    }
    if conversation.is_closed() {
        unit.record(conversation, ChangeKind::ConversationClosed, None, 0);
    }
    Ok(())
}

/// Streams whole conversations, oldest start first, each read on one snapshot.
pub async fn export(
    app: &Arc<App>,
    call: &Call,
    parent: ProfileName,
    filter: Option<Filter>,
) -> Result<mpsc::Receiver<Result<Outgoing>>> {
    let scope = call.caller.enter(&parent, &parent, Permission::ExportConversations)?;
    let filter = filter.unwrap_or(Filter { include_dev_users: true, ..Filter::default() });
    filter.check().map_err(|error| error.within("filter"))?;
    let audited = parent.clone();
    let audit = move |direct: &mut Direct<'_>| {
        direct.audit(AuditAction::ExportConversations, audited);
        Ok(())
    };
    app.store.transact(&scope, &call.without_key().ticket, "audit_export", audit).await?;
    let (sender, receiver) = mpsc::channel(4);
    let app = Arc::clone(app);
    tokio::spawn(async move {
        if let Err(error) = export_all(&app, &scope, filter, &sender).await {
            let _ = sender.send(Err(error)).await;
        }
    });
    Ok(receiver)
}

async fn export_all(
    app: &App,
    scope: &Scope,
    filter: Filter,
    sender: &mpsc::Sender<Result<Outgoing>>,
) -> Result<()> {
    let mut page_token = String::new();
    loop {
        let order = Order { by: OrderBy::StartTime, descending: false };
        let request = ListRequest { filter: filter.clone(), order, page_size: 100, page_token };
        let page =
            app.store.read(scope, "export_page", move |reading| reading.list_conversations(&request)).await?;
        for view in page.conversations {
            let name = view.conversation.name;
            let outgoing = app.store.read(scope, "export_one", move |reading| outgoing(reading, &name)).await;
            match outgoing {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                outgoing => {
                    if sender.send(Ok(outgoing?)).await.is_err() {
                        return Ok(());
                    }
                }
            }
        }
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        page_token = page.next_page_token;
    }
}

fn outgoing(reading: &Reading<'_>, name: &ConversationName) -> Result<Outgoing> {
    let conversation = reading.conversation(name)?;
    let messages = whole(|token| reading.list_messages(&conversation, true, PART_PAGE, token))?;
    let events = whole(|token| reading.list_events(&conversation, &[], PART_PAGE, token))?;
    let remarks = remarks::read(reading, &conversation)?;
    Ok(Outgoing { view: reading.view(conversation)?, messages, events, remarks })
}

/// All pages of a list.
fn whole<T>(read: impl Fn(&str) -> Result<Page<T>>) -> Result<Vec<T>> {
    let (mut all, mut token) = (Vec::new(), String::new());
    loop {
        let page = read(&token)?;
        all.extend(page.items);
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(all);
        }
    }
}
