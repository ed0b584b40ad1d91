//! One client: what an append adds to the flush that it must wait for.
//!
//! Appends and flushes take turns, a few dozen of each, because a disk changes within seconds.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::Benchmark;
use crate::{
    Setup,
    disk::Disk,
    figure::Figure,
    hansard::Hansard,
    http::Json,
    load::{Client, block_on, percentile_ms},
    rounds::Rounds,
};

pub(super) const SINGLE: Benchmark = Benchmark { name: "single", run };
const TURN: u32 = 50;

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let mut rounds =
        Rounds::begin("durable single appends over JSON, 1 client, in turns with fdatasync of 200 bytes");
    for _ in 0..setup.rounds {
        let (flushes, appends) = block_on(take_turns(setup))?;
        let (flush, append) = (percentile_ms(&flushes, 0.5), percentile_ms(&appends, 0.5));
        let allowed = 1.5 * flush + 0.25;
        rounds.push(&[
            ("fdatasync/s", flushes.len() as f64 / flushes.iter().sum::<Duration>().as_secs_f64()),
            ("fdatasync p50 ms", flush),
            ("| append p50 ms", append),
            ("p99 ms", percentile_ms(&appends, 0.99)),
            ("| allowed p50 ms", allowed),
            ("of allowed", append / allowed),
        ]);
    }
    rounds.finish();
    let measured = rounds.median("of allowed");
    Ok(vec![Figure::at_most(1.0, "p50, of 1.5 fdatasync + 0.25 ms", measured)])
}

/// Returns the sorted times of flushes and of appends.
async fn take_turns(setup: &Setup) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let server = Hansard::with_conversations(setup).await?;
    let mut clients = Json::connect(1, server.target(), Hansard::append).await?;
    let mut disk = Disk::open(setup)?;
    let (mut flushes, mut appends) = (Vec::new(), Vec::new());
    let end = Instant::now() + Duration::from_secs(setup.seconds.into());
    while Instant::now() < end {
        for _ in 0..TURN {
            flushes.push(disk.append()?);
        }
        for client in &mut clients {
            for _ in 0..TURN {
                let sent = Instant::now();
                client.call().await?;
                appends.push(sent.elapsed());
            }
        }
    }
    flushes.sort_unstable();
    appends.sort_unstable();
    Ok((flushes, appends))
}
