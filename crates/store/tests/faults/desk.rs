//! A real store, driven through its public doors as the services drive it.

use std::{path::Path, sync::Arc};

use hansard_domain::{
    ErrorKind, Id, Result,
    caller::{Caller, Permission, Role, Scope},
    change::{Change, ChangeKind, Cursor},
    conversation::NewConversation,
    directory::{ProfileBody, Stamps},
    event::{EventType, NewEvent},
    message::{Content, MessagePatch},
    name::{ConversationName, CustomerName, Parent, ProfileName},
    redact::Redactor,
};
use hansard_store::{Direct, Idempotency, Needs, Options, Reading, Store, Ticket, Unit, Written};

use tokio::runtime::{self, Runtime};

use crate::script::{Deed, Said, Step, Talk};

pub(crate) struct Desk {
    pub(crate) store: Store,
    scope: Scope,
    /// Waits for answers, on whatever thread asks.
    runtime: Runtime,
}

fn profile() -> ProfileName {
    ProfileName { customer: Id::known("acme"), profile: Id::known("support") }
}

fn admin() -> Caller {
    Caller::new(Id::known("acme"), Vec::new(), Role::Admin, Id::known("key"), None)
}

fn ticket(idempotency: Option<Idempotency>) -> Ticket {
    Ticket { request_id: Arc::from("fault"), idempotency }
}

/// Options of a store whose log is emptied often.
pub(crate) fn options(folder: &Path) -> Options {
    Options { readers: 1, wal_truncate_over_bytes: 256 * 1024, ..Options::new(folder) }
}

impl Desk {
    pub(crate) fn open(options: &Options) -> Result<Self> {
        let scope = admin().enter(&profile(), "it", Permission::ReadConversations)?;
        let runtime = runtime::Builder::new_current_thread().build().unwrap();
        Ok(Self { store: Store::open(options)?, scope, runtime })
    }

    /// Makes the customer and its profile where they are absent.
    pub(crate) fn set_up(&self) -> Result<()> {
        self.store.ensure_customer(&Id::known("acme"))?;
        if self.is_set_up() {
            return Ok(());
        }
        let parent = Parent::Customer(CustomerName(Id::known("acme")));
        let scope = admin().enter_directory(&parent, "it", Permission::ManageDirectory)?;
        let stamps = Stamps::new(self.store.now());
        let body = ProfileBody { language_codes: vec!["en-US".into()], ..Default::default() }.checked()?;
        let work =
            move |direct: &mut Direct<'_>| direct.insert_profile(&Id::known("support"), &body, &stamps);
        let ticket = ticket(None);
        let made = self.store.transact_directory(&scope, &ticket, "set_up", work);
        self.runtime.block_on(made).map(drop)
    }

    /// Whether the profile is there.
    pub(crate) fn is_set_up(&self) -> bool {
        self.store.tenancy().profile(self.scope.profile()).is_some()
    }

