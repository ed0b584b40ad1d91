//! Inserts of one row after another, made one insert of many rows.
//!
//! The server answers each statement by itself, which costs it as much as the row. The statements are the tables' own;
//! what is no plain insert of given values stays as it is.

use std::{collections::HashSet, sync::Arc};

use tokio_postgres::types::{ToSql, Type, private::BytesMut};

use super::value::{Column, Owned};

/// How the insert of one row is written for many.
#[derive(Debug)]
pub(super) struct ManyRows {
    pub(super) sql: Arc<str>,
    types: Vec<Type>,
    /// The parameters that tell which row is meant, where one that is there is written over.
    key: Vec<usize>,
}

impl ManyRows {
    /// Takes `insert into t (a, b) values ($1, $2) ...` apart.
    pub(super) fn of(sql: &str, types: &[Type]) -> Option<Self> {
        let (head, rest) = sql.split_once(')')?;
        let (_, columns) = head.strip_prefix("insert into ")?.split_once('(')?;
        let (values, tail) = rest.trim_start().strip_prefix("values (")?.split_once(')')?;
        let is_given = |(index, value): (usize, &str)| value.trim() == format!("${}", index + 1);
        let is_plain =
            values.split(',').enumerate().all(is_given) && values.split(',').count() == types.len();
        let arrays = types.iter().map(|of| Column::is_for(of).then(|| format!("{}[]", of.name())));
        let arrays: Vec<String> = arrays.collect::<Option<_>>()?;
        if !is_plain || tail.contains("returning") {
            return None;
        }
        let given: Vec<String> =
            (1..).zip(arrays).map(|(number, array)| format!("${number}::{array}")).collect();
        let names: Vec<&str> = columns.split(',').map(str::trim).collect();
        Some(Self {
            sql: format!("{head}) select * from unnest({}){tail}", given.join(", ")).into(),
            types: types.to_vec(),
            key: key(tail, &names)?,
        })
    }

    /// How many of the rows one insert may bring: no row twice.
    pub(super) fn fitting(&self, rows: &[&[Owned]]) -> usize {
        if self.key.is_empty() {
            return rows.len();
        }
        let mut seen = HashSet::new();
        rows.iter().take_while(|row| self.key_of(row).is_some_and(|key| seen.insert(key))).count()
    }

    /// The key of a row as it is sent; nothing where it cannot be.
    fn key_of(&self, row: &[Owned]) -> Option<BytesMut> {
        let mut bytes = BytesMut::new();
        for index in &self.key {
            row[*index].to_sql(&self.types[*index], &mut bytes).ok()?;
            bytes.extend_from_slice(&bytes.len().to_le_bytes());
        }
        Some(bytes)
    }

    /// The parameters of rows, column by column; nothing where a value is not of its column's type.
    pub(super) fn columns(&self, rows: &[&[Owned]]) -> Option<Vec<Owned>> {
        columns(&self.types, rows)
    }
}

pub(super) fn columns(types: &[Type], rows: &[&[Owned]]) -> Option<Vec<Owned>> {
    let column = |(index, of)| Column::of(of, rows.iter().map(|row| &row[index])).map(Owned::Column);
    types.iter().enumerate().map(column).collect()
}

/// The places of the columns that are named for a conflict; none where there cannot be one.
fn key(tail: &str, names: &[&str]) -> Option<Vec<usize>> {
    let Some((_, conflict)) = tail.split_once("on conflict") else { return Some(Vec::new()) };
    let (columns, _) = conflict.trim_start().strip_prefix('(')?.split_once(')')?;
    columns.split(',').map(|column| names.iter().position(|name| *name == column.trim())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_insert_of_given_values_is_written_for_many_rows() {
        let sql = "insert into note (owner, text) values ($1, $2)
            on conflict (owner) do update set text = excluded.text";
        let many = ManyRows::of(sql, &[Type::INT8, Type::TEXT]).unwrap();
        let expected = "insert into note (owner, text) select * from unnest($1::int8[], $2::text[])
            on conflict (owner) do update set text = excluded.text";
        assert_eq!((&*many.sql, many.key), (expected, vec![0]));
    }

    #[test]
    fn other_statements_stay_as_they_are() {
        for sql in [
            "insert into note (owner, text) values ($1, 'own')",
            "insert into note (owner, text) values ($2, $1)",
            "insert into note (owner, text) values ($1, $2) returning owner",
            "insert into note (owner, text) select $1, $2",
            "insert into note (owner, text) values ($1, $2) on conflict do nothing",
            "update note set text = $2 where owner = $1",
        ] {
            assert!(ManyRows::of(sql, &[Type::INT8, Type::TEXT]).is_none(), "{sql}");
        }
    }

    #[test]
    fn a_row_that_is_written_twice_is_not_brought_by_one_insert() {
        let sql = "insert into note (owner, text) values ($1, $2) on conflict (owner) do nothing";
        let many = ManyRows::of(sql, &[Type::INT8, Type::TEXT]).unwrap();
        let rows = [1, 2, 1, 3].map(|owner| [Owned::Int(owner), Owned::Text("said".into())]);
        let rows: Vec<&[Owned]> = rows.iter().map(|row| &row[..]).collect();
        assert_eq!((many.fitting(&rows), many.fitting(&rows[1..])), (2, 3));
    }
}
