//! One page of a list of conversations, its totals, and counts.

use super::found::Found;
use crate::{Reading, Tx, page_token::Binding};
use hansard_domain::{
    Id, Result, Time,
    conversation::View,
    filter::{Filter, Order, Snippet},
    name::ProfileName,
};
use serde::{Deserialize, Serialize};
use std::{mem, time::Instant};

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
    pub(super) value: i64,
    pub(super) id: Id,
    now: Time,
}

impl ListRequest {
    /// Everything that shapes the list for one caller; page size alone may differ from page to page.
    pub fn binding(&self, profile: &ProfileName, own_of: Option<&Id>) -> Result<Binding> {
        let what = (profile, &self.filter, &self.order, own_of);
        Binding::new(&profile.customer, "ListConversations", what)
    }
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
        let mut page = self.page_of(&found, request.order, place.as_ref(), size.saturating_add(1))?;
        let more = page.len() > size;
        page.truncate(size);
        let numbers: Vec<i64> = page.iter().map(|(_, number)| *number).collect();
        let conversations = self.views(&numbers)?;
        let next_page_token = match (conversations.last(), page.last()) {
            (Some(last), Some((value, _))) if more => {
                let id = last.conversation.name.conversation.clone();
                self.secret().page_token(&binding, &Place { value: *value, id, now })?
            }
            _ => String::new(),
        };
        let snippets = self.snippets(&found, &numbers)?;
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

    fn snippets(&self, found: &Found<'_>, numbers: &[i64]) -> Result<Vec<Option<Snippet>>> {
        if !found.reads_texts() {
            return Ok(Vec::new());
        }
        let mut snippets = vec![None; numbers.len()];
        self.tx().each_text_of(self.profile_key(), &found.where_said(numbers), |place, text| {
            snippets[place] = found.keyword().snippet(text);
            snippets[place].is_none()
        })?;
        Ok(snippets)
    }

    /// Conversations as they are shown, in the order of their numbers here.
    pub(super) fn views(&self, numbers: &[i64]) -> Result<Vec<View>> {
        let found = self.tx().find_by_numbers(self.profile_key(), self.profile_name(), numbers)?;
        let tags = self.tx().list_tags_of(self.profile_key(), numbers)?;
        let shown = found.into_iter().zip(tags);
        Ok(shown.filter_map(|(found, tags)| Some(self.tenancy.view(found?, tags))).collect())
    }
}
