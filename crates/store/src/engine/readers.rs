//! A small pool of threads that read, each on a connection of its own.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use hansard_domain::{Error, Result};
use tokio::sync::oneshot;

use super::{Reach, connection::Reader, turns::Turns};
use crate::tx::Tx;

/// Reads that may wait for a free reader.
const WAITING_MAX: usize = 1024;
const SLOW: Duration = Duration::from_secs(1);

type Job = Box<dyn FnOnce(&Reader) + Send>;

#[derive(Debug)]
pub(super) struct Readers {
    jobs: RwLock<Option<Sender<Job>>>,
    turns: Arc<Turns>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Readers {
    /// Starts a thread for each reader; so many have a turn.
    pub(super) fn start(readers: Vec<Reader>, turns: usize) -> Result<Self> {
        let (jobs, waiting) = bounded(WAITING_MAX);
        let turns = Arc::new(Turns::new(turns, readers.len()));
        let threads = readers.into_iter().enumerate();
        let threads =
            threads.map(|(number, reader)| start(number, reader, Arc::clone(&turns), waiting.clone()));
        let threads = threads.collect::<Result<_>>()?;
        Ok(Self { jobs: RwLock::new(Some(jobs)), turns, threads: Mutex::new(threads) })
    }

    /// Queues a read; its answer arrives at the receiver. One that nobody waits for any more is skipped.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        name: &'static str,
        reach: Reach,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T>>> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |reader| {
            if !answer.is_closed() {
                let _ = answer.send(timed(name, || reader.read(&reach, work)));
            }
        });
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner);
        let Some(jobs) = jobs.as_ref() else { return Err(closed()) };
        match jobs.try_send(job) {
            Ok(()) => {
                self.turns.look_after(jobs.len());
                Ok(answered)
            }
            Err(TrySendError::Full(_)) => Err(Error::exhausted("too many reads waiting; retry")),
            Err(TrySendError::Disconnected(_)) => Err(closed()),
        }
    }

    /// Finishes the reads that wait, and ends the threads.
    pub(super) fn close(&self) {
        self.jobs.write().unwrap_or_else(PoisonError::into_inner).take();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a reader thread panicked");
            }
        }
    }
}

fn start(number: usize, reader: Reader, turns: Arc<Turns>, waiting: Receiver<Job>) -> Result<JoinHandle<()>> {
    thread::Builder::new()
        .name(format!("store-read-{number}"))
        .spawn(move || turns.serve(number, &waiting, |job| job(&reader)))
        .map_err(Error::internal)
}

fn timed<T>(name: &'static str, read: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let done = read();
    let took = started.elapsed();
    metrics::histogram!("hansard_store_read_seconds", "name" => name).record(took.as_secs_f64());
    if took > SLOW {
        tracing::warn!(name, took_ms = took.as_millis() as u64, "slow read");
    }
    done
}

pub(super) fn closed() -> Error {
    Error::unavailable("the store is closed")
}
