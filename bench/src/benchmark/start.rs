//! Starts of new conversations against appends, both ours.

use anyhow::Result;

use super::{Benchmark, append::CLIENTS};
use crate::{
    Setup, disk, figure::Figure, hansard::Hansard, load::block_on, rounds::Rounds, yardstick::hload,
};

pub(super) const START: Benchmark = Benchmark { name: "start", run };

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let mut rounds =
        Rounds::begin("starts of new conversations over JSON, 64 clients, against single appends");
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let start = {
            let server = Hansard::fresh(setup)?;
            let template = server.template("conversations/{uuid}:start", r#"{"channel": "CHAT"}"#);
            hload(setup, CLIENTS, &template)?
        };
        let append = {
            let server = block_on(Hansard::with_conversations(setup))?;
            hload(setup, CLIENTS, &server.append_template())?
        };
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| starts/s", start.per_second),
            ("p50 ms", start.p50_ms),
            ("p99 ms", start.p99_ms),
            ("| appends/s", append.per_second),
            ("its p99 ms", append.p99_ms),
            ("| ratio", start.per_second / append.per_second),
        ]);
    }
    rounds.finish();
    Ok(vec![Figure::at_least(1.0, "starts, of appends", rounds.median("| ratio"))])
}
