//! Whether what arrived is what was sent: the digest of each table on the target, and where it differs, the first row.

use std::cmp::Ordering;

use hansard_domain::{Error, Result};

use super::{
    Moved,
    rows::{Cells, Pages, Running, key, shown},
};
use crate::{Tx, engine::sqlite::Table, hex};

/// How a row is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Missing,
    Additional,
    Changed,
}

/// Compares a table of the target with what was moved; tells the rows that it has read.
pub(super) fn verify(
    (source, target): (&Tx<'_>, &Tx<'_>),
    table: &Table,
    moved: &Moved,
    mut progress: impl FnMut(u64),
) -> Result<()> {
    let mut running = Running::new(table);
    let mut pages = Pages::of(table);
    loop {
        let page = pages.next(target, u64::MAX)?;
        if page.is_empty() {
            break;
        }
        running.add(&page);
        progress(running.rows);
    }
    if running.digest() == moved.digest {
        return Ok(());
    }
    let place = match first_difference(source, target, table)? {
        Some((key, Fault::Missing)) => {
            format!("the first row that differs is {}, which is missing", shown(table, &key))
        }
        Some((key, Fault::Additional)) => {
            format!("the first row that differs is {}, which the folder does not have", shown(table, &key))
        }
        Some((key, Fault::Changed)) => {
            format!("the first row that differs is {}, which has other values", shown(table, &key))
        }
        None => "the folder itself was changed meanwhile".to_owned(),
    };
    Err(Error::failed_precondition(format!(
        "the table {} did not arrive as it was: {place} ({} rows of digest {}, moved were {} of {}). The database is not \
         served: drop it and move again into a new one, which nobody else writes to",
        table.name,
        running.rows,
        hex(&running.digest()),
        moved.rows,
        hex(&moved.digest)
    )))
}

/// The first key, in order, whose row is not the same on both sides.
fn first_difference(source: &Tx<'_>, target: &Tx<'_>, table: &Table) -> Result<Option<(Cells, Fault)>> {
    let mut sent = Rows::of(source, table);
    let mut arrived = Rows::of(target, table);
    loop {
        let (one, other) = (sent.next()?, arrived.next()?);
        match (one, other) {
            (None, None) => return Ok(None),
            (Some(row), None) => return Ok(Some((key(table, &row), Fault::Missing))),
            (None, Some(row)) => return Ok(Some((key(table, &row), Fault::Additional))),
            (Some(row), Some(found)) if row == found => {}
            (Some(row), Some(found)) => return Ok(Some(difference(key(table, &row), key(table, &found)))),
        }
    }
}

fn difference(sent: Cells, arrived: Cells) -> (Cells, Fault) {
    match sent.partial_cmp(&arrived) {
        Some(Ordering::Less) => (sent, Fault::Missing),
        Some(Ordering::Greater) => (arrived, Fault::Additional),
        Some(Ordering::Equal) | None => (sent, Fault::Changed),
    }
}

/// The rows of a table one by one.
struct Rows<'t> {
    tx: &'t Tx<'t>,
    pages: Pages<'t>,
    page: std::vec::IntoIter<Cells>,
}

impl<'t> Rows<'t> {
    fn of(tx: &'t Tx<'t>, table: &'t Table) -> Self {
        Self { tx, pages: Pages::of(table), page: Vec::new().into_iter() }
    }

    fn next(&mut self) -> Result<Option<Cells>> {
        if let Some(row) = self.page.next() {
            return Ok(Some(row));
        }
        self.page = self.pages.next(self.tx, u64::MAX)?.into_iter();
        Ok(self.page.next())
    }
}
