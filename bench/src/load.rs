//! Closed loops of clients on one thread, and what they found.
//!
//! It works as the yardstick's `hload` does, for what that cannot say: gRPC, keys, paces, watchers.

use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::try_join_all;
use tokio::time::{sleep_until, timeout};

const WARMING: Duration = Duration::from_secs(1);
/// How long the last answers may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs clients and what they need on this thread alone.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// Sends one request at a time.
pub(crate) trait Client {
    /// Sends a request and reads its answer whole; any answer but success is an error.
    async fn call(&mut self) -> anyhow::Result<()>;
}

/// When clients send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    warming: Duration,
    measured: Duration,
    /// The least time from one request of a client to its next.
    pace: Duration,
}

impl Plan {
    /// Sends as fast as answers come.
    pub(crate) fn full(seconds: u32) -> Self {
        Self::paced(seconds, Duration::ZERO)
    }

    pub(crate) fn paced(seconds: u32, pace: Duration) -> Self {
        Self { warming: WARMING, measured: Duration::from_secs(seconds.into()), pace }
    }

    /// Measures from the first request on.
    pub(crate) fn cold(seconds: u32) -> Self {
        Self { warming: Duration::ZERO, ..Self::full(seconds) }
    }
}

/// What one measurement found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// The time that each request took, by when it was sent.
#[derive(Debug)]
pub(crate) struct Samples {
    plan: Plan,
    warm_at: Instant,
    taken: Vec<(Instant, Duration)>,
}

impl Samples {
    /// What was sent from `warm_at` on counts.
    pub(crate) fn of(plan: Plan, warm_at: Instant, taken: Vec<(Instant, Duration)>) -> Self {
        Self { plan, warm_at, taken }
    }

    /// How many requests were answered, those of the warming among them.
    pub(crate) fn answered(&self) -> usize {
        self.taken.len()
    }

    /// Only those that were sent first.
    pub(crate) fn first(mut self, count: usize) -> Self {
        self.taken.sort_unstable_by_key(|&(sent, _)| sent);
        self.taken.truncate(count);
        self
    }

    pub(crate) fn load(&self) -> Load {
        self.load_of(&self.taken)
    }

    /// The same for other durations that began when requests were sent.
    pub(crate) fn load_of(&self, taken: &[(Instant, Duration)]) -> Load {
        let warm = taken.iter().filter(|(sent, _)| *sent >= self.warm_at);
        let mut times: Vec<Duration> = warm.map(|&(_, time)| time).collect();
        times.sort_unstable();
        Load {
            per_second: times.len() as f64 / self.plan.measured.as_secs_f64(),
            p50_ms: percentile_ms(&times, 0.5),
            p99_ms: percentile_ms(&times, 0.99),
        }
    }
}

/// Runs every client until the plan is over; the first failed request fails the whole.
pub(crate) async fn drive<C: Client>(clients: Vec<C>, plan: Plan) -> anyhow::Result<Samples> {
    let warm_at = Instant::now() + plan.warming;
    let end = warm_at + plan.measured;
    let loops = try_join_all(clients.into_iter().map(|client| drive_one(client, plan.pace, end)));
    let loops = timeout(plan.warming + plan.measured + PATIENCE, loops);
    let taken = loops.await.context("the server stopped answering")??.concat();
    Ok(Samples::of(plan, warm_at, taken))
}

async fn drive_one<C: Client>(
    mut client: C,
    pace: Duration,
    end: Instant,
) -> anyhow::Result<Vec<(Instant, Duration)>> {
    let mut taken = Vec::new();
    loop {
        let sent = Instant::now();
        if sent >= end {
            return Ok(taken);
        }
        client.call().await?;
        taken.push((sent, sent.elapsed()));
        if !pace.is_zero() {
            sleep_until((sent + pace).into()).await;
        }
    }
}

/// The value that so large a part of the sorted times does not exceed, in milliseconds.
pub(crate) fn percentile_ms(sorted: &[Duration], part: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * part) as usize;
    sorted.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_count_from_the_smallest() {
        let times: Vec<Duration> = (1..=101).map(Duration::from_millis).collect();
        assert!((percentile_ms(&times, 0.5) - 51.0).abs() < 1e-9);
        assert!((percentile_ms(&times, 0.99) - 100.0).abs() < 1e-9);
        assert!(percentile_ms(&[], 0.5).is_nan());
    }

    #[test]
    fn what_was_sent_while_warming_does_not_count() {
        let warm_at = Instant::now();
        let ms = Duration::from_millis;
        let taken = vec![(warm_at - ms(1), ms(500)), (warm_at, ms(2)), (warm_at + ms(1), ms(2))];
        let samples = Samples::of(Plan::full(2), warm_at, taken);
        let load = samples.load();
        let first = Samples::of(Plan::cold(1), warm_at - ms(1), samples.taken.clone()).first(1).load();
        assert!((first.p50_ms - 500.0).abs() < 1e-9, "{first:?}");
        assert_eq!(samples.answered(), 3);
        assert!((load.per_second - 1.0).abs() < 1e-9 && (load.p99_ms - 2.0).abs() < 1e-9, "{load:?}");
    }
}
