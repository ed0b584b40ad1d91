//! One transaction on one connection: statements in, values out.
//!
//! Beginning and ending it is the reader's and the writer's business.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
};

use hansard_domain::{Error, Result};
use rusqlite::{
    Batch, CachedStatement, Connection, ToSql,
    fallible_iterator::FallibleIterator,
    params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

use super::{Row, reader::Deadline};
use crate::{
    engine::{Fault, script::part_for},
    tx::Value,
};

/// Rows between two looks at the clock: well under a millisecond, unless each takes long.
const ROWS_BETWEEN_LOOKS: u64 = 16;

pub(crate) struct Session<'c> {
    connection: &'c Connection,
    deadline: Option<&'c Deadline>,
    fault: RefCell<Option<Fault>>,
    rows_read: Cell<u64>,
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c Connection, deadline: Option<&'c Deadline>) -> Self {
        Self { connection, deadline, fault: RefCell::default(), rows_read: Cell::default() }
    }

    /// The first failure that leaves no hope for the transaction, even if the caller swallowed it.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault.borrow().clone()
    }

    /// Rows that queries have answered so far.
    pub(crate) fn rows_read(&self) -> u64 {
        self.rows_read.get()
    }

    pub(crate) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        self.check_usable()?;
        self.prepare(sql)
            .and_then(|mut statement| statement.execute(params_from_iter(params)))
            .map(|changed| changed as u64)
            .map_err(|error| self.failed(sql, &error))
    }

    /// Hands each row to `visit` until it answers false.
    pub(crate) fn query(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        self.query_each(sql, &[params], |_, row| visit(row))
    }

    /// Runs one statement for each of many parameters, and hands on rows with the place of their parameters; what `visit`
    /// wants no more of is left.
    pub(crate) fn query_each<'v>(
        &self,
        sql: &str,
        params: &[impl AsRef<[Value<'v>]>],
        mut visit: impl FnMut(usize, &Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let failed = |error| self.failed(sql, &error);
        self.check_usable()?;
        let mut statement = self.prepare(sql).map_err(failed)?;
        for (place, params) in params.iter().enumerate() {
            self.check_usable()?;
            let mut rows = statement.query(params_from_iter(params.as_ref())).map_err(failed)?;
            while let Some(row) = rows.next().map_err(failed)? {
                let rows = self.rows_read.get() + 1;
                self.rows_read.set(rows);
                if rows.is_multiple_of(ROWS_BETWEEN_LOOKS) {
                    self.check_in_time()?;
                }
                if !visit(place, row)? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Runs each statement of a script; SQLite's own parser finds where one ends.
    pub(crate) fn script(&self, sql: &str) -> Result<()> {
        let sql = part_for("sqlite", sql).replace("/*clustered*/", "without rowid");
        let mut batch = Batch::new(self.connection, &sql);
        loop {
            self.check_usable()?;
            let next = batch.next().map_err(|error| self.failed(&sql, &error))?;
            let Some(mut statement) = next else { return Ok(()) };
            let mut rows = statement.raw_query();
            while rows.next().map_err(|error| self.failed(&sql, &error))?.is_some() {}
        }
    }

    fn prepare(&self, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
        self.connection.prepare_cached(&numbered(sql))
    }

    /// After a failure SQLite may have rolled back by itself: what follows would commit row by row.
    fn check_usable(&self) -> Result<()> {
        if let Some(fault) = &*self.fault.borrow() {
            return Err(fault.error());
        }
        if self.connection.is_autocommit() {
            return Err(Error::unavailable("the transaction ended early; nothing was stored"));
        }
        self.check_in_time()
    }

    fn check_in_time(&self) -> Result<()> {
        match self.deadline {
            Some(deadline) if deadline.has_passed() => Err(Fault::Interrupted.error()),
            _ => Ok(()),
        }
    }

    fn failed(&self, sql: &str, error: &rusqlite::Error) -> Error {
        let fault = Fault::from(error);
        if matches!(fault, Fault::DiskFull | Fault::Broken(_) | Fault::Damaged(_)) {
            self.fault.borrow_mut().get_or_insert(fault.clone());
        }
        let cause = match &fault {
            Fault::Damaged(damage) => damage.clone(),
            _ => error.to_string(),
        };
        fault.error().with_source(format!("{cause} in `{sql}`"))
    }
}

/// `$1` is a name to SQLite, counted by first appearance; `?1` is the number that PostgreSQL means.
fn numbered(sql: &str) -> Cow<'_, str> {
    if sql.contains('$') { sql.replace('$', "?").into() } else { sql.into() }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(value),
            Self::Real(value) => ValueRef::Real(value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

/// Reads a column, counted from 0.
pub(crate) fn value<'r>(row: &'r Row<'_>, column: usize) -> Result<Value<'r>> {
    match row.get_ref(column).map_err(Error::internal)? {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(value) => Ok(Value::Int(value)),
        ValueRef::Real(value) => Ok(Value::Real(value)),
        ValueRef::Blob(value) => Ok(Value::Bytes(value)),
        ValueRef::Text(bytes) => match str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(text)),
            Err(_) => {
                let name = column_name(row, column);
                Err(Error::internal(format!("column {column} ({name}) should be UTF-8 text but is bytes")))
            }
        },
    }
}

/// The name of a column, for an error.
pub(crate) fn column_name<'r>(row: &'r Row<'_>, column: usize) -> &'r str {
    row.as_ref().column_name(column).unwrap_or("?")
}
