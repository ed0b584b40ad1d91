//! What processes that share a store promise together: two stores are open on one database here.

use crate::{
    Fixture,
    idempotency::{append, is_fresh},
    naming::{named, with_five},
    postgres::Postgres,
    world::{CUSTOMER, World, id, in_world, kind_of},
};
use hansard_domain::{
    ErrorKind,
    audit::{AuditAction, AuditEntry},
    change::ChangeKind,
    conversation::NewConversation,
    filter::Filter,
};
use hansard_store::{DirectoryReading, ManualTimeSource, Needs, Store, Unit};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

const EACH: usize = 60;
/// Conversations after which the terms of the first are in sets.
const ENOUGH_TO_SETTLE: usize = 256;
/// So often that one heard of too late is met.
const OFTEN: usize = 20;
/// News come within milliseconds; a machine in want of air may take longer.
const HEARD_WITHIN: Duration = Duration::from_secs(20);

/// Runs a test with two processes' stores of one place.
fn in_two(fixture: &impl Fixture, test: impl AsyncFnOnce(World, World)) {
    in_world(fixture, async |one| {
        let store = tokio::task::block_in_place(|| fixture.open());
        let other = World { store: Arc::new(store), scope: one.scope.clone() };
        let opened = Arc::clone(&other.store);
        test(one, other).await;
        tokio::task::block_in_place(|| opened.close()).unwrap();
    });
}

/// Has both append to the same conversations at the same time.
async fn append_from_both(one: &World, other: &World) {
    let mut tasks = tokio::task::JoinSet::new();
    for (who, world) in [("one", one), ("other", other)] {
        for number in 0..EACH {
            let world = world.clone();
            let (conversation, message) = (format!("c{}", number % 3), format!("{who}-{number}"));
            tasks.spawn(async move { world.append(&conversation, &message, "said").await.unwrap() });
        }
    }
    tasks.join_all().await;
}

pub(crate) fn appends_of_both_are_numbered_without_a_gap(fixture: &impl Fixture) {
    in_two(fixture, async |one, other| {
        for conversation in ["c0", "c1", "c2"] {
            one.start(conversation, NewConversation::default()).await.unwrap();
        }
        append_from_both(&one, &other).await;
        let mut seen = 0;
        for conversation in ["c0", "c1", "c2"] {
            let messages = other.messages(conversation).await;
            let positions: Vec<i32> = messages.iter().map(|message| message.position).collect();
            assert_eq!(positions, (1..=positions.len() as i32).collect::<Vec<_>>());
            seen += messages.len();
        }
        assert_eq!(seen, 2 * EACH);
        let changes = one.changes().await;
        let cursors: Vec<i64> = changes.iter().map(|change| change.cursor.0).collect();
        assert_eq!(cursors, (1..=cursors.len() as i64).collect::<Vec<_>>());
        for conversation in ["c0", "c1", "c2"] {
            let name = one.name(conversation);
            let of_it = changes.iter().filter(|change| change.conversation == name && change.sequence > 0);
            let messages: Vec<i32> = of_it
                .filter(|change| change.kind == ChangeKind::MessageCreated)
                .map(|change| change.sequence)
                .collect();
            assert!(messages.is_sorted(), "{conversation}: {messages:?}");
        }
    });
}

pub(crate) fn what_the_other_changed_is_what_the_next_write_finds(fixture: &impl Fixture) {
    in_two(fixture, async |one, other| {
        one.start("c", NewConversation::default()).await.unwrap();
        for number in 0..4 {
            for (who, world) in [("one", &one), ("other", &other)] {
                let message = format!("{who}-{number}");
                assert!(world.append("c", &message, "said").await.unwrap().created);
                let again = one.append("c", &message, "said").await.unwrap();
                assert!(!again.created, "{message} is there for both");
            }
        }
        other.delete("c").await.unwrap();
        assert_eq!(kind_of(one.append("c", "late", "said").await), ErrorKind::NotFound);
    });
}

/// As many changes as were lost make the log as long again as one of them remembers it.
pub(crate) fn what_a_standby_had_not_got_is_not_remembered(fixture: &Postgres) {
    in_two(fixture, async |one, other| {
        for conversation in ["c", "d"] {
            one.start(conversation, NewConversation::default()).await.unwrap();
        }
        for message in ["m1", "m2", "lost"] {
            one.append("c", message, "said").await.unwrap();
        }
        tokio::task::block_in_place(|| fixture.lose_last_append());
        other.append("d", "m", "said").await.unwrap();
        let again = one.append("c", "lost", "said").await.unwrap();
        assert!(again.created && again.message.position == 3, "{again:?}");
        one.append("c", "m4", "said").await.unwrap();
        let positions = other.messages("c").await.iter().map(|message| message.position).collect::<Vec<_>>();
        assert_eq!(positions, [1, 2, 3, 4]);
    });
}

