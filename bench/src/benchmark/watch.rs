//! From an append to its watcher: the time until a reader of the changes has the event.
//!
//! Both times begin when the append is sent, so the ratio tells what the watcher waits beyond the writer.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use tokio::time::timeout;

use super::{Benchmark, append};
use crate::{
    Setup, disk,
    figure::Figure,
    hansard::{CONVERSATIONS, Hansard},
    http::Json,
    load::{Load, Plan, block_on, drive},
    random::Random,
    rounds::Rounds,
    watcher::{Sent, Watcher},
};

pub(super) const WATCH: Benchmark = Benchmark { name: "watch", run };
const LIGHT_CLIENTS: u32 = 4;
const LIGHT_PACE: Duration = Duration::from_millis(20);
/// How long events may come after the last append was answered.
const PATIENCE: Duration = Duration::from_secs(10);

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let light = (LIGHT_CLIENTS, Plan::paced(setup.seconds, LIGHT_PACE));
    let heavy = (append::CLIENTS, Plan::full(setup.seconds));
    Ok(vec![
        Figure::at_most(
            1.5,
            "light load: p99 to the watcher, of the append's",
            report(setup, "4 clients, 50 appends/s each", light)?,
        ),
        Figure::at_most(
            1.5,
            "heavy load: p99 to the watcher, of the append's",
            report(setup, "64 clients", heavy)?,
        ),
    ])
}

fn report(setup: &Setup, load: &str, (clients, plan): (u32, Plan)) -> Result<f64> {
    let mut rounds = Rounds::begin(&format!("from an append to the watcher of its profile, {load}"));
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let (append, watch) = block_on(measure(setup, clients, plan))?;
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| appends/s", append.per_second),
            ("p50 ms", append.p50_ms),
            ("p99 ms", append.p99_ms),
            ("| events/s", watch.per_second),
            ("to watcher p50 ms", watch.p50_ms),
            ("to watcher p99 ms", watch.p99_ms),
            ("| p99 ratio", watch.p99_ms / append.p99_ms),
        ]);
    }
    rounds.finish();
    Ok(rounds.median("| p99 ratio"))
}

/// Loads a server with one watcher until the watcher has everything; returns both sides.
async fn measure(setup: &Setup, clients: u32, plan: Plan) -> Result<(Load, Load)> {
    let server = Hansard::with_conversations(setup).await?;
    let watcher = Watcher::open(server.target(), "").await?;
    let sent = Sent::default();
    let next = |random: &mut Random| {
        let conversation = Hansard::conversation(random.below(CONVERSATIONS));
        sent.append(&conversation, random)
    };
    let clients = Json::connect(clients, server.target(), next).await?;
    let answered_at = Cell::new(None);
    let appending = async {
        let samples = drive(clients, plan).await?;
        answered_at.set(Some(Instant::now()));
        Ok(samples)
    };
    let (samples, seen) = tokio::try_join!(appending, watch(watcher, &sent, &answered_at))?;
    Ok((samples.load(), samples.load_of(&seen)))
}

/// Reads until every message that was sent has come; returns how long each took since.
async fn watch(
    mut watcher: Watcher,
    sent: &Sent,
    answered_at: &Cell<Option<Instant>>,
) -> Result<Vec<(Instant, Duration)>> {
    let mut seen = Vec::new();
    while answered_at.get().is_none() || seen.len() < sent.count() {
        if answered_at.get().is_some_and(|at| at.elapsed() > PATIENCE) {
            bail!("the watcher saw {} of {} messages", seen.len(), sent.count());
        }
        // Without a bound it would sleep through the end of the appends.
        let Ok(numbers) = timeout(Duration::from_millis(100), watcher.next()).await else { continue };
        let now = Instant::now();
        seen.extend(numbers?.into_iter().filter_map(|number| sent.at(number)).map(|at| (at, now - at)));
    }
    Ok(seen)
}
