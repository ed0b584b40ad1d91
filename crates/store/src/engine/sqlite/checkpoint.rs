//! Keeps the write-ahead log short.
//!
//! A thread copies committed pages into the database file as it can (PASSIVE); that alone never ends
//! a log that is always in use. Above a size the writer itself has the log begin anew (RESTART) between
//! two transactions: its file keeps its length, because a flush is twice as fast where no file grows. When
//! residue of deleted text must go, or the file has become very long, it is emptied (TRUNCATE).

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use hansard_domain::{Error, Result};
use rusqlite::Connection;

use super::{BUSY_TIMEOUT, PAGE_BYTES, Writer, connect};
use crate::engine::Fault;

const PASSIVE_EVERY: Duration = Duration::from_millis(500);
/// One try waits no longer for a reader. A longer wait would starve: SQLite waits for the slot that an
/// old reader had, though the readers that took the slot over no longer stand in the way; a new try sees that.
const TRY_FOR: Duration = Duration::from_millis(20);
/// How long the writer goes on trying while the log is not yet long.
const SHORT_PATIENCE: Duration = Duration::from_millis(50);
const RETRY_AFTER: Duration = Duration::from_millis(250);
/// The readers of this process have ended by then.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);
/// So far above the limit the writer waits until every read transaction must have ended.
const LONG_OVER_BYTES: u64 = 96 * 1024 * 1024;
/// Only another process (a backup) reads for longer; writes go on meanwhile.
const PATIENT_RETRY_AFTER: Duration = Duration::from_secs(60);

/// The log of one store, as its threads share it.
#[derive(Debug)]
pub(crate) struct Log {
    file: PathBuf,
    truncate_over_bytes: u64,
    patience: Duration,
    commits: AtomicU64,
    /// What the log holds since it last began anew; its file may be longer.
    used_bytes: AtomicU64,
    truncate_requested: AtomicBool,
    wake: (Sender<()>, Receiver<()>),
    turn: Mutex<()>,
}

impl Log {
    /// `read_time_max` is how long a reader of this process may keep the log in use.
    pub(crate) fn new(database: &Path, truncate_over_bytes: u64, read_time_max: Duration) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push("-wal");
        Self {
            file: file.into(),
            truncate_over_bytes,
            // One such reader of old pages, then one that began before they were copied.
            patience: 2 * read_time_max + Duration::from_secs(1),
            commits: AtomicU64::new(0),
            used_bytes: AtomicU64::new(0),
            truncate_requested: AtomicBool::new(false),
            wake: bounded(1),
            turn: Mutex::new(()),
        }
    }

    fn file_bytes(&self) -> u64 {
        fs::metadata(&self.file).map_or(0, |file| file.len())
    }

    /// Notes how long the log is after a commit.
    pub(super) fn reached(&self, pages: u64) {
        self.used_bytes.store(pages * u64::from(PAGE_BYTES), Ordering::Relaxed);
    }

    /// Asks the writer to empty the log as soon as it can.
    pub(crate) fn request_truncate(&self) {
        self.truncate_requested.store(true, Ordering::Release);
        self.wake();
    }

    fn wake(&self) {
        // A full channel means that the writer is being woken already.
        let _ = self.wake.0.try_send(());
    }

    /// Wakes whoever waits for work in the writer's place.
    pub(crate) fn wakes(&self) -> &Receiver<()> {
        &self.wake.1
    }

    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    /// What the writer has to do to a log of this length.
    fn due(&self, bytes: u64) -> Option<Mode> {
        if self.truncate_requested.load(Ordering::Acquire) {
            return Some(Mode::Truncate);
        }
        if bytes <= self.truncate_over_bytes {
            return None;
        }
        Some(if self.is_long(self.file_bytes()) { Mode::Truncate } else { Mode::Restart })
    }

    fn is_long(&self, bytes: u64) -> bool {
        bytes > self.truncate_over_bytes.saturating_add(LONG_OVER_BYTES)
    }

    /// SQLite lets a second checkpoint fail at once instead of waiting for the first.
    fn take_turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a checkpoint leaves the log, in SQLite's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Passive,
    Restart,
    Truncate,
}

impl Mode {
    fn pragma(self) -> &'static str {
        match self {
            Self::Passive => "pragma wal_checkpoint(passive)",
            Self::Restart => "pragma wal_checkpoint(restart)",
            Self::Truncate => "pragma wal_checkpoint(truncate)",
        }
    }
}

/// When the writer tries again what a reader prevented.
#[derive(Debug, Default)]
pub(super) struct Pace {
    retry_at: Option<Instant>,
    patient_at: Option<Instant>,
}

