//! Rows for every table of a store, made from nothing but what its file says of the columns.

use rusqlite::{Connection, OpenFlags, params_from_iter, types::Value};
use std::path::Path;

const CUSTOMERS: usize = 3;
const PROFILES: usize = 7;
/// Several batches.
const MANY: usize = 3_000;
const SOME: usize = 700;

/// What is compared, ordered or sent in a way of its own somewhere.
const TEXTS: [&str; 14] = [
    "",
    "a",
    "Z",
    "ä",
    "z",
    "_",
    "\u{10FFFF}",
    "it's \"so\"",
    "new\nline\tand \\",
    "{\"a\": [1, null]}",
    "\u{FEFF}bom",
    "%_",
    "\u{202E}right to left",
    "e\u{301}",
];
const NUMBERS: [i64; 6] = [i64::MIN, i64::MAX, 0, -1, 1, 1_700_000_000_000_000];
const REALS: [f64; 5] = [0.0, -0.0, f64::MAX, f64::MIN_POSITIVE, 0.1];

struct Column {
    name: String,
    kind: String,
    may_be_null: bool,
    is_of_key: bool,
}

/// Fills every table of a store that is in nobody's use.
pub(crate) fn fill(file: &Path) {
    let connection = open(file);
    let tables = texts(&connection, "select name from sqlite_schema where type = 'table'");
    connection.execute_batch("pragma foreign_keys = off; begin").unwrap();
    for table in tables.iter().filter(|table| *table != "schema_migration") {
        let columns = columns(&connection, table);
        let given: Vec<String> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
        let mut insert =
            connection.prepare(&format!("insert into {table} values ({})", given.join(", "))).unwrap();
        for row in 0..rows(table, &columns) {
            insert.execute(params_from_iter(columns.iter().map(|column| value(table, column, row)))).unwrap();
        }
    }
    connection.execute_batch("commit").unwrap();
    assert!(
        texts(&connection, "select \"table\" from pragma_foreign_key_check").is_empty(),
        "the rows refer to rows"
    );
}

/// Connects as the store does: without its layer the pages would get no checksums.
pub(crate) fn open(file: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags_and_vfs(file, flags, "hansard-checked").unwrap()
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut listed = connection.prepare(sql).unwrap();
    listed.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn columns(connection: &Connection, table: &str) -> Vec<Column> {
    let mut listed =
        connection.prepare("select name, type, \"notnull\", pk from pragma_table_info(?1)").unwrap();
    let column = |row: &rusqlite::Row<'_>| {
        let (is_demanded, place): (bool, i64) = (row.get(2)?, row.get(3)?);
        let (may_be_null, is_of_key) = (!is_demanded && place == 0, place > 0);
        Ok(Column {
            name: row.get(0)?,
            kind: row.get::<_, String>(1)?.to_lowercase(),
            may_be_null,
            is_of_key,
        })
    };
    listed.query_map([table], column).unwrap().map(Result::unwrap).collect()
}

fn rows(table: &str, columns: &[Column]) -> usize {
    let key: Vec<&str> =
        columns.iter().filter(|column| column.is_of_key).map(|column| &*column.name).collect();
    match (table, &key[..]) {
        ("customer", _) => CUSTOMERS,
        (_, ["profile_key"]) => PROFILES,
        ("message" | "change", _) => MANY,
        _ => SOME,
    }
}

fn value(table: &str, column: &Column, row: usize) -> Value {
    match (&*column.name, &*column.kind) {
        ("customer_key", _) => Value::Integer(1 + (row % CUSTOMERS) as i64),
        ("profile_key", _) => Value::Integer(1 + (row % PROFILES) as i64),
        ("name", _) if table == "store_secret" && row == 0 => Value::Text("root".to_owned()),
        _ if column.may_be_null && row % 3 == 1 => Value::Null,
        (name, "text") => Value::Text(text(name, column.is_of_key, row)),
        (_, "bytea") => {
            // Every byte, in values of every small length, unlike each other.
            let bytes = (0..row % 300).map(|at| (row * 31 + at) as u8);
            Value::Blob((row as u32).to_le_bytes().into_iter().chain(bytes).collect())
        }
        (_, "double precision") => Value::Real(REALS[row % REALS.len()]),
        (_, "bigint") if column.is_of_key => Value::Integer(spread(row)),
        (_, "bigint") => Value::Integer(NUMBERS[row % NUMBERS.len()]),
        (name, kind) => panic!("{table}.{name} is of type {kind}, which nothing is made for yet"),
    }
}

/// Numbers all over the range, each another.
fn spread(row: usize) -> i64 {
    (row as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).cast_signed()
}

fn text(column: &str, is_of_key: bool, row: usize) -> String {
    let text = TEXTS[row % TEXTS.len()];
    match column {
        "body" | "content" if row.is_multiple_of(500) => text.repeat(20_000) + "large",
        _ if is_of_key || column.ends_with("_id") => format!("{text}{row}"),
        _ => text.to_owned(),
    }
}
