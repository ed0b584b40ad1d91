//! What is asked of the store, what it answers, and where that differs from the oracle.

use crate::{
    member::shown,
    random::Random,
    record::{Record, View},
};
use hansard_domain::{
    Id, Result, Time,
    change::{Change, ChangeKind, Cursor},
    conversation::View as Listed,
    filter::{Filter, Order, OrderBy},
};
use hansard_store::{ListRequest, Reading};
use std::collections::HashMap;

const ORDERS: [OrderBy; 3] = [OrderBy::StartTime, OrderBy::UpdateTime, OrderBy::Duration];

/// A list walked to its end or for some pages, a count, and perhaps the change log, all by one filter.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) filter: Filter,
    pub(crate) order: Order,
    pub(crate) page_size: i32,
    pub(crate) pages_max: usize,
    pub(crate) asks_changes: bool,
}

/// One page as it came.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) listed: Vec<Listed>,
    pub(crate) total: i32,
    pub(crate) filtered: i32,
    pub(crate) token: String,
}

/// All that came of a question.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The time of the first page, which all pages are of.
    pub(crate) listed_at: Time,
    pub(crate) pages: Vec<Page>,
    pub(crate) counted_at: Time,
    pub(crate) count: i64,
    /// The log without a filter and with it.
    pub(crate) changes: Option<(Vec<Change>, Vec<Change>)>,
}

impl Question {
    pub(crate) fn draw(random: &mut Random, filter: Filter) -> Self {
        let order = Order { by: *random.pick(&ORDERS), descending: random.once_in(2) };
        // Small pages find most, and take longest.
        let page_size = match random.below(30) {
            0 => 1,
            _ => *random.pick(&[2, 3, 5, 7, 9, 10, 12, 15, 20, 50, 1000]),
        };
        Self { filter, order, page_size, pages_max: usize::MAX, asks_changes: random.once_in(8) }
    }

    pub(crate) fn page(&self, reading: &Reading<'_>, token: &str) -> Result<Page> {
        let (filter, page_token) = (self.filter.clone(), token.to_owned());
        let request = ListRequest { filter, order: self.order, page_size: self.page_size, page_token };
        let page = reading.list_conversations(&request)?;
        let (listed, token) = (page.conversations, page.next_page_token);
        Ok(Page { listed, total: page.total, filtered: page.filtered, token })
    }

    /// Asks everything on one snapshot.
    pub(crate) fn ask(&self, reading: &Reading<'_>) -> Result<Answer> {
        let mut pages = vec![self.page(reading, "")?];
        while let Some(token) = self.next(&pages) {
            pages.push(self.page(reading, &token)?);
        }
        let count = reading.count_conversations(&self.filter)?;
        let log = |filter| reading.list_changes(Cursor(0), filter, i32::MAX);
        let changes =
            self.asks_changes.then(|| Ok::<_, hansard_domain::Error>((log(None)?, log(Some(&self.filter))?)));
        let (listed_at, counted_at) = (reading.now(), reading.now());
        Ok(Answer { listed_at, pages, counted_at, count, changes: changes.transpose()? })
    }

    /// The token of the page that is to be read next.
    pub(crate) fn next(&self, pages: &[Page]) -> Option<String> {
        let token = pages.last().map(|page| page.token.clone()).filter(|token| !token.is_empty());
        token.filter(|_| pages.len() < self.pages_max)
    }

    /// Tells where an answer is not what the oracle says.
    pub(crate) fn difference(&self, record: &Record, view: View<'_>, answer: &Answer) -> Option<String> {
        let wrong = |what: &str| Some(format!("{what}\n  asked: {self}"));
        let expected = record.listed(view, &self.filter, self.order, answer.listed_at);
        let size = self.page_size as usize;
        let is_whole = answer.pages.len() < self.pages_max;
        let listed: Vec<&Listed> = answer.pages.iter().flat_map(|page| &page.listed).collect();
        let ids: Vec<&Id> = listed.iter().map(|view| &view.conversation.name.conversation).collect();
        let wanted: Vec<&Id> = expected.iter().map(|kept| &kept.conversation.name.conversation).collect();
        let wanted = if is_whole { &wanted[..] } else { &wanted[..wanted.len().min(size * self.pages_max)] };
        if ids != wanted {
            return wrong(&format!("listed {}\n  and not {}", brief(&ids), brief(wanted)));
        }
        let full = answer.pages.iter().rev().skip(1).all(|page| page.listed.len() == size);
        if !full || (answer.pages.len() > 1 && answer.pages.last().is_some_and(|page| page.listed.is_empty()))
        {
            return wrong("a page that is not full, or an empty one at the end");
        }
        for (listed, kept) in listed.iter().zip(&expected) {
            let team = &record.agent_of(kept).team;
            if listed.conversation != kept.conversation || listed.tags != kept.tags || listed.team != *team {
                return wrong(&format!("{listed:?}\n  and not {kept:?}"));
            }
        }
        let cap = size * 10 + 1;
        let totals = (record.visible(view).min(cap) as i32, expected.len().min(cap) as i32);
        if let Some(page) = answer.pages.iter().find(|page| (page.total, page.filtered) != totals) {
            return wrong(&format!("totals {:?} and not {totals:?}", (page.total, page.filtered)));
        }
        let counted = record.selected(view, &self.filter, answer.counted_at).len() as i64;
        if answer.count != counted {
            return wrong(&format!("counted {} and not {counted}", answer.count));
        }
        self.difference_of_changes(record, view, answer)
    }

    /// Deletions pass every filter; everything else is asked of the conversation as it is now.
    fn difference_of_changes(&self, record: &Record, view: View<'_>, answer: &Answer) -> Option<String> {
        let (all, selected) = answer.changes.as_ref()?;
        // An id may have been used again: only what came after the last deletion is of the present conversation.
        let mut deleted: HashMap<&Id, Cursor> = HashMap::new();
        for change in all.iter().filter(|change| change.kind == ChangeKind::ConversationDeleted) {
            deleted.insert(&change.conversation.conversation, change.cursor);
        }
        let hears = |change: &&Change| {
            let id = &change.conversation.conversation;
            let is_old = deleted.get(id).is_some_and(|cursor| change.cursor < *cursor);
            let kept = record.conversations.get(id).filter(|_| !is_old);
            change.kind == ChangeKind::ConversationDeleted
                || kept.is_some_and(|kept| record.is_selected(view, &self.filter, kept, answer.counted_at))
        };
        let expected: Vec<&Change> = all.iter().filter(hears).collect();
        let found: Vec<&Change> = selected.iter().collect();
        (found != expected)
            .then(|| format!("heard {} changes and not {}\n  asked: {self}", found.len(), expected.len()))
    }
}

impl std::fmt::Display for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let direction = if self.order.descending { "descending" } else { "ascending" };
        let filter = shown(&self.filter);
        write!(f, "{filter} by {:?} {direction}, {} a page", self.order.by, self.page_size)
    }
}

fn brief(ids: &[&Id]) -> String {
    let shown: Vec<&str> = ids.iter().take(60).map(|id| id.as_str()).collect();
    format!("{} [{}]", ids.len(), shown.join(" "))
}
