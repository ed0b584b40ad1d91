//! Rows of any table: read page by page in the order of the key, and digested.
//!
//! The digest of a table is SHA-256 over its name, its columns and every row in order of the key. Each value is its
//! type, its length where that varies, and its bytes, so that no two tables have the same form.

use hansard_domain::{Error, Result};
use sha2::{Digest, Sha256};

use super::tables;
use crate::{Row, Tx, Value, engine::sqlite::Table, hex};

/// What a page weighs about; it is what one transaction writes.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
const PAGE_ROWS: std::ops::RangeInclusive<usize> = 64..=20_000;
const PAGE_ROWS_FIRST: usize = 512;

/// A value that has left the connection it was read from.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(super) enum Datum {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The values of a row, by column.
pub(super) type Cells = Vec<Datum>;

impl From<Value<'_>> for Datum {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(value) => Self::Int(value),
            Value::Real(value) => Self::Real(value),
            Value::Text(value) => Self::Text(value.to_owned()),
            Value::Bytes(value) => Self::Bytes(value.to_owned()),
        }
    }
}

impl<'d> From<&'d Datum> for Value<'d> {
    fn from(datum: &'d Datum) -> Self {
        match datum {
            Datum::Null => Self::Null,
            Datum::Int(value) => Self::Int(*value),
            Datum::Real(value) => Self::Real(*value),
            Datum::Text(value) => Self::Text(value),
            Datum::Bytes(value) => Self::Bytes(value),
        }
    }
}

/// Reads a table in the order of its key, some rows at a time.
pub(super) struct Pages<'t> {
    table: &'t Table,
    after: Option<Cells>,
    rows: usize,
}

impl<'t> Pages<'t> {
    pub(super) fn of(table: &'t Table) -> Self {
        Self { table, after: None, rows: PAGE_ROWS_FIRST }
    }

    /// The next rows, at most `most`; none at the end.
    pub(super) fn next(&mut self, tx: &Tx<'_>, most: u64) -> Result<Vec<Cells>> {
        let limit = i64::try_from(most.min(self.rows as u64)).unwrap_or(i64::MAX);
        let mut params: Vec<Value<'_>> = self.after.iter().flatten().map(Value::from).collect();
        params.push(limit.into());
        let mut bytes = 0;
        let columns = self.table.columns.len();
        let page = tx.rows(&tables::select(self.table, self.after.is_some()), &params, |row| {
            let cells = cells(row, columns)?;
            bytes += cells.iter().map(Datum::weight).sum::<usize>();
            Ok(cells)
        })?;
        if let Some(last) = page.last() {
            self.after = Some(key(self.table, last));
            let fitting = page.len() * PAGE_BYTES / bytes.max(1);
            self.rows = fitting.clamp(*PAGE_ROWS.start(), *PAGE_ROWS.end());
        }
        Ok(page)
    }
}

fn cells(row: &Row<'_>, columns: usize) -> Result<Cells> {
    (0..columns).map(|column| row.value(column).map(Datum::from)).collect()
}

/// The values of a row's key.
pub(super) fn key(table: &Table, cells: &Cells) -> Cells {
    table.key.iter().map(|at| cells[*at].clone()).collect()
}

/// A row as an operator finds it again; bytes are shown as hexadecimal digits.
pub(super) fn shown(table: &Table, key: &Cells) -> String {
    let columns = table.key.iter().map(|at| &table.columns[*at]);
    let pairs = columns.zip(key).map(|(column, value)| match value {
        Datum::Null => format!("{column} null"),
        Datum::Int(value) => format!("{column} {value}"),
        Datum::Real(value) => format!("{column} {value}"),
        Datum::Text(value) => format!("{column} {value:?}"),
        Datum::Bytes(value) => format!("{column} {}", hex(value)),
    });
    format!("{} ({})", table.name, pairs.collect::<Vec<_>>().join(", "))
}

