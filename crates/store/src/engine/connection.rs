//! The connections of a store, whichever engine they belong to.
//!
//! It only hands on: what an engine does is in its folder.

use std::time::Duration;

use crossbeam_channel::Receiver;
use hansard_domain::Result;

use super::{Claim, Failure, Reach, health::Monitor, postgres, sqlite};
use crate::{
    engine::Fault,
    tx::{Tx, Value},
};

/// The connection that writes.
#[derive(Debug)]
pub(crate) enum Writer {
    Sqlite(Box<sqlite::Writer>),
    Postgres(Box<postgres::Writer>),
}

impl Writer {
    /// Whether other processes may write between two transactions.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Runs `work` in one transaction that has the claims, and commits it when `work` succeeds.
    ///
    /// A panic of `work` counts as its failure.
    pub(crate) fn transact<T>(
        &self,
        claims: &[Claim],
        work: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T, Failure> {
        match self {
            Self::Sqlite(writer) => writer.transact(work),
            Self::Postgres(writer) => writer.transact(claims, work),
        }
    }

    /// Begins a transaction; answers which of the claims it has. Who is patient waits for the others, but not for long.
    ///
    /// It ends with [`transact_begun`](Self::transact_begun) or [`give_up`](Self::give_up).
    pub(crate) fn begin(&self, claims: &[Claim], is_patient: bool) -> Result<Vec<Claim>, Failure> {
        match self {
            Self::Sqlite(_) => Ok(claims.to_vec()),
            Self::Postgres(writer) => writer.begin(claims, is_patient),
        }
    }

    /// [`transact`](Self::transact) for a transaction that was begun.
    pub(crate) fn transact_begun<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T, Failure> {
        match self {
            Self::Sqlite(writer) => writer.transact(work),
            Self::Postgres(writer) => writer.transact_begun(work),
        }
    }

    /// Ends a transaction that was begun for nothing.
    pub(crate) fn give_up(&self) {
        match self {
            Self::Sqlite(_) => {}
            Self::Postgres(writer) => writer.give_up(),
        }
    }

    /// Wakes whoever waits for work in the writer's place.
    pub(crate) fn wakes(&self) -> &Receiver<()> {
        match self {
            Self::Sqlite(writer) => writer.wakes(),
            Self::Postgres(writer) => writer.wakes(),
        }
    }

    /// What is done between two transactions; answers how long it can wait.
    pub(crate) fn keep_up(&mut self, monitor: &Monitor) -> Option<Duration> {
        match self {
            Self::Sqlite(writer) => writer.keep_up(monitor),
            Self::Postgres(writer) => writer.keep_up(monitor),
        }
    }

    pub(crate) fn close(self) -> Result<()> {
        match self {
            Self::Sqlite(writer) => writer.close(),
            // Every commit has been flushed by the server.
            Self::Postgres(_) => Ok(()),
        }
    }
}

/// A connection that reads.
#[derive(Debug)]
pub(crate) enum Reader {
    Sqlite(Box<sqlite::Reader>),
    Postgres(Box<postgres::Reader>),
}

impl Reader {
    /// Runs `work` on one snapshot of what is in its reach, which ends with it or when its time is over.
    pub(crate) fn read<T>(&self, reach: &Reach, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        match self {
            Self::Sqlite(reader) => reader.read(work),
            Self::Postgres(reader) => reader.read(reach, work),
        }
    }
}

/// A transaction on one connection.
#[derive(Debug)]
pub(crate) enum Session<'c> {
    Sqlite(sqlite::Session<'c>),
    Postgres(postgres::Session<'c>),
}

impl Session<'_> {
    /// Runs a statement whose outcome nobody waits for, at the latest with the commit.
    pub(crate) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<()> {
        match self {
            Self::Sqlite(session) => session.execute(sql, params).map(drop),
            Self::Postgres(session) => session.execute(sql, params),
        }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn count(&self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        match self {
            Self::Sqlite(session) => session.execute(sql, params),
            Self::Postgres(session) => session.count(sql, params),
        }
    }

    /// Runs one statement for each of many parameters, and hands on each row with the place of its parameters.
    pub(crate) fn query_each<'v>(
        &self,
        sql: &str,
        params: &[impl AsRef<[Value<'v>]>],
        mut visit: impl FnMut(usize, &Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        match self {
            Self::Sqlite(session) => {
                session.query_each(sql, params, |place, row| visit(place, &Row::Sqlite(row)))
            }
            Self::Postgres(session) => {
                session.query_each(sql, params, |place, row| visit(place, &Row::Postgres(row)))
            }
        }
    }

    /// Hands each row to `visit` until it answers false.
    pub(crate) fn query(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        match self {
            Self::Sqlite(session) => session.query(sql, params, |row| visit(&Row::Sqlite(row))),
            Self::Postgres(session) => session.query(sql, params, |row| visit(&Row::Postgres(row))),
        }
    }

    pub(crate) fn script(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(session) => session.script(sql),
            Self::Postgres(session) => session.script(sql),
        }
    }

    /// Runs what waits for a later statement.
    pub(crate) fn flush(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.flush(),
        }
    }

    /// Keeps other processes from something until the transaction ends; one alone need not.
    pub(crate) fn claim(&self, claim: Claim) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.claim(claim),
        }
    }

    /// Holds the statements that follow to a reach; a file has no such wall.
    pub(crate) fn confine(&self, reach: &Reach) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.confine(reach),
        }
    }

    /// Has the tables that name a tenant held to the reach of each transaction, where the engine can.
    pub(crate) fn raise_walls(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.raise_walls(),
        }
    }

    /// Tells other processes something, once the transaction is committed; to a store of one there is nobody to tell.
    pub(crate) fn tell(&self, text: &str) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.tell(text),
        }
    }

    /// The first failure that leaves no hope for the transaction, even if the caller swallowed it.
    pub(crate) fn fault(&self) -> Option<Fault> {
        match self {
            Self::Sqlite(session) => session.fault(),
            Self::Postgres(session) => session.fault(),
        }
    }

    /// How many rows are read in one way for about the price of one.
    pub(crate) fn reads_ahead(&self) -> usize {
        match self {
            Self::Sqlite(_) => 1,
            Self::Postgres(_) => postgres::READS_AHEAD,
        }
    }

    /// Rows that queries have answered so far.
    pub(crate) fn rows_read(&self) -> u64 {
        match self {
            Self::Sqlite(session) => session.rows_read(),
            Self::Postgres(session) => session.rows_read(),
        }
    }
}

impl<'c> From<sqlite::Session<'c>> for Session<'c> {
    fn from(session: sqlite::Session<'c>) -> Self {
        Self::Sqlite(session)
    }
}

impl<'c> From<postgres::Session<'c>> for Session<'c> {
    fn from(session: postgres::Session<'c>) -> Self {
        Self::Postgres(session)
    }
}

/// A row of an answer.
#[derive(Debug)]
pub(crate) enum Row<'r> {
    Sqlite(&'r sqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    pub(crate) fn value(&self, column: usize) -> Result<Value<'_>> {
        match self {
            Self::Sqlite(row) => sqlite::value(row, column),
            Self::Postgres(row) => postgres::value(row, column),
        }
    }

    /// The name of a column, for an error.
    pub(crate) fn column_name(&self, column: usize) -> &str {
        match self {
            Self::Sqlite(row) => sqlite::column_name(row, column),
            Self::Postgres(row) => postgres::column_name(row, column),
        }
    }
}
