//! SQLite in the process: how its files are opened and what each connection is told.
//!
//! Everything that only SQLite does is in this folder. It knows no table but its own settings.

mod checkpoint;
mod fault;
mod reader;
mod session;
pub(crate) mod snapshot;
mod writer;

use std::{path::Path, time::Duration};

use hansard_domain::{Error, Result};
use rusqlite::{Connection, OpenFlags, config::DbConfig};

pub(crate) use checkpoint::{Checkpointer, Log};
pub(crate) use fault::{Fault, broken};
pub(crate) use reader::Reader;
pub(crate) use rusqlite::Row;
pub(crate) use session::{Session, mismatch, value};
pub(crate) use writer::{Failure, Writer};

/// Marks the file as a store of this program: "HANS".
const APPLICATION_ID: i64 = 0x4841_4E53;
/// How long a statement waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const STATEMENTS_CACHED: usize = 256;
const PAGE_BYTES: u32 = 8192;
/// Caps, filled only as pages are read.
const WRITER_CACHE_KIB: u32 = 32 * 1024;
const READER_CACHE_KIB: u32 = 8 * 1024;

/// Opens a connection to an existing database file, with what every connection has in common.
///
/// A connection never checkpoints on its own when it closes: after a failed flush that could write
/// pages whose log did not reach the disk.
fn connect(file: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        // Otherwise a statement is planned anew whenever a bound value might change the plan: at each run.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        // Sorted rows hold what was said: they must not lie in a temporary file elsewhere.
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    };
    open().map_err(|error| cannot_open(file, error))
}

fn connect_writer(file: &Path, flush_commits: bool) -> Result<Connection> {
    let connection = connect(file)?;
    let synchronous = if flush_commits { "full" } else { "normal" };
    let set_up = || -> rusqlite::Result<()> {
        connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "cache_size", -i64::from(WRITER_CACHE_KIB))
    };
    set_up().map_err(|error| cannot_open(file, error))?;
    claim(&connection, file)?;
    Ok(connection)
}

fn connect_reader(file: &Path) -> Result<Connection> {
    let connection = connect(file)?;
    let set_up = || -> rusqlite::Result<()> {
        connection.pragma_update(None, "cache_size", -i64::from(READER_CACHE_KIB))?;
        connection.pragma_update(None, "query_only", true)
    };
    set_up().map_err(|error| cannot_open(file, error))?;
    Ok(connection)
}

/// Marks a new file as ours, and refuses one that holds something else.
fn claim(connection: &Connection, file: &Path) -> Result<()> {
    let objects = connection
        .query_row("select count(*) from sqlite_schema", [], |row| row.get::<_, i64>(0))
        .map_err(|error| cannot_open(file, error))?;
    if objects > 0 {
        return check_application(connection, file);
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(|error| cannot_open(file, error))
}

fn check_application(connection: &Connection, file: &Path) -> Result<()> {
    let id = connection
        .pragma_query_value(None, "application_id", |row| row.get::<_, i64>(0))
        .map_err(|error| cannot_open(file, error))?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    Err(Error::failed_precondition(format!("{} is a database, but not a Hansard store", file.display())))
}

/// The text an operator sees when the file is no database, is damaged, or may not be read.
fn cannot_open(file: &Path, error: rusqlite::Error) -> Error {
    Error::failed_precondition(format!("the store {} cannot be opened: {error}", file.display()))
        .with_source(error)
}
