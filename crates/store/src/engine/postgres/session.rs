//! One transaction on one connection: statements in, values out.
//!
//! Beginning and ending it is the reader's and the writer's business.

use std::{
    cell::{Cell, RefCell},
    fmt,
    sync::Arc,
    time::Instant,
};

use hansard_domain::{Error, Result};
use tokio_postgres::Row;

use super::{
    client::{Connection, Open},
    fault,
    listener::CHANNEL,
    questions,
    statement::{Call, Failed},
    value::Owned,
};
use crate::{
    engine::{Claim, Fault, script::part_for},
    tx::Value,
};

/// Statements that may wait to be sent together.
const WAITING_MAX: usize = 1024;

pub(crate) struct Session<'c> {
    connection: &'c Connection,
    deadline: Option<Instant>,
    fault: RefCell<Option<Fault>>,
    rows_read: Cell<u64>,
    /// What is to be run, in order, before anything is read: a way to the server and back for each would take longer
    /// than the statements themselves.
    waiting: RefCell<Vec<Call>>,
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c Connection, deadline: Option<Instant>) -> Self {
        let (fault, rows_read, waiting) = Default::default();
        Self { connection, deadline, fault, rows_read, waiting }
    }

    /// The first failure, even if the caller swallowed it: the server ends a transaction in which a statement failed.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault.borrow().clone()
    }

    /// Rows that queries have answered so far.
    pub(crate) fn rows_read(&self) -> u64 {
        self.rows_read.get()
    }

    /// Runs a statement before whatever is read next, or with the commit.
    pub(crate) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<()> {
        let call = self.call(sql, params)?;
        self.waiting.borrow_mut().push(call);
        if self.waiting.borrow().len() >= WAITING_MAX { self.flush() } else { Ok(()) }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn count(&self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        self.flush()?;
        let call = self.call(sql, params)?;
        self.run(|open| open.count(&call))
    }

    /// Hands each row to `visit` until it answers false. `visit` may itself run statements: the answer is read whole before.
    pub(crate) fn query(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut visit: impl FnMut(&Row) -> Result<bool>,
    ) -> Result<()> {
        let call = self.call(sql, params)?;
        for row in self.answers([call])?.into_iter().flatten() {
            self.rows_read.set(self.rows_read.get() + 1);
            if !visit(&row)? {
                return Ok(());
            }
            self.check_in_time()?;
        }
        Ok(())
    }

    /// Runs one statement for each of many parameters, and hands on rows with the place of their parameters; what `visit`
    /// wants no more of is left.
    pub(crate) fn query_each<'v>(
        &self,
        sql: &str,
        params: &[impl AsRef<[Value<'v>]>],
        mut visit: impl FnMut(usize, &Row) -> Result<bool>,
    ) -> Result<()> {
        let calls = params.iter().map(|params| self.call(sql, params.as_ref()));
        let calls = calls.collect::<Result<Vec<_>>>()?;
        let together = self.run(|open| open.together(&calls))?;
        let is_together = together.is_some();
        let answers = self.answers(together.map_or(calls, |call| vec![call]))?;
        let mut is_done = vec![false; params.len()];
        for (asked, row) in
            answers.iter().enumerate().flat_map(|(asked, rows)| rows.iter().map(move |row| (asked, row)))
        {
            self.rows_read.set(self.rows_read.get() + 1);
            let place = if is_together { questions::place(row) } else { Some(asked) };
            let place = place.filter(|place| *place < is_done.len());
            let place = place.ok_or_else(|| Error::internal("an answer does not tell its question"))?;
            is_done[place] = is_done[place] || !visit(place, row)?;
        }
        self.check_in_time()
    }

    /// Runs each statement of a script.
    pub(crate) fn script(&self, sql: &str) -> Result<()> {
        self.flush()?;
        let sql = in_order_of_bytes(&part_for("postgres", sql).replace("/*clustered*/", ""));
        self.run(|open| open.script(&sql).map_err(|error| (Arc::from(sql.as_str()), error)))
    }

    /// Waits until no other transaction has what is claimed.
    pub(crate) fn claim(&self, claim: Claim) -> Result<()> {
        let (class, key) = number(claim);
        // The text of a claim is of no table: the server keeps these locks by number alone.
        let sql = "select pg_advisory_xact_lock(($1::int8 << 56) # ($2::int8 & 72057594037927935))";
        self.execute(sql, &[class.into(), key.into()])
    }

    /// Answers what of the claims no other transaction has, and keeps it.
    pub(super) fn try_claims(&self, claims: &[Claim]) -> Result<Vec<Claim>> {
        let sql =
            "select case when pg_try_advisory_xact_lock(($1::int8 << 56) # ($2::int8 & 72057594037927935))
            then 1 else 0 end";
        let numbers = claims.iter().map(|claim| number(*claim));
        let params: Vec<[Value<'_>; 2]> = numbers.map(|(class, key)| [class.into(), key.into()]).collect();
        let mut had = Vec::with_capacity(claims.len());
        self.query_each(sql, &params, |place, row| {
            if row.get::<_, i32>(0) == 1 {
                had.push(claims[place]);
            }
            Ok(true)
        })?;
        Ok(had)
    }

    /// Tells whoever listens something, once the transaction is committed.
    pub(crate) fn tell(&self, text: &str) -> Result<()> {
        self.execute("select pg_notify($1, $2)", &[CHANNEL.into(), text.into()])
    }

    /// Runs what waits.
    pub(crate) fn flush(&self) -> Result<()> {
        self.answers([]).map(drop)
    }

    /// Runs what waits and these, and returns the rows that these answered.
    fn answers(&self, asked: impl IntoIterator<Item = Call>) -> Result<Vec<Vec<Row>>> {
        let mut calls = self.waiting.take();
        if calls.len() > 1 {
            calls = self.run(|open| open.merged(&calls))?;
        }
        let first = calls.len();
        calls.extend(asked);
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.run(|open| open.rows_of_each(&calls))?.split_off(first))
    }

    fn call(&self, sql: &str, params: &[Value<'_>]) -> Result<Call> {
        self.run(|open| open.call(sql, params.iter().map(Owned::from).collect()))
    }

    fn run<T>(&self, run: impl FnOnce(&mut Open) -> Result<T, Failed>) -> Result<T> {
        if let Some(fault) = &*self.fault.borrow() {
            return Err(fault.error());
        }
        self.check_in_time()?;
        let mut open = self.connection.open().map_err(|fault| self.failed(&fault, String::new()))?;
        run(&mut open).map_err(|(sql, error)| {
            open.forget(&sql);
            self.failed(&Fault::from(&error), format!("{} in `{sql}`", fault::text(&error)))
        })
    }

    fn check_in_time(&self) -> Result<()> {
        match self.deadline {
            Some(deadline) if deadline < Instant::now() => Err(Fault::Interrupted.error()),
            _ => Ok(()),
        }
    }

    fn failed(&self, fault: &Fault, cause: String) -> Error {
        self.fault.borrow_mut().get_or_insert(fault.clone());
        fault.error().with_source(cause)
    }
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
