//! The tables of a store as its file tells them.

use hansard_domain::{Error, Result};

use crate::tx::Tx;

/// A table: its columns in their order, and what they are to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// The places of the primary key's columns, in the order of the key.
    pub(crate) key: Vec<usize>,
    /// The tables that its foreign keys refer to.
    pub(crate) parents: Vec<String>,
}

/// Every table of a store, by name.
pub(crate) fn tables(tx: &Tx<'_>) -> Result<Vec<Table>> {
    let sql =
        "select name from sqlite_schema where type = 'table' and name not glob 'sqlite_*' order by name";
    tx.rows(sql, &[], |row| row.string(0))?.into_iter().map(|name| table(tx, name)).collect()
}

fn table(tx: &Tx<'_>, name: String) -> Result<Table> {
    let of_table = [(&name).into()];
    let sql = "select name, pk from pragma_table_info($1) order by cid";
    let (columns, places): (Vec<String>, Vec<i64>) =
        tx.rows(sql, &of_table, |row| Ok((row.string(0)?, row.i64(1)?)))?.into_iter().unzip();
    let mut key: Vec<(i64, usize)> = places.into_iter().zip(0..).filter(|(place, _)| *place > 0).collect();
    key.sort_unstable();
    if key.is_empty() {
        return Err(Error::internal(format!("the table {name} has no primary key")));
    }
    let sql = "select distinct \"table\" from pragma_foreign_key_list($1)";
    let parents = tx.rows(sql, &of_table, |row| row.string(0))?;
    Ok(Table { name, columns, key: key.into_iter().map(|(_, at)| at).collect(), parents })
}
