//! A store with three profiles of two customers, written through its own door, and the oracle's copy of each.

use crate::{
    act::{Act, Arrival},
    deed::Deed,
    gate::{self, Write},
    record::{Left, Record},
    run,
    vocabulary::{LANGUAGES, TAGS, id, safe},
    write,
};
use hansard_domain::{
    Error, Id, Result,
    caller::{Caller, CustomerScope, Permission, Role, Scope},
    change::ChangeKind,
    conversation::Conversation,
    directory::{CustomerBody, Entry, EntryBody, ProfileBody, Stamps},
    filter::AgentFacts,
    message::{Content, Message},
    name::{Collection, ConversationName, CustomerName, Parent, ProfileName},
};
use hansard_store::{
    Direct, ManualTimeSource, Needs, Options, Outcome, Reading, Receipt, Store, Unit, Written,
};
use std::{sync::Arc, time::Duration};

pub(crate) const PROFILES: [(&str, &str); 3] =
    [("acme", "support"), ("acme", "sales"), ("zenith", "support")];

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) time: Arc<ManualTimeSource>,
    pub(crate) records: Vec<Record>,
    _folder: tempfile::TempDir,
}

impl Outcome for Left {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

impl World {
    /// A store with the profiles given; the tags of each are in its directory.
    ///
    /// Opening blocks, so it is not for use inside of [`run`].
    pub(crate) fn open(profiles: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let time = ManualTimeSource::new();
        let store = Store::open(&Options {
            flush_commits: false,
            read_time_max: Duration::from_secs(120),
            time: Arc::<ManualTimeSource>::clone(&time),
            ..Options::new(folder.path())
        })
        .unwrap();
        store.ensure_customer(&id(PROFILES[0].0)).unwrap();
        let mut world = Self { store, time, records: Vec::new(), _folder: folder };
        run(async {
            for (customer, profile) in profiles {
                world.make_profile(customer, profile).await;
            }
        });
        world
    }

