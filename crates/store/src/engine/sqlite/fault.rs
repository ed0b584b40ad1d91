//! What SQLite's error codes mean to the store.
//!
//! It decides nothing: the writer and the door act on the class.

use hansard_domain::Error;
use rusqlite::{ErrorCode, ffi};

use super::shim;

/// Why a statement, a commit or a checkpoint failed, as far as the store must act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No space: nothing was stored, and writes go on once there is some.
    DiskFull,
    /// The files may not be what SQLite believes: no later write may be accepted.
    Broken(String),
    /// A page or a frame is not what was written. What does not need it goes on.
    Damaged(String),
    /// Another process holds a lock.
    Busy,
    /// A read passed its time.
    Interrupted,
    /// The statement itself: a constraint, a wrong column, too many parameters.
    Statement,
}

impl Fault {
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(code, _) => Self::of_code(*code, error),
            rusqlite::Error::SqlInputError { error: code, .. } => Self::of_code(*code, error),
            _ => Self::Statement,
        }
    }

    fn of_code(code: ffi::Error, error: &rusqlite::Error) -> Self {
        match code.code {
            ErrorCode::DiskFull => Self::DiskFull,
            // The log's shared index could not grow: it is extended by plain writes.
            ErrorCode::SystemIoFailure if code.extended_code == ffi::SQLITE_IOERR_SHMSIZE => Self::DiskFull,
            ErrorCode::SystemIoFailure if code.extended_code == ffi::SQLITE_IOERR_DATA => {
                Self::Damaged(shim::take_damage().unwrap_or_else(|| error.to_string()))
            }
            ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed => {
                Self::Broken(format!("{error} (code {})", code.extended_code))
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::OperationInterrupted => Self::Interrupted,
            _ => Self::Statement,
        }
    }

    /// The error that whoever ran the statement gets.
    pub(crate) fn error(&self) -> Error {
        match self {
            Self::DiskFull => disk_full(),
            Self::Broken(reason) | Self::Damaged(reason) => Error::internal(reason.as_str()),
            Self::Busy => Error::unavailable("the store is locked by another process; retry"),
            Self::Interrupted => {
                Error::exhausted("the read took too long; ask for a smaller page or a narrower filter")
            }
            Self::Statement => Error::internal("a statement failed"),
        }
    }
}

fn disk_full() -> Error {
    Error::unavailable("the disk is full: nothing was stored; retry once there is space")
}

/// The error of every write after one that failed.
pub(crate) fn broken(reason: &str) -> Error {
    Error::unavailable("the store has failed and takes no more writes; nothing was stored")
        .with_source(reason.to_owned())
}

/// The error of the writes whose commit failed.
pub(crate) fn unknown(reason: &str) -> Error {
    Error::unavailable(
        "the store failed while it committed: only its restart shows whether this was stored; \
         retry then with the same id or Idempotency-Key",
    )
    .with_source(reason.to_owned())
}
