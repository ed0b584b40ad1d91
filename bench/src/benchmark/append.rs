//! Durable single appends over JSON, everything on, against the smallest servers that keep the same messages.
//!
//! With keys the load is our own, for all three servers: the yardstick's `hload` cannot vary a header.

use anyhow::Result;

use super::Benchmark;
use crate::{
    Setup, disk,
    figure::Figure,
    hansard::Hansard,
    http::{Json, Post, Target},
    load::{Load, Plan, block_on, drive},
    random::Random,
    rounds::Rounds,
    yardstick::{Bare, Mode, hload},
};

pub(super) const APPEND: Benchmark = Benchmark { name: "append", run };
pub(super) const WITH_KEYS: Benchmark = Benchmark { name: "append --idempotency", run: run_with_keys };
pub(super) const CLIENTS: u32 = 64;

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    measure(
        setup,
        "durable single appends over JSON, 64 clients, 256 conversations",
        |server| hload(setup, CLIENTS, &server.append_template()),
        |server| hload(setup, CLIENTS, &server.append_template()),
    )
}

fn run_with_keys(setup: &Setup) -> Result<Vec<Figure>> {
    let with_key = |random: &mut Random| {
        let key = format!(
            "{:08x}{:08x}{:08x}",
            random.below(u32::MAX),
            random.below(u32::MAX),
            random.below(u32::MAX)
        );
        Post { idempotency_key: Some(key), ..Hansard::append(random) }
    };
    measure(
        setup,
        "durable single appends over JSON, each with an Idempotency-Key, 64 clients, 256 conversations",
        |server| generate(setup, server.target(), with_key),
        |server| generate(setup, server.target(), Bare::append),
    )
}

/// Every server is alone on the machine, on a fresh folder, and gone before the next starts.
fn measure(
    setup: &Setup,
    title: &str,
    load_ours: impl Fn(&Hansard) -> Result<Load>,
    load_bare: impl Fn(&Bare) -> Result<Load>,
) -> Result<Vec<Figure>> {
    let mut rounds = Rounds::begin(title);
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let ours = load_ours(&block_on(Hansard::with_conversations(setup))?)?;
        let sqlfts = load_bare(&Bare::start(setup, Mode::Sqlfts)?)?;
        let log = load_bare(&Bare::start(setup, Mode::Log)?)?;
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| ours/s", ours.per_second),
            ("p50 ms", ours.p50_ms),
            ("p99 ms", ours.p99_ms),
            ("| sqlfts/s", sqlfts.per_second),
            ("its p99 ms", sqlfts.p99_ms),
            ("| log/s", log.per_second),
            ("| of sqlfts", ours.per_second / sqlfts.per_second),
            ("of log", ours.per_second / log.per_second),
            ("p99 of sqlfts", ours.p99_ms / sqlfts.p99_ms),
        ]);
    }
    rounds.finish();
    Ok(vec![
        Figure::at_least(0.9, "rate, of bare sqlfts", rounds.median("| of sqlfts")),
        Figure::at_least(0.8, "rate, of bare log (aim)", rounds.median("of log")),
        Figure::at_most(1.5, "p99, of that of bare sqlfts", rounds.median("p99 of sqlfts")),
    ])
}

/// Loads a server with our own clients.
fn generate(setup: &Setup, target: &Target, next: impl FnMut(&mut Random) -> Post + Clone) -> Result<Load> {
    block_on(async {
        let clients = Json::connect(CLIENTS, target, next).await?;
        Ok(drive(clients, Plan::full(setup.seconds)).await?.load())
    })
}
