//! What SQLite's error codes mean to the store.
//!
//! It decides nothing: the writer and the door act on the class.

use rusqlite::{ErrorCode, ffi};

use super::shim;
use crate::engine::Fault;

impl From<&rusqlite::Error> for Fault {
    fn from(error: &rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(code, _) => of_code(*code, error),
            rusqlite::Error::SqlInputError { error: code, .. } => of_code(*code, error),
            _ => Self::Statement,
        }
    }
}

fn of_code(code: ffi::Error, error: &rusqlite::Error) -> Fault {
    match code.code {
        ErrorCode::DiskFull => Fault::DiskFull,
        // The log's shared index could not grow: it is extended by plain writes.
        ErrorCode::SystemIoFailure if code.extended_code == ffi::SQLITE_IOERR_SHMSIZE => Fault::DiskFull,
        ErrorCode::SystemIoFailure if code.extended_code == ffi::SQLITE_IOERR_DATA => {
            Fault::Damaged(shim::take_damage().unwrap_or_else(|| error.to_string()))
        }
        ErrorCode::SystemIoFailure
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::FileLockingProtocolFailed => {
            Fault::Broken(format!("{error} (code {})", code.extended_code))
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Fault::Busy,
        ErrorCode::OperationInterrupted => Fault::Interrupted,
        _ => Fault::Statement,
    }
}