/// What was read of a set that was lost is not taken for what is written in its stead.
pub(crate) fn what_a_standby_had_not_got_is_not_found(fixture: &Postgres) {
    in_world(fixture, async |world| {
        for number in 0..ENOUGH_TO_SETTLE {
            world.start(&format!("c{number}"), NewConversation::default()).await.unwrap();
        }
        let tagged = async |tag: &str| {
            let filter = Filter { tags: vec![id(tag)], ..Filter::default() };
            world.read(move |reading| reading.count_conversations(&filter)).await.unwrap()
        };
        tokio::task::block_in_place(|| fixture.remember());
        world.tag("c0", "lost").await.unwrap();
        assert_eq!((tagged("lost").await, tagged("kept").await), (1, 0));
        tokio::task::block_in_place(|| fixture.go_back());
        world.tag("c1", "kept").await.unwrap();
        assert_eq!((tagged("lost").await, tagged("kept").await), (0, 1));
    });
}

/// What looking at a name showed is not taken for what another is called that has its number now.
pub(crate) fn what_a_standby_had_not_got_is_not_looked_at(fixture: &Postgres) {
    in_world(fixture, async |world| {
        world.start("first", NewConversation::default()).await.unwrap();
        tokio::task::block_in_place(|| fixture.remember());
        world.start("lost", named("aaaaa")).await.unwrap();
        assert_eq!(with_five(&world).await, 1);
        tokio::task::block_in_place(|| fixture.go_back());
        world.start("kept", named("aaaa")).await.unwrap();
        assert_eq!(with_five(&world).await, 0);
    });
}

pub(crate) fn conversations_of_both_are_in_one_index(fixture: &impl Fixture) {
    in_two(fixture, async |one, other| {
        let mut tasks = tokio::task::JoinSet::new();
        for (agent, world) in [("ada", &one), ("bob", &other)] {
            for number in 0..EACH {
                let world = world.clone();
                tasks.spawn(async move {
                    let conversation = format!("{agent}-{number}");
                    let (_, created) = world.start(&conversation, skilled(agent)).await.unwrap();
                    assert!(created);
                    world.append(&conversation, "m", &format!("the parrot of {agent}")).await.unwrap();
                });
            }
        }
        tasks.join_all().await;
        let count = async |filter: Filter| {
            one.read(move |reading| reading.count_conversations(&filter)).await.unwrap()
        };
        let said = async |text: &str| count(Filter { keyword: text.into(), ..Filter::default() }).await;
        for agent in ["ada", "bob"] {
            let skills = vec![agent.to_owned()];
            assert_eq!(count(Filter { skills, ..Filter::default() }).await, EACH as i64, "{agent}");
        }
        assert_eq!(said("parrot").await, 2 * EACH as i64);
        one.indexed().await;
        assert_eq!(said("parrot").await, 2 * EACH as i64, "also from the index of keywords");
        assert_eq!(said("of bob").await, EACH as i64);
        let all: BTreeSet<i64> = numbers(&other).await;
        assert_eq!(all, (1..=2 * EACH as i64).collect());
    });
}

fn skilled(skill: &str) -> NewConversation {
    let mut new = NewConversation::default();
    new.fields.skill = skill.to_owned();
    new
}

async fn numbers(world: &World) -> BTreeSet<i64> {
    let mut numbers = BTreeSet::new();
    for agent in ["ada", "bob"] {
        for number in 0..EACH {
            numbers.insert(world.conversation(&format!("{agent}-{number}")).await.unwrap().number);
        }
    }
    numbers
}

pub(crate) fn a_retry_at_the_other_is_a_replay(fixture: &impl Fixture) {
    in_two(fixture, async |one, other| {
        one.start("c", NewConversation::default()).await.unwrap();
        for number in 0..20 {
            let key = format!("k{number}");
            let (first, second) =
                tokio::join!(append(&one, &key, "m", "said"), append(&other, &key, "m", "said"));
            assert!(is_fresh(&first) != is_fresh(&second), "{key}: one of them did it");
        }
    });
}

