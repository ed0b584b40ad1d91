//! A write in the making: what it may read, and what it wants written.
//!
//! A unit does no SQL. It reads what its group has loaded for it and queues what is to be written;
//! what it queued counts only if it succeeds.

use crate::{
    Tx,
    effects::{ConversationKey, Effects, EntityWrite, State},
    find, part_id,
    table::{EntryPlace, NewChange},
    tenancy::{CustomerKey, ProfileKey, ProfileTenant, Tenancy},
};
use hansard_domain::{
    Error, Id, Result, Time,
    annotation::{Annotation, AnnotationKind},
    audit::{AuditAction, AuditEntry},
    caller::{Actor, CustomerScope, Scope},
    change::ChangeKind,
    conversation::Conversation,
    directory::{Entry, EntryBody, Stamps},
    event::{Event, EventType, NewEvent, Payload},
    message::Message,
    name::{Collection, ConversationName, PartName},
};
use std::{fmt::Display, sync::Arc};

/// What a write reads, declared before it runs so that a group can load it at once.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    pub(crate) conversation: Option<ConversationName>,
    pub(crate) creates: bool,
    pub(crate) messages: Vec<Id>,
    pub(crate) events: Vec<Id>,
    pub(crate) tags: Vec<Id>,
}

impl Needs {
    pub fn conversation(name: &ConversationName) -> Self {
        Self { conversation: Some(name.clone()), ..Self::default() }
    }

    /// The conversation may be absent, and is then to be made.
    pub fn new_conversation(name: &ConversationName) -> Self {
        Self { creates: true, ..Self::conversation(name) }
    }

    #[must_use]
    pub fn messages<'i>(mut self, ids: impl IntoIterator<Item = &'i Id>) -> Self {
        self.messages.extend(ids.into_iter().cloned());
        self
    }

    #[must_use]
    pub fn events<'i>(mut self, ids: impl IntoIterator<Item = &'i Id>) -> Self {
        self.events.extend(ids.into_iter().cloned());
        self
    }

    /// Tags that a new conversation is to have.
    #[must_use]
    pub fn tags<'i>(mut self, ids: impl IntoIterator<Item = &'i Id>) -> Self {
        self.tags.extend(ids.into_iter().cloned());
        self
    }
}

/// On whose behalf a write runs.
#[derive(Debug, Clone)]
pub(crate) struct Mandate {
    pub customer: CustomerKey,
    pub admits: Admits,
    pub actor: Actor,
    pub request_id: Arc<str>,
}

/// What a write may touch.
#[derive(Debug, Clone)]
pub(crate) enum Admits {
    /// The conversations of a profile.
    Profile(Arc<ProfileTenant>, Scope),
    /// The directory of a customer, or of one of its profiles.
    Directory(CustomerScope, Option<(Arc<ProfileTenant>, Scope)>),
    /// What no customer sees.
    System,
}

impl Mandate {
    /// The service's own hand, outside any customer.
    pub(crate) fn of_system() -> Self {
        let request_id = Arc::from("");
        Self { customer: CustomerKey(0), admits: Admits::System, actor: Actor::system(), request_id }
    }

    pub(crate) fn is_of_system(&self) -> bool {
        matches!(self.admits, Admits::System)
    }

    pub(crate) fn profile(&self) -> Option<(&Arc<ProfileTenant>, &Scope)> {
        match &self.admits {
            Admits::Profile(profile, scope) | Admits::Directory(_, Some((profile, scope))) => {
                Some((profile, scope))
            }
            Admits::Directory(_, None) | Admits::System => None,
        }
    }

    /// Takes the tenants as the write finds them; one that has gone meanwhile is NotFound.
    pub(crate) fn renew(&mut self, tenancy: &Tenancy) -> Result<()> {
        if let Admits::Directory(owner, _) = &self.admits {
            let present = tenancy.customer(owner.customer()).filter(|tenant| tenant.key == self.customer);
            present.ok_or_else(|| owner.not_found())?;
        }
        if let Admits::Profile(profile, scope) | Admits::Directory(_, Some((profile, scope))) =
            &mut self.admits
        {
            let present = tenancy.profile(&profile.name).filter(|present| present.key == profile.key);
            *profile = Arc::clone(present.ok_or_else(|| scope.not_found())?);
        }
        Ok(())
    }
}

/// One write of a group.
pub struct Unit<'g> {
    pub(crate) mandate: &'g Mandate,
    pub(crate) state: &'g mut State,
    pub(crate) effects: Effects,
    pub(crate) now: Time,
    /// Where what was not declared is loaded from; only in a transaction of its own.
    pub(crate) tx: Option<&'g Tx<'g>>,
}

