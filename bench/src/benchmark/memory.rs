//! Resident memory, in megabytes of a million bytes, pages of the binary among them.

use std::{thread::sleep, time::Duration};

use anyhow::Result;

use super::{Benchmark, append::CLIENTS};
use crate::{
    Setup, figure::Figure, fixture, hansard::Hansard, load::block_on, rounds::Rounds, yardstick::hload,
};

pub(super) const MEMORY: Benchmark = Benchmark { name: "memory", run };
/// For what the start itself needed to be given back.
const SETTLING: Duration = Duration::from_secs(2);

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let gibibyte = fixture::gibibyte(setup)?;
    let mut rounds =
        Rounds::begin("resident memory: 2 s after ready, and its peak under 64 clients that append");
    for _ in 0..setup.rounds {
        let mut empty = Hansard::fresh(setup)?;
        let (resident, anonymous) = idle(&mut empty)?;
        drop(empty);
        let mut filled = Hansard::serve(setup, gibibyte.as_path(), None)?;
        let (resident_filled, _) = idle(&mut filled)?;
        filled.stop()?;
        let mut loaded = block_on(Hansard::with_conversations(setup))?;
        hload(setup, CLIENTS, &loaded.append_template())?;
        rounds.push(&[
            ("empty MB", resident),
            ("anonymous of it", anonymous),
            ("| 1 GiB MB", resident_filled),
            ("| peak under load MB", loaded.process().memory_mb("VmHWM")?),
        ]);
    }
    rounds.finish();
    Ok(vec![
        Figure::at_most(25.0, "MB idle on an empty folder", rounds.median("empty MB")),
        Figure::at_most(25.0, "MB idle on 1 GiB", rounds.median("| 1 GiB MB")),
        Figure::at_most(128.0, "MB at the peak of the append load", rounds.median("| peak under load MB")),
    ])
}

/// Returns what is resident and how much of that is no file.
fn idle(server: &mut Hansard) -> Result<(f64, f64)> {
    block_on(server.await_ready())?;
    sleep(SETTLING);
    let process = server.process();
    Ok((process.memory_mb("VmRSS")?, process.memory_mb("RssAnon")?))
}
