//! Pages of the change log that several watchers want at the same place: read once, and shared.
//!
//! The log only grows, so a page that holds something is right for whoever asks for it a moment later. It is not kept
//! for longer, because a filter looks at conversations as they are.

use hansard_domain::{
    Id, Result,
    caller::Scope,
    change::{Change, Cursor},
    filter::Filter,
    name::ProfileName,
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::OnceCell;

/// Watchers of one feed are rarely more than a few pages apart.
const PAGES_KEPT: usize = 128;
const SHARED_FOR: Duration = Duration::from_secs(1);

/// What comes after one cursor.
#[derive(Debug, Default)]
pub struct ChangePage {
    pub changes: Vec<Change>,
    /// Where to go on; that moves also past what the filter left out.
    pub next: Cursor,
}

/// Which changes a watcher sees.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Feed {
    profile: ProfileName,
    own_of: Option<Id>,
    /// Spelled out: a filter with numbers in it is no key.
    filter: String,
}

impl Feed {
    pub fn new(scope: &Scope, filter: Option<&Filter>) -> Self {
        let (profile, own_of) = (scope.profile().clone(), scope.own_of().cloned());
        Self { profile, own_of, filter: format!("{filter:?}") }
    }
}

/// The pages that were read last.
#[derive(Debug, Default)]
pub struct Feeds(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    by_place: HashMap<Place, Arc<Reading>>,
    /// Oldest first.
    order: VecDeque<Place>,
}

type Place = (Feed, Cursor);

#[derive(Debug)]
struct Reading {
    began: Instant,
    /// The last change that was announced before the read began.
    announced: i64,
    page: OnceCell<Arc<ChangePage>>,
}

impl Feeds {
    /// The page after a cursor, read by the first of those who want it.
    ///
    /// `announced` is what the watcher has been told of: a read that began before that may lack it, and an empty
    /// page of such a read would leave the watcher waiting for what is there already.
    pub async fn page<F: Future<Output = Result<ChangePage>>>(
        &self,
        feed: &Feed,
        after: Cursor,
        announced: i64,
        read: impl FnOnce() -> F,
    ) -> Result<Arc<ChangePage>> {
        let place = (feed.clone(), after);
        let reading = self.reading(&place, announced);
        let page = reading.page.get_or_try_init(async || read().await.map(Arc::new)).await?;
        Ok(Arc::clone(page))
    }

    fn reading(&self, place: &Place, announced: i64) -> Arc<Reading> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reading) = pages.by_place.get(place).filter(|reading| reading.serves(announced)) {
            return Arc::clone(reading);
        }
        let reading = Arc::new(Reading { began: Instant::now(), announced, page: OnceCell::new() });
        if pages.by_place.insert(place.clone(), Arc::clone(&reading)).is_none() {
            pages.order.push_back(place.clone());
        }
        if pages.order.len() > PAGES_KEPT
            && let Some(oldest) = pages.order.pop_front()
        {
            pages.by_place.remove(&oldest);
        }
        reading
    }
}

impl Reading {
    fn serves(&self, announced: i64) -> bool {
        let knows_all = self.announced >= announced;
        self.began.elapsed() < SHARED_FOR
            && (knows_all || self.page.get().is_some_and(|page| !page.changes.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use hansard_domain::{Time, change::ChangeKind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn feed(filter: &str) -> Feed {
        let profile = ProfileName { customer: Id::known("acme"), profile: Id::known("support") };
        Feed { profile, own_of: None, filter: filter.to_owned() }
    }

    fn page_of(cursors: std::ops::Range<i64>) -> ChangePage {
        let profile = feed("").profile;
        let changes = cursors.clone().map(|cursor| Change {
            cursor: Cursor(cursor),
            conversation: profile.conversation(Id::known("c")),
            kind: ChangeKind::MessageCreated,
            part: None,
            sequence: 0,
            change_time: Time(0),
        });
        ChangePage { changes: changes.collect(), next: Cursor(cursors.end) }
    }

    #[tokio::test]
    async fn those_who_want_the_same_page_share_one_read() {
        let (feeds, reads, own) = (Feeds::default(), AtomicUsize::new(0), feed("null"));
        let ask = || {
            feeds.page(&own, Cursor(0), 3, async || {
                reads.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok(page_of(1..4))
            })
        };
        let pages = futures::future::join_all((0..100).map(|_| ask())).await;
        assert_eq!(reads.load(Ordering::Relaxed), 1);
        assert!(pages.iter().all(|page| page.as_ref().unwrap().changes.len() == 3));
    }

    #[tokio::test]
    async fn an_empty_page_is_read_again_by_whoever_knows_of_more() {
        let (feeds, own) = (Feeds::default(), feed("null"));
        let ask = |announced, cursors| feeds.page(&own, Cursor(0), announced, async || Ok(page_of(cursors)));
        assert!(ask(3, 1..1).await.unwrap().changes.is_empty());
        assert!(ask(3, 1..2).await.unwrap().changes.is_empty(), "who knows no more shares it");
        assert_eq!(ask(4, 1..2).await.unwrap().changes.len(), 1);
        assert_eq!(ask(9, 1..9).await.unwrap().changes.len(), 1, "a page that holds something stays right");
    }

    #[tokio::test]
    async fn feeds_are_apart_and_the_oldest_pages_go() {
        let feeds = Feeds::default();
        for cursor in 0..2 * PAGES_KEPT as i64 {
            let own = feed(if cursor % 2 == 0 { "a" } else { "b" });
            let read = async || Ok(page_of(cursor..cursor + 1));
            let page = feeds.page(&own, Cursor(0), cursor, read).await.unwrap();
            assert_eq!(page.changes[0].cursor.0, cursor % 2, "each feed has its first page");
            feeds.page(&own, Cursor(cursor + 1), 0, async || Ok(page_of(1..1))).await.unwrap();
            assert!(feeds.0.lock().unwrap().by_place.len() <= PAGES_KEPT);
            if cursor > PAGES_KEPT as i64 / 2 {
                break;
            }
        }
    }

    #[tokio::test]
    async fn a_read_that_fails_is_tried_again_by_the_next() {
        let (feeds, own) = (Feeds::default(), feed("null"));
        let failed =
            feeds.page(&own, Cursor(0), 1, async || Err(hansard_domain::Error::exhausted("busy"))).await;
        assert!(failed.is_err());
        assert_eq!(
            feeds.page(&own, Cursor(0), 1, async || Ok(page_of(1..2))).await.unwrap().changes.len(),
            1
        );
    }
}
