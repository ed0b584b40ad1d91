//! What a question found, on standard output: a table, JSON, a line each, or names.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

use clap::ValueEnum;
use serde_json::Value;

use super::table::Table;

/// How what was found is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Aligned columns, for people
    #[default]
    Table,
    /// One JSON array
    Json,
    /// JSON, one a line
    Jsonl,
    /// Resource names, one a line
    Names,
}

/// One thing that was found.
pub(super) trait Row<const COLUMNS: usize> {
    const HEAD: [&'static str; COLUMNS];

    fn cells(&self) -> [String; COLUMNS];
    fn json(&self) -> anyhow::Result<Value>;
    fn name(&self) -> &str;
}

/// Prints what it is given as it comes, a table at the end.
pub(super) struct Lines<const COLUMNS: usize> {
    output: Output,
    table: Table<COLUMNS>,
    is_first: bool,
}

impl<const COLUMNS: usize> Lines<COLUMNS> {
    pub(super) fn new<R: Row<COLUMNS>>(output: Output) -> Self {
        Self { output, table: Table::new(R::HEAD), is_first: true }
    }

    pub(super) fn push(&mut self, row: &impl Row<COLUMNS>) -> anyhow::Result<()> {
        match self.output {
            Output::Table => self.table.push(row.cells()),
            Output::Json => {
                let before = if self.is_first { "[\n" } else { ",\n" };
                write!(io::stdout(), "{before}{}", row.json()?)?;
            }
            Output::Jsonl => line(row.json()?)?,
            Output::Names => line(row.name())?,
        }
        self.is_first = false;
        Ok(())
    }

    pub(super) fn end(self) -> anyhow::Result<()> {
        match self.output {
            Output::Table => line(self.table),
            Output::Json if self.is_first => line("[]"),
            Output::Json => line("\n]"),
            Output::Jsonl | Output::Names => Ok(()),
        }
    }
}

pub(super) fn line(text: impl Display) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

/// Takes a reader that has seen enough, such as `head`, for the end.
pub(super) fn until_closed(outcome: anyhow::Result<()>) -> anyhow::Result<()> {
    let is_closed = |error: &anyhow::Error| {
        error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    };
    outcome.or_else(|error| if is_closed(&error) { Ok(()) } else { Err(error) })
}
