//! A transaction as the table files see it: three verbs over plain values.
//!
//! SQL is written in the common subset of SQLite and PostgreSQL: `$1` parameters, `on conflict`,
//! `returning`. Nothing here begins, commits or names a driver: that is `engine/`.

use hansard_domain::{Error, Result};

use crate::engine::{self, Claim, Fault, Reach, Session};

/// One parameter of a statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// An open transaction.
///
/// Once a statement failed for want of disk or by a broken file, every later statement fails too, and
/// so does the commit, whatever the caller makes of the first error.
#[derive(Debug)]
pub struct Tx<'c> {
    session: Session<'c>,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(session: Session<'c>) -> Self {
        Self { session }
    }

    /// The first failure that leaves no hope for the transaction, even if its work swallowed it.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.session.fault()
    }

    /// Rows that queries have answered so far.
    pub(crate) fn rows_read(&self) -> u64 {
        self.session.rows_read()
    }

    /// Keeps other processes from something until the transaction ends.
    pub(crate) fn claim(&self, claim: Claim) -> Result<()> {
        self.session.claim(claim)
    }

    /// Holds the statements that follow to a reach, and those alone that a write of the store runs.
    pub fn confine(&self, reach: &Reach) -> Result<()> {
        self.session.confine(reach)
    }

    /// Has the tables that name a tenant held to the reach of each transaction, where the engine can.
    pub(crate) fn raise_walls(&self) -> Result<()> {
        self.session.raise_walls()
    }

    /// Tells other processes something, once the transaction is committed.
    pub(crate) fn tell(&self, text: &str) -> Result<()> {
        self.session.tell(text)
    }

    /// Whether other processes may write to the store.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.session, Session::Postgres(_))
    }

    /// Runs a statement that answers no rows. It may wait for others until something is read or the transaction is
    /// committed, so that its failure is that of the transaction.
    pub fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<()> {
        self.session.execute(sql, params)
    }

    /// Runs a statement at once and returns how many rows it changed.
    pub fn count(&self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        self.session.count(sql, params)
    }

    /// How many rows are read in one way to the store for about the price of one.
    pub(crate) fn reads_ahead(&self) -> usize {
        self.session.reads_ahead()
    }

    /// Runs one statement for each of many parameters, and hands on the rows with the place of their parameters; of each, as
    /// long as `each` wants more.
    ///
    /// Over a network all of them take one way there and back.
    pub(crate) fn rows_of_each<'v>(
        &self,
        sql: &str,
        params: &[impl AsRef<[Value<'v>]>],
        mut each: impl FnMut(usize, &Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        self.session.query_each(sql, params, |place, row| each(place, &Row { row }))
    }

    /// Runs one statement for each of many parameters, and reads the first row that each answers, if there is one.
    /// `read` is told the place of the parameters.
    pub(crate) fn row_of_each<'v, T>(
        &self,
        sql: &str,
        params: &[impl AsRef<[Value<'v>]>],
        mut read: impl FnMut(usize, &Row<'_>) -> Result<T>,
    ) -> Result<Vec<Option<T>>> {
        let mut found = Vec::with_capacity(params.len());
        found.resize_with(params.len(), || None);
        self.rows_of_each(sql, params, |place, row| {
            found[place] = Some(read(place, row)?);
            Ok(false)
        })?;
        Ok(found)
    }

    /// Runs a statement and reads every row of its answer.
    pub fn rows<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.session.query(sql, params, |row| {
            found.push(read(&Row { row })?);
            Ok(true)
        })?;
        Ok(found)
    }

    /// Runs a statement and reads the first row of its answer, if there is one.
    pub fn row<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut read = Some(read);
        let mut found = None;
        self.session.query(sql, params, |row| {
            if let Some(read) = read.take() {
                found = Some(read(&Row { row })?);
            }
            Ok(false)
        })?;
        Ok(found)
    }

    /// Runs a statement and hands on each row of its answer, as long as `each` wants more.
    pub(crate) fn each(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        self.session.query(sql, params, |row| each(&Row { row }))
    }

    /// Runs what waits for a later statement.
    pub(crate) fn flush(&self) -> Result<()> {
        self.session.flush()
    }

    /// Runs every statement of a script, one after another.
    pub(crate) fn script(&self, sql: &str) -> Result<()> {
        self.session.script(sql)
    }
}

/// One row of an answer; columns are counted from 0.
///
/// Each getter fails with an internal error that names the column when its value has another type:
/// the statement and its reader disagree, which no caller can mend.
#[derive(Debug)]
pub struct Row<'r> {
    row: &'r engine::Row<'r>,
}

impl Row<'_> {
    pub fn i64(&self, column: usize) -> Result<i64> {
        self.opt_i64(column)?.ok_or_else(|| self.null(column))
    }

    /// A boolean, stored as 0 or 1.
    pub fn bool(&self, column: usize) -> Result<bool> {
        Ok(self.i64(column)? != 0)
    }

    pub fn f64(&self, column: usize) -> Result<f64> {
        self.opt_f64(column)?.ok_or_else(|| self.null(column))
    }

    pub fn text(&self, column: usize) -> Result<&str> {
        self.opt_text(column)?.ok_or_else(|| self.null(column))
    }

    pub fn string(&self, column: usize) -> Result<String> {
        self.text(column).map(str::to_owned)
    }

    pub fn bytes(&self, column: usize) -> Result<&[u8]> {
        self.opt_bytes(column)?.ok_or_else(|| self.null(column))
    }

    pub fn opt_i64(&self, column: usize) -> Result<Option<i64>> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(value)),
            other => Err(self.mismatch(column, "an integer", other)),
        }
    }

    pub fn opt_f64(&self, column: usize) -> Result<Option<f64>> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Real(value) => Ok(Some(value)),
            other => Err(self.mismatch(column, "a real", other)),
        }
    }

    pub fn opt_text(&self, column: usize) -> Result<Option<&str>> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            other => Err(self.mismatch(column, "a text", other)),
        }
    }

    pub fn opt_string(&self, column: usize) -> Result<Option<String>> {
        Ok(self.opt_text(column)?.map(str::to_owned))
    }

    pub fn opt_bytes(&self, column: usize) -> Result<Option<&[u8]>> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Bytes(value) => Ok(Some(value)),
            other => Err(self.mismatch(column, "bytes", other)),
        }
    }

    pub(crate) fn value(&self, column: usize) -> Result<Value<'_>> {
        self.row.value(column)
    }

    fn null(&self, column: usize) -> Error {
        self.mismatch(column, "a value", Value::Null)
    }

    fn mismatch(&self, column: usize, wanted: &str, found: Value<'_>) -> Error {
        let (name, found) = (self.row.column_name(column), found.type_name());
        Error::internal(format!("column {column} ({name}) should be {wanted} but is {found}"))
    }
}

impl Value<'_> {
    /// The name of the value's type, as an error says it; never the value itself.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "an integer",
            Self::Real(_) => "a real",
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value<'_> {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Value<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
