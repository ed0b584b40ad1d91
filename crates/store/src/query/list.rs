//! One page of a list of conversations, its totals, and counts.

use crate::{
    Reading, Tx,
    find::{InOrder, Selection, Tie},
    page_token::Binding,
};
use hansard_domain::{
    Id, Result, Time,
    conversation::View,
    filter::{Filter, Keyword, Order, Snippet},
    name::ProfileName,
};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, collections::HashMap, mem, time::Instant};

/// What a list asks for.
#[derive(Debug, Clone)]
pub struct ListRequest {
    pub filter: Filter,
    pub order: Order,
    /// Effective, at least 1.
    pub page_size: i32,
    pub page_token: String,
}

/// One page; the totals are at most pageSize * 10 + 1.
#[derive(Debug, Clone)]
pub struct ConversationPage {
    pub conversations: Vec<View>,
    /// Where a keyword was found in each; empty where none was asked for.
    pub snippets: Vec<Option<Snippet>>,
    pub total: i32,
    pub filtered: i32,
    pub next_page_token: String,
}

/// The last conversation of a page. `now` stays that of the first page, so durations stay in order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Place {
    value: i64,
    id: Id,
    now: Time,
}

impl ListRequest {
    /// Everything that shapes the list for one caller; page size alone may differ from page to page.
    pub fn binding(&self, profile: &ProfileName, own_of: Option<&Id>) -> Result<Binding> {
        let what = (profile, &self.filter, &self.order, own_of);
        Binding::new(&profile.customer, "ListConversations", what)
    }
}

/// A filter with what its selection holds.
pub(super) struct Found<'f> {
    filter: &'f Filter,
    includes_deleted: bool,
    selection: Selection<'f>,
    keyword: Keyword,
    name: Keyword,
    now: Time,
    /// Of those that the index found: whether the filter selects them.
    looked_at: RefCell<HashMap<i64, bool>>,
}

/// What one search costs, for the metrics.
struct Cost<'t> {
    tx: &'t Tx<'t>,
    rows_before: u64,
    begun: Instant,
}

impl<'t> Cost<'t> {
    fn of(tx: &'t Tx<'t>) -> Self {
        Self { tx, rows_before: tx.rows_read(), begun: Instant::now() }
    }

    /// Notes how long one part of the search took.
    fn part(&mut self, part: &'static str) {
        let took = mem::replace(&mut self.begun, Instant::now()).elapsed();
        metrics::histogram!("hansard_store_find_seconds", "part" => part).record(took.as_secs_f64());
    }
}

impl Drop for Cost<'_> {
    fn drop(&mut self) {
        let rows = self.tx.rows_read() - self.rows_before;
        metrics::histogram!("hansard_store_find_rows").record(rows as f64);
    }
}

