//! A store with two customers and three profiles, and the few operations that the suite is told in.
//!
//! They are as a service would write them, without redaction and permissions.

use crate::{Fixture, gate};
use hansard_domain::{
    Error, ErrorKind, Id, Result,
    caller::{Caller, CustomerScope, Permission, Role, Scope},
    change::{Change, ChangeKind, Cursor},
    conversation::{Conversation, NewConversation},
    directory::{CustomerBody, Entry, EntryBody, ProfileBody, Stamps},
    event::{Event, EventType, NewEvent},
    message::{Content, Message},
    metadata::{Metadata, MetadataValue, MetadataValues},
    name::{Collection, ConversationName, Parent, ProfileName},
    redact::{Redactor, SafeText},
};
use hansard_store::{Direct, Needs, Outcome, Reading, Receipt, Store, Ticket, Unit, Written};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const INDEXED_WITHIN: Duration = Duration::from_secs(20);

pub(crate) const CUSTOMER: &str = "acme";
pub(crate) const OTHER_CUSTOMER: &str = "zenith";

/// Somebody at work in one profile of an open store.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) store: Arc<Store>,
    pub(crate) scope: Scope,
}

/// A message as it is stored, and whether this very write stored it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Appended {
    pub(crate) message: Message,
    pub(crate) created: bool,
}

impl Outcome for Appended {
    fn receipt(&self) -> Receipt {
        Receipt { created: self.created, ids: vec![self.message.name.id.to_string()] }
    }
}

/// An outcome that no retry asks for.
#[derive(Debug)]
pub(crate) struct Done<T>(pub(crate) T);

impl<T: Send + 'static> Outcome for Done<T> {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

/// Runs a test on a new store of the fixture.
pub(crate) fn in_world<F: Fixture>(fixture: &F, test: impl AsyncFnOnce(World)) {
    in_new_store(fixture.open(), test);
}

/// Runs a test on a new store that is open already.
pub(crate) fn in_new_store(store: Store, test: impl AsyncFnOnce(World)) {
    store.ensure_customer(&id(CUSTOMER)).unwrap();
    in_store(store, async |world: World| {
        world.make_customer(OTHER_CUSTOMER).await;
        for (customer, profile) in [(CUSTOMER, "support"), (CUSTOMER, "sales"), (OTHER_CUSTOMER, "support")] {
            world.make_profile(customer, profile).await;
        }
        test(world).await;
    });
}

/// Runs a test on a store that is there already.
pub(crate) fn in_store(store: Store, test: impl AsyncFnOnce(World)) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let store = Arc::new(store);
    let scope = scope_of(&profile(CUSTOMER, "support"), Role::Admin, None);
    runtime.block_on(test(World { store: Arc::clone(&store), scope }));
    store.close().unwrap();
}

pub(crate) fn id(text: &str) -> Id {
    Id::parse("id", text).unwrap()
}

pub(crate) fn safe(text: &str) -> SafeText {
    Redactor::NONE.text(text)
}

pub(crate) fn profile(customer: &str, profile: &str) -> ProfileName {
    ProfileName { customer: id(customer), profile: id(profile) }
}

pub(crate) fn fresh<T>(written: Written<T>) -> T {
    match written {
        Written::Fresh(outcome) => outcome,
        Written::Replayed(_) => panic!("replayed, though nobody sent this before"),
    }
}

pub(crate) fn kind_of<T>(outcome: Result<T>) -> ErrorKind {
    outcome.err().expect("an error").kind()
}

/// A conversation that `agent` answers, with one metadata key.
pub(crate) fn answered_by(agent: &str) -> NewConversation {
    let mut new = NewConversation::default();
    new.fields.agent = Some(id(agent));
    new.fields.metadata = metadata("plan", agent);
    new
}

pub(crate) fn metadata(key: &str, text: &str) -> Metadata {
    let values = vec![MetadataValue::Text(safe(text))];
    Metadata::from([(key.to_owned(), MetadataValues { values, ..Default::default() })])
}

fn caller(customer: &str, role: Role, user: Option<&str>) -> Caller {
    Caller::new(id(customer), Vec::new(), role, id("key"), user.map(id))
}

fn scope_of(profile: &ProfileName, role: Role, user: Option<&str>) -> Scope {
    let caller = caller(profile.customer.as_str(), role, user);
    caller.enter(profile, "the resource", Permission::ReadConversations).unwrap()
}

impl World {
    /// The admin of another profile, in the same store.
    pub(crate) fn at(&self, customer: &str, id: &str) -> Self {
        Self { store: Arc::clone(&self.store), scope: scope_of(&profile(customer, id), Role::Admin, None) }
    }

    /// An agent of the same profile.
    pub(crate) fn as_agent(&self, user: &str) -> Self {
        let scope = scope_of(self.scope.profile(), Role::Agent, Some(user));
        Self { store: Arc::clone(&self.store), scope }
    }

