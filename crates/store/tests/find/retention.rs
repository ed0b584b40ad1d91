//! What the index tells of retention, against what the domain decides of each conversation.

use crate::{
    PROFILES,
    act::{self, Act},
    place::Place,
    random::Random,
    record::{Kept, Record},
    run,
    world::World,
};
use hansard_domain::{
    Span, Time,
    conversation::Status,
    retention::{Due, Ground, Policy, Rule},
};
use hansard_store::{DuePage, RetentionPreview, RuleCounts};
use std::collections::{BTreeMap, BTreeSet};

const WORLDS: u64 = 6;
/// The first of the same; there each row is a round trip.
const WORLDS_ON_POSTGRES: u64 = 1;
const BURSTS: usize = 4;
const ACTS: usize = 70;
const POLICIES: usize = 12;
const NAMES: usize = 3;

/// How often something decided, so that the check can tell.
type Tally = BTreeMap<&'static str, usize>;

fn policy(random: &mut Random) -> Policy {
    let ending = |random: &mut Random| {
        *random.pick(&[Status::Completed, Status::Failed, Status::Abandoned, Status::Transferred])
    };
    let rule = |random: &mut Random| Rule {
        days: 1 + random.below(3) as i32,
        statuses: if random.once_in(2) { random.some(ending) } else { Vec::new() },
        sources: if random.once_in(3) { random.some(Random::code) } else { Vec::new() },
        channels: if random.once_in(3) { random.some(Random::code) } else { Vec::new() },
    };
    Policy { rules: (0..random.below(4)).map(|_| rule(random)).collect() }
}

/// The numbers of those that are due at some time, with when and why.
fn dues(record: &Record, policy: &Policy) -> Vec<(i64, Due, bool)> {
    let conversations = record.conversations.values().map(|kept| &kept.conversation);
    conversations
        .filter_map(|one| Some((one.number, one.due(policy)?, one.due_time(policy).is_none())))
        .collect()
}

fn expected(record: &Record, policy: &Policy, now: Time, tally: &mut Tally) -> RetentionPreview {
    let mut preview =
        RetentionPreview { rules: vec![RuleCounts::default(); policy.rules.len()], ..Default::default() };
    let mut due_ones = BTreeSet::new();
    for (number, due, is_held) in dues(record, policy) {
        let is_due = due.time <= now;
        if is_held {
            preview.held += i64::from(is_due);
            *tally.entry("held").or_default() += usize::from(is_due);
            continue;
        }
        preview.earliest = Some(preview.earliest.map_or(due.time, |first| first.min(due.time)));
        if is_due {
            due_ones.insert((due.time, number));
        }
        let word = match due.ground {
            Ground::Marked => {
                preview.marked += i64::from(is_due);
                "marked"
            }
            Ground::Own => {
                preview.own += i64::from(is_due);
                "own"
            }
            Ground::Rule(index) => {
                let counts = &mut preview.rules[index];
                *if is_due { &mut counts.due } else { &mut counts.waiting } += 1;
                if index == 0 { "first rule" } else { "later rule" }
            }
        };
        *tally.entry(word).or_default() += usize::from(is_due);
        *tally.entry("waiting").or_default() += usize::from(!is_due);
    }
    preview.due = due_ones.len() as i64;
    let id_of = |number: i64| {
        let kept = record.conversations.values().find(|kept| kept.conversation.number == number);
        kept.unwrap().conversation.name.conversation.clone()
    };
    preview.sample = due_ones.into_iter().take(NAMES).map(|(_, number)| id_of(number)).collect();
    preview
}

/// The pages of a sweep, one block each.
async fn pages(world: &World, at: usize, policy: &Policy, now: Time) -> DuePage {
    let (mut all, mut from) = (DuePage::default(), Some(0));
    while let Some(block) = from {
        let asked = policy.clone();
        let read = move |reading: &hansard_store::Reading<'_>| reading.due_page(&asked, now, block, 1);
        let page = world.read(&world.scope(at, None), read).await.unwrap();
        all.due.extend(page.due);
        all.held += page.held;
        all.earliest = all.earliest.into_iter().chain(page.earliest).min();
        from = page.next;
    }
    all
}

async fn judge(world: &World, at: usize, random: &mut Random, tally: &mut Tally) {
    let (record, policy) = (&world.records[at], policy(random));
    let found = dues(record, &policy);
    // At the very moment that one is due, just before, or some time.
    let now = match found.get(random.below(found.len().max(1))) {
        Some((_, due, _)) => due.time.plus(Span(-i64::from(random.once_in(3)))),
        None => world.store.now().plus(Span::days(random.below(5) as i64)),
    };
    let asked = policy.clone();
    let read = move |reading: &hansard_store::Reading<'_>| reading.preview_retention(&asked, now, NAMES);
    let preview = world.read(&world.scope(at, None), read).await.unwrap();
    assert_eq!(preview, expected(record, &policy, now, tally), "{policy:?} at {now:?}");
    let swept = pages(world, at, &policy, now).await;
    let is_due = |(_, due, is_held): &&(i64, Due, bool)| !is_held && due.time <= now;
    let due: BTreeSet<i64> = found.iter().filter(is_due).map(|(number, ..)| *number).collect();
    assert_eq!(swept.due.iter().copied().collect::<BTreeSet<_>>(), due, "{policy:?} at {now:?}");
    assert_eq!((swept.due.len(), swept.held), (due.len(), preview.held));
    assert_eq!(swept.earliest, preview.earliest.filter(|_| preview.due > 0));
}

/// Lives through some worlds, and tells how often each thing decided.
fn live_through(worlds: u64, place: impl Fn() -> Place) -> Tally {
    let mut tally = Tally::new();
    for seed in 0..worlds {
        let (mut world, mut random) = (World::open_in(place(), &PROFILES), Random::new(seed));
        run(async {
            for _ in 0..BURSTS {
                let acts = (0..ACTS).map(|_| {
                    let at = random.below(PROFILES.len());
                    (at, act::draw(&mut random, &world.records[at]))
                });
                let mut acts: Vec<_> = acts.collect();
                for (at, record) in world.records.iter().enumerate() {
                    let live = record.conversations.values().find(|kept| !kept.conversation.is_closed());
                    let bury = |kept: &Kept| Act::Bury(kept.conversation.name.conversation.clone());
                    acts.extend(live.map(|kept| (at, bury(kept))));
                }
                world.perform(acts).await;
                for at in 0..PROFILES.len() {
                    for _ in 0..POLICIES {
                        judge(&world, at, &mut random, &mut tally).await;
                    }
                }
            }
            for record in &world.records {
                let buried = record.conversations.values().filter(|kept| {
                    let body = &kept.conversation.body;
                    body.delete_time.is_some() && body.end_time.is_none()
                });
                *tally.entry("buried alive").or_default() += buried.count();
            }
        });
        assert_eq!(world.close(), None);
    }
    println!("{tally:?}");
    tally
}

#[test]
fn the_index_tells_what_the_domain_decides() {
    let tally = live_through(WORLDS, Place::folder);
    for word in ["marked", "own", "first rule", "later rule", "waiting", "held", "buried alive"] {
        assert!(tally.get(word).is_some_and(|count| *count >= 5), "{word} decided too rarely: {tally:?}");
    }
}

#[test]
fn the_index_on_postgres_tells_what_the_domain_decides() {
    let tally = live_through(WORLDS_ON_POSTGRES, Place::database);
    assert!(tally["held"] > 0 && tally["waiting"] > 0, "{tally:?}");
}
