//! What a target holds as long as a move into it has not finished: whose move it is, and how far each table has come.
//!
//! Its tables are of no migration: they are made when a move begins and dropped by its last transaction, so that their
//! being there is what keeps the store from being served.

use std::fmt::Display;

use hansard_domain::{Error, Result, Time};

use crate::{Tx, engine::postgres::has_table, engine::sqlite::Table};

const TABLE: &str = "store_move";

/// Which store is moved, as it was when the move began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// What tells the source from every other store.
    pub(super) source: String,
    /// The version of its tables.
    pub(super) version: i64,
}

/// How far a table has come: so many rows, in order of the key, of this digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) rows: u64,
    pub(super) digest: Vec<u8>,
}

/// Whether a move has begun to fill the store and has not finished.
pub(crate) fn is_unfinished(tx: &Tx<'_>) -> Result<bool> {
    has_table(tx, TABLE)
}

/// Refuses a store that a move has begun to fill and has not finished.
pub(crate) fn refuse_unfinished(tx: &Tx<'_>, store: &dyn Display) -> Result<()> {
    if !is_unfinished(tx)? {
        return Ok(());
    }
    Err(Error::failed_precondition(format!(
        "the store {store} is not whole: a 'hansard migrate-store' into it has not finished. Run the same command again, \
         it goes on where it stopped; or drop the database and make it anew"
    )))
}

pub(super) fn find(tx: &Tx<'_>) -> Result<Option<Mark>> {
    if !is_unfinished(tx)? {
        return Ok(None);
    }
    let sql = "select source, version from store_move";
    tx.row(sql, &[], |row| Ok(Mark { source: row.string(0)?, version: row.i64(1)? }))
}

/// Makes the tables, with nothing moved yet.
pub(super) fn put(tx: &Tx<'_>, mark: &Mark, tables: &[Table], begin_time: Time) -> Result<()> {
    tx.script(
        "create table store_move (source text primary key, version bigint not null, begin_time bigint not null);
         create table store_move_table (name text primary key, row_count bigint not null, digest bytea not null)",
    )?;
    tx.execute(
        "insert into store_move (source, version, begin_time) values ($1, $2, $3)",
        &[(&mark.source).into(), mark.version.into(), begin_time.0.into()],
    )?;
    tables.iter().try_for_each(|table| {
        let sql = "insert into store_move_table (name, row_count, digest) values ($1, 0, $2)";
        tx.execute(sql, &[(&table.name).into(), [].as_slice().into()])
    })
}

pub(super) fn note(tx: &Tx<'_>, table: &str) -> Result<Note> {
    let sql = "select row_count, digest from store_move_table where name = $1";
    let note = tx.row(sql, &[table.into()], |row| {
        Ok(Note { rows: row.i64(0)?.unsigned_abs(), digest: row.bytes(1)?.to_owned() })
    })?;
    note.ok_or_else(|| Error::internal(format!("the move has no note of {table}")))
}

/// Moves the note of a table on; refused where it does not stand where this process left it.
pub(super) fn advance(tx: &Tx<'_>, table: &str, before: u64, after: &Note) -> Result<()> {
    let sql = "update store_move_table set row_count = $3, digest = $4 where name = $1 and row_count = $2";
    let (before, rows) = (before.cast_signed(), after.rows.cast_signed());
    let advanced = tx.count(sql, &[table.into(), before.into(), rows.into(), (&after.digest).into()])?;
    if advanced == 1 {
        return Ok(());
    }
    Err(Error::failed_precondition(
        "another 'hansard migrate-store' fills the same database: let one of them finish",
    ))
}

/// Makes the store one that is served.
pub(super) fn remove(tx: &Tx<'_>) -> Result<()> {
    tx.script("drop table store_move_table; drop table store_move")
}
