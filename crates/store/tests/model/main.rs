//! Random operations on a store, against a plain model in memory.
//!
//! The model is written from the contract and shares only types with the code under test, no rule. A run
//! is told by its seed: a failure prints it, and `HANSARD_MODEL_SEED` runs that one again.
//! `HANSARD_MODEL_SEEDS` sets how many are run.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod check;
mod condition;
mod deed;
mod driver;
#[path = "../contract/gate.rs"]
mod gate;
mod operation;
mod place;
mod random;
mod record;
mod write;

use driver::Driver;
use place::Place;
use random::Random;
use record::Record;
use std::{env, panic};

const SEEDS: u64 = 10;
/// The first of the same; there each row is a round trip.
const SEEDS_ON_POSTGRES: u64 = 3;
const BURSTS: usize = 24;
const BURST_MAX: usize = 14;
/// Lists and counts are compared once in so many bursts.
const LISTS_EVERY: usize = 4;

#[test]
fn the_store_agrees_with_the_model() {
    run_seeds(SEEDS, Place::folder);
}

#[test]
fn the_store_on_postgres_agrees_with_the_model() {
    run_seeds(SEEDS_ON_POSTGRES, Place::database);
}

fn run_seeds(seeds: u64, place: impl Fn() -> Place + panic::RefUnwindSafe) {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let seeds = match number("HANSARD_MODEL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("HANSARD_MODEL_SEEDS").unwrap_or(seeds),
    };
    for seed in seeds {
        if let Err(failure) = panic::catch_unwind(|| run(seed, &place())) {
            eprintln!("failed with HANSARD_MODEL_SEED={seed}");
            panic::resume_unwind(failure);
        }
    }
}

/// Runs bursts of operations, and compares after each what it touched.
fn run(seed: u64, place: &Place) {
    let mut random = Random::new(seed);
    let driver = Driver::open(&place.options());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut record = Record::default();
    runtime.block_on(async {
        driver.fill_directory().await;
        for burst in 1..=BURSTS {
            let count = 1 + random.below(BURST_MAX);
            let steps: Vec<_> = (0..count).map(|_| operation::step(&mut random)).collect();
            let steps = operation::with_retries(&mut random, steps);
            let outcomes = driver.perform(&steps).await;
            for (step, outcome) in steps.iter().zip(outcomes) {
                check::outcome(&mut record, step, outcome);
            }
            check::conversations(&driver, &record, &mut random).await;
            check::log(&driver, &record, &mut random).await;
            if burst % LISTS_EVERY == 0 {
                check::lists(&driver, &record, &mut random).await;
            }
        }
    });
    driver.close();
    drop(driver);
    assert_eq!(place.findings(), []);
}
