//! Tenants in memory: who may come in, which profiles there are, who the users are.
//!
//! A snapshot, read anew in every transaction that changes the directory and put in place before
//! that transaction is answered. Every request reads it without touching the database.

mod lookout;

pub(crate) use lookout::Lookout;

use crate::{Secret, Tx, Value, engine::Reach, json};
use arc_swap::ArcSwap;
use hansard_domain::{
    Id, Result, Time,
    conversation::{Conversation, View},
    directory::{ApiKey, CustomerBody, EntryBody, ProfileBody, Stamps},
    filter::AgentFacts,
    name::ProfileName,
    redact::Redactor,
};
use std::{collections::HashMap, sync::Arc};

/// The store's own number of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerKey(pub i64);

/// The store's own number of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileKey(pub i64);

impl From<CustomerKey> for Value<'_> {
    fn from(key: CustomerKey) -> Self {
        Self::Int(key.0)
    }
}

impl From<ProfileKey> for Value<'_> {
    fn from(key: ProfileKey) -> Self {
        Self::Int(key.0)
    }
}

#[derive(Debug, Default)]
pub struct Tenancy {
    /// How often the tenants have been changed.
    pub(crate) version: i64,
    customers: HashMap<Id, CustomerTenant>,
    profiles: HashMap<ProfileName, Arc<ProfileTenant>>,
    api_keys: HashMap<Id, Arc<ApiKeyTenant>>,
    /// By customer and id.
    users: HashMap<Id, HashMap<Id, EntryBody>>,
}

#[derive(Debug, Clone)]
pub struct CustomerTenant {
    pub key: CustomerKey,
    pub body: CustomerBody,
    pub stamps: Stamps,
}

#[derive(Debug)]
pub struct ProfileTenant {
    pub key: ProfileKey,
    pub customer_key: CustomerKey,
    pub name: ProfileName,
    pub body: ProfileBody,
    pub stamps: Stamps,
    pub redactor: Arc<Redactor>,
}

#[derive(Debug)]
pub struct ApiKeyTenant {
    pub api_key: ApiKey,
    pub secret_mac: Vec<u8>,
}

impl Tenancy {
    pub(crate) fn load(tx: &Tx<'_>) -> Result<Self> {
        let mut tenancy = Self { version: tx.tenancy_version()?, ..Self::default() };
        let customers = tx.list_customers()?;
        let ids: HashMap<i64, Id> =
            customers.iter().map(|(id, customer)| (customer.key.0, id.clone())).collect();
        let owner = |key: i64| ids.get(&key).cloned().unwrap_or_else(|| Id::known(""));
        tenancy.customers = customers.into_iter().collect();
        let secret = Secret::find(tx)?;
        tx.load_profiles(&mut |key, row| {
            let profile = profile(owner(key), CustomerKey(key), row, secret.as_ref())?;
            tenancy.profiles.insert(profile.name.clone(), Arc::new(profile));
            Ok(())
        })?;
        tenancy.api_keys = tx
            .load_api_keys(&owner)?
            .into_iter()
            .map(|key| (key.api_key.id.clone(), Arc::new(key)))
            .collect();
        for ((customer, id), user) in tx.load_users(&owner)? {
            tenancy.users.entry(customer).or_default().insert(id, user);
        }
        Ok(tenancy)
    }

    pub fn customer(&self, id: &Id) -> Option<&CustomerTenant> {
        self.customers.get(id)
    }

    /// All customers, in order of their ids.
    pub fn customers(&self) -> Vec<(&Id, &CustomerTenant)> {
        let mut customers: Vec<_> = self.customers.iter().collect();
        customers.sort_by_key(|(id, _)| *id);
        customers
    }

    pub fn profile(&self, name: &ProfileName) -> Option<&Arc<ProfileTenant>> {
        self.profiles.get(name)
    }

    /// The profiles of a customer, in order of their ids.
    pub fn profiles(&self, customer: &Id) -> Vec<&Arc<ProfileTenant>> {
        let mut profiles: Vec<_> =
            self.profiles.values().filter(|profile| profile.name.customer == *customer).collect();
        profiles.sort_by_key(|profile| &profile.name.profile);
        profiles
    }

