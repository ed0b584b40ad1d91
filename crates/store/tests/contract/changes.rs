//! The change log: gapless, ordered, and complete for whoever reads from a cursor.

use crate::{
    Fixture,
    world::{CUSTOMER, World, in_world, kind_of},
};
use hansard_domain::{
    ErrorKind,
    change::{Change, ChangeKind, Cursor},
    conversation::NewConversation,
};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const WRITERS: usize = 16;
const WRITES: usize = 20;
/// A start is two changes, so is what each round of a writer does.
const CHANGES: i64 = (WRITERS * (1 + WRITES) * 2) as i64;

/// Writes to a conversation of its own, and beside it to another profile.
async fn write_some(world: World, writer: usize) {
    let conversation = format!("c{writer}");
    let other = world.at(CUSTOMER, "sales");
    for world in [&world, &other] {
        world.start(&conversation, NewConversation::default()).await.unwrap();
    }
    for number in 0..WRITES {
        world.append(&conversation, &format!("m{number}"), "text").await.unwrap();
        if number % 3 == 0 {
            other.append(&conversation, &format!("m{number}"), "text").await.unwrap();
        }
        world.report(&conversation).await.unwrap();
    }
}

/// Reads page by page until everything has come.
async fn read_all(world: World, limit: i32) -> Vec<Change> {
    let mut seen: Vec<Change> = Vec::new();
    let until = Instant::now() + Duration::from_secs(60);
    while seen.len() < CHANGES as usize {
        let after = seen.last().map_or(Cursor(0), |last| last.cursor);
        let page = world.read(move |reading| reading.list_changes(after, None, limit)).await.unwrap();
        assert!(page.len() <= limit as usize);
        assert!(Instant::now() < until, "missed changes: {} of {CHANGES} seen", seen.len());
        seen.extend(page);
    }
    seen
}

async fn last_cursor(world: &World) -> i64 {
    world.read(|reading| Ok(reading.last_cursor()?.0)).await.unwrap()
}

pub(crate) fn readers_miss_nothing_while_writers_write(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let mut readers = JoinSet::new();
        for limit in [1, 7, 100] {
            readers.spawn(read_all(world.clone(), limit));
        }
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            writers.spawn(write_some(world.clone(), writer));
        }
        writers.join_all().await;
        let log = world.changes().await;
        let cursors: Vec<i64> = log.iter().map(|change| change.cursor.0).collect();
        assert_eq!(cursors, (1..=CHANGES).collect::<Vec<_>>());
        for seen in readers.join_all().await {
            assert!(seen == log, "a reader saw another log");
        }
        assert_eq!(last_cursor(&world).await, CHANGES);
    });
}

/// One write of so many changes that they fill rows of the log, between others.
pub(crate) fn the_log_is_read_from_any_change_on(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let messages: Vec<_> = (1..=70).map(|number| (format!("m{number}"), "text".to_owned())).collect();
        world.start("c0", NewConversation::default()).await.unwrap();
        world.start("c1", NewConversation::default()).await.unwrap();
        world.append_batch("c1", &messages).await.unwrap();
        let made = world.report("c0").await.unwrap();
        world.delete("c1").await.unwrap();
        let log = world.changes().await;
        let parts: Vec<String> =
            log[4..74].iter().map(|change| change.part.as_ref().unwrap().to_string()).collect();
        assert_eq!(parts, messages.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
        assert_eq!(log[74].part.as_ref(), Some(&made.name.id), "an id that the service made");
        assert_eq!(log[75].kind, ChangeKind::ConversationDeleted);
        assert_eq!(log[75].conversation, world.name("c1"));
        for after in 0..=log.len() {
            for limit in [1, 3, 100] {
                let cursor = Cursor(after as i64);
                let page =
                    world.read(move |reading| reading.list_changes(cursor, None, limit)).await.unwrap();
                let expected: Vec<_> = log[after..].iter().take(limit as usize).cloned().collect();
                assert_eq!(page, expected, "{limit} after {after}");
            }
        }
    });
}

/// One read looks at 10,000 changes; here the last of them is amid those of one write.
pub(crate) fn who_is_far_behind_misses_nothing(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        for batch in 0..100 {
            let message = |number| (format!("m{batch}-{number}"), "text".to_owned());
            world.append_batch("c", &(0..101).map(message).collect::<Vec<_>>()).await.unwrap();
        }
        let read = |after, looked_at| {
            let read = world.read(move |reading| {
                assert_eq!(reading.changes_end(Cursor(after))?, Cursor(after + looked_at));
                reading.list_changes(Cursor(after), None, i32::MAX)
            });
            async { read.await.unwrap().into_iter().map(|change| change.cursor.0).collect::<Vec<_>>() }
        };
        assert_eq!(read(0, 10_000).await, (1..=10_000).collect::<Vec<_>>());
        assert_eq!(read(10_000, 102).await, (10_001..=10_102).collect::<Vec<_>>());
    });
}

pub(crate) fn each_conversation_keeps_its_order(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            writers.spawn(write_some(world.clone(), writer));
        }
        writers.join_all().await;
        let mut last: HashMap<_, i32> = HashMap::new();
        let mut time = world.changes().await[0].change_time;
        for change in world.changes().await {
            assert!(change.change_time >= time, "the times of the log go back");
            time = change.change_time;
            if change.kind == ChangeKind::ConversationStarted {
                assert_eq!((change.part, change.sequence), (None, 0));
                continue;
            }
            let before = last.entry((change.conversation, change.kind)).or_default();
            assert_eq!(change.sequence, *before + 1, "in order, and none left out");
            *before = change.sequence;
        }
        assert_eq!(last.len(), WRITERS * 2);
    });
}

pub(crate) fn a_hint_is_never_ahead_of_the_log(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let mut news = world.store.subscribe(&world.scope).await.unwrap();
        let mut elsewhere =
            world.at(CUSTOMER, "sales").store.subscribe(&world.at(CUSTOMER, "sales").scope).await.unwrap();
        let writer = tokio::spawn({
            let world = world.clone();
            async move {
                world.start("c", NewConversation::default()).await.unwrap();
                for number in 0..50 {
                    world.append("c", &format!("m{number}"), "text").await.unwrap();
                }
            }
        });
        let mut hint = 0;
        while hint < 52 {
            tokio::time::timeout(Duration::from_secs(20), news.changed()).await.expect("a hint").unwrap();
            hint = *news.borrow_and_update();
            let last = last_cursor(&world).await;
            assert!(last >= hint, "the log ends at {last}, and the hint says {hint}");
        }
        writer.await.unwrap();
        // It may have been woken to look, when this process began to hear of others; of a change nothing is told.
        assert_eq!(*elsewhere.borrow_and_update(), 0, "no news of another profile");
    });
}

pub(crate) fn a_cursor_beyond_the_log_is_refused(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        let list =
            async |after| world.read(move |reading| reading.list_changes(Cursor(after), None, 10)).await;
        assert_eq!(list(2).await.unwrap(), []);
        assert_eq!(kind_of(list(3).await), ErrorKind::Invalid);
        assert_eq!(list(1).await.unwrap().len(), 1);
    });
}
