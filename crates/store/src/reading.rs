//! Reads of one profile's conversations, on one snapshot.

use crate::{
    Secret, Tx,
    find::{Newest, Searched},
    page_token::Binding,
    table::{ChangedAt, EntryPlace},
    tenancy::{CustomerKey, ProfileKey, ProfileTenant, Tenancy},
};
use hansard_domain::{
    Error, Id, Result, Time,
    caller::Scope,
    change::{Change, Cursor},
    conversation::{Conversation, View},
    directory::Entry,
    event::{Event, EventType},
    filter::Filter,
    message::Message,
    name::{Collection, ConversationName, ProfileName},
    page::Page,
};
use std::{cell::OnceCell, collections::HashMap, sync::Arc};

/// Changes that one read looks at, whatever its filter selects of them.
const CHANGES_LOOKED_AT: i64 = 10_000;

/// An open read of what a scope admits to.
pub struct Reading<'t> {
    pub(crate) tx: &'t Tx<'t>,
    pub(crate) scope: Scope,
    pub(crate) profile: Arc<ProfileTenant>,
    pub(crate) tenancy: Arc<Tenancy>,
    pub(crate) secret: Secret,
    pub(crate) now: Time,
    pub(crate) searched: Arc<Searched>,
    /// Read when it is needed first.
    pub(crate) newest: OnceCell<Arc<Newest>>,
}