    pub fn api_key(&self, id: &Id) -> Option<&Arc<ApiKeyTenant>> {
        self.api_keys.get(id)
    }

    /// The API keys of a customer, in order of their ids.
    pub fn api_keys(&self, customer: &Id) -> Vec<&Arc<ApiKeyTenant>> {
        let mut keys: Vec<_> =
            self.api_keys.values().filter(|key| key.api_key.customer == *customer).collect();
        keys.sort_by_key(|key| &key.api_key.id);
        keys
    }

    /// Ids of the customer's users for which `wanted` holds, in no order.
    pub(crate) fn users_that<'t>(
        &'t self,
        customer: &'t Id,
        wanted: impl Fn(&EntryBody) -> bool + 't,
    ) -> impl Iterator<Item = &'t Id> {
        let users = self.users.get(customer).into_iter().flatten();
        users.filter(move |(_, user)| wanted(user)).map(|(id, _)| id)
    }

    fn user(&self, customer: &Id, id: &Id) -> Option<&EntryBody> {
        self.users.get(customer)?.get(id)
    }

    /// What a filter asks of a conversation's agent.
    pub(crate) fn agent_facts(&self, customer: &Id, agent: Option<&Id>) -> AgentFacts {
        let user = agent.and_then(|agent| self.user(customer, agent));
        user.map(|user| AgentFacts {
            team: user.team.clone(),
            groups: user.groups.clone(),
            is_dev_user: user.is_dev_user,
        })
        .unwrap_or_default()
    }

    /// Adds what the directory knows of a conversation's agent.
    pub fn view(&self, conversation: Conversation, tags: Vec<Id>) -> View {
        let agent = conversation.body.fields.agent.as_ref();
        let user = agent.and_then(|agent| self.user(&conversation.name.profile.customer, agent));
        let name = user.map(|user| user.display_name.clone()).filter(|name| !name.is_empty());
        let agent_user_name = name.or_else(|| agent.map(Id::to_string)).unwrap_or_default();
        let team = user.and_then(|user| user.team.clone());
        View { conversation, agent_user_name, team, tags }
    }
}

/// Puts tenants in place, unless newer ones are there already.
pub(crate) fn put_newer(place: &ArcSwap<Tenancy>, tenancy: Tenancy) {
    let tenancy = Arc::new(tenancy);
    place.rcu(|present| Arc::clone(if present.version > tenancy.version { present } else { &tenancy }));
}

/// Reads the tenants anew where they have been changed since they were put in place; the transaction may then reach them
/// all.
pub(crate) fn renew(place: &ArcSwap<Tenancy>, tx: &Tx<'_>) -> Result<()> {
    if tx.tenancy_version()? != place.load().version {
        tx.confine(&Reach::Store)?;
        put_newer(place, Tenancy::load(tx)?);
    }
    Ok(())
}

fn profile(
    customer: Id,
    customer_key: CustomerKey,
    row: &crate::Row<'_>,
    secret: Option<&Secret>,
) -> Result<ProfileTenant> {
    let (key, body): (_, ProfileBody) = (ProfileKey(row.i64(0)?), json::read(row.text(3)?)?);
    let pseudonyms = secret.map(|secret| secret.pseudonym_key(key)).unwrap_or_default();
    Ok(ProfileTenant {
        key,
        customer_key,
        name: ProfileName { customer, profile: Id::known(row.text(2)?) },
        redactor: Arc::new(body.redactor(&pseudonyms)?),
        body,
        stamps: stamps(row, 4)?,
    })
}

/// Reads create_time, update_time and version from three columns.
pub(crate) fn stamps(row: &crate::Row<'_>, first: usize) -> Result<Stamps> {
    Ok(Stamps {
        create_time: Time(row.i64(first)?),
        update_time: Time(row.i64(first + 1)?),
        version: row.i64(first + 2)?,
    })
}