/// Waits until something that was changed at one is known at the other.
async fn heard(what: &str, known: impl Fn() -> bool) {
    let until = tokio::time::Instant::now() + HEARD_WITHIN;
    while !known() {
        assert!(tokio::time::Instant::now() < until, "{what} is not heard of");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) fn a_profile_of_the_other_is_known_at_once(fixture: &impl Fixture) {
    in_two(fixture, async |one, other| {
        for number in 0..OFTEN {
            let profile = format!("night-{number}");
            one.make_profile(CUSTOMER, &profile).await;
            let there = other.at(CUSTOMER, &profile);
            match number % 2 {
                0 => drop(there.start("c", NewConversation::default()).await.unwrap()),
                _ => assert_eq!(there.changes().await, []),
            }
        }
    });
}

pub(crate) fn the_end_of_a_profile_of_the_other_is_soon_known(fixture: &impl Fixture) {
    in_two(fixture, async |one, other| {
        one.make_profile(CUSTOMER, "night").await;
        let (here, there) = (one.at(CUSTOMER, "night"), other.at(CUSTOMER, "night"));
        there.start("c", NewConversation::default()).await.unwrap();
        assert_eq!(here.messages("c").await, []);
        there.delete("c").await.unwrap();
        one.delete_profile(CUSTOMER, "night").await.unwrap();
        let refused = there.start("d", NewConversation::default()).await;
        assert_eq!(kind_of(refused), ErrorKind::NotFound, "at once, whatever was heard");
        let knows = |store: &Store| store.tenancy().profile(there.scope.profile()).is_some();
        heard("its end", || !knows(&other.store)).await;
    });
}

pub(crate) fn a_watcher_hears_of_the_other(fixture: &impl Fixture) {
    in_two(fixture, async |one, other| {
        other.start("c", NewConversation::default()).await.unwrap();
        let mut news = one.store.subscribe(&one.scope).await.unwrap();
        for number in 0..5 {
            other.append("c", &format!("m{number}"), "said").await.unwrap();
            let last = other.changes().await.last().unwrap().cursor.0;
            let heard = tokio::time::timeout(HEARD_WITHIN, news.wait_for(|told| *told >= last)).await;
            assert_eq!(*heard.expect("it is told").unwrap(), last);
        }
    });
}

async fn audit(world: &World, number: usize) {
    let work = move |unit: &mut Unit<'_>| {
        unit.audit(AuditAction::ExportConversations, number);
        Ok(())
    };
    let ticket = crate::gate::ticket();
    world.store.write(&world.scope, &ticket, "audit", Needs::default(), work).await.unwrap();
}

/// The newest first.
async fn audit_entries(world: &World) -> Vec<AuditEntry> {
    let scope = world.directory(CUSTOMER, None);
    let list = |reading: &DirectoryReading<'_>| reading.list_audit_entries(1000, "");
    world.store.read_directory(&scope, "list", list).await.unwrap().items
}

pub(crate) fn audit_entries_of_both_are_in_the_order_of_their_times(fixture: &impl Fixture) {
    in_world(fixture, async |one| {
        let time = ManualTimeSource::new();
        let store = tokio::task::block_in_place(|| fixture.open_at(time.clone()));
        let ahead = World { store: Arc::new(store), scope: one.scope.clone() };
        time.pass(Duration::from_secs(3600));
        for number in 0..3 {
            audit(&ahead, number).await;
            audit(&one, number).await;
        }
        let entries = audit_entries(&one).await;
        assert!(entries.is_sorted_by(|newer, older| newer.event_time >= older.event_time), "{entries:?}");
        tokio::task::block_in_place(|| ahead.store.close()).unwrap();
    });
}

pub(crate) fn audit_entries_of_both_are_numbered_without_a_gap(fixture: &impl Fixture) {
    in_two(fixture, async |one, other| {
        let mut tasks = tokio::task::JoinSet::new();
        // In different profiles, so that nothing but the trail is common to them.
        for world in [one.clone(), other.at(CUSTOMER, "sales")] {
            for number in 0..EACH {
                let world = world.clone();
                tasks.spawn(async move { audit(&world, number).await });
            }
        }
        tasks.join_all().await;
        let entries = audit_entries(&one).await;
        let listed: Vec<i64> = entries.iter().map(|entry| entry.number).collect();
        assert_eq!(listed, (1..=2 * EACH as i64).rev().collect::<Vec<_>>());
    });
}
