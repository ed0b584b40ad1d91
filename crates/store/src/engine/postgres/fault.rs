//! What the errors of a PostgreSQL server, and of the way to it, mean to the store.
//!
//! It decides nothing: the writer and the door act on the class.

use std::error::Error as _;

use tokio_postgres::{Error, error::SqlState};

use super::server::REMEDY;
use crate::engine::Fault;

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        match error.code() {
            Some(code) => of_code(code, error),
            // Not from the server: the connection is closed, or its bytes make no sense.
            None if error.is_closed() || is_io(error) => Self::Lost(text(error)),
            None => Self::Statement,
        }
    }
}

fn of_code(code: &SqlState, error: &Error) -> Fault {
    match *code {
        SqlState::DISK_FULL => Fault::DiskFull,
        SqlState::T_R_DEADLOCK_DETECTED | SqlState::T_R_SERIALIZATION_FAILURE => Fault::Conflict,
        SqlState::LOCK_NOT_AVAILABLE => Fault::Busy,
        SqlState::QUERY_CANCELED => Fault::Interrupted,
        SqlState::IO_ERROR | SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => {
            Fault::Damaged(text(error))
        }
        // The server was made a standby, ends, or takes no more connections.
        SqlState::READ_ONLY_SQL_TRANSACTION | SqlState::TOO_MANY_CONNECTIONS => Fault::Lost(text(error)),
        _ if is_of_connection(code.code()) => Fault::Lost(text(error)),
        _ => Fault::Statement,
    }
}

/// Connection exceptions, and the server's own end: administrator, crash, start, dropped database, idle too long.
fn is_of_connection(code: &str) -> bool {
    code.starts_with("08") || code.starts_with("57P") || code == "25P03"
}

/// A prepared statement that is gone, or there already: another connection of the server answers than the one that prepared it.
fn is_of_pooler(code: &SqlState) -> bool {
    [SqlState::INVALID_SQL_STATEMENT_NAME, SqlState::DUPLICATE_PSTATEMENT].contains(code)
}

fn is_io(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(one) = source {
        if one.is::<std::io::Error>() {
            return true;
        }
        source = one.source();
    }
    false
}

/// The error with its code, as a log shows it. Its detail is left out: it quotes values.
pub(super) fn text(error: &Error) -> String {
    match error.as_db_error() {
        Some(error) if is_of_pooler(error.code()) => {
            format!("{} ({}); behind a pooler {REMEDY}", error.message(), error.code().code())
        }
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
        None => match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}
