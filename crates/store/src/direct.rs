//! A write in a transaction of its own: it loads what it meets, and writes what no group can.

use crate::{
    Claim, Tx, Unit,
    clock::Moment,
    find,
    table::EntryPlace,
    tenancy::{CustomerKey, ProfileKey, Tenancy},
};
use hansard_domain::{
    Error, Id, Result, Time,
    change::ChangeKind,
    conversation::Conversation,
    directory::{ApiKey, CustomerBody, Entry, ProfileBody, Stamps},
    name::{Collection, ProfileName},
};
use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

/// A [`Unit`] with a transaction of its own.
pub struct Direct<'t> {
    pub(crate) unit: Unit<'t>,
    pub(crate) tx: &'t Tx<'t>,
    /// As of the last commit, which is the one before this write.
    pub(crate) tenancy: Arc<Tenancy>,
    /// The write changes what the snapshot of the tenants holds, so it is to be read anew.
    pub(crate) changes_tenancy: bool,
    pub(crate) at: Moment,
}

impl<'t> Deref for Direct<'t> {
    type Target = Unit<'t>;

    fn deref(&self) -> &Self::Target {
        &self.unit
    }
}

impl DerefMut for Direct<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.unit
    }
}

impl Direct<'_> {
    fn customer(&self) -> CustomerKey {
        self.unit.mandate.customer
    }

    fn place(&self, collection: Collection) -> EntryPlace {
        let profile = if collection.belongs_to_customer() { ProfileKey(0) } else { self.unit.profile_key() };
        EntryPlace { customer: self.customer(), profile, collection }
    }

    /// The tenants as this write finds them; no other write can come between.
    pub fn tenancy(&self) -> Arc<Tenancy> {
        Arc::clone(&self.tenancy)
    }

    /// The agent's live conversations, oldest first.
    pub fn list_live_of_agent(&mut self, agent: &Id) -> Result<Vec<Conversation>> {
        let name = self.unit.profile().name.clone();
        let numbers = find::live_of_agent(self.tx, self.unit.profile_key(), agent)?;
        let found = self.tx.find_by_numbers(self.unit.profile_key(), &name, &numbers)?;
        let mut found: Vec<_> = found.into_iter().flatten().collect();
        found.sort_by(|one, other| {
            let key = |one: &Conversation| (one.body.start_time, one.name.conversation.clone());
            key(one).cmp(&key(other))
        });
        Ok(found)
    }

    /// Adds a tag with its change; false where the conversation has it already.
    pub fn add_conversation_tag(&mut self, conversation: &Conversation, tag: &Id) -> Result<bool> {
        let added = self.tx.add_conversation_tag(self.unit.profile_key(), conversation.number, tag)?;
        if added {
            self.index_tag(conversation, tag, true);
            self.record_part(conversation, ChangeKind::TagAdded, Some(tag.clone()), 0);
        }
        Ok(added)
    }

    /// Removes a tag with its change; false where the conversation does not have it.
    pub fn delete_conversation_tag(&mut self, conversation: &Conversation, tag: &Id) -> Result<bool> {
        let removed = self.tx.delete_conversation_tag(self.unit.profile_key(), conversation.number, tag)?;
        if removed {
            self.index_tag(conversation, tag, false);
            self.record_part(conversation, ChangeKind::TagRemoved, Some(tag.clone()), 0);
        }
        Ok(removed)
    }

    fn index_tag(&mut self, conversation: &Conversation, tag: &Id, has: bool) {
        let profile = self.unit.profile_key();
        self.unit.effects.index.set(profile, conversation.number, find::of_tag(tag), has);
    }

    /// Conversations that carry a tag, at most `limit`.
    pub fn list_tagged(&mut self, tag: &Id, limit: i32) -> Result<Vec<Conversation>> {
        let (key, name) = (self.unit.profile_key(), self.unit.profile().name.clone());
        let numbers = self.tx.list_tagged(key, tag, limit)?;
        let found = numbers.into_iter().map(|number| self.tx.find_by_number(key, &name, number));
        found.filter_map(Result::transpose).collect()
    }

    /// Deletes a conversation and everything in it; its change stays in the log.
    pub fn delete_conversation(&mut self, conversation: &Conversation) -> Result<()> {
        let key = self.unit.profile_key();
        self.record(conversation, ChangeKind::ConversationDeleted, None, 0);
        self.unit.effects.index.forget(key, conversation.number);
        let name = conversation.name.profile.clone();
        if let Some(stored) = self.tx.find_by_number(key, &name, conversation.number)? {
            let tags = self.tx.list_conversation_tags(key, conversation.number)?;
            let facts = self.tx.annotation_facts(key, conversation.number)?;
            self.unit.effects.index.remove(key, conversation.number, &stored.body, (&tags, &facts));
        }
        self.unit.state.forget(key, &conversation.name.conversation);
        self.unit.effects.forget(key, conversation);
        find::before_deletion(self.tx, (key, conversation.number))?;
        self.tx.delete_conversation(key, conversation.number)
    }

    pub fn find_entry(&self, collection: Collection, id: &Id) -> Result<Option<Entry>> {
        self.tx.find_entry(self.place(collection), id)
    }

    pub fn put_entry(&mut self, collection: Collection, entry: &Entry) -> Result<()> {
        self.changes_tenancy |= collection == Collection::User;
        self.tx.put_entry(self.place(collection), entry)
    }

    pub fn delete_entry(&mut self, collection: Collection, id: &Id) -> Result<()> {
        self.changes_tenancy |= collection == Collection::User;
        self.tx.delete_entry(self.place(collection), id)
    }

    /// Makes a customer; the caller is an operator, so this is not the caller's own.
    pub fn insert_customer(&mut self, id: &Id, body: &CustomerBody, stamps: &Stamps) -> Result<()> {
        self.changes_tenancy = true;
        self.tx.insert_customer(id, body, stamps).map(drop)
    }

    pub fn update_customer(&mut self, body: &CustomerBody, stamps: &Stamps) -> Result<()> {
        self.changes_tenancy = true;
        self.tx.update_customer(self.customer(), body, stamps)
    }

    /// Deletes a customer, refused while it has profiles; the caller is an operator of another one.
    pub fn delete_customer(&mut self, id: &Id) -> Result<()> {
        let tenancy = self.tenancy();
        if !tenancy.profiles(id).is_empty() {
            return Err(Error::failed_precondition("the customer has profiles: delete them first"));
        }
        let Some(customer) = tenancy.customer(id) else { return Ok(()) };
        self.changes_tenancy = true;
        self.tx.delete_customer(customer.key)
    }

    pub fn insert_profile(&mut self, id: &Id, body: &ProfileBody, stamps: &Stamps) -> Result<()> {
        self.changes_tenancy = true;
        self.tx.insert_profile(self.customer(), id, body, stamps).map(drop)
    }

    pub fn update_profile(&mut self, body: &ProfileBody, stamps: &Stamps) -> Result<()> {
        self.changes_tenancy = true;
        self.tx.update_profile(self.unit.profile_key(), body, stamps)
    }

    /// Deletes a profile, refused while it holds conversations.
    pub fn delete_profile(&mut self, name: &ProfileName) -> Result<()> {
        let tenancy = self.tenancy();
        let Some(profile) = tenancy.profile(name) else { return Ok(()) };
        self.tx.claim(Claim::Profile(profile.key))?;
        if self.tx.has_conversations(profile.key)? {
            return Err(Error::failed_precondition("the profile holds conversations: delete them first"));
        }
        self.changes_tenancy = true;
        self.tx.delete_profile(profile.customer_key, profile.key)
    }

    pub fn insert_api_key(&mut self, key: &ApiKey, secret_mac: &[u8]) -> Result<()> {
        self.changes_tenancy = true;
        self.tx.insert_api_key(self.customer(), key, secret_mac)
    }

    pub fn update_api_key(&mut self, key: &ApiKey) -> Result<()> {
        self.changes_tenancy = true;
        self.tx.update_api_key(self.customer(), key)
    }

    pub fn delete_api_key(&mut self, id: &Id) -> Result<()> {
        self.changes_tenancy = true;
        self.tx.delete_api_key(self.customer(), id)
    }

    /// Writes down when keys were last used; those that are gone are left out.
    pub fn note_api_key_uses(&mut self, uses: &[(Id, Time)]) -> Result<()> {
        self.changes_tenancy |= !uses.is_empty();
        let mut owned = uses.iter().filter_map(|(id, time)| {
            let key = self.tenancy.api_key(id)?;
            Some((self.tenancy.customer(&key.api_key.customer)?.key, id, time))
        });
        owned.try_for_each(|(customer, id, time)| self.tx.note_api_key_use(customer, id, *time))
    }
}
