//! A store with three profiles of two customers, written through its own door, and the oracle's copy of each.

use crate::{
    act::Act,
    arrive::{abort, bring, bring_tagged, bury, left_by, name_of, redact, skip, undo},
    deed::Deed,
    gate::{self, Write},
    place::Place,
    record::{Left, Record},
    run,
    vocabulary::{LANGUAGES, TAGS, id},
    write,
};
use hansard_domain::{
    Error, Id, Result,
    caller::{Caller, CustomerScope, Permission, Role, Scope},
    directory::{CustomerBody, Entry, EntryBody, ProfileBody, Stamps},
    filter::AgentFacts,
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
    place: Place,
}

impl Outcome for Left {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

impl World {
    /// A store with the profiles given; the tags of each are in its directory.
    ///
    /// Opening and closing block, so they are not for use inside of [`run`].
    pub(crate) fn open(profiles: &[(&str, &str)]) -> Self {
        Self::open_in(Place::folder(), profiles)
    }

    /// The same in a place that is given.
    pub(crate) fn open_in(place: Place, profiles: &[(&str, &str)]) -> Self {
        let time = ManualTimeSource::new();
        let store = open_store(&place, &time);
        store.ensure_customer(&id(PROFILES[0].0)).unwrap();
        let mut world = Self { store, time, records: Vec::new(), place };
        run(async {
            for (customer, profile) in profiles {
                world.make_profile(customer, profile).await;
            }
        });
        world
    }

    pub(crate) fn reopened(self) -> Self {
        let Self { store, time, records, place } = self;
        store.close().unwrap();
        drop(store);
        Self { store: open_store(&place, &time), time, records, place }
    }

    /// Closes the store; answers what of it or of its index is not what was written.
    pub(crate) fn close(self) -> Option<String> {
        self.store.close().unwrap();
        drop(self.store);
        let findings = self.place.findings();
        (!findings.is_empty()).then(|| format!("{findings:?}"))
    }

    /// Waits until the index of keywords covers the logs.
    pub(crate) async fn await_index(&self) {
        while self.store.unindexed_changes().await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
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
            Act::Bring(arrivals) if arrivals.len() == 1 && arrivals[0].tags.is_empty() => {
                let needs = Needs::new_conversation(&name_of(&profile, &arrivals[0]));
                self.write(at, needs, move |unit| bring(unit, &profile, arrivals)).await
            }
            Act::Bring(arrivals) => {
                self.alone(at, move |direct| bring_tagged(direct, &profile, arrivals)).await
            }
            Act::Undo(conversation, deed) => {
                let name = profile.conversation(conversation);
                self.alone(at, move |direct| undo(direct, &name, deed)).await
            }
            Act::Abort(arrival) => {
                let name = name_of(&profile, &arrival);
                self.alone(at, move |direct| abort(direct, name, arrival)).await
            }
            Act::Remark(conversation, remark) => {
                let name = profile.conversation(conversation);
                self.alone(at, move |direct| remark.write(direct, &name).map(|()| Left::default())).await
            }
            Act::Score(conversation, score) => {
                let name = profile.conversation(conversation);
                self.alone(at, move |direct| score.write(direct, &name).map(|()| Left::default())).await
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

    async fn alone(
        &self,
        at: usize,
        work: impl FnOnce(&mut Direct<'_>) -> Result<Left> + Send + 'static,
    ) -> Result<Left> {
        let scope = self.scope(at, None);
        self.store.transact(&scope, &gate::ticket(), "find", work).await.map(fresh)
    }

    async fn deed(&self, at: usize, name: ConversationName, deed: Deed, fails: bool) -> Result<Left> {
        let outcome =
            move |left: Left| if fails { Err(Error::failed_precondition("meant")) } else { Ok(left) };
        if matches!(deed, Deed::AddTag(_) | Deed::RemoveTag(_) | Deed::Delete) {
            let work = move |direct: &mut Direct<'_>| {
                write::alone(direct, &name, &deed)?;
                outcome(left_by(direct, &name, &[])?)
            };
            return self.alone(at, work).await;
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
            act => note_in(&mut self.records[at], act, left),
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

fn note_in(record: &mut Record, act: Act, left: Left) {
    record.take_in(left);
    let (Act::Do(id, _) | Act::Remark(id, _) | Act::Score(id, _)) = &act else { return };
    let Some(kept) = record.conversations.get_mut(id) else { return };
    match act {
        Act::Do(_, Deed::AddTag(tag)) => kept.tag(tag),
        Act::Do(_, Deed::RemoveTag(tag)) => kept.tags.retain(|one| *one != tag),
        Act::Remark(_, remark) => kept.note_remark(remark),
        Act::Score(_, score) => kept.note_score(score),
        _ => {}
    }
}

fn open_store(place: &Place, time: &Arc<ManualTimeSource>) -> Store {
    let time = Arc::<ManualTimeSource>::clone(time);
    let read_time_max = Duration::from_secs(120);
    // By one writer, so that the acts of all profiles meet in its groups.
    Store::open(&Options { flush_commits: false, writers: 1, read_time_max, time, ..place.options() })
        .unwrap()
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
