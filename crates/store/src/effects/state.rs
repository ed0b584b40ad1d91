//! What the members of a group see: what was loaded for them, and what they left for each other.

use super::{Effects, KeptAt, PartAt};
use crate::{
    Tx,
    find::IndexChanges,
    recent::{self, ConversationAt},
    table::{AskedPart, EntryPlace, Kept},
    tenancy::{CustomerKey, ProfileKey},
    unit::{Needs, undeclared},
};
use hansard_domain::{
    Error, Id, Result, Time,
    conversation::{Body, Conversation},
    event::Event,
    message::Message,
    name::{Collection, ConversationName},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// Conversations that recent groups used, as they are stored, each with the length of its stored body. Only the
/// writer has it; where other processes write to the store, too, it forgets what they may have changed.
pub(crate) type Recent = recent::Recent<ConversationAt, (Conversation, usize)>;

/// What [`Recent`] holds at most, twice.
pub(crate) const RECENT_BYTES: usize = 8 << 20;
/// What a conversation takes besides its body.
const OVERHEAD_BYTES: usize = 1024;

/// What the members of a group see: the store as they left it for each other.
#[derive(Debug)]
pub(crate) struct State {
    recent: Recent,
    conversations: HashMap<ConversationAt, Slot>,
    /// The last number given to a conversation of a profile.
    numbers: BTreeMap<ProfileKey, Numbers>,
    messages: HashMap<PartAt, Option<Message>>,
    events: HashMap<PartAt, Option<Event>>,
    kept: HashMap<KeptAt, Option<Kept>>,
    /// Whether the directory has a tag.
    tags: HashMap<(EntryPlace, Id), bool>,
}

/// What one write of a group declared.
#[derive(Debug)]
pub(crate) struct Wanted<'w> {
    pub customer: CustomerKey,
    pub profile: ProfileKey,
    pub needs: &'w Needs,
}

impl<'w> Wanted<'w> {
    fn conversation_at(&self) -> Option<ConversationAt> {
        let name = self.needs.conversation.as_ref()?;
        Some((self.profile, name.conversation.clone()))
    }

    fn tags(&self) -> impl Iterator<Item = (EntryPlace, &'w Id)> {
        let place =
            EntryPlace { customer: self.customer, profile: self.profile, collection: Collection::Tag };
        self.needs.tags.iter().map(move |tag| (place, tag))
    }

    fn parts<'p>(
        &self,
        conversation: &'p Conversation,
        ids: &'p [Id],
    ) -> impl Iterator<Item = AskedPart<'p>> + use<'p> {
        let profile = self.profile;
        ids.iter().map(move |id| (profile, conversation, id))
    }
}

#[derive(Debug, Default)]
struct Slot {
    stored: Option<Conversation>,
    present: Option<Conversation>,
    /// Length of the stored body.
    body_bytes: usize,
}

#[derive(Debug, Clone, Copy)]
struct Numbers {
    stored: i64,
    present: i64,
}

impl State {
    pub(crate) fn new(recent: Recent) -> Self {
        Self {
            recent,
            conversations: HashMap::new(),
            numbers: BTreeMap::new(),
            messages: HashMap::new(),
            events: HashMap::new(),
            kept: HashMap::new(),
            tags: HashMap::new(),
        }
    }

    /// What the next group may begin with, once this one is committed.
    pub(crate) fn into_recent(mut self) -> Recent {
        for (at, slot) in self.conversations {
            if let Some(present) = slot.present {
                self.recent.put(at, (present, slot.body_bytes), slot.body_bytes + OVERHEAD_BYTES);
            }
        }
        self.recent
    }