impl Reading<'_> {
    pub fn list_conversations(&self, request: &ListRequest) -> Result<ConversationPage> {
        let mut cost = Cost::of(self.tx());
        let binding = request.binding(self.profile_name(), self.scope().own_of())?;
        let place: Option<Place> = self.secret().read_page_token(&binding, &request.page_token)?;
        let now = place.as_ref().map_or(self.now(), |place| place.now);
        let found = self.find(&request.filter, false, now)?;
        let size = usize::try_from(request.page_size).unwrap_or(usize::MAX);
        let mut numbers = self.page_numbers(&found, request.order, place.as_ref(), size.saturating_add(1))?;
        let more = numbers.len() > size;
        numbers.truncate(size);
        let conversations = self.views(&numbers)?;
        let next_page_token = match (conversations.last(), numbers.last()) {
            (Some(last), Some((value, _))) if more => {
                let id = last.conversation.name.conversation.clone();
                self.secret().page_token(&binding, &Place { value: *value, id, now })?
            }
            _ => String::new(),
        };
        let snippets = self.snippets(&request.filter, &numbers)?;
        cost.part("page");
        let cap = request.page_size.saturating_mul(10).saturating_add(1);
        let total = self.selection_of_all(now)?.count_up_to(cap.into())?;
        let filtered = self.count_up_to(&found, cap.into())?;
        cost.part("totals");
        Ok(ConversationPage {
            snippets,
            conversations,
            total: i32::try_from(total).unwrap_or(cap),
            filtered: i32::try_from(filtered).unwrap_or(cap),
            next_page_token,
        })
    }

    /// Counts exactly.
    pub fn count_conversations(&self, filter: &Filter) -> Result<i64> {
        let mut cost = Cost::of(self.tx());
        let count = self.count_up_to(&self.find(filter, false, self.now())?, i64::MAX)?;
        cost.part("count");
        Ok(count)
    }

    /// The numbers of all conversations that a filter selects, in no order.
    pub(crate) fn selected_numbers(
        &self,
        filter: &Filter,
        includes_deleted: bool,
        now: Time,
    ) -> Result<Vec<i64>> {
        let found = self.find(filter, includes_deleted, now)?;
        let mut numbers = Vec::new();
        for (block, _) in found.selection.blocks() {
            for number in found.selection.numbers(*block)? {
                if self.stands(&found, number)? {
                    numbers.push(number);
                }
            }
        }
        Ok(numbers)
    }

    pub(super) fn find<'f>(
        &'f self,
        filter: &'f Filter,
        includes_deleted: bool,
        now: Time,
    ) -> Result<Found<'f>> {
        let selection = self.selection(filter, includes_deleted, now)?;
        Ok(Found {
            filter,
            includes_deleted,
            selection,
            keyword: Keyword::new(&filter.keyword),
            name: Keyword::new(&filter.display_name_contains),
            now,
            looked_at: RefCell::default(),
        })
    }

    pub(super) fn count_up_to(&self, found: &Found<'_>, cap: i64) -> Result<i64> {
        if !found.selection.unsure().is_any() {
            return found.selection.count_up_to(cap);
        }
        let mut count = 0;
        for (block, _) in found.selection.blocks().iter().rev() {
            for number in found.selection.numbers(*block)? {
                if count < cap && self.stands(found, number)? {
                    count += 1;
                }
            }
        }
        Ok(count)
    }

    /// Values and numbers after a place, in order, at most `limit`.
    pub(super) fn page_numbers(
        &self,
        found: &Found<'_>,
        order: Order,
        place: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<(i64, i64)>> {
        let mut walk = InOrder::new(&found.selection, order, place.map(|place| place.value))?;
        let mut page = Vec::new();
        while page.len() < limit {
            let Some(tie) = walk.next_tie()? else { break };
            for number in self.in_order_of_ids(&tie, place)? {
                if page.len() < limit && self.stands(found, number)? {
                    page.push((tie.value, number));
                }
            }
        }
        Ok(page)
    }

    /// The conversations of a tie by their ids, without those of an earlier page.
    fn in_order_of_ids(&self, tie: &Tie, place: Option<&Place>) -> Result<Vec<i64>> {
        let place = place.filter(|place| place.value == tie.value);
        if tie.numbers.len() == 1 && place.is_none() {
            return Ok(tie.numbers.clone());
        }
        let mut ids = self.ids_of(&tie.numbers)?;
        ids.retain(|(id, _)| place.is_none_or(|place| *id > place.id));
        ids.sort_unstable();
        Ok(ids.into_iter().map(|(_, number)| number).collect())
    }

    /// Whether what the index found is what the filter means.
    fn stands(&self, found: &Found<'_>, number: i64) -> Result<bool> {
        if !found.selection.unsure().is_any() {
            return Ok(true);
        }
        if let Some(stands) = found.looked_at.borrow().get(&number) {
            return Ok(*stands);
        }
        let unsure = found.selection.unsure();
        let stands = if unsure.whole {
            self.is_selected(found.filter, found.includes_deleted, number, found.now)?
        } else {
            (!unsure.name || self.is_named(number, &found.name)?)
                && (!unsure.texts || self.says(number, &found.keyword)?)
        };
        found.looked_at.borrow_mut().insert(number, stands);
        Ok(stands)
    }

    fn snippets(&self, filter: &Filter, numbers: &[(i64, i64)]) -> Result<Vec<Option<Snippet>>> {
        if !filter.reads_texts() {
            return Ok(Vec::new());
        }
        let keyword = Keyword::new(&filter.keyword);
        let texts = |number| self.tx().list_texts(self.profile_key(), number);
        let snippets = numbers
            .iter()
            .map(|(_, number)| Ok(texts(*number)?.iter().find_map(|text| keyword.snippet(text))));
        snippets.collect()
    }

    /// Conversations as they are shown, in the order of their numbers here.
    pub(super) fn views(&self, numbers: &[(i64, i64)]) -> Result<Vec<View>> {
        let numbers: Vec<i64> = numbers.iter().map(|(_, number)| *number).collect();
        let mut conversations =
            self.tx().list_by_number(self.profile_key(), self.profile_name(), &numbers)?;
        let mut tags = self.tx().list_tags_of(self.profile_key(), &numbers)?;
        let shown = numbers.iter().filter_map(|number| {
            let conversation = conversations.remove(number)?;
            Some(self.tenancy.view(conversation, tags.remove(number).unwrap_or_default()))
        });
        Ok(shown.collect())
    }
}