impl Unit<'_> {
    /// The time of the transaction.
    pub fn now(&self) -> Time {
        self.now
    }

    pub fn actor(&self) -> &Actor {
        &self.mandate.actor
    }

    /// The id for the conversation's next message where the client gives none.
    pub fn next_message_id(&self, conversation: &Conversation) -> Id {
        part_id::made_for(&conversation.name, self.now, conversation.counters.messages.saturating_add(1))
    }

    /// The id for the conversation's next event where the client gives none.
    pub fn next_event_id(&self, conversation: &Conversation) -> Id {
        part_id::made_for(&conversation.name, self.now, conversation.counters.events.saturating_add(1))
    }

    pub fn profile(&self) -> &Arc<ProfileTenant> {
        self.profile_and_scope().0
    }

    pub fn scope(&self) -> &Scope {
        self.profile_and_scope().1
    }

    pub(crate) fn profile_key(&self) -> ProfileKey {
        self.profile().key
    }

    #[allow(clippy::expect_used)] // The doors for conversations always give one.
    fn profile_and_scope(&self) -> (&Arc<ProfileTenant>, &Scope) {
        self.mandate.profile().expect("a write of conversations has a profile")
    }

    /// The conversation, or the scope's NotFound where it is absent, deleted or not visible.
    pub fn conversation(&mut self, name: &ConversationName) -> Result<Conversation> {
        let found = self.find_conversation(name)?;
        found.ok_or_else(|| self.scope().not_found())
    }

    /// The conversation where it is there and visible.
    ///
    /// One that is there but not visible is the scope's NotFound, so that nobody takes its place.
    pub fn find_conversation(&mut self, name: &ConversationName) -> Result<Option<Conversation>> {
        match self.find_kept(name)? {
            Some(found) if found.body.delete_time.is_some() => Err(self.scope().not_found()),
            Some(found) if !self.scope().sees_agent(found.body.fields.agent.as_ref()) => {
                Err(self.scope().not_found())
            }
            found => Ok(found),
        }
    }

    /// The conversation where it is visible, or would be if it were not deleted; else the scope's NotFound.
    pub fn kept_conversation(&mut self, name: &ConversationName) -> Result<Conversation> {
        let found = self.find_kept(name)?;
        let seen = |found: &Conversation| self.scope().sees_agent(found.body.fields.agent.as_ref());
        found.filter(seen).ok_or_else(|| self.scope().not_found())
    }

    fn find_kept(&mut self, name: &ConversationName) -> Result<Option<Conversation>> {
        let key = self.profile_key();
        match self.effects.conversations.get(&(key, name.conversation.clone())) {
            Some(queued) => Ok(Some(queued.clone())),
            None => self.state.conversation(self.tx, key, name),
        }
    }

    /// The number that a conversation not yet there will have; free again if this write fails.
    pub fn new_number(&mut self, name: &ConversationName) -> Result<i64> {
        let key = self.profile_key();
        let last = self.state.last_number(self.tx, key)?;
        let next = last + 1 + self.effects.numbers.len() as i64;
        Ok(*self.effects.numbers.entry((key, name.conversation.clone())).or_insert(next))
    }

    pub fn find_message(&mut self, conversation: &Conversation, id: &Id) -> Result<Option<Message>> {
        let (profile, number) = self.place(conversation);
        match self.effects.queued_message(&(profile, number, id.clone())) {
            Some(queued) => Ok(Some(queued.clone())),
            None => self.state.message(self.tx, profile, conversation, id),
        }
    }

    pub fn find_event(&mut self, conversation: &Conversation, id: &Id) -> Result<Option<Event>> {
        let (profile, number) = self.place(conversation);
        match self.effects.queued_event(&(profile, number, id.clone())) {
            Some(queued) => Ok(Some(queued.clone())),
            None => self.state.event(self.tx, profile, conversation, id),
        }
    }

    /// Queues the conversation as it is now.
    pub fn put(&mut self, conversation: &Conversation) {
        let key = (self.profile_key(), conversation.name.conversation.clone());
        self.effects.conversations.insert(key, conversation.clone());
    }

    /// Queues a message with its change, and what was masked in it.
    pub fn insert_message(&mut self, conversation: &Conversation, message: &Message) {
        self.record(conversation, ChangeKind::MessageCreated, Some(&message.name), message.position);
        self.effects.queue_message(self.place(conversation), message.clone(), true);
        self.note_entities(conversation, message);
    }

    /// Queues what is masked in a message after an update, in the place of what was before.
    pub fn replace_entities(&mut self, conversation: &Conversation, message: &Message) {
        let place = self.place(conversation);
        self.effects.entities.push(EntityWrite::Forget(place, message.name.clone(), self.now));
        self.note_entities(conversation, message);
    }

    /// The text of a partial message still changes: what is masked in it is told by the message alone.
    fn note_entities(&mut self, conversation: &Conversation, message: &Message) {
        if message.content.is_partial() {
            return;
        }
        let place = self.place(conversation);
        for body in message.entities() {
            let id = part_id::new();
            self.record_part(conversation, ChangeKind::MomentAnnotationWritten, Some(id.clone()), 0);
            let annotation = Annotation {
                name: conversation.name.annotation(AnnotationKind::Moment, id),
                body,
                author: self.mandate.actor.name.clone(),
                stamps: Stamps::new(self.now),
            };
            self.effects.entities.push(EntityWrite::Put(place, annotation));
        }
    }

    /// Queues a message's new content with its change.
    pub fn update_message(&mut self, conversation: &Conversation, message: &Message, kind: ChangeKind) {
        self.record(conversation, kind, Some(&message.name), message.position);
        self.effects.queue_message(self.place(conversation), message.clone(), false);
    }

    /// Gives an event the next number and queues it with its change.
    pub fn add_event(&mut self, conversation: &mut Conversation, new: NewEvent) -> Result<Event> {
        let id = new.id.clone().unwrap_or_else(|| self.next_event_id(conversation));
        let event = conversation.add_event(id, new, &self.mandate.actor.name, self.now)?;
        self.insert_event(conversation, &event);
        Ok(event)
    }

    /// Queues a numbered event with its change.
    pub fn insert_event(&mut self, conversation: &Conversation, event: &Event) {
        self.record(conversation, ChangeKind::EventCreated, Some(&event.name), event.sequence);
        self.effects.queue_event(self.place(conversation), event.clone());
    }

    /// Gives a conversation that this write makes a tag, with its change; the directory gets the tag where it has
    /// none of that id.
    pub fn tag_new(&mut self, conversation: &Conversation, tag: &Id) -> Result<()> {
        let place = self.tag_place();
        if !self.effects.has_new_tag(place, tag) && !self.state.has_tag(self.tx, place, tag)? {
            let body = EntryBody { display_name: tag.to_string(), ..EntryBody::default() };
            let entry = Entry { id: tag.clone(), body, stamps: Stamps::new(self.now) };
            self.effects.new_tags.push((place, entry));
        }
        self.record_part(conversation, ChangeKind::TagAdded, Some(tag.clone()), 0);
        let (profile, number) = self.place(conversation);
        self.effects.index.set(profile, number, find::of_tag(tag), true);
        self.effects.tagged.push((profile, number, tag.clone()));
        Ok(())
    }

    fn tag_place(&self) -> EntryPlace {
        EntryPlace {
            customer: self.mandate.customer,
            profile: self.profile_key(),
            collection: Collection::Tag,
        }
    }

    /// Adds an event of the service's own.
    pub fn tell(
        &mut self,
        conversation: &mut Conversation,
        kind: EventType,
        payload: Option<Payload>,
    ) -> Result<()> {
        self.add_event(conversation, NewEvent::of_service(kind, payload)).map(drop)
    }

    /// Queues a change of the conversation itself or of one of its parts.
    pub fn record(
        &mut self,
        conversation: &Conversation,
        kind: ChangeKind,
        part: Option<&PartName>,
        sequence: i32,
    ) {
        self.record_part(conversation, kind, part.map(|part| part.id.clone()), sequence);
    }

    pub(crate) fn record_part(
        &mut self,
        conversation: &Conversation,
        kind: ChangeKind,
        part: Option<Id>,
        sequence: i32,
    ) {
        let deleted = kind == ChangeKind::ConversationDeleted;
        let change = NewChange {
            conversation_key: conversation.number,
            conversation: conversation.name.clone(),
            kind,
            part,
            sequence,
            time: self.now,
            agent: conversation.body.fields.agent.clone().filter(|_| deleted),
        };
        self.effects.changes.push((self.profile_key(), change));
    }

    /// Queues an audit entry.
    pub fn audit(&mut self, action: AuditAction, resource: impl Display) {
        let entry = AuditEntry {
            number: 0,
            event_time: self.now,
            actor: self.mandate.actor.key.clone(),
            action: action.word().to_owned(),
            resource: resource.to_string(),
            request_id: self.mandate.request_id.to_string(),
        };
        self.effects.audits.push((self.mandate.customer, entry));
    }

    fn place(&self, conversation: &Conversation) -> ConversationKey {
        (self.profile_key(), conversation.number)
    }
}

/// A conflict that the caller cannot have caused.
pub(crate) fn undeclared(what: &str) -> Error {
    Error::internal(format!("a write reads a {what} that it did not declare"))
}
