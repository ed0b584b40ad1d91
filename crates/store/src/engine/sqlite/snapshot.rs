//! A store as one file that nobody writes: how it is copied off a live one, opened and examined.
//!
//! What surrounds the image in a backup file is `backup.rs`.

use std::{
    error::Error as _,
    fmt::{Display, Write},
    path::Path,
};

use hansard_domain::{Error, ErrorKind, Result};
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use super::{Session, cannot_open, check_application, connect_reader, has_room_for_checksums, shim};
use crate::{engine::Fault, tx::Tx};

/// 8 MiB between two reports of progress.
const PAGES_PER_STEP: i32 = 1024;
/// Problems that a report names; a damaged file may have millions.
const PROBLEMS_MAX: usize = 10;

/// Copies one committed state of a store, which another process may be writing, into an empty file.
///
/// Until the end the write-ahead log of the store cannot be shortened. `progress` sees the pages copied
/// and their total.
pub(crate) fn copy(store: &Path, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
    let from = connect_reader(store)?;
    check_application(&from, store)?;
    let mut copied = || -> rusqlite::Result<bool> {
        // A transaction of our own holds the state still, so that no step starts again.
        from.execute_batch("begin deferred; select count(*) from sqlite_schema")?;
        let mut to = create_copy(&from, to)?;
        to.pragma_update(None, "journal_mode", "off")?;
        to.pragma_update(None, "synchronous", "off")?;
        let backup = Backup::new(&from, &mut to)?;
        loop {
            let step = backup.step(PAGES_PER_STEP)?;
            let at = backup.progress();
            progress((at.pagecount - at.remaining) as u64, at.pagecount as u64);
            match step {
                StepResult::Done => return Ok(true),
                StepResult::More => {}
                _ => return Ok(false),
            }
        }
    };
    match copied() {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::unavailable("the store is locked by another process; retry")),
        Err(error) => Err(Error::failed_precondition(match Fault::from(&error) {
            Fault::Damaged(damage) => format!("the copy failed: {damage}"),
            _ => format!("the copy failed: {error}"),
        })
        .with_source(error)),
    }
}

/// Opens the empty file of a copy; a store without room for checksums is copied without them.
fn create_copy(store: &Connection, to: &Path) -> rusqlite::Result<Connection> {
    if has_room_for_checksums(store).unwrap_or(false) {
        Connection::open_with_flags_and_vfs(to, OpenFlags::default(), shim::NAME)
    } else {
        Connection::open(to)
    }
}

/// One committed state of a store.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Image<'p> {
    /// A file alone, in nobody's use.
    Sealed(&'p Path),
    /// A database with its log, which another process may be writing.
    WithLog(&'p Path),
}

/// Runs `work` on an image; what cannot be read of it is damaged.
pub(crate) fn examine<T>(image: Image<'_>, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    let (file, connection) = match image {
        Image::Sealed(file) => (file, connect_immutable(file)?),
        Image::WithLog(file) => (file, connect_reader(file)?),
    };
    check_application(&connection, file)?;
    connection.execute_batch("begin deferred").map_err(|error| cannot_open(file, error))?;
    work(&Tx::new(Session::new(&connection, None).into())).map_err(|error| {
        match (error.kind(), error.source()) {
            (ErrorKind::Internal, Some(source)) => damaged(source),
            _ => error,
        }
    })
}

/// Checks every page, index and reference; the error names the first problems.
pub(crate) fn verify(tx: &Tx<'_>) -> Result<()> {
    let mut problems = problems(tx)?;
    if problems.is_empty() {
        return Ok(());
    }
    problems.truncate(PROBLEMS_MAX);
    Err(damaged(problems.join("; ")))
}

/// What is wrong with trees, indexes and references.
pub(crate) fn problems(tx: &Tx<'_>) -> Result<Vec<String>> {
    let mut problems = tx.rows("pragma integrity_check", &[], |row| row.string(0))?;
    problems.retain(|problem| problem != "ok");
    let broken = tx.rows("pragma foreign_key_check", &[], |row| row.string(0))?;
    problems.extend(broken.into_iter().map(|table| format!("a row of {table} refers to a missing row")));
    Ok(problems)
}

fn damaged(how: impl Display) -> Error {
    Error::failed_precondition(format!("the store is damaged: {how}"))
}

fn connect_immutable(image: &Path) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut uri = String::from("file:");
    for byte in image.as_os_str().as_encoded_bytes() {
        // Writing to a string cannot fail.
        let _ = match byte {
            b'/' | b'.' | b'-' | b'_' => write!(uri, "{}", char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => write!(uri, "{}", char::from(*byte)),
            byte => write!(uri, "%{byte:02X}"),
        };
    }
    uri.push_str("?immutable=1");
    Connection::open_with_flags_and_vfs(uri, flags, shim::register()?)
        .map_err(|error| cannot_open(image, error))
}