    async fn make_profile(&mut self, customer: &str, profile: &str) {
        let name = ProfileName { customer: id(customer), profile: id(profile) };
        let stamps = Stamps::new(self.store.now());
        let (owner, made) = (name.customer.clone(), name.profile.clone());
        let body = ProfileBody {
            language_codes: LANGUAGES[..4].iter().map(|code| (*code).to_owned()).collect(),
            ..ProfileBody::default()
        };
        let body = body.checked().unwrap();
        if self.store.tenancy().customer(&owner).is_none() {
            let scope = directory(&Parent::Customer(CustomerName(id(PROFILES[0].0))));
            let work = move |direct: &mut Direct<'_>| {
                direct.insert_customer(&owner, &CustomerBody::default(), &stamps)
            };
            self.store.transact_directory(&scope, &gate::ticket(), "make", work).await.unwrap();
        }
        let scope = directory(&Parent::Customer(CustomerName(name.customer.clone())));
        let work = move |direct: &mut Direct<'_>| direct.insert_profile(&made, &body, &stamps);
        self.store.transact_directory(&scope, &gate::ticket(), "make", work).await.unwrap();
        let scope = directory(&Parent::Profile(name.clone()));
        let work = move |direct: &mut Direct<'_>| {
            TAGS.iter().try_for_each(|tag| {
                direct.put_entry(Collection::Tag, &Entry { id: id(tag), body: EntryBody::default(), stamps })
            })
        };
        self.store.transact_directory(&scope, &gate::ticket(), "make", work).await.unwrap();
        self.records.push(Record::new(name));
    }

    /// The admin of a profile, or the agent that sees only its own conversations.
    pub(crate) fn scope(&self, at: usize, own_of: Option<&Id>) -> Scope {
        let profile = &self.records[at].profile;
        let role = if own_of.is_some() { Role::Agent } else { Role::Admin };
        let caller = Caller::new(profile.customer.clone(), Vec::new(), role, id("key"), own_of.cloned());
        caller.enter(profile, "it", Permission::ReadConversations).unwrap()
    }

    /// Does all this in its order, as much as possible in one group, and tells the oracle. Answers what succeeded.
    pub(crate) async fn perform(&mut self, acts: Vec<(usize, Act)>) -> usize {
        let writes = acts.iter().cloned();
        let writes = writes.map(|(at, act)| -> Write<'_, Result<Left>> { Box::pin(self.do_one(at, act)) });
        let outcomes = gate::together(&self.store, &self.scope(0, None), writes.collect()).await;
        let mut done = 0;
        for ((at, act), outcome) in acts.into_iter().zip(outcomes) {
            if let Ok(left) = outcome {
                done += 1;
                self.note(at, act, left);
            }
        }
        done
    }

    /// What one act must succeed in.
    pub(crate) async fn must(&mut self, at: usize, act: Act) {
        let left = self.do_one(at, act.clone()).await.unwrap();
        self.note(at, act, left);
    }

    /// Does one act, and tells nobody.
    pub(crate) async fn do_one(&self, at: usize, act: Act) -> Result<Left> {
        let profile = self.records[at].profile.clone();
        match act {
            Act::Do(conversation, deed) => {
                self.deed(at, profile.conversation(conversation), deed, false).await
            }
            Act::Fail(conversation, deed) => {
                self.deed(at, profile.conversation(conversation), deed, true).await
            }
            Act::Bring(arrivals) if arrivals.len() == 1 => {
                let needs = Needs::new_conversation(&name_of(&profile, &arrivals[0]));
                self.write(at, needs, move |unit| bring(unit, &profile, arrivals)).await
            }
            Act::Bring(arrivals) => {
                let work = move |direct: &mut Direct<'_>| bring(direct, &profile, arrivals);
                let scope = self.scope(at, None);
                self.store.transact(&scope, &gate::ticket(), "find", work).await.map(fresh)
            }
            Act::Redact(conversation, message) => {
                let name = profile.conversation(conversation);
                let needs = Needs::conversation(&name).messages([&message]);
                self.write(at, needs, move |unit| redact(unit, &name, &message)).await
            }
            Act::Bury(conversation) => {
                let name = profile.conversation(conversation);
                self.write(at, Needs::conversation(&name), move |unit| bury(unit, &name)).await
            }
            Act::Skip(count) => {
                let name = profile.conversation(id("skipped"));
                self.write(at, Needs::new_conversation(&name), move |unit| skip(unit, &profile, count)).await
            }
            Act::PutUser(user, body) => self.put_user(at, user, Some(body)).await,
            Act::DeleteUser(user) => self.put_user(at, user, None).await,
        }
    }

    async fn write(
        &self,
        at: usize,
        needs: Needs,
        work: impl FnOnce(&mut Unit<'_>) -> Result<Left> + Send + 'static,
    ) -> Result<Left> {
        let scope = self.scope(at, None);
        self.store.write(&scope, &gate::ticket(), "find", needs, work).await.map(fresh)
    }

    async fn deed(&self, at: usize, name: ConversationName, deed: Deed, fails: bool) -> Result<Left> {
        let outcome =
            move |left: Left| if fails { Err(Error::failed_precondition("meant")) } else { Ok(left) };
        if matches!(deed, Deed::AddTag(_) | Deed::RemoveTag(_) | Deed::Delete) {
            let work = move |direct: &mut Direct<'_>| {
                write::alone(direct, &name, &deed)?;
                outcome(left_by(direct, &name, &[])?)
            };
            let scope = self.scope(at, None);
            return self.store.transact(&scope, &gate::ticket(), "find", work).await.map(fresh);
        }
        let touched = match &deed {
            Deed::Append { messages, .. } => messages.iter().map(|(id, _)| id.clone()).collect(),
            Deed::PatchMessage(id, _) | Deed::DeleteMessage(id) => vec![id.clone()],
            _ => Vec::new(),
        };
        let needs = write::needs(&name, &deed);
        let work = move |unit: &mut Unit<'_>| {
            write::grouped(unit, name.clone(), deed)?;
            outcome(left_by(unit, &name, &touched)?)
        };
        self.write(at, needs, work).await
    }

    async fn put_user(&self, at: usize, user: Id, body: Option<EntryBody>) -> Result<Left> {
        let customer = CustomerName(self.records[at].profile.customer.clone());
        let stamps = Stamps::new(self.store.now());
        let work = move |direct: &mut Direct<'_>| {
            match body {
                Some(body) => direct.put_entry(Collection::User, &Entry { id: user, body, stamps })?,
                None => direct.delete_entry(Collection::User, &user)?,
            }
            Ok(Left::default())
        };
        let scope = directory(&Parent::Customer(customer));
        self.store.transact_directory(&scope, &gate::ticket(), "find", work).await.map(fresh)
    }

    fn note(&mut self, at: usize, act: Act, left: Left) {
        let customer = self.records[at].profile.customer.clone();
        let of_customer = self.records.iter_mut().filter(|record| record.profile.customer == customer);
        match act {
            Act::PutUser(user, body) => {
                let EntryBody { team, groups, is_dev_user, .. } = body;
                let facts = AgentFacts { team, groups, is_dev_user };
                of_customer.for_each(|record| drop(record.users.insert(user.clone(), facts.clone())));
            }
            Act::DeleteUser(user) => of_customer.for_each(|record| drop(record.users.remove(&user))),
            act => {
                let record = &mut self.records[at];
                record.take_in(left);
                if let Act::Do(conversation, deed) = act
                    && let Some(kept) = record.conversations.get_mut(&conversation)
                {
                    match deed {
                        Deed::AddTag(tag) => kept.tag(tag),
                        Deed::RemoveTag(tag) => kept.tags.retain(|one| *one != tag),
                        _ => {}
                    }
                }
            }
        }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        scope: &Scope,
        work: impl FnOnce(&Reading<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.read(scope, "find", work).await
    }
}