/// The digest of a table, as far as it has been read.
#[derive(Clone)]
pub(super) struct Running {
    hash: Sha256,
    pub(super) rows: u64,
}

impl Running {
    pub(super) fn new(table: &Table) -> Self {
        let mut hash = Sha256::new();
        for name in std::iter::once(&table.name).chain(&table.columns) {
            hash_sized(&mut hash, name.as_bytes());
        }
        Self { hash, rows: 0 }
    }

    pub(super) fn add(&mut self, page: &[Cells]) {
        page.iter().flatten().for_each(|value| value.hash_into(&mut self.hash));
        self.rows += page.len() as u64;
    }

    /// The digest of the rows so far.
    pub(super) fn digest(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }
}

impl Datum {
    fn hash_into(&self, hash: &mut Sha256) {
        match self {
            Self::Null => hash.update([0]),
            Self::Int(value) => {
                hash.update([1]);
                hash.update(value.to_be_bytes());
            }
            Self::Real(value) => {
                hash.update([2]);
                hash.update(value.to_bits().to_be_bytes());
            }
            Self::Text(value) => {
                hash.update([3]);
                hash_sized(hash, value.as_bytes());
            }
            Self::Bytes(value) => {
                hash.update([4]);
                hash_sized(hash, value);
            }
        }
    }

    fn weight(&self) -> usize {
        16 + match self {
            Self::Text(value) => value.len(),
            Self::Bytes(value) => value.len(),
            Self::Null | Self::Int(_) | Self::Real(_) => 0,
        }
    }
}

fn hash_sized(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

/// Refuses what a text of SQLite may hold and one of PostgreSQL may not.
pub(super) fn check_storable(table: &Table, page: &[Cells]) -> Result<()> {
    let holds_nul = |value: &Datum| matches!(value, Datum::Text(text) if text.contains('\0'));
    let place = |cells: &Cells| cells.iter().position(holds_nul).map(|column| (key(table, cells), column));
    match page.iter().find_map(place) {
        None => Ok(()),
        Some((key, column)) => Err(Error::failed_precondition(format!(
            "{}: the character NUL stands in {}, and no PostgreSQL database stores it: change or delete that text in the \
             folder, and begin again in an empty database",
            shown(table, &key),
            table.columns[column]
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let columns = vec!["a".to_owned(), "b".to_owned()];
        Table { name: "note".to_owned(), columns, key: vec![0], parents: Vec::new() }
    }

    fn digest(rows: &[[Datum; 2]]) -> [u8; 32] {
        let mut running = Running::new(&table());
        rows.iter().for_each(|row| running.add(&[row.to_vec()]));
        running.digest()
    }

    #[test]
    fn what_differs_in_any_way_has_another_digest() {
        let text = |text: &str| Datum::Text(text.to_owned());
        let rows = [
            vec![],
            vec![[text("ab"), text("c")]],
            vec![[text("a"), text("bc")]],
            vec![[Datum::Bytes(b"ab".to_vec()), text("c")]],
            vec![[text("ab"), Datum::Null]],
            vec![[text("ab"), text("")]],
            vec![[Datum::Int(0), Datum::Real(0.0)]],
            vec![[Datum::Real(0.0), Datum::Int(0)]],
            vec![[Datum::Real(-0.0), Datum::Int(0)]],
            vec![[text("a"), text("b")], [text("c"), text("d")]],
        ];
        let mut digests: Vec<_> = rows.iter().map(|rows| digest(rows)).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), rows.len());
    }

    #[test]
    fn a_text_that_no_database_takes_is_named() {
        let row = |text: &str| vec![Datum::Int(7), Datum::Text(text.to_owned())];
        assert!(check_storable(&table(), &[row("plain")]).is_ok());
        let error = check_storable(&table(), &[row("plain"), row("pl\0in")]).unwrap_err();
        assert!(error.message().contains("note (a 7)") && error.message().contains("in b"), "{error}");
    }
}
