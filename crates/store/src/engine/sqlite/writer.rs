//! The one write connection: a transaction is committed whole or is not there.
//!
//! What is to be done about a failure is the door's business.

use std::{
    ffi::c_int,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crossbeam_channel::Receiver;
use hansard_domain::{Error, Result};
use rusqlite::{Connection, hooks::Wal};

use super::{Log, Session, checkpoint::Pace, connect_writer};
use crate::{
    engine::{Failure, Fault, fault::unknown, guarded, health::Monitor},
    folder::{self, PROBE_FILE},
    tx::Tx,
};

/// How often a full disk is looked at again.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How long a look waits for readers of the log.
const PROBE_PATIENCE: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) connection: Connection,
    pub(super) log: Arc<Log>,
    pub(super) pace: Pace,
    probe_file: PathBuf,
}

impl Writer {
    pub(crate) fn open(file: &Path, log: Arc<Log>, flush_commits: bool) -> Result<Self> {
        let mut connection = connect_writer(file, flush_commits)?;
        let reached = Arc::clone(&log);
        let note = move |_: &mut Wal, pages: c_int| {
            reached.reached(u64::try_from(pages).unwrap_or(0));
            Ok(())
        };
        connection.wal_hook(Some(note)).map_err(Error::internal)?;
        let probe_file = file.with_file_name(PROBE_FILE);
        Ok(Self { connection, log, pace: Pace::default(), probe_file })
    }

    /// Wakes whoever waits for work in the writer's place.
    pub(crate) fn wakes(&self) -> &Receiver<()> {
        self.log.wakes()
    }

    /// What is done between two transactions; answers how long it can wait.
    pub(crate) fn keep_up(&mut self, monitor: &Monitor) -> Option<Duration> {
        let kept = self.keep_log_short();
        if let Err(fault) = &kept {
            monitor.report(fault);
        }
        if monitor.is_disk_full() {
            return self.probe_disk(monitor);
        }
        kept.ok().flatten()
    }

    /// Emptying the log may itself make the space that the next writes need.
    fn probe_disk(&self, monitor: &Monitor) -> Option<Duration> {
        let truncated = self.truncate_log(PROBE_PATIENCE);
        if let Err(fault) = &truncated {
            monitor.report(fault);
        }
        if truncated.is_ok() && folder::probe_space(&self.probe_file).is_ok() {
            monitor.recovered();
            return None;
        }
        Some(PROBE_EVERY)
    }

    /// Runs `work` in one transaction, and commits it when `work` succeeds.
    ///
    /// A panic of `work` counts as its failure.
    pub(crate) fn transact<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T, Failure> {
        self.run("begin immediate")?;
        let tx = Tx::new(Session::new(&self.connection, None).into());
        let done = guarded(|| work(&tx));
        let done = match (tx.fault(), done) {
            (Some(fault), _) => Err(fault.into()),
            (None, Err(error)) => Err(Failure { error, fault: None }),
            (None, Ok(_)) if self.connection.is_autocommit() => Err(gone()),
            (None, Ok(value)) => self.commit().map(|()| value),
        };
        match done {
            Ok(value) => {
                self.log.committed();
                Ok(value)
            }
            Err(failure) => Err(self.roll_back(failure)),
        }
    }

    /// What a commit wrote before it broke is found by the next start, if it reached the disk.
    fn commit(&self) -> Result<(), Failure> {
        self.run("commit").map_err(|failure| match &failure.fault {
            Some(Fault::Broken(reason)) => Failure { error: unknown(reason), ..failure },
            _ => failure,
        })
    }

    fn roll_back(&self, failure: Failure) -> Failure {
        if self.connection.is_autocommit() {
            return failure;
        }
        match self.run("rollback") {
            Ok(()) => failure,
            Err(worse) => Failure { fault: worse.fault, ..failure },
        }
    }

    /// Runs a statement that begins or ends a transaction.
    fn run(&self, sql: &str) -> Result<(), Failure> {
        let done = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        done.map(drop).map_err(|error| Fault::from(&error).into())
    }
}

fn gone() -> Failure {
    Failure {
        error: Error::unavailable("the transaction ended early; nothing was stored; retry"),
        fault: None,
    }
}
