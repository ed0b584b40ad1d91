//! One transaction on one connection: statements in, values out.
//!
//! Beginning and ending it is the reader's and the writer's business.

use std::{
    cell::{Cell, RefCell},
    time::Instant,
};

use hansard_domain::{Error, Result};
use postgres::{Row, types::ToSql};

use super::{
    client::{Connection, Open},
    fault,
    listener::CHANNEL,
};
use crate::{
    engine::{Claim, Fault},
    tx::Value,
};

#[derive(Debug)]
pub(crate) struct Session<'c> {
    connection: &'c Connection,
    deadline: Option<Instant>,
    fault: RefCell<Option<Fault>>,
    rows_read: Cell<u64>,
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c Connection, deadline: Option<Instant>) -> Self {
        Self { connection, deadline, fault: RefCell::default(), rows_read: Cell::default() }
    }

    /// The first failure, even if the caller swallowed it: the server ends a transaction in which a statement failed.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault.borrow().clone()
    }

    /// Rows that queries have answered so far.
    pub(crate) fn rows_read(&self) -> u64 {
        self.rows_read.get()
    }

    pub(crate) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        self.run(sql, |open| {
            let statement = open.prepare(sql)?;
            open.client.execute(&statement, &as_params(params))
        })
    }

    /// Hands each row to `visit` until it answers false. `visit` may itself run statements: the answer is read whole before.
    pub(crate) fn query(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut visit: impl FnMut(&Row) -> Result<bool>,
    ) -> Result<()> {
        let rows = self.run(sql, |open| {
            let statement = open.prepare(sql)?;
            open.client.query(&statement, &as_params(params))
        })?;
        for row in &rows {
            self.rows_read.set(self.rows_read.get() + 1);
            if !visit(row)? {
                return Ok(());
            }
            self.check_in_time()?;
        }
        Ok(())
    }

    /// Runs each statement of a script.
    pub(crate) fn script(&self, sql: &str) -> Result<()> {
        let sql = in_order_of_bytes(&sql.replace("/*clustered*/", ""));
        self.run(&sql, |open| open.client.batch_execute(&sql))
    }

    /// Waits until no other transaction has what is claimed.
    pub(crate) fn claim(&self, claim: Claim) -> Result<()> {
        let (class, key) = number(claim);
        // The text of a claim is of no table: the server keeps these locks by number alone.
        let sql = "select pg_advisory_xact_lock(($1::int8 << 56) # ($2::int8 & 72057594037927935))";
        self.run(sql, |open| {
            let statement = open.prepare(sql)?;
            open.client.query(&statement, &[&class, &key]).map(drop)
        })
    }

    /// Tells whoever listens something, once the transaction is committed.
    pub(crate) fn tell(&self, text: &str) -> Result<()> {
        let sql = "select pg_notify($1, $2)";
        self.run(sql, |open| {
            let statement = open.prepare(sql)?;
            open.client.query(&statement, &[&CHANNEL, &text]).map(drop)
        })
    }

    fn run<T>(&self, sql: &str, run: impl FnOnce(&mut Open) -> Result<T, postgres::Error>) -> Result<T> {
        if let Some(fault) = &*self.fault.borrow() {
            return Err(fault.error());
        }
        self.check_in_time()?;
        let mut open = self.connection.open().map_err(|fault| self.failed(sql, &fault, None))?;
        run(&mut open).map_err(|error| {
            open.forget(sql);
            self.failed(sql, &Fault::from(&error), Some(&error))
        })
    }

    fn check_in_time(&self) -> Result<()> {
        match self.deadline {
            Some(deadline) if deadline < Instant::now() => Err(Fault::Interrupted.error()),
            _ => Ok(()),
        }
    }

    fn failed(&self, sql: &str, fault: &Fault, error: Option<&postgres::Error>) -> Error {
        self.fault.borrow_mut().get_or_insert(fault.clone());
        let cause = error.map(fault::text).unwrap_or_default();
        fault.error().with_source(format!("{cause} in `{sql}`"))
    }
}

fn as_params<'p>(params: &'p [Value<'_>]) -> Vec<&'p (dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}

/// The number by which the server keeps a claim.
fn number(claim: Claim) -> (i64, i64) {
    match claim {
        Claim::Schema => (0x41, 0),
        Claim::Tenancy => (0x42, 0),
        Claim::Profile(profile) => (0x43, profile.0),
        Claim::Key(hash) => (0x44, hash.cast_signed()),
        Claim::Trail(customer) => (0x45, customer.0),
    }
}

/// Has every column of text compare by bytes, whatever the database's language: `text` that follows a column's name.
fn in_order_of_bytes(script: &str) -> String {
    const TYPE: &str = " text";
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut made = String::with_capacity(script.len() + script.len() / 8);
    let mut rest = script;
    while let Some(at) = rest.find(TYPE) {
        let (before, after) = rest.split_at(at + TYPE.len());
        made.push_str(before);
        let follows_name = rest[..at].ends_with(is_word);
        if follows_name && !after.starts_with(is_word) {
            made.push_str(" collate \"C\"");
        }
        rest = after;
    }
    made + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_text_compares_by_bytes() {
        let made = in_order_of_bytes("create table note (text text not null, other bigint, more text)");
        let expected =
            "create table note (text text collate \"C\" not null, other bigint, more text collate \"C\")";
        assert_eq!(made, expected);
        let same = "create table growing_text (texts bigint); -- say texts";
        assert_eq!(in_order_of_bytes(same), same);
    }
}
