//! The one write connection: a transaction is committed whole or is not there.
//!
//! What is to be done about a failure is the door's business.

use std::{ffi::c_int, path::Path, sync::Arc};

use hansard_domain::{Error, Result};
use rusqlite::{Connection, hooks::Wal};

use super::{Fault, Log, Session, broken, checkpoint::Pace, connect_writer, fault::unknown};
use crate::{engine::guarded, tx::Tx};

/// A transaction that was not committed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What every member of the transaction is told.
    pub(crate) error: Error,
    /// What it says about the store; `None` when the work alone failed.
    pub(crate) fault: Option<Fault>,
}

#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) connection: Connection,
    pub(super) log: Arc<Log>,
    pub(super) pace: Pace,
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
        Ok(Self { connection, log, pace: Pace::default() })
    }

    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// Runs `work` in one transaction, and commits it when `work` succeeds.
    ///
    /// A panic of `work` counts as its failure.
    pub(crate) fn transact<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T, Failure> {
        self.run("begin immediate")?;
        let tx = Tx::new(Session::new(&self.connection, None));
        let done = guarded(|| work(&tx));
        let done = match (tx.session().fault(), done) {
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
        done.map(drop).map_err(|error| Fault::of(&error).into())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let error = match &fault {
            Fault::Broken(reason) => broken(reason),
            fault => fault.error(),
        };
        Self { error, fault: Some(fault) }
    }
}

fn gone() -> Failure {
    Failure {
        error: Error::unavailable("the transaction ended early; nothing was stored; retry"),
        fault: None,
    }
}
