//! The thread that keeps the index of keywords close to the log.

use super::Batch;
use crate::{Direct, Door, Engine, Written, tenancy::ProfileKey, unit::Mandate, work::Job};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use hansard_domain::{Error, Result};
use std::{
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How often the log is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);
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
}

impl KeepingUp {
    pub(crate) fn start(engine: Arc<Engine>, door: Arc<Door<Box<Job>>>) -> Result<Self> {
        let (stop, stopped) = bounded(0);
        let keeper = Keeper { engine, door, stopped };
        let thread = thread::Builder::new().name("store-keywords".to_owned()).spawn(move || keeper.run());
        Ok(Self { stop: Mutex::new(Some((stop, thread.map_err(Error::internal)?))) })
    }

    /// Waits until the slice in hand is written.
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
    fn run(self) {
        let mut rest = LOOK_EVERY;
        while self.stopped.recv_timeout(rest) == Err(RecvTimeoutError::Timeout) {
            let begun = Instant::now();
            rest = match self.catch_up() {
                Ok(true) => begun.elapsed().min(LOOK_EVERY),
                Ok(false) => LOOK_EVERY,
                Err(error) => {
                    tracing::warn!(%error, "the index of keywords waits; searches read the texts meanwhile");
                    REST
                }
            };
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.try_recv() == Err(crossbeam_channel::TryRecvError::Disconnected)
    }

    /// Takes one batch of each profile that is behind; answers whether there was one.
    fn catch_up(&self) -> Result<bool> {
        let behind = self.engine.read_blocking("list_unindexed", |tx| tx.list_unindexed())?;
        for (profile, _) in &behind {
            if self.is_stopped() {
                return Ok(false);
            }
            self.take_batch(*profile)?;
        }
        Ok(!behind.is_empty())
    }

    fn take_batch(&self, profile: ProfileKey) -> Result<()> {
        let batch = self.engine.read_blocking("gather_texts", move |tx| Batch::gather(tx, profile))?;
        let Some(batch) = batch.map(Arc::new) else { return Ok(()) };
        for slice in batch.slices() {
            let part = Arc::clone(&batch);
            if self.is_stopped() || !self.write(move |direct| part.write(direct.tx, slice))? {
                return Ok(());
            }
        }
        self.write(move |direct| batch.finish(direct.tx)).map(drop)
    }

    fn write(&self, work: impl FnOnce(&mut Direct<'_>) -> Result<bool> + Send + 'static) -> Result<bool> {
        let (job, answer) = Job::alone("index_texts", (Mandate::of_system(), None), work);
        self.door.submit(Box::new(job));
        let closed = |_| Error::unavailable("the store is closing");
        match answer.blocking_recv().map_err(closed)?? {
            Written::Fresh(holds) => Ok(holds),
            Written::Replayed(_) => Ok(false),
        }
    }
}
