//! The thread that keeps the index of keywords close to the log.

use super::{Batch, texts};
use crate::{Direct, Door, Engine, Reach, Tx, Written, tenancy::ProfileKey, unit::Mandate, work::Job};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};
use hansard_domain::{Error, Result};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How often the log is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Many texts at once cost less each than few: the index waits for so many changes, or so long.
const FAR_BEHIND: i64 = 1024;
const LONG_BEHIND: Duration = Duration::from_millis(500);
/// After a failure: the disk is full, or the store is closing.
const REST: Duration = Duration::from_secs(1);

/// Ends the thread when it is dropped.
#[derive(Debug)]
pub(crate) struct KeepingUp {
    stop: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

struct Keeper {
    engine: Arc<Engine>,
    door: Arc<Door<Box<Job>>>,
    stopped: Receiver<()>,
    /// Profiles that the index does not cover, and when that was first seen.
    behind_since: HashMap<ProfileKey, Instant>,
}

impl KeepingUp {
    pub(crate) fn start(engine: Arc<Engine>, door: Arc<Door<Box<Job>>>) -> Result<Self> {
        let (stop, stopped) = bounded(0);
        let keeper = Keeper { engine, door, stopped, behind_since: HashMap::new() };
        let thread = thread::Builder::new().name("store-keywords".to_owned()).spawn(move || keeper.run());
        Ok(Self { stop: Mutex::new(Some((stop, thread.map_err(Error::internal)?))) })
    }

    /// Waits until the turn in hand is over.
    pub(crate) fn stop(&self) {
        let Some((stop, thread)) = crate::engine::lock(&self.stop).take() else { return };
        drop(stop);
        // A panic of the thread was told where it happened; the next start goes on where it was.
        let _ = thread.join();
    }
}

impl Drop for KeepingUp {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Keeper {
    fn run(mut self) {
        let mut rest = LOOK_EVERY;
        while self.stopped.recv_timeout(rest) == Err(RecvTimeoutError::Timeout) {
            rest = match self.catch_up() {
                Ok(()) => LOOK_EVERY,
                Err(error) => {
                    tracing::warn!(%error, "the index of keywords waits; searches read the texts meanwhile");
                    REST
                }
            };
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.try_recv() == Err(TryRecvError::Disconnected)
    }

    /// Takes one batch of each profile that is far behind, or has been behind for long.
    fn catch_up(&mut self) -> Result<()> {
        let behind = self.engine.read_blocking("list_unindexed", Reach::Store, texts::unindexed)?;
        let unindexed: i64 = behind.iter().map(|(_, changes)| changes).sum();
        metrics::gauge!("hansard_store_unindexed_changes").set(unindexed as f64);
        let now = Instant::now();
        self.behind_since.retain(|profile, _| behind.iter().any(|(other, _)| other == profile));
        for (profile, changes) in behind {
            let since = *self.behind_since.entry(profile).or_insert(now);
            if self.is_stopped() {
                break;
            }
            if changes >= FAR_BEHIND || now.duration_since(since) >= LONG_BEHIND {
                self.take_batch(profile)?;
                self.behind_since.remove(&profile);
            }
        }
        Ok(())
    }

    fn take_batch(&self, profile: ProfileKey) -> Result<()> {
        let gather = move |tx: &Tx<'_>| Batch::gather(tx, profile);
        let batch = self.engine.read_blocking("gather_texts", Reach::Store, gather)?;
        let Some(batch) = batch.map(Arc::new) else { return Ok(()) };
        let mut next = 0;
        while !self.is_stopped() && !batch.is_written(next) {
            let part = Arc::clone(&batch);
            match self.write(move |direct| part.write(direct.tx, next))? {
                Some(after) => next = after,
                None => break,
            }
        }
        Ok(())
    }

    fn write(
        &self,
        work: impl FnOnce(&mut Direct<'_>) -> Result<Option<usize>> + Send + 'static,
    ) -> Result<Option<usize>> {
        let (job, answer) = Job::alone("index_texts", (Mandate::of_system(), None), work);
        self.door.submit(Box::new(job));
        let closed = |_| Error::unavailable("the store is closing");
        match answer.blocking_recv().map_err(closed)?? {
            Written::Fresh(next) => Ok(next),
            Written::Replayed(_) => Ok(None),
        }
    }
}