impl Writer {
    /// Ends the log when that is due; to be called between two transactions.
    ///
    /// Returns when to call again at the latest, although nothing was written.
    pub(crate) fn keep_log_short(&mut self) -> Result<Option<Duration>, Fault> {
        let bytes = self.log.used_bytes.load(Ordering::Relaxed);
        metrics::gauge!("hansard_store_wal_bytes").set(bytes as f64);
        let Some(mode) = self.log.due(bytes) else { return Ok(None) };
        let now = Instant::now();
        let may = |at: Option<Instant>| at.is_none_or(|at| at <= now);
        let patient = self.log.is_long(bytes) && may(self.pace.patient_at);
        if !patient && !may(self.pace.retry_at) {
            return Ok(Some(RETRY_AFTER));
        }
        let patience = if patient { self.log.patience } else { SHORT_PATIENCE };
        if self.end_log(mode, patience)? {
            self.pace = Pace::default();
            return Ok(None);
        }
        self.pace.retry_at = Some(now + RETRY_AFTER);
        if patient {
            self.pace.patient_at = Some(now + PATIENT_RETRY_AFTER);
            tracing::warn!(wal_bytes = bytes, "another process reads the store: the log cannot be shortened");
        }
        Ok(Some(RETRY_AFTER))
    }

    /// Copies the whole log into the database file and empties it; false when readers prevent it.
    pub(crate) fn truncate_log(&self, patience: Duration) -> Result<bool, Fault> {
        self.end_log(Mode::Truncate, patience)
    }

    fn end_log(&self, mode: Mode, patience: Duration) -> Result<bool, Fault> {
        let _turn = self.log.take_turn();
        let requested = mode == Mode::Truncate && self.log.truncate_requested.swap(false, Ordering::AcqRel);
        let done = self.try_checkpoint(mode, Instant::now() + patience);
        self.wait_when_busy(BUSY_TIMEOUT)?;
        if requested && done != Ok(true) {
            self.log.truncate_requested.store(true, Ordering::Release);
        }
        if done == Ok(true) {
            self.log.reached(0);
        }
        done
    }

    fn try_checkpoint(&self, mode: Mode, until: Instant) -> Result<bool, Fault> {
        self.wait_when_busy(TRY_FOR)?;
        loop {
            if checkpoint(&self.connection, mode)? {
                return Ok(true);
            }
            if Instant::now() >= until {
                return Ok(false);
            }
        }
    }

    fn wait_when_busy(&self, time: Duration) -> Result<(), Fault> {
        self.connection.busy_timeout(time).map_err(|error| Fault::from(&error))
    }

    /// Empties the log and closes the connection.
    pub(crate) fn close(self) -> Result<()> {
        if !self.truncate_log(CLOSE_PATIENCE).map_err(|fault| fault.error())? {
            tracing::warn!("another process reads the store: its log stays until the next start");
        }
        self.connection.close().map_err(|(_, error)| Error::internal(error))
    }
}

/// True when nothing stood in its way.
fn checkpoint(connection: &Connection, mode: Mode) -> Result<bool, Fault> {
    let busy = connection
        .query_row(mode.pragma(), [], |row| row.get::<_, i64>(0))
        .map_err(|error| Fault::from(&error));
    match busy {
        Ok(busy) => Ok(busy == 0),
        Err(Fault::Busy) => Ok(false),
        // The log could never be emptied again.
        Err(Fault::Damaged(damage)) => Err(Fault::Broken(damage)),
        Err(fault) => Err(fault),
    }
}

/// The body of the thread that copies committed pages; it ends when `stop` is disconnected.
pub(crate) struct Checkpointer {
    connection: Connection,
}

impl Checkpointer {
    pub(crate) fn open(database: &Path) -> Result<Self> {
        let connection = connect(database)?;
        connection.pragma_update(None, "synchronous", "full").map_err(Error::internal)?;
        Ok(Self { connection })
    }

    /// Ends too when the store `has_failed`: its files are left as they are, for the next start.
    pub(crate) fn run(
        self,
        log: &Log,
        stop: &Receiver<()>,
        has_failed: impl Fn() -> bool,
        report: impl Fn(&Fault),
    ) {
        let mut copied = 0;
        while stop.recv_timeout(PASSIVE_EVERY) == Err(RecvTimeoutError::Timeout) && !has_failed() {
            let commits = log.commits.load(Ordering::Relaxed);
            if commits == copied {
                continue;
            }
            let _turn = log.take_turn();
            match checkpoint(&self.connection, Mode::Passive) {
                Ok(_) => copied = commits,
                Err(fault) => {
                    report(&fault);
                    log.wake();
                }
            }
        }
    }
}