    pub(crate) fn name(&self, conversation: &str) -> ConversationName {
        self.scope.profile().conversation(id(conversation))
    }

    /// The directory of a customer, or of one of its profiles.
    pub(crate) fn directory(&self, customer: &str, profile: Option<&str>) -> CustomerScope {
        let owner = hansard_domain::name::CustomerName(id(customer));
        let parent = match profile {
            Some(profile) => Parent::Profile(owner.profile(id(profile))),
            None => Parent::Customer(owner),
        };
        let caller = caller(customer, Role::Admin, None);
        caller.enter_directory(&parent, "the resource", Permission::ManageDirectory).unwrap()
    }

    async fn make_customer(&self, customer: &str) {
        let (id, stamps) = (id(customer), Stamps::new(self.store.now()));
        let work =
            move |direct: &mut Direct<'_>| direct.insert_customer(&id, &CustomerBody::default(), &stamps);
        let scope = self.directory(CUSTOMER, None);
        self.store.transact_directory(&scope, &gate::ticket(), "make_customer", work).await.unwrap();
    }

    pub(crate) async fn make_profile(&self, customer: &str, profile: &str) {
        let (id, stamps) = (id(profile), Stamps::new(self.store.now()));
        let body = ProfileBody { language_codes: vec!["en-US".to_owned()], ..Default::default() };
        let body = body.checked().unwrap();
        let work = move |direct: &mut Direct<'_>| direct.insert_profile(&id, &body, &stamps);
        let scope = self.directory(customer, None);
        self.store.transact_directory(&scope, &gate::ticket(), "make_profile", work).await.unwrap();
    }

    pub(crate) async fn delete_profile(&self, customer: &str, profile: &str) -> Result<()> {
        let scope = self.directory(customer, Some(profile));
        let name = scope.profile().unwrap().clone();
        let work = move |direct: &mut Direct<'_>| direct.delete_profile(&name);
        self.store.transact_directory(&scope, &gate::ticket(), "delete_profile", work).await.map(drop)
    }

    pub(crate) async fn put_entry(&self, collection: Collection, entry: &str, body: EntryBody) -> Result<()> {
        let (customer, profile) = (&self.scope.profile().customer, &self.scope.profile().profile);
        let profile = (!collection.belongs_to_customer()).then_some(profile.as_str());
        let scope = self.directory(customer.as_str(), profile);
        let entry = Entry { id: id(entry), body, stamps: Stamps::new(self.store.now()) };
        let work = move |direct: &mut Direct<'_>| direct.put_entry(collection, &entry);
        self.store.transact_directory(&scope, &gate::ticket(), "put_entry", work).await.map(drop)
    }

