//! What the store answers to a filter, against what the filter means.
//!
//! Random data is written through the store's own door, and random filters are asked of it: lists in every order page by
//! page, totals, counts, the change log. The oracle keeps a copy of what was written and asks `Filter::matches` of each
//! conversation; the model's tests hold `matches` against a second telling of the contract.
//!
//! A world is told by its seed: a failure prints it, and `HANSARD_FIND_SEED` runs that one again, or as many from that
//! one on as `HANSARD_FIND_WORLDS` says; `cargo xtask soak find` runs many.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod act;
mod alone;
mod arrive;
#[path = "../model/deed.rs"]
mod deed;
mod draw;
#[path = "../contract/gate.rs"]
mod gate;
mod judge;
mod large;
mod member;
#[path = "../model/place.rs"]
mod place;
mod question;
#[path = "../model/random.rs"]
mod random;
mod record;
mod remark;
mod retention;
mod texts;
mod vocabulary;
mod walk;
mod world;
#[path = "../model/write.rs"]
mod write;

use judge::{Tally, Ways};
use member::Member;
use place::Place;
use random::Random;
use std::{env, time::Duration};
use world::{PROFILES, World};

const WORLDS: u64 = 38;
/// The first of the same; there each row is a round trip.
const WORLDS_ON_POSTGRES: u64 = 4;
const BURSTS: usize = 5;
const ACTS: usize = 70;
/// Of each profile after each burst.
const QUESTIONS: usize = 36;

fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text}: not a number")))
}

/// Runs a test on a thread that does nothing else.
fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(test)
}

/// Writes and asks in turns, and stops in between now and then; answers the first difference.
fn live(seed: u64, place: Place, bursts: usize, ways: Ways<'_>, tally: &mut Tally) -> Option<String> {
    let mut random = Random::new(seed);
    let mut world = World::open_in(place, &PROFILES);
    for _ in 0..bursts {
        let difference = run(burst(&mut world, &mut random, ways, tally));
        if difference.is_some() {
            return difference;
        }
        if random.once_in(4) {
            world = world.reopened();
        }
    }
    world.close()
}

async fn burst(world: &mut World, random: &mut Random, ways: Ways<'_>, tally: &mut Tally) -> Option<String> {
    let acts = (0..ACTS).map(|_| {
        let at = random.below(PROFILES.len());
        (at, act::draw(random, &world.records[at]))
    });
    let acts = acts.collect();
    let done = world.perform(acts).await;
    assert!(done * 3 > ACTS, "only {done} of {ACTS} acts were possible");
    if random.once_in(2) {
        world.time.pass(Duration::from_secs(1));
    }
    if random.once_in(3) {
        world.await_index().await;
    }
    for at in 0..PROFILES.len() {
        let difference = world.judge(at, (random, QUESTIONS), ways, tally).await;
        if difference.is_some() {
            return difference;
        }
    }
    None
}

/// Lives through some worlds, and demands that no answer differed and, after many, that enough was asked.
fn live_through(worlds: u64, place: impl Fn() -> Place) {
    let first = setting("HANSARD_FIND_SEED");
    let count = setting("HANSARD_FIND_WORLDS").unwrap_or(if first.is_some() { 1 } else { worlds });
    let seeds = first.unwrap_or(0)..first.unwrap_or(0) + count;
    let members = Member::built();
    let ways = Ways { members: &members, flaw: None, pages_max: usize::MAX, page_sizes: &[] };
    let mut tally = Tally::default();
    for seed in seeds.clone() {
        if let Some(difference) = live(seed, place(), BURSTS, ways, &mut tally) {
            panic!("HANSARD_FIND_SEED={seed}\n{difference}");
        }
    }
    println!("worlds {seeds:?}: {tally:?}");
    if count >= WORLDS {
        tally.assert_telling(&members, 20_000);
    }
}

#[test]
fn the_store_answers_what_a_filter_means() {
    live_through(WORLDS, Place::folder);
}

#[test]
fn the_store_on_postgres_answers_what_a_filter_means() {
    live_through(WORLDS_ON_POSTGRES, Place::database);
}

/// The check would notice if a member meant something else.
#[test]
fn a_planted_fault_in_each_member_is_reported() {
    let (mut world, mut random) = (World::open(&PROFILES), Random::new(7));
    let members = Member::built();
    let ways = Ways { members: &members, flaw: None, pages_max: usize::MAX, page_sizes: &[] };
    assert_eq!(run(burst(&mut world, &mut random, ways, &mut Tally::default())), None);
    for flaw in members.iter().copied() {
        let ways = Ways { members: &[flaw], flaw: Some(flaw), ..ways };
        let difference = run(world.judge(0, (&mut random, 200), ways, &mut Tally::default()));
        assert!(difference.is_some(), "{flaw:?} may mean its opposite, and nobody notices");
    }
}