    /// Loads what the writes of a group declared, and what is kept under their keys.
    pub(crate) fn load(&mut self, tx: &Tx<'_>, wanted: &[Wanted<'_>]) -> Result<()> {
        self.load_tags(tx, wanted)?;
        self.load_conversations(tx, wanted)?;
        let present = wanted.iter().filter_map(|wanted| {
            let at = wanted.conversation_at()?;
            Some((wanted, self.conversations.get(&at)?.present.clone()?))
        });
        let present: Vec<_> = present.collect();
        for wanted in wanted.iter().filter(|wanted| wanted.needs.creates) {
            if wanted.conversation_at().is_some_and(|at| !self.has_conversation(&at)) {
                self.last_number(Some(tx), wanted.profile)?;
            }
        }
        let asked: Vec<_> =
            present.iter().flat_map(|(wanted, at)| wanted.parts(at, &wanted.needs.messages)).collect();
        for ((profile, conversation, id), found) in asked.iter().zip(tx.find_messages(&asked)?) {
            self.messages.insert((*profile, conversation.number, (*id).clone()), found);
        }
        let asked: Vec<_> =
            present.iter().flat_map(|(wanted, at)| wanted.parts(at, &wanted.needs.events)).collect();
        for ((profile, conversation, id), found) in asked.iter().zip(tx.find_events(&asked)?) {
            self.events.insert((*profile, conversation.number, (*id).clone()), found);
        }
        Ok(())
    }

    fn load_tags(&mut self, tx: &Tx<'_>, wanted: &[Wanted<'_>]) -> Result<()> {
        let asked: Vec<_> = wanted.iter().flat_map(Wanted::tags).collect();
        for ((place, tag), has) in asked.iter().zip(tx.has_entries(&asked)?) {
            self.tags.insert((*place, (*tag).clone()), has);
        }
        Ok(())
    }

    fn load_conversations(&mut self, tx: &Tx<'_>, wanted: &[Wanted<'_>]) -> Result<()> {
        let mut asked = BTreeMap::new();
        for wanted in wanted {
            let (Some(at), Some(name)) = (wanted.conversation_at(), &wanted.needs.conversation) else {
                continue;
            };
            match self.recent.find(&at) {
                Some((stored, body_bytes)) => self.put_stored(at, Some((stored, body_bytes))),
                None => drop(asked.insert(at, name)),
            }
        }
        let names: Vec<_> = asked.iter().map(|((profile, _), name)| (*profile, *name)).collect();
        for (at, found) in asked.into_keys().zip(tx.find_conversations(&names)?) {
            self.put_stored(at, found);
        }
        Ok(())
    }

    fn put_stored(&mut self, at: ConversationAt, found: Option<(Conversation, usize)>) {
        let (stored, body_bytes) = found.map_or((None, 0), |(stored, bytes)| (Some(stored), bytes));
        self.conversations.insert(at, Slot { present: stored.clone(), stored, body_bytes });
    }

    fn has_conversation(&self, at: &ConversationAt) -> bool {
        self.conversations.get(at).is_some_and(|slot| slot.present.is_some())
    }

    pub(crate) fn conversation(
        &mut self,
        tx: Option<&Tx<'_>>,
        profile: ProfileKey,
        name: &ConversationName,
    ) -> Result<Option<Conversation>> {
        let at = (profile, name.conversation.clone());
        if let Some(slot) = self.conversations.get(&at) {
            return Ok(slot.present.clone());
        }
        let tx = tx.ok_or_else(|| undeclared("conversation"))?;
        let found = match self.recent.find(&at) {
            Some(found) => Some(found),
            None => tx.find_conversation(profile, name)?,
        };
        let stored = found.as_ref().map(|(stored, _)| stored.clone());
        self.put_stored(at, found);
        Ok(stored)
    }

    /// The last number given to a conversation of the profile.
    pub(crate) fn last_number(&mut self, tx: Option<&Tx<'_>>, profile: ProfileKey) -> Result<i64> {
        if let Some(numbers) = self.numbers.get(&profile) {
            return Ok(numbers.present);
        }
        let tx = tx.ok_or_else(|| undeclared("new conversation"))?;
        let stored = tx.last_conversation_number(profile)?;
        self.numbers.insert(profile, Numbers { stored, present: stored });
        Ok(stored)
    }

    pub(crate) fn message(
        &mut self,
        tx: Option<&Tx<'_>>,
        profile: ProfileKey,
        conversation: &Conversation,
        id: &Id,
    ) -> Result<Option<Message>> {
        let at = (profile, conversation.number, id.clone());
        if let Some(message) = self.messages.get(&at) {
            return Ok(message.clone());
        }
        let Some(tx) = tx else { return self.none_stored(profile, conversation, "message") };
        let message = tx.find_message(profile, conversation, id)?;
        self.messages.insert(at, message.clone());
        Ok(message)
    }

    pub(crate) fn event(
        &mut self,
        tx: Option<&Tx<'_>>,
        profile: ProfileKey,
        conversation: &Conversation,
        id: &Id,
    ) -> Result<Option<Event>> {
        let at = (profile, conversation.number, id.clone());
        if let Some(event) = self.events.get(&at) {
            return Ok(event.clone());
        }
        let Some(tx) = tx else { return self.none_stored(profile, conversation, "event") };
        let event = tx.find_event(profile, conversation, id)?;
        self.events.insert(at, event.clone());
        Ok(event)
    }

    /// A conversation that this group makes has no stored parts; those of any other are to be declared.
    fn none_stored<T>(
        &self,
        profile: ProfileKey,
        conversation: &Conversation,
        what: &str,
    ) -> Result<Option<T>> {
        let slot = self.conversations.get(&(profile, conversation.name.conversation.clone()));
        let is_new = slot.is_some_and(|slot| slot.stored.is_none());
        if is_new { Ok(None) } else { Err(undeclared(what)) }
    }

    /// Loads what is kept under idempotency keys.
    pub(crate) fn load_kept(&mut self, tx: &Tx<'_>, keys: Vec<KeptAt>, now: Time) -> Result<()> {
        let kept = tx.find_kept(&keys, now)?;
        self.kept.extend(keys.into_iter().zip(kept));
        Ok(())
    }

    /// What is kept under an idempotency key that was loaded.
    pub(crate) fn kept(&self, at: &KeptAt) -> Option<&Kept> {
        self.kept.get(at)?.as_ref()
    }

    /// Whether the directory has a tag.
    pub(crate) fn has_tag(&mut self, tx: Option<&Tx<'_>>, place: EntryPlace, tag: &Id) -> Result<bool> {
        let at = (place, tag.clone());
        if let Some(has) = self.tags.get(&at) {
            return Ok(*has);
        }
        let tx = tx.ok_or_else(|| undeclared("tag"))?;
        let has = tx.has_entries(&[(place, tag)])?.pop().unwrap_or_default();
        self.tags.insert(at, has);
        Ok(has)
    }

    /// Lets the members that follow see what a successful write queued.
    pub(crate) fn take_in(&mut self, effects: &Effects) {
        for (at, conversation) in &effects.conversations {
            self.conversations.entry(at.clone()).or_default().present = Some(conversation.clone());
        }
        for ((profile, _), number) in &effects.numbers {
            if let Some(numbers) = self.numbers.get_mut(profile) {
                numbers.present = numbers.present.max(*number);
            }
        }
        for ((profile, number), message, _) in &effects.messages {
            self.messages.insert((*profile, *number, message.name.id.clone()), Some(message.clone()));
        }
        for (profile, number, event) in &effects.events {
            self.events.insert((*profile, *number, event.name.id.clone()), Some(event.clone()));
        }
        for (at, kept) in &effects.kept {
            self.kept.insert(at.clone(), Some(kept.clone()));
        }
        for (place, entry) in &effects.new_tags {
            self.tags.insert((*place, entry.id.clone()), true);
        }
    }

    /// Writes the conversations that are not as they were stored, and the last number given to one; notes what
    /// that changes in the index.
    ///
    /// Each must have a change in the log: by that, other processes know that what they remember is no longer so.
    pub(crate) fn write_conversations(
        &mut self,
        tx: &Tx<'_>,
        logged: &BTreeSet<ConversationAt>,
        index: &mut IndexChanges,
    ) -> Result<()> {
        for (profile, numbers) in &self.numbers {
            if numbers.present != numbers.stored {
                tx.put_last_conversation_number(*profile, numbers.present)?;
            }
        }
        let mut changed: Vec<_> =
            self.conversations.iter_mut().filter(|(_, slot)| slot.present.is_some()).collect();
        changed.sort_unstable_by_key(|(at, _)| *at);
        for (at, slot) in changed {
            let (Some(present), stored, profile) = (&slot.present, &slot.stored, &at.0) else { continue };
            let body = stored.as_ref().is_none_or(|stored| differs(&stored.body, &present.body));
            let counters = stored.as_ref().is_none_or(|stored| stored.counters != present.counters);
            if (body || counters) && !logged.contains(at) {
                return Err(Error::internal("a conversation is changed, and its log is not"));
            }
            if body {
                slot.body_bytes = tx.put_conversation(*profile, present)?;
                let stored = stored.as_ref().map(|stored| &*stored.body);
                index.replace_body(*profile, present.number, stored, &present.body);
            }
            if counters {
                tx.put_counters(*profile, present)?;
            }
        }
        Ok(())
    }

    /// Forgets a conversation that was deleted, so that it is not written again.
    pub(crate) fn forget(&mut self, profile: ProfileKey, conversation: &Id) {
        let at = (profile, conversation.clone());
        self.conversations.remove(&at);
        self.recent.remove(&at);
    }
}

/// Whether a body was changed; one that is still shared was not.
fn differs(stored: &Arc<Body>, present: &Arc<Body>) -> bool {
    !Arc::ptr_eq(stored, present) && stored != present
}