    /// Does a step; answers whether it was done before.
    pub(crate) fn perform(&self, step: Step) -> Result<bool> {
        let name = self.name(&step.conversation());
        let (deed, messages) = (step.deed(), step.messages());
        let ids: Vec<Id> = messages.iter().map(|said| Id::known(said.id.clone())).collect();
        let key = matches!(deed, Deed::Append(_)).then(|| format!("{}-{}", step.writer, step.number));
        let fingerprint = [step.number as u8; 32];
        let idempotency = key.map(|key| Idempotency { method: "Append", key, fingerprint });
        let needs = match deed {
            Deed::Start => Needs::new_conversation(&name),
            _ => Needs::conversation(&name).messages(&ids),
        };
        let work = move |unit: &mut Unit<'_>| match deed {
            Deed::Start => start(unit, name),
            deed => change(unit, &name, deed, &messages),
        };
        let ticket = ticket(idempotency);
        let written = self.runtime.block_on(self.store.write(&self.scope, &ticket, "step", needs, work))?;
        // Between two such requests the log begins anew without getting shorter.
        if deed == Deed::Delete && step.writer == 0 {
            self.store.request_truncate();
        }
        Ok(matches!(written, Written::Replayed(_)))
    }

    fn name(&self, conversation: &str) -> ConversationName {
        self.scope.profile().conversation(Id::known(conversation.to_owned()))
    }

    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reading<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.runtime.block_on(self.store.read(&self.scope, "read", work))
    }

    /// Reads a conversation and demands that its numbers have no gaps; `None` where it is absent.
    pub(crate) fn talk(&self, id: &str) -> Option<(Talk, i64)> {
        let name = self.name(id);
        let read = move |reading: &Reading<'_>| {
            let conversation = reading.conversation(&name)?;
            let messages = reading.list_messages(&conversation, true, 10_000, "")?.items;
            let events = reading.list_events(&conversation, &[], 10_000, "")?.items;
            Ok((conversation, messages, events))
        };
        let (conversation, messages, events) = match self.read(read) {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            found => found.unwrap(),
        };
        assert!((1..).zip(&messages).all(|(at, message)| message.position == at), "positions of {id}");
        assert!((1..).zip(&events).all(|(at, event)| event.sequence == at), "sequences of {id}");
        assert_eq!(conversation.counters.messages as usize, messages.len(), "counter of {id}");
        assert_eq!(conversation.counters.events as usize, events.len(), "counter of {id}");
        let said = messages.into_iter().map(|message| Said {
            id: message.name.id.to_string(),
            text: message.content.text.to_string(),
            html: message.content.text_html.to_string(),
            deleted: message.delete_time.is_some(),
        });
        Some((
            Talk { id: id.to_owned(), messages: said.collect(), events: events.len() },
            conversation.number,
        ))
    }

    /// The whole change log.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        loop {
            let after = changes.last().map_or(Cursor(0), |change| change.cursor);
            let read = move |reading: &Reading<'_>| reading.list_changes(after, None, i32::MAX);
            let more = self.read(read).unwrap();
            if more.is_empty() {
                return changes;
            }
            changes.extend(more);
        }
    }
}

fn start(unit: &mut Unit<'_>, name: ConversationName) -> Result<()> {
    let number = unit.new_number(&name)?;
    let languages = unit.profile().body.clone();
    let mut conversation =
        NewConversation::default().start(name, number, &languages.languages(), unit.now())?;
    unit.record(&conversation, ChangeKind::ConversationStarted, None, 0);
    unit.tell(&mut conversation, EventType::ConversationStart, None)?;
    unit.put(&conversation);
    Ok(())
}

fn change(unit: &mut Unit<'_>, name: &ConversationName, deed: Deed, messages: &[Said]) -> Result<()> {
    let mut conversation = unit.conversation(name)?;
    let now = unit.now();
    for said in messages {
        let id = Id::known(said.id.clone());
        if matches!(deed, Deed::Append(_)) {
            let content = Content { text: Redactor::NONE.text(&said.text), ..Content::default() };
            let message = conversation.append(id, content, false, now)?;
            unit.insert_message(&conversation, &message);
            continue;
        }
        let found = unit.find_message(&conversation, &id)?;
        let mut message = found.ok_or_else(|| unit.scope().not_found())?;
        let kind = if said.deleted {
            message.delete(now);
            ChangeKind::MessageDeleted
        } else {
            let values = Content { text_html: Redactor::NONE.text(&said.html), ..Content::default() };
            message.patch(&MessagePatch { values, paths: vec!["text_html".into()] }, now)?;
            ChangeKind::MessageUpdated
        };
        unit.update_message(&conversation, &message, kind);
    }
    if matches!(deed, Deed::Delete | Deed::Report) {
        let event = NewEvent { kind: EventType::ConversationHold, ..NewEvent::default() };
        unit.add_event(&mut conversation, event)?;
    }
    unit.put(&conversation);
    Ok(())
}
