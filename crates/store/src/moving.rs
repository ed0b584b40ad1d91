//! Moving the store of a folder into a database: every row, in batches that a second run goes on after, verified by digests.
//!
//! It knows no table but those that it leaves out. Of the folder it changes nothing, beyond bringing it to this build's version
//! as every opening does; the target is not served before every table of it was read again and found the same.

mod mark;
mod rows;
mod tables;
mod target;
mod verify;

use std::{error::Error as _, path::Path, time::Duration};

use hansard_domain::{Error, ErrorKind, Result};
use sha2::{Digest, Sha256};

use crate::{
    Engine, Location, Migration, Options, Secret, TimeSource as _, Tx,
    clock::SystemTimeSource,
    engine::{
        DatabaseUrl, Reach,
        health::Monitor,
        postgres,
        sqlite::{self, Table},
    },
    folder::DATABASE_FILE,
    migrate,
};
use mark::{Mark, Note};
pub(crate) use mark::{is_unfinished, refuse_unfinished};
use rows::{Pages, Running, check_storable};
pub use tables::LEFT_OUT;
use target::Target;

/// A move reads for as long as it takes.
const WHOLE_STORE: Duration = Duration::from_secs(7 * 24 * 3600);

/// What is being done to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// What an earlier run has moved is read again in the folder.
    Resuming,
    Copying,
    /// What arrived is read again in the database.
    Verifying,
}

/// How far a table is: its name, rows done, rows in all.
pub type Progress<'a> = &'a mut dyn FnMut(Stage, &str, u64, u64);

/// A table that was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub table: String,
    pub rows: u64,
    /// Rows of it that an earlier run had moved.
    pub rows_before: u64,
    /// SHA-256 over its columns and rows in the order of its key, the same on both sides.
    pub digest: [u8; 32],
}

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub tables: Vec<Moved>,
}

impl Report {
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|moved| moved.rows).sum()
    }

    /// Rows that an earlier run had moved.
    pub fn rows_before(&self) -> u64 {
        self.tables.iter().map(|moved| moved.rows_before).sum()
    }

    /// SHA-256 over the names and digests of the tables, in the order of their names.
    pub fn digest(&self) -> [u8; 32] {
        let mut tables: Vec<&Moved> = self.tables.iter().collect();
        tables.sort_by_key(|moved| &moved.table);
        let mut hash = Sha256::new();
        for Moved { table, digest, .. } in tables {
            hash.update(table);
            hash.update([0]);
            hash.update(digest);
        }
        hash.finalize().into()
    }
}

/// Moves the store of a folder, which no process may have in use, into an empty database, or goes on with a move of the same
/// store.
///
/// The folder is held all the time. After a failure or a kill the same call goes on after the last batch.
pub fn move_store(
    from: &Path,
    to: &DatabaseUrl,
    migrations: &[Migration],
    progress: Progress<'_>,
) -> Result<Report> {
    let file = from.join(DATABASE_FILE);
    if !file.is_file() {
        return Err(Error::failed_precondition(format!("the folder {} holds no store", from.display())));
    }
    // Holds the folder, and brings it to the newest version.
    let held = Engine::open(&Options::at(Location::Folder(from.to_owned())), migrations)?;
    let target = Target::open(to)?;
    let source = sqlite::Reader::open(&file, WHOLE_STORE)?;
    let arrived = postgres::Reader::new(to, WHOLE_STORE, &Monitor::new());
    let report = source.read(|source| {
        let tables = tables::tables(source)?;
        target.begin(&identify(source)?, &tables, migrations, SystemTimeSource.wall())?;
        let counts = tables.iter().map(|table| count(source, table)).collect::<Result<Vec<_>>>()?;
        let mut moved = Vec::with_capacity(tables.len());
        for (table, total) in tables.iter().zip(counts) {
            moved.push(copy(source, &target, table, total, progress)?);
        }
        tables.iter().try_for_each(|table| target.analyze(table))?;
        arrived.read(&Reach::Store, |arrived| {
            tables.iter().zip(&moved).try_for_each(|(table, moved)| {
                let mut show = |rows| progress(Stage::Verifying, &table.name, rows, moved.rows);
                show(0);
                verify::verify((source, arrived), table, moved, show)
            })
        })?;
        target.finish()?;
        Ok(Report { tables: moved })
    })?;
    held.close()?;
    Ok(report)
}

/// What tells the store from every other.
fn identify(source: &Tx<'_>) -> Result<Mark> {
    let identity = Secret::identity(source)?;
    let none = || {
        Error::failed_precondition("the folder holds a store that was never used: there is nothing to move")
    };
    let version = migrate::version(&migrate::list_applied(source)?);
    Ok(Mark { source: identity.ok_or_else(none)?, version })
}

fn count(source: &Tx<'_>, table: &Table) -> Result<u64> {
    let counted = source.row(&format!("select count(*) from {}", table.name), &[], |row| row.i64(0))?;
    Ok(counted.unwrap_or_default().unsigned_abs())
}

/// Moves what of a table is not moved yet.
fn copy(
    source: &Tx<'_>,
    target: &Target<'_>,
    table: &Table,
    total: u64,
    progress: Progress<'_>,
) -> Result<Moved> {
    let note = target.note(table)?;
    let mut running = Running::new(table);
    let mut pages = Pages::of(table);
    while running.rows < note.rows {
        progress(Stage::Resuming, &table.name, running.rows, note.rows);
        let page = pages.next(source, note.rows - running.rows).map_err(unreadable)?;
        if page.is_empty() {
            break;
        }
        running.add(&page);
    }
    check_unchanged(table, &note, &running)?;
    loop {
        progress(Stage::Copying, &table.name, running.rows, total);
        let page = pages.next(source, u64::MAX).map_err(unreadable)?;
        if page.is_empty() {
            break;
        }
        check_storable(table, &page)?;
        let before = running.rows;
        running.add(&page);
        let after = Note { rows: running.rows, digest: running.digest().to_vec() };
        target.put(table, &page, before, &after)?;
    }
    Ok(Moved {
        table: table.name.clone(),
        rows: running.rows,
        rows_before: note.rows,
        digest: running.digest(),
    })
}

/// What an earlier run moved must still be what the folder holds.
fn check_unchanged(table: &Table, note: &Note, running: &Running) -> Result<()> {
    if note.rows == 0 || (note.rows == running.rows && note.digest == running.digest()) {
        return Ok(());
    }
    Err(Error::failed_precondition(format!(
        "the folder was written to since the move began (the table {} differs): begin again in an empty database, and keep \
         the server of the folder stopped until the end",
        table.name
    )))
}

/// The error of a page that the folder does not give.
fn unreadable(error: Error) -> Error {
    match (error.kind(), error.source()) {
        (ErrorKind::Internal, Some(source)) => Error::failed_precondition(format!(
            "the folder cannot be read: {source}; 'hansard fsck' tells more, and a backup brings it back"
        )),
        _ => error,
    }
}
