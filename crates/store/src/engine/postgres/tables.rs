//! The tables of a database, as its server tells them.

use hansard_domain::Result;

use crate::tx::Tx;

/// Whether there is a table of this name.
pub(crate) fn has_table(tx: &Tx<'_>, name: &str) -> Result<bool> {
    let sql = "select case when to_regclass($1) is null then 0 else 1 end";
    Ok(tx.row(sql, &[name.into()], |row| row.bool(0))?.unwrap_or_default())
}
