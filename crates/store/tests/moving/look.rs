//! Looks into both stores from beside: every row of every table as one line.

use hansard_cluster::Database;
use postgres::{
    Client, NoTls,
    types::{FromSql, Type},
};
use rusqlite::types::ValueRef;
use std::{collections::BTreeMap, error::Error, fmt::Write as _, path::Path, thread};

/// The lines of each table, sorted; a value as its bytes, without regard to its type.
pub(crate) type Lines = BTreeMap<String, Vec<String>>;

pub(crate) fn of_file(file: &Path) -> Lines {
    let connection = crate::fill::open(file);
    let mut listed = connection.prepare("select name from sqlite_schema where type = 'table'").unwrap();
    let tables: Vec<String> = listed.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let lines_of = |table: &String| {
        let mut select = connection.prepare(&format!("select * from {table}")).unwrap();
        let names: Vec<String> = select.column_names().map(str::to_owned).collect();
        let mut rows = select.query([]).unwrap();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let value = |at| match row.get_ref(at).unwrap() {
                ValueRef::Null => None,
                ValueRef::Integer(value) => Some(value.to_be_bytes().to_vec()),
                ValueRef::Real(value) => Some(value.to_be_bytes().to_vec()),
                ValueRef::Text(value) | ValueRef::Blob(value) => Some(value.to_vec()),
            };
            lines.push(line(names.iter().enumerate().map(|(at, name)| (name.as_str(), value(at)))));
        }
        lines.sort_unstable();
        lines
    };
    tables.iter().map(|table| (table.clone(), lines_of(table))).collect()
}

pub(crate) fn of_database(database: &Database) -> Lines {
    let look = || {
        let mut client = Client::connect(&database.url_of_superuser(), NoTls).unwrap();
        let sql = "select tablename::text from pg_tables where schemaname = 'public'";
        let tables: Vec<String> = client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        let mut lines_of = |table: &String| {
            let rows = client.query(&format!("select * from {table}"), &[]).unwrap();
            let mut lines: Vec<String> = rows
                .iter()
                .map(|row| {
                    let columns = row.columns().iter().enumerate();
                    line(columns.map(|(at, column)| (column.name(), row.get::<_, Raw>(at).0)))
                })
                .collect();
            lines.sort_unstable();
            lines
        };
        tables.iter().map(|table| (table.clone(), lines_of(table))).collect()
    };
    // The driver blocks, which a thread that drives asynchronous work may not.
    thread::scope(|scope| scope.spawn(look).join()).unwrap()
}

fn line<'n>(columns: impl Iterator<Item = (&'n str, Option<Vec<u8>>)>) -> String {
    let mut columns: Vec<_> = columns.collect();
    columns.sort_unstable();
    let mut line = String::new();
    for (name, value) in columns {
        match value {
            None => write!(line, "{name} null;"),
            Some(bytes) => write!(line, "{name} {};", bytes.escape_ascii()),
        }
        .unwrap();
    }
    line
}

/// A value as it is sent.
struct Raw(Option<Vec<u8>>);

impl FromSql<'_> for Raw {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw.to_vec())))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