fn fresh<T>(written: Written<T>) -> T {
    match written {
        Written::Fresh(outcome) => outcome,
        Written::Replayed(_) => panic!("replayed, though nobody sent this before"),
    }
}

fn directory(parent: &Parent) -> CustomerScope {
    let caller = Caller::new(parent.customer().clone(), Vec::new(), Role::Admin, id("key"), None);
    caller.enter_directory(parent, "it", Permission::ManageDirectory).unwrap()
}

fn name_of(profile: &ProfileName, arrival: &Arrival) -> ConversationName {
    profile.conversation(arrival.id.clone().unwrap())
}

/// The conversation and some of its messages as a write has left them.
fn left_by(unit: &mut Unit<'_>, name: &ConversationName, messages: &[Id]) -> Result<Left> {
    let Some(conversation) = unit.find_conversation(name)? else {
        return Ok(Left { gone: Some(name.conversation.clone()), ..Left::default() });
    };
    let found = messages.iter().filter_map(|id| unit.find_message(&conversation, id).transpose());
    let messages = found.collect::<Result<_>>()?;
    Ok(Left { conversations: vec![conversation], messages, gone: None })
}

/// Makes those conversations that are not there yet.
fn bring(unit: &mut Unit<'_>, profile: &ProfileName, arrivals: Vec<Arrival>) -> Result<Left> {
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

fn redact(unit: &mut Unit<'_>, name: &ConversationName, id: &Id) -> Result<Left> {
    let conversation = unit.conversation(name)?;
    let found = unit.find_message(&conversation, id)?;
    let mut message =
        found.filter(|found| found.delete_time.is_none()).ok_or_else(|| unit.scope().not_found())?;
    message.content = Content { text: safe("[SECRET]"), ..Content::clone(&message.content) }.into();
    unit.update_message(&conversation, &message, ChangeKind::MessageRedacted);
    Ok(Left { conversations: vec![conversation], messages: vec![message], gone: None })
}

fn bury(unit: &mut Unit<'_>, name: &ConversationName) -> Result<Left> {
    let mut conversation = unit.conversation(name)?;
    conversation.body_mut().delete_time = Some(unit.now());
    unit.record(&conversation, ChangeKind::ConversationDeleted, None, 0);
    unit.put(&conversation);
    Ok(Left { conversations: vec![conversation], ..Left::default() })
}

fn skip(unit: &mut Unit<'_>, profile: &ProfileName, count: usize) -> Result<Left> {
    for number in 0..count {
        unit.new_number(&profile.conversation(Id::known(format!("skipped-{number}"))))?;
    }
    Ok(Left::default())
}
