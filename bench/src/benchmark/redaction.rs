//! What masking costs an append: a profile that looks for everything against one that looks for nothing.

use anyhow::Result;

use super::{Benchmark, append::CLIENTS};
use crate::{Setup, figure::Figure, hansard::Hansard, load::block_on, rounds::Rounds, yardstick::hload};

pub(super) const REDACTION: Benchmark = Benchmark { name: "redaction", run };

/// The two take turns, each alone on the machine and on a fresh folder.
fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let mut rounds = Rounds::begin(
        "durable single appends over JSON, 64 clients, of real dialogs, with and without masking",
    );
    for _ in 0..setup.rounds {
        let load = |server: &Hansard| hload(setup, CLIENTS, &server.append_template());
        let with = load(&block_on(Hansard::with_conversations(setup))?)?;
        let without = load(&block_on(Hansard::without_masking(setup))?)?;
        rounds.push(&[
            ("with/s", with.per_second),
            ("p99 ms", with.p99_ms),
            ("| without/s", without.per_second),
            ("its p99 ms", without.p99_ms),
            ("| of without", with.per_second / without.per_second),
        ]);
    }
    rounds.finish();
    Ok(vec![Figure::at_least(0.95, "rate, of that without masking", rounds.median("| of without"))])
}
