//! Batches of 100 messages over JSON against the rows that SQLite itself inserts.

use anyhow::Result;

use super::Benchmark;
use crate::{
    Setup, disk,
    figure::Figure,
    hansard::{CONVERSATIONS, Hansard},
    load::block_on,
    rounds::Rounds,
    yardstick::{hload, raw_rows_per_second},
};

pub(super) const BATCH: Benchmark = Benchmark { name: "batch", run };
const CLIENTS: u32 = 8;
const MESSAGES: usize = 100;

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let mut rounds = Rounds::begin("batches of 100 messages over JSON, 8 clients, 256 conversations");
    let path = format!("conversations/bench-{{rnd:{CONVERSATIONS}}}/messages:batchCreate");
    let body = format!(
        r#"{{"messages": [{}]}}"#,
        [r#"{"speaker": "VISITOR", "text": "{text}"}"#; MESSAGES].join(",")
    );
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let ours = {
            let server = block_on(Hansard::with_conversations(setup))?;
            hload(setup, CLIENTS, &server.template(&path, &body))?
        };
        let messages = ours.per_second * MESSAGES as f64;
        let raw = raw_rows_per_second(setup)?;
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| messages/s", messages),
            ("p50 ms", ours.p50_ms),
            ("p99 ms", ours.p99_ms),
            ("| raw rows/s", raw),
            ("| ratio", messages / raw),
        ]);
    }
    rounds.finish();
    Ok(vec![Figure::at_least(0.35, "messages, of raw SQLite rows", rounds.median("| ratio"))])
}
