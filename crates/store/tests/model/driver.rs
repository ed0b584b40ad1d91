//! Does the operations on a real store, as the services do them.

use crate::{
    deed::Deed,
    gate::{self, Write},
    operation::{Step, TEAMS},
    write::{alone, grouped, needs},
};
use hansard_domain::{
    Id, Result, Time,
    caller::{Caller, CustomerScope, Permission, Role, Scope},
    directory::{Entry, EntryBody, ProfileBody, Stamps},
    name::{Collection, CustomerName, Parent, ProfileName},
};
use hansard_store::{Direct, Idempotency, Options, Outcome, Reading, Receipt, Store, Ticket, Unit, Written};
use std::sync::Arc;

pub(crate) struct Driver {
    pub(crate) store: Store,
    pub(crate) admin: Scope,
    /// The agent ada.
    pub(crate) agent: Scope,
}

/// What became of a step: when it was done, or that it had been done before.
pub(crate) type Told = Result<Option<Time>>;

struct Done(Time);

impl Outcome for Done {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

pub(crate) fn profile() -> ProfileName {
    ProfileName { customer: Id::known("acme"), profile: Id::known("support") }
}

fn directory(profile: bool) -> CustomerScope {
    let customer = CustomerName(Id::known("acme"));
    let parent = if profile { Parent::Profile(self::profile()) } else { Parent::Customer(customer) };
    caller(Role::Admin).enter_directory(&parent, "it", Permission::ManageDirectory).unwrap()
}

fn caller(role: Role) -> Caller {
    let user = (role == Role::Agent).then(|| Id::known("ada"));
    Caller::new(Id::known("acme"), Vec::new(), role, Id::known("key"), user)
}

/// The team of an agent in the directory.
pub(crate) fn team_of(agent: &str) -> Option<&'static str> {
    match agent {
        "ada" | "eve" => Some("blue"),
        "bob" => Some("red"),
        _ => None,
    }
}

/// The groups of an agent in the directory.
pub(crate) fn groups_of(agent: &str) -> &'static [&'static str] {
    match agent {
        "ada" => &["night"],
        "bob" => &["day", "night"],
        _ => &[],
    }
}

impl Driver {
    pub(crate) fn open(options: &Options) -> Self {
        let store = Store::open(options).unwrap();
        store.ensure_customer(&Id::known("acme")).unwrap();
        let enter = |role| caller(role).enter(&profile(), "it", Permission::ReadConversations).unwrap();
        Self { store, admin: enter(Role::Admin), agent: enter(Role::Agent) }
    }

    pub(crate) fn close(&self) {
        self.store.close().unwrap();
    }

    /// Makes the profile, the users and the teams.
    pub(crate) async fn fill_directory(&self) {
        let stamps = Stamps::new(self.store.now());
        let body = ProfileBody { language_codes: vec!["en-US".into(), "de-DE".into()], ..Default::default() };
        let body = body.checked().unwrap();
        let work =
            move |direct: &mut Direct<'_>| direct.insert_profile(&Id::known("support"), &body, &stamps);
        self.store.transact_directory(&directory(false), &gate::ticket(), "fill", work).await.unwrap();
        let work = move |direct: &mut Direct<'_>| {
            for (id, name) in [("ada", "Ada B."), ("bob", ""), ("eve", "Eve")] {
                let body = EntryBody {
                    display_name: name.to_owned(),
                    team: team_of(id).map(Id::known),
                    groups: groups_of(id).iter().map(|group| Id::known(*group)).collect(),
                    is_dev_user: id == "eve",
                    ..EntryBody::default()
                };
                direct.put_entry(Collection::User, &Entry { id: Id::known(id), body, stamps })?;
            }
            TEAMS.iter().try_for_each(|team| {
                let entry = Entry { id: Id::known(*team), body: EntryBody::default(), stamps };
                direct.put_entry(Collection::Team, &entry)
            })
        };
        self.store.transact_directory(&directory(true), &gate::ticket(), "fill", work).await.unwrap();
    }

    /// Does the steps in their order, as many as possible in one group.
    pub(crate) async fn perform(&self, steps: &[Step]) -> Vec<Told> {
        let writes = steps.iter().map(|step| -> Write<'_, Told> { Box::pin(self.perform_one(step)) });
        gate::together(&self.store, &self.admin, writes.collect()).await
    }

    async fn perform_one(&self, step: &Step) -> Told {
        let name = profile().conversation(step.conversation.clone());
        let ticket = self.ticket(step);
        let deed = step.deed.clone();
        let written = match deed {
            Deed::AddTag(_) | Deed::RemoveTag(_) | Deed::Delete => {
                let work =
                    move |direct: &mut Direct<'_>| alone(direct, &name, &deed).map(|()| Done(direct.now()));
                self.store.transact(&self.admin, &ticket, "step", work).await?
            }
            _ => {
                let needs = needs(&name, &deed);
                let work = move |unit: &mut Unit<'_>| grouped(unit, name, deed).map(|()| Done(unit.now()));
                self.store.write(&self.admin, &ticket, "step", needs, work).await?
            }
        };
        Ok(match written {
            Written::Fresh(Done(now)) => Some(now),
            Written::Replayed(_) => None,
        })
    }

    fn ticket(&self, step: &Step) -> Ticket {
        let fingerprint = self.store.secret().fingerprint(&[format!("{:?}", step.deed).as_bytes()]);
        let key = step.key.clone();
        let idempotency = key.map(|key| Idempotency { method: "Step", key, fingerprint });
        Ticket { request_id: Arc::from("model"), idempotency }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        scope: &Scope,
        work: impl FnOnce(&Reading<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.read(scope, "model", work).await
    }
}
