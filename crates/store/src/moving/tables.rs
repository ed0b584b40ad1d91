//! Which tables are moved, in which order, and how their rows are read and written.
//!
//! What there is the store itself tells: a table that a later migration makes is moved because it is there.

use hansard_domain::{Error, Result};

use crate::{
    Tx,
    engine::sqlite::{self, Table},
};

/// Tables whose rows stay where they are, each with the reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("schema_migration", "the target takes the steps itself, and must have taken the same"),
    ("lease", "what the servers of a database do for each other; a folder has one"),
];

/// What the first opening of an empty store writes: a target may hold it, and loses it to what the source has.
pub(super) const MADE_BY_OPENING: [&str; 3] = ["store_secret", "clock_mark", "conversation_index_progress"];

/// The tables to be moved; what a foreign key refers to comes before what refers to it.
pub(super) fn tables(source: &Tx<'_>) -> Result<Vec<Table>> {
    let is_moved = |table: &Table| LEFT_OUT.iter().all(|(name, _)| *name != table.name);
    in_order(sqlite::tables(source)?.into_iter().filter(is_moved).collect())
}

fn in_order(mut waiting: Vec<Table>) -> Result<Vec<Table>> {
    let mut ordered: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_free = |table: &Table| {
            let is_there = |parent: &String| {
                *parent == table.name || ordered.iter().any(|before| before.name == *parent)
            };
            table.parents.iter().all(is_there)
        };
        let free = waiting.iter().position(is_free);
        let free = free.ok_or_else(|| Error::internal("the foreign keys of tables form a circle"))?;
        ordered.push(waiting.remove(free));
    }
    Ok(ordered)
}

/// The statement that writes one row.
pub(super) fn insert(table: &Table) -> String {
    let values: Vec<String> = (1..=table.columns.len()).map(|number| format!("${number}")).collect();
    format!("insert into {} ({}) values ({})", table.name, table.columns.join(", "), values.join(", "))
}

/// The statement that reads the first rows by key, or those after a key, which are its first parameters; the last one is
/// how many.
pub(super) fn select(table: &Table, is_after: bool) -> String {
    let key: Vec<&str> = table.key.iter().map(|at| table.columns[*at].as_str()).collect();
    let key = key.join(", ");
    let given: Vec<String> = (1..=table.key.len()).map(|number| format!("${number}")).collect();
    let (after, limit) = match is_after {
        true => (format!("where ({key}) > ({})", given.join(", ")), given.len() + 1),
        false => (String::new(), 1),
    };
    format!("select {} from {} {after} order by {key} limit ${limit}", table.columns.join(", "), table.name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn table(name: &str, parents: &[&str]) -> Table {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Table {
            name: name.into(),
            columns: owned(&["a", "b", "c"]),
            key: vec![2, 0],
            parents: owned(parents),
        }
    }

    #[test]
    fn what_is_referred_to_comes_first() {
        let given = vec![table("a", &["c"]), table("b", &["b"]), table("c", &["d"]), table("d", &[])];
        let names: Vec<String> = in_order(given).unwrap().into_iter().map(|table| table.name).collect();
        assert_eq!(names, ["b", "d", "c", "a"]);
        in_order(vec![table("a", &["b"]), table("b", &["a"])]).unwrap_err();
    }

    #[test]
    fn rows_go_by_the_key_in_its_own_order() {
        let note = table("note", &[]);
        assert_eq!(insert(&note), "insert into note (a, b, c) values ($1, $2, $3)");
        assert_eq!(
            select(&note, true),
            "select a, b, c from note where (c, a) > ($1, $2) order by c, a limit $3"
        );
        assert_eq!(select(&note, false), "select a, b, c from note  order by c, a limit $1");
    }
}