    /// Starts a conversation, or answers the one that is there; with whether it was made.
    pub(crate) async fn start(
        &self,
        conversation: &str,
        new: NewConversation,
    ) -> Result<(Conversation, bool)> {
        let name = self.name(conversation);
        let needs = Needs::new_conversation(&name);
        let work = move |unit: &mut Unit<'_>| {
            if let Some(stored) = unit.find_conversation(&name)? {
                return Ok(Done((stored, false)));
            }
            begin(unit, name, new).map(|started| Done((started, true)))
        };
        let written = self.store.write(&self.scope, &gate::ticket(), "start", needs, work).await;
        written.map(|written| fresh(written).0)
    }

    /// Appends a message, or answers the one of that id.
    pub(crate) async fn append(&self, conversation: &str, message: &str, text: &str) -> Result<Appended> {
        let written = self.append_with(&gate::ticket(), conversation, message, text).await;
        written.map(fresh)
    }

    pub(crate) async fn append_with(
        &self,
        ticket: &Ticket,
        conversation: &str,
        message: &str,
        text: &str,
    ) -> Result<Written<Appended>> {
        let (name, id, text) = (self.name(conversation), id(message), safe(text));
        let needs = Needs::conversation(&name).messages([&id]);
        let work = move |unit: &mut Unit<'_>| {
            let mut conversation = unit.conversation(&name)?;
            if let Some(message) = unit.find_message(&conversation, &id)? {
                return Ok(Appended { message, created: false });
            }
            let content = Content { text, ..Content::default() };
            let message = conversation.append(id, content, false, unit.now())?;
            unit.insert_message(&conversation, &message);
            unit.put(&conversation);
            Ok(Appended { message, created: true })
        };
        self.store.write(&self.scope, ticket, "append", needs, work).await
    }

    /// Appends many messages in one write.
    pub(crate) async fn append_batch(&self, conversation: &str, messages: &[(String, String)]) -> Result<()> {
        let name = self.name(conversation);
        let messages: Vec<_> = messages.iter().map(|(message, text)| (id(message), safe(text))).collect();
        let needs = Needs::conversation(&name).messages(messages.iter().map(|(id, _)| id));
        let work = move |unit: &mut Unit<'_>| {
            let mut conversation = unit.conversation(&name)?;
            for (id, text) in messages {
                let content = Content { text, ..Content::default() };
                let message = conversation.append(id, content, false, unit.now())?;
                unit.insert_message(&conversation, &message);
            }
            unit.put(&conversation);
            Ok(())
        };
        self.store.write(&self.scope, &gate::ticket(), "append_batch", needs, work).await.map(drop)
    }

    /// Adds an event without an id.
    pub(crate) async fn report(&self, conversation: &str) -> Result<Event> {
        let name = self.name(conversation);
        let needs = Needs::conversation(&name);
        let work = move |unit: &mut Unit<'_>| {
            let mut conversation = unit.conversation(&name)?;
            let new = NewEvent { kind: EventType::ConversationHold, ..NewEvent::default() };
            let event = unit.add_event(&mut conversation, new)?;
            unit.put(&conversation);
            Ok(Done(event))
        };
        let written = self.store.write(&self.scope, &gate::ticket(), "report", needs, work).await;
        written.map(|written| fresh(written).0)
    }

    /// Deletes a message's text, leaving its tombstone.
    pub(crate) async fn delete_message(&self, conversation: &str, message: &str) -> Result<()> {
        let (name, id) = (self.name(conversation), id(message));
        let needs = Needs::conversation(&name).messages([&id]);
        let work = move |unit: &mut Unit<'_>| {
            let conversation = unit.conversation(&name)?;
            let found = unit.find_message(&conversation, &id)?;
            let mut message = found.ok_or_else(|| unit.scope().not_found())?;
            message.delete(unit.now());
            unit.update_message(&conversation, &message, ChangeKind::MessageDeleted);
            Ok(())
        };
        self.store.write(&self.scope, &gate::ticket(), "delete_message", needs, work).await.map(drop)
    }

    pub(crate) async fn tag(&self, conversation: &str, tag: &str) -> Result<()> {
        let (name, tag) = (self.name(conversation), id(tag));
        let work = move |direct: &mut Direct<'_>| {
            let conversation = direct.conversation(&name)?;
            direct.add_conversation_tag(&conversation, &tag).map(drop)
        };
        self.store.transact(&self.scope, &gate::ticket(), "tag", work).await.map(drop)
    }

    pub(crate) async fn delete(&self, conversation: &str) -> Result<()> {
        let name = self.name(conversation);
        let work = move |direct: &mut Direct<'_>| {
            let conversation = direct.conversation(&name)?;
            direct.delete_conversation(&conversation)
        };
        self.store.transact(&self.scope, &gate::ticket(), "delete", work).await.map(drop)
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reading<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.read(&self.scope, "read", work).await
    }

    /// Waits until the index of keywords covers the whole log.
    pub(crate) async fn indexed(&self) {
        let until = Instant::now() + INDEXED_WITHIN;
        while self.store.unindexed_changes().await.unwrap() > 0 {
            assert!(Instant::now() < until, "the index does not follow");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) async fn conversation(&self, conversation: &str) -> Result<Conversation> {
        let name = self.name(conversation);
        self.read(move |reading| reading.conversation(&name)).await
    }

    /// All messages of a conversation, tombstones too.
    pub(crate) async fn messages(&self, conversation: &str) -> Vec<Message> {
        let name = self.name(conversation);
        let read = move |reading: &Reading<'_>| {
            Ok(reading.list_messages(&reading.conversation(&name)?, true, 100_000, "")?.items)
        };
        self.read(read).await.unwrap()
    }

    pub(crate) async fn events(&self, conversation: &str) -> Vec<Event> {
        let name = self.name(conversation);
        let read = move |reading: &Reading<'_>| {
            Ok(reading.list_events(&reading.conversation(&name)?, &[], 100_000, "")?.items)
        };
        self.read(read).await.unwrap()
    }

    /// The whole log; one read looks at a part of it only.
    pub(crate) async fn changes(&self) -> Vec<Change> {
        let mut all: Vec<Change> = Vec::new();
        loop {
            let after = all.last().map_or(Cursor(0), |last| last.cursor);
            let more = self.read(move |reading| reading.list_changes(after, None, i32::MAX)).await.unwrap();
            if more.is_empty() {
                return all;
            }
            all.extend(more);
        }
    }
}

/// Makes a conversation in a write, with its first event and what filters look in.
pub(crate) fn begin(
    unit: &mut Unit<'_>,
    name: ConversationName,
    new: NewConversation,
) -> Result<Conversation> {
    let number = unit.new_number(&name)?;
    let profile = unit.profile().body.clone();
    let mut conversation = new.start(name, number, &profile.languages(), unit.now())?;
    unit.record(&conversation, ChangeKind::ConversationStarted, None, 0);
    unit.tell(&mut conversation, EventType::ConversationStart, None)?;
    unit.put(&conversation);
    Ok(conversation)
}

/// The failure of a write that fails on purpose.
pub(crate) fn on_purpose() -> Error {
    Error::failed_precondition("on purpose")
}
