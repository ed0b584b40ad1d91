//! One question asked with many parameters, made one question about all of them.
//!
//! As with inserts ([`rows`](super::rows)), the server answers each statement by itself, which costs more than a lookup.

use std::sync::Arc;

use tokio_postgres::{Row, types::Type};

use super::{
    rows::columns,
    value::{Column, Owned},
};

/// How a question is written for many parameters.
#[derive(Debug)]
pub(super) struct ManyQuestions {
    pub(super) sql: Arc<str>,
    types: Vec<Type>,
}

impl ManyQuestions {
    /// Asks `select ...` for each row of what it is given; the answers tell in their last column for which.
    ///
    /// `offset 0` keeps the planner from anything but one lookup after another, as the question would have been asked.
    pub(super) fn of(sql: &str, types: &[Type]) -> Option<Self> {
        if !sql.starts_with("select ") || types.is_empty() || !types.iter().all(Column::is_for) {
            return None;
        }
        let given = (1..).zip(types).map(|(number, of)| format!("${number}::{}[]", of.name()));
        let names = (1..=types.len()).map(|number| format!("p{number}"));
        let sql = format!(
            "select answer.*, given.place from unnest({}) with ordinality as given ({}, place)
                cross join lateral ({} offset 0) as answer",
            given.collect::<Vec<_>>().join(", "),
            names.collect::<Vec<_>>().join(", "),
            sql.replace('$', "given.p"),
        );
        Some(Self { sql: sql.into(), types: types.to_vec() })
    }

    /// The parameters of all questions; nothing where a value is not of its parameter's type.
    pub(super) fn columns(&self, asked: &[&[Owned]]) -> Option<Vec<Owned>> {
        columns(&self.types, asked)
    }
}

/// The place of the parameters, counted from 0, that a row answers.
pub(super) fn place(row: &Row) -> Option<usize> {
    let counted: i64 = row.try_get(row.len().checked_sub(1)?).ok()?;
    usize::try_from(counted).ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_question_is_written_for_many_parameters() {
        let sql = "select text from note where owner = $1 and name = $2";
        let many = ManyQuestions::of(sql, &[Type::INT8, Type::TEXT]).unwrap();
        let expected = "select answer.*, given.place from unnest($1::int8[], $2::text[]) with ordinality as given (p1, p2, place)
                cross join lateral (select text from note where owner = given.p1 and name = given.p2 offset 0) as answer";
        assert_eq!(&*many.sql, expected);
    }

    #[test]
    fn what_is_no_question_stays_as_it_is() {
        assert!(ManyQuestions::of("update note set text = $1 returning owner", &[Type::TEXT]).is_none());
        assert!(ManyQuestions::of("select count(*) from note", &[]).is_none());
        assert!(ManyQuestions::of("select text from note where made = $1", &[Type::TIMESTAMP]).is_none());
    }
}
