//! SQLite in the process: how its files are opened and what each connection is told.
//!
//! Everything that only SQLite does is in this folder. It knows no table but its own settings.

mod checkpoint;
mod fault;
mod files;
mod frames;
pub(crate) mod inspect;
mod page;
mod reader;
mod session;
mod shim;
pub(crate) mod snapshot;
pub(crate) mod survey;
mod tables;
mod writer;

use std::{path::Path, time::Duration};

use hansard_domain::{Error, Result};
use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::Fault;

use checkpoint::{Checkpointer, Log};
pub(crate) use files::Files;
pub(crate) use reader::Reader;
pub(crate) use rusqlite::Row;
pub(crate) use session::{Session, column_name, value};
pub(crate) use survey::check_log;
pub(crate) use tables::{Table, tables};
pub(crate) use writer::Writer;

/// Marks the file as a store of this program: "HANS".
const APPLICATION_ID: i64 = 0x4841_4E53;
/// How long a statement waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const STATEMENTS_CACHED: usize = 256;
const PAGE_BYTES: u32 = 8192;
/// Caps, filled only as pages are read.
const WRITER_CACHE_KIB: u32 = 32 * 1024;
const READER_CACHE_KIB: u32 = 16 * 1024;

/// Opens a connection to an existing database file, with what every connection has in common.
///
/// A connection never checkpoints on its own when it closes: after a failed flush that could write
/// pages whose log did not reach the disk.
fn connect(file: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let layer = shim::register()?;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags_and_vfs(file, flags, layer)?;
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
    let is_new = is_empty(&connection, file)?;
    let is_unchecked = !is_new && !has_room_for_checksums(&connection)?;
    let set_up = || -> rusqlite::Result<()> {
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "cache_size", -i64::from(WRITER_CACHE_KIB))
    };
    // Of a new file this is part of its format, which the first write settles.
    connection.pragma_update(None, "page_size", PAGE_BYTES).map_err(|error| cannot_open(file, error))?;
    hansard_vfs::reserve_bytes(&connection, page::RESERVED).map_err(Error::internal)?;
    set_up().map_err(|error| cannot_open(file, error))?;
    claim(&connection, file, is_new)?;
    if is_unchecked {
        add_checksums(&connection, file)?;
    }
    Ok(connection)
}

/// Writes a file anew that an early build made without room for checksums in its pages.
///
/// It goes through the log as one transaction, so that a kill leaves the file as it was.
fn add_checksums(connection: &Connection, file: &Path) -> Result<()> {
    tracing::info!(file = %file.display(), "the store gets page checksums: it is written anew, once");
    connection
        .execute_batch("vacuum")
        .and_then(|()| connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())))
        .map_err(|error| cannot_open(file, error))
}

fn has_room_for_checksums(connection: &Connection) -> Result<bool> {
    let reserved = hansard_vfs::reserved_bytes(connection).map_err(Error::internal)?;
    Ok(reserved == page::RESERVED)
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
fn claim(connection: &Connection, file: &Path, is_new: bool) -> Result<()> {
    if !is_new {
        return check_application(connection, file);
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(|error| cannot_open(file, error))
}

/// Whether a file holds nothing yet.
fn is_empty(connection: &Connection, file: &Path) -> Result<bool> {
    connection
        .query_row("select count(*) from sqlite_schema", [], |row| row.get::<_, i64>(0))
        .map(|objects| objects == 0)
        .map_err(|error| cannot_open(file, error))
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
    let text = match Fault::from(&error) {
        Fault::Damaged(damage) => damage,
        _ => error.to_string(),
    };
    Error::failed_precondition(format!("the store {} cannot be opened: {text}", file.display()))
        .with_source(error)
}
