//! One read connection: snapshots that end in time.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hansard_domain::{Error, Result};
use rusqlite::Connection;

use super::{Session, connect_reader};
use crate::{engine::guarded, tx::Tx};

/// Virtual machine steps between two looks at the clock: well under a millisecond.
const STEPS_BETWEEN_LOOKS: i32 = 4096;

#[derive(Debug)]
pub(crate) struct Reader {
    connection: Connection,
    deadline: Arc<Deadline>,
    time_max: Duration,
}

impl Reader {
    pub(crate) fn open(file: &Path, time_max: Duration) -> Result<Self> {
        let mut connection = connect_reader(file)?;
        let deadline = Arc::new(Deadline::new());
        let watched = Arc::clone(&deadline);
        connection
            .progress_handler(STEPS_BETWEEN_LOOKS, Some(move || watched.has_passed()))
            .map_err(Error::internal)?;
        Ok(Self { connection, deadline, time_max })
    }

    /// Runs `work` on one snapshot of the store, which ends with it or when its time is over.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.deadline.set(self.time_max);
        self.connection.execute_batch("begin deferred").map_err(Error::internal)?;
        let tx = Tx::new(Session::new(&self.connection, Some(&self.deadline)).into());
        let done = guarded(|| work(&tx));
        // The time is up for the work alone: the snapshot must end in any case.
        self.deadline.clear();
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("rollback").map_err(Error::internal)?;
        }
        done
    }
}

/// The time by which the transaction in hand must have ended.
#[derive(Debug)]
pub(super) struct Deadline {
    origin: Instant,
    until_us: AtomicU64,
}

impl Deadline {
    fn new() -> Self {
        Self { origin: Instant::now(), until_us: AtomicU64::new(u64::MAX) }
    }

    fn set(&self, time: Duration) {
        self.until_us.store((self.origin.elapsed() + time).as_micros() as u64, Ordering::Relaxed);
    }

    fn clear(&self) {
        self.until_us.store(u64::MAX, Ordering::Relaxed);
    }

    pub(super) fn has_passed(&self) -> bool {
        self.origin.elapsed().as_micros() as u64 > self.until_us.load(Ordering::Relaxed)
    }
}
