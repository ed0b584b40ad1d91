//! From the start of the process to the first ready answer, on a gigabyte that the disk must be asked for.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::time::sleep;

use super::{Benchmark, append::CLIENTS};
use crate::{
    Setup, disk,
    figure::Figure,
    fixture,
    hansard::{Hansard, PROFILE, create_key},
    http::{Http, Json, Post},
    load::{Plan, block_on, drive},
    random::Random,
    rounds::Rounds,
};

pub(super) const READY: Benchmark = Benchmark { name: "ready", run };
/// A little less than what the server lets its write-ahead log grow to.
const LONG_LOG_BYTES: u64 = 60 << 20;
const LOAD_SECONDS_MAX: u32 = 30;

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let gibibyte = fixture::gibibyte(setup)?;
    let crashed = fixture::copy(setup, &gibibyte)?;
    let key = create_key(setup, crashed.path())?;
    let mut rounds =
        Rounds::begin("from start to ready on 1 GiB, pages not cached: after an orderly end, after kill -9");
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let orderly = start_to_ready(setup, &gibibyte)?;
        kill_with_long_log(setup, crashed.path(), &key)?;
        let log = log_bytes(crashed.path());
        let recovered = start_to_ready(setup, crashed.path())?;
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| orderly s", orderly.as_secs_f64()),
            ("| log MiB", log as f64 / f64::from(1 << 20)),
            ("killed s", recovered.as_secs_f64()),
        ]);
    }
    rounds.finish();
    Ok(vec![
        Figure::at_most(1.0, "s to ready after an orderly end", rounds.median("| orderly s")),
        Figure::at_most(1.0, "s to ready after kill -9 with a long log", rounds.median("killed s")),
    ])
}

fn start_to_ready(setup: &Setup, folder: &Path) -> Result<Duration> {
    fixture::forget_pages(folder)?;
    let begun = Instant::now();
    let server = Hansard::serve(setup, folder, None)?;
    block_on(server.await_ready())?;
    let took = begun.elapsed();
    server.stop()?;
    Ok(took)
}

/// Appends until the write-ahead log is long, and kills the server in the middle of it.
fn kill_with_long_log(setup: &Setup, folder: &Path, key: &str) -> Result<()> {
    let mut server = Hansard::serve(setup, folder, Some(key.to_owned()))?;
    block_on(async {
        server.await_ready().await?;
        let conversation = format!("{PROFILE}/conversations/bench-0");
        let body = r#"{"channel": "CHAT"}"#.to_owned();
        let start = Post { path: format!("/v1/{conversation}:start"), body, idempotency_key: None };
        Http::connect(server.target()).await?.post(start).await?;
        let next = |random: &mut Random| Post {
            path: format!("/v1/{conversation}/messages"),
            ..Hansard::append(random)
        };
        let clients = Json::connect(CLIENTS, server.target(), next).await?;
        let grown = async {
            while log_bytes(folder) < LONG_LOG_BYTES {
                sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::select! {
            outcome = drive(clients, Plan::full(LOAD_SECONDS_MAX)) => drop(outcome?),
            () = grown => {}
        }
        server.process().kill()
    })
}

/// The length of the write-ahead log's file.
fn log_bytes(folder: &Path) -> u64 {
    fs::metadata(folder.join("hansard.db-wal")).map_or(0, |file| file.len())
}
