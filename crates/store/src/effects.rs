//! What the writes of a group want written.

mod entity;
mod state;

pub(crate) use entity::EntityWrite;
pub(crate) use state::{RECENT_BYTES, Recent, State, Wanted};

use crate::{
    Claim, Tx,
    find::{self, IndexChanges},
    recent::ConversationAt,
    table::{EntryPlace, Kept, LastChange, NewChange},
    tenancy::{CustomerKey, ProfileKey},
};
use hansard_domain::{
    Id, Result, Time, audit::AuditEntry, conversation::Conversation, directory::Entry, event::Event,
    message::Message,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The number of a conversation in its profile.
pub(crate) type ConversationKey = (ProfileKey, i64);
/// Something inside a conversation, by its id.
pub(crate) type PartAt = (ProfileKey, i64, Id);
/// An idempotency key of a method of a customer.
pub(crate) type KeptAt = (CustomerKey, &'static str, String);

/// What one write, or all writes of a group, want written.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub conversations: BTreeMap<ConversationAt, Conversation>,
    /// Numbers of conversations that were not there yet.
    pub numbers: BTreeMap<ConversationAt, i64>,
    /// With whether the message is new.
    pub messages: Vec<(ConversationKey, Message, bool)>,
    pub events: Vec<(ProfileKey, i64, Event)>,
    /// Where in `messages` and `events` the latest of an id is.
    pub message_at: HashMap<PartAt, usize>,
    pub event_at: HashMap<PartAt, usize>,
    pub changes: Vec<(ProfileKey, NewChange)>,
    pub audits: Vec<(CustomerKey, AuditEntry)>,
    pub kept: Vec<(KeptAt, Kept)>,
    /// Tags that the directory does not have yet.
    pub new_tags: Vec<(EntryPlace, Entry)>,
    /// Tags of new conversations.
    pub tagged: Vec<(ProfileKey, i64, Id)>,
    /// What was masked in messages, in order.
    pub entities: Vec<EntityWrite>,
    /// Terms that are not of a conversation's body.
    pub index: IndexChanges,
}

impl Effects {
    pub(crate) fn queue_message(
        &mut self,
        (profile, number): ConversationKey,
        message: Message,
        is_new: bool,
    ) {
        self.message_at.insert((profile, number, message.name.id.clone()), self.messages.len());
        self.messages.push(((profile, number), message, is_new));
    }

    pub(crate) fn queued_message(&self, at: &PartAt) -> Option<&Message> {
        self.message_at.get(at).map(|index| &self.messages[*index].1)
    }

    pub(crate) fn queue_event(&mut self, (profile, number): ConversationKey, event: Event) {
        self.event_at.insert((profile, number, event.name.id.clone()), self.events.len());
        self.events.push((profile, number, event));
    }

    pub(crate) fn queued_event(&self, at: &PartAt) -> Option<&Event> {
        self.event_at.get(at).map(|index| &self.events[*index].2)
    }

    pub(crate) fn has_new_tag(&self, place: EntryPlace, tag: &Id) -> bool {
        self.new_tags.iter().any(|(at, entry)| *at == place && entry.id == *tag)
    }

    /// Drops what was queued for a conversation that is deleted; its changes and its number stay.
    pub(crate) fn forget(&mut self, profile: ProfileKey, conversation: &Conversation) {
        let other = |at: &ProfileKey, number: &i64| (*at, *number) != (profile, conversation.number);
        self.conversations.remove(&(profile, conversation.name.conversation.clone()));
        self.messages.retain(|((at, number), _, _)| other(at, number));
        self.events.retain(|(at, number, _)| other(at, number));
        self.tagged.retain(|(at, number, _)| other(at, number));
        self.entities.retain(|write| {
            let (at, number) = write.place();
            other(&at, &number)
        });
        self.find_again();
    }

    /// Notes anew where the latest of each id is.
    fn find_again(&mut self) {
        let messages = self.messages.iter().enumerate();
        self.message_at = messages
            .map(|(index, ((profile, number), message, _))| {
                ((*profile, *number, message.name.id.clone()), index)
            })
            .collect();
        let events = self.events.iter().enumerate();
        self.event_at = events
            .map(|(index, (profile, number, event))| ((*profile, *number, event.name.id.clone()), index))
            .collect();
    }

    /// The conversations that are changed.
    pub(crate) fn changed(&self) -> impl Iterator<Item = ConversationAt> {
        self.changes.iter().map(|(profile, change)| (*profile, change.conversation.conversation.clone()))
    }

    /// Adds what another write queued after these, to be written and not to be looked up any more.
    pub(crate) fn extend(&mut self, later: Self) {
        self.index.extend(later.index);
        self.messages.extend(later.messages);
        self.events.extend(later.events);
        self.changes.extend(later.changes);
        self.audits.extend(later.audits);
        self.kept.extend(later.kept);
        self.new_tags.extend(later.new_tags);
        self.tagged.extend(later.tagged);
        self.entities.extend(later.entities);
    }

    /// Writes everything but the conversations; the change numbers are taken last.
    pub(crate) fn write(mut self, tx: &Tx<'_>, expiry: Time) -> Result<Vec<(ProfileKey, LastChange)>> {
        for write in std::mem::take(&mut self.entities) {
            self.write_entity(tx, write)?;
        }
        let is_changed = |profile| self.changes.iter().any(|(changed, _)| *changed == profile);
        debug_assert!(
            self.index.is_within(is_changed),
            "searches know the index by the last change of the log"
        );
        self.index.write(tx)?;
        for (place, entry) in &self.new_tags {
            tx.put_entry(*place, entry)?;
        }
        for (profile, conversation, tag) in &self.tagged {
            tx.add_conversation_tag(*profile, *conversation, tag)?;
        }
        for ((profile, conversation), message, new) in &self.messages {
            if *new {
                tx.insert_message(*profile, *conversation, message)?;
                find::note_new(tx, (*profile, *conversation), message)?;
            } else {
                let before = find::before_update(tx, (*profile, *conversation), message)?;
                tx.update_message(*profile, *conversation, message)?;
                find::after_update(tx, (*profile, *conversation), message, before)?;
            }
            if let Some(time) = message.delete_time {
                tx.clear_spans(*profile, *conversation, &message.name, time)?;
            }
        }
        for (profile, conversation, event) in &self.events {
            tx.insert_event(*profile, *conversation, event)?;
        }
        for ((customer, method, key), kept) in &self.kept {
            tx.keep(*customer, method, key, kept, expiry)?;
        }
        for customer in self.audits.iter().map(|(customer, _)| *customer).collect::<BTreeSet<_>>() {
            tx.claim(Claim::Trail(customer))?;
        }
        for (customer, entry) in &self.audits {
            tx.insert_audit_entry(*customer, entry)?;
        }
        write_changes(tx, self.changes)
    }
}

/// Numbers and writes the changes, profile by profile; answers the last of each.
fn write_changes(
    tx: &Tx<'_>,
    changes: Vec<(ProfileKey, NewChange)>,
) -> Result<Vec<(ProfileKey, LastChange)>> {
    let mut by_profile: BTreeMap<ProfileKey, Vec<NewChange>> = BTreeMap::new();
    for (profile, change) in changes {
        by_profile.entry(profile).or_default().push(change);
    }
    let mut last = Vec::with_capacity(by_profile.len());
    for (profile, changes) in by_profile {
        let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
        let first = tx.take_change_numbers(profile, count)?;
        tx.insert_changes(profile, first, &changes)?;
        let time = changes.last().map(|change| change.time);
        last.push((profile, LastChange { number: first + count - 1, time }));
    }
    Ok(last)
}