impl Reading<'_> {
    pub(crate) fn tx(&self) -> &Tx<'_> {
        self.tx
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    pub fn now(&self) -> Time {
        self.now
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    pub(crate) fn profile_key(&self) -> ProfileKey {
        self.profile.key
    }

    pub(crate) fn newest(&self) -> Result<Arc<Newest>> {
        if let Some(newest) = self.newest.get() {
            return Ok(Arc::clone(newest));
        }
        let newest = self.searched.newest(self.tx, self.profile_key())?;
        Ok(Arc::clone(self.newest.get_or_init(|| newest)))
    }

    pub(crate) fn customer_key(&self) -> CustomerKey {
        self.profile.customer_key
    }

    pub(crate) fn profile_name(&self) -> &ProfileName {
        &self.profile.name
    }

    /// The conversation, or the scope's NotFound where it is absent, deleted or not visible.
    pub fn conversation(&self, name: &ConversationName) -> Result<Conversation> {
        let found = self.tx.find_conversation(self.profile_key(), name)?;
        self.visible_one(found.map(|(conversation, _)| conversation))
    }

    /// The same, where one that is deleted and kept is found as well.
    pub fn kept_conversation(&self, name: &ConversationName) -> Result<Conversation> {
        let found =
            self.tx.find_conversation(self.profile_key(), name)?.map(|(conversation, _)| conversation);
        let seen = |found: &Conversation| self.scope.sees_agent(found.body.fields.agent.as_ref());
        found.filter(seen).ok_or_else(|| self.scope.not_found())
    }

    fn visible_one(&self, found: Option<Conversation>) -> Result<Conversation> {
        found.filter(|found| self.is_visible(found)).ok_or_else(|| self.scope.not_found())
    }

    pub(crate) fn is_visible(&self, found: &Conversation) -> bool {
        found.body.delete_time.is_none() && self.scope.sees_agent(found.body.fields.agent.as_ref())
    }

    /// Adds the directory's part and the tags.
    pub fn view(&self, conversation: Conversation) -> Result<View> {
        let tags = self.tx.list_conversation_tags(self.profile_key(), conversation.number)?;
        Ok(self.tenancy.view(conversation, tags))
    }

    /// The newest conversation with a platform id; any account where `account_id` is empty.
    pub fn by_platform_id(&self, platform_id: &str, account_id: &str) -> Result<Conversation> {
        let found = self.tx.find_by_platform_id(
            self.profile_key(),
            self.profile_name(),
            (platform_id, account_id),
            |found| self.is_visible(found),
        )?;
        found.ok_or_else(|| self.scope.not_found())
    }

    pub fn by_legacy_id(&self, number: i64) -> Result<Conversation> {
        self.visible_one(self.tx.find_by_number(self.profile_key(), self.profile_name(), number)?)
    }

    pub fn message(&self, conversation: &Conversation, id: &Id) -> Result<Message> {
        let found = self.tx.find_message(self.profile_key(), conversation, id)?;
        found.ok_or_else(|| self.scope.not_found())
    }

    pub fn find_message(&self, conversation: &Conversation, id: &Id) -> Result<Option<Message>> {
        self.tx.find_message(self.profile_key(), conversation, id)
    }

    pub fn find_event(&self, conversation: &Conversation, id: &Id) -> Result<Option<Event>> {
        self.tx.find_event(self.profile_key(), conversation, id)
    }

    /// A page of messages by position.
    pub fn list_messages(
        &self,
        conversation: &Conversation,
        show_deleted: bool,
        page_size: i32,
        page_token: &str,
    ) -> Result<Page<Message>> {
        let what = (&conversation.name, show_deleted);
        let binding = self.binding("ListConversationMessages", what)?;
        let after = self.secret.read_page_token(&binding, page_token)?.unwrap_or(0);
        let messages =
            self.tx.list_messages(self.profile_key(), conversation, after, show_deleted, page_size + 1)?;
        self.page(messages, page_size, &binding, |message| message.position)
    }

    /// The last messages, in their order, without deleted ones.
    pub fn last_messages(&self, conversation: &Conversation, limit: i32) -> Result<Vec<Message>> {
        let after = conversation.counters.messages.saturating_sub(limit);
        self.tx.list_messages(self.profile_key(), conversation, after, false, limit)
    }

    /// A page of events by sequence; of all types where `kinds` is empty.
    pub fn list_events(
        &self,
        conversation: &Conversation,
        kinds: &[EventType],
        page_size: i32,
        page_token: &str,
    ) -> Result<Page<Event>> {
        let binding = self.binding("ListConversationEvents", (&conversation.name, kinds))?;
        let after = self.secret.read_page_token(&binding, page_token)?.unwrap_or(0);
        let events = self.tx.list_events(self.profile_key(), conversation, after, kinds, page_size + 1)?;
        self.page(events, page_size, &binding, |event| event.sequence)
    }

    /// The conversation's tags as the directory has them.
    pub fn list_tags(&self, conversation: &Conversation) -> Result<Vec<Entry>> {
        let place = EntryPlace {
            customer: self.customer_key(),
            profile: self.profile_key(),
            collection: Collection::Tag,
        };
        let ids = self.tx.list_conversation_tags(self.profile_key(), conversation.number)?;
        ids.iter().filter_map(|id| self.tx.find_entry(place, id).transpose()).collect()
    }

    /// Changes after a cursor, in order, at most `limit`. Without a filter every change is selected.
    ///
    /// It looks no further than [`Reading::changes_end`], so that a filter that selects little is cheap too.
    pub fn list_changes(&self, after: Cursor, filter: Option<&Filter>, limit: i32) -> Result<Vec<Change>> {
        if after > self.last_cursor()? {
            return Err(Error::invalid(
                "cursor",
                "is not a cursor of this log: it lies beyond the last change",
            ));
        }
        let range = (after, self.changes_end(after)?);
        let limit = usize::try_from(limit).unwrap_or_default();
        let mut selected = HashMap::new();
        self.tx.list_changes(&self.profile, range, limit, |at| match (at, filter) {
            (ChangedAt::Deleted(agent), _) => {
                Ok(self.scope.own_of().is_none_or(|own| agent == Some(own.as_str())))
            }
            (ChangedAt::Number(_), None) if self.scope.own_of().is_none() => Ok(true),
            (ChangedAt::Number(number), _) => self.is_selected_once(filter, number, &mut selected),
        })
    }

    /// Puts the filter to each conversation once.
    fn is_selected_once(
        &self,
        filter: Option<&Filter>,
        number: i64,
        selected: &mut HashMap<i64, bool>,
    ) -> Result<bool> {
        if let Some(selected) = selected.get(&number) {
            return Ok(*selected);
        }
        let everything = Filter { include_dev_users: true, ..Filter::default() };
        let is_selected = self.is_selected(filter.unwrap_or(&everything), false, number, self.now)?;
        selected.insert(number, is_selected);
        Ok(is_selected)
    }

    /// How far one read of the log after a cursor looks; reading goes on from there.
    pub fn changes_end(&self, after: Cursor) -> Result<Cursor> {
        Ok(Cursor(after.0.saturating_add(CHANGES_LOOKED_AT)).min(self.last_cursor()?))
    }

    /// The number of the profile's last change.
    pub fn last_cursor(&self) -> Result<Cursor> {
        Ok(Cursor(self.tx.last_change_number(self.profile_key())?))
    }

    pub(crate) fn binding(&self, operation: &str, what: impl serde::Serialize) -> Result<Binding> {
        Binding::new(&self.profile_name().customer, operation, what)
    }

    fn page<T>(
        &self,
        items: Vec<T>,
        size: i32,
        binding: &Binding,
        place: impl Fn(&T) -> i32,
    ) -> Result<Page<T>> {
        page(&self.secret, items, size, binding, place)
    }
}

/// Cuts off the one item more than the page holds and makes the next page's token.
pub(crate) fn page<T, P: serde::Serialize>(
    secret: &Secret,
    mut items: Vec<T>,
    size: i32,
    binding: &Binding,
    place: impl Fn(&T) -> P,
) -> Result<Page<T>> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = items.len() > size;
    items.truncate(size);
    let next_page_token = match items.last() {
        Some(last) if more => secret.page_token(binding, &place(last))?,
        _ => String::new(),
    };
    Ok(Page { items, next_page_token })
}
