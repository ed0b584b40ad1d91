//! Many watchers of one conversation: what an event costs the server for one more of them.
//!
//! The same appends at the same pace with no watcher, one and a hundred: what the server spends beyond the first,
//! over the events delivered. Where each watcher has its own reading and encoding, the cost stays the same.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{task::JoinSet, time::sleep};

use super::Benchmark;
use crate::{
    Setup, disk,
    figure::Figure,
    hansard::{Hansard, PROFILE},
    http::{Http, Json, Post},
    load::{Plan, block_on, drive},
    random::Random,
    rounds::Rounds,
    watcher::{Sent, Watcher},
};

pub(super) const FAN_OUT: Benchmark = Benchmark { name: "watch (fan-out)", run };
const WATCHERS: usize = 100;
const CLIENTS: u32 = 8;
/// 400 appends a second of all clients.
const PACE: Duration = Duration::from_millis(20);
/// For the watchers to have read what there was before they came.
const SETTLING: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(20);

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let mut rounds =
        Rounds::begin("100 watchers of one conversation: 8 clients, 50 appends/s each, then at full speed");
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let paced = |watchers| block_on(measure(setup, watchers, Plan::paced(setup.seconds, PACE)));
        let (none, one, many) = (paced(0)?, paced(1)?, paced(WATCHERS)?);
        let full = block_on(measure(setup, WATCHERS, Plan::full(setup.seconds)))?;
        let (of_one, of_many) = (one.cost_beyond(&none), many.cost_beyond(&none));
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| us/event, 1 watcher", of_one),
            ("us/event, 100 watchers", of_many),
            ("ratio", of_many / of_one),
            ("| full speed: appends/s", full.appended as f64 / full.seconds),
            ("events/s", full.delivered as f64 / full.seconds),
        ]);
    }
    rounds.finish();
    Ok(vec![
        Figure::told(
            "server time for an event to one of 100 watchers, of that to one alone",
            rounds.median("ratio"),
        ),
        Figure::told("events a second to 100 watchers", rounds.median("events/s")),
    ])
}

/// What one run delivered, and what that cost.
#[derive(Debug)]
struct Delivery {
    appended: usize,
    delivered: usize,
    seconds: f64,
    cpu_seconds: f64,
}

impl Delivery {
    /// Microseconds of the server's time for each event, beyond the appends themselves.
    fn cost_beyond(&self, none: &Self) -> f64 {
        let appends = none.cpu_seconds / none.appended as f64 * self.appended as f64;
        (self.cpu_seconds - appends) * 1e6 / self.delivered as f64
    }
}

/// Appends to one conversation until all of its watchers have every message.
async fn measure(setup: &Setup, watchers: usize, plan: Plan) -> Result<Delivery> {
    let mut server = Hansard::fresh(setup)?;
    let conversation = format!("{PROFILE}/conversations/watched");
    let body = r#"{"channel": "CHAT", "platformInfo": {"platformConversationId": "watched"}}"#.to_owned();
    let start = Post { path: format!("/v1/{conversation}:start"), body, idempotency_key: None };
    Http::connect(server.target()).await?.post(start).await?;
    let (mut reading, delivered) = (JoinSet::new(), Arc::new(AtomicUsize::new(0)));
    for _ in 0..watchers {
        let watcher = Watcher::open(server.target(), "?filter.platformConversationId=watched").await?;
        reading.spawn(count(watcher, Arc::clone(&delivered)));
    }
    sleep(SETTLING).await;
    let sent = Sent::default();
    let next = |random: &mut Random| sent.append(&conversation, random);
    let clients = Json::connect(CLIENTS, server.target(), next).await?;
    let (begun, before) = (Instant::now(), server.process().cpu_seconds()?);
    let appended = drive(clients, plan).await?.answered();
    let answered_at = Instant::now();
    while delivered.load(Ordering::Relaxed) < appended * watchers {
        if let Some(ended) = reading.try_join_next() {
            ended?.context("a watcher was cut off")?;
        }
        if answered_at.elapsed() > PATIENCE {
            bail!("{} of {} events came", delivered.load(Ordering::Relaxed), appended * watchers);
        }
        sleep(Duration::from_millis(1)).await;
    }
    Ok(Delivery {
        appended,
        delivered: appended * watchers,
        seconds: begun.elapsed().as_secs_f64(),
        cpu_seconds: server.process().cpu_seconds()? - before,
    })
}

/// Counts the messages that a watcher gets, for as long as the stream is open.
async fn count(mut watcher: Watcher, delivered: Arc<AtomicUsize>) -> Result<()> {
    loop {
        delivered.fetch_add(watcher.next().await?.len(), Ordering::Relaxed);
    }
}
