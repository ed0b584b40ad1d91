//! A filter written as text, after AIP-160: `state = CLOSED AND tags:"vip" AND duration > 300s`.
//!
//! `scan` reads marks, words and values, `parse` makes a tree of conditions, `clause` brings that into the one shape
//! that a [`Filter`] has (all clauses must hold, of each clause one alternative), and `compile` sets the members.
//! Text says nothing that a filter cannot say: what has no member is refused, with what can be written instead.

mod annotations;
mod clause;
mod compile;
mod field;
mod lists;
mod metadata;
mod parse;
mod people;
mod read;
mod scan;
mod single;
mod words;

use super::Filter;
use crate::{Error, Result, limits, name::ProfileName};

/// The request's field that holds the text.
const FIELD: &str = "filterText";
const TEXT_BYTES_MAX: usize = 8 * 1024;
/// Brackets and negations inside one another.
const DEPTH_MAX: usize = 64;
/// Conditions of one clause after its brackets are gone.
const CONDITIONS_MAX: usize = 4 * limits::LIST_ITEMS_MAX;

/// What is wrong with a text, and at which byte of it.
#[derive(Debug)]
struct Fault {
    at: usize,
    message: String,
}

impl Fault {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }

    /// Names the column, 1-based and in characters, as an editor counts.
    fn in_text(self, text: &str) -> Error {
        let column = text.get(..self.at).unwrap_or(text).chars().count() + 1;
        Error::invalid(FIELD, format!("column {column}: {}", self.message))
    }
}

impl Filter {
    /// Adds what a text asks; what the filter asks already must hold as well. A blank text asks nothing.
    ///
    /// Bare ids are of the profile and its customer.
    pub fn and_text(mut self, text: &str, profile: &ProfileName) -> Result<Self> {
        limits::bytes_at_most(FIELD, text, TEXT_BYTES_MAX)?;
        let conditions = parse::parse(text).and_then(|tree| {
            let Some(tree) = tree else { return Ok(()) };
            let clauses = clause::clauses(&tree)?;
            clauses.iter().try_for_each(|clause| compile::add(&mut self, clause, profile))
        });
        conditions.map_err(|fault| fault.in_text(text))?;
        self.check().map_err(|error| Error::invalid(FIELD, error.message()))?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
