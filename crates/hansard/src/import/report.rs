//! What an import did: counts, what was refused and why, the exit status.
//!
//! It holds no text of a conversation.

use std::{
    fmt,
    io::{self, Write},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

/// How many refusals a report keeps; all of them are printed and counted.
const REFUSALS_KEPT_MAX: usize = 1000;

/// Where an item stands in the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    /// From 1; 0 where the whole file is meant.
    pub line: u64,
}

impl Place {
    pub(super) fn file(file: impl fmt::Display) -> Self {
        Self { file: file.to_string(), line: 0 }
    }

    pub(super) fn line(file: &str, line: u64) -> Self {
        Self { file: file.to_owned(), line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// An item that did not go in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub place: Place,
    pub reason: String,
}

/// The outcome of one import.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub created: u64,
    pub existing: u64,
    pub refused: u64,
    /// Messages of the created conversations.
    pub messages: u64,
    pub warnings: u64,
    pub elapsed: Duration,
    /// The first refusals.
    pub refusals: Vec<Refusal>,
    /// Why the run ended before its input.
    pub failure: Option<String>,
}

impl Report {
    /// 0 when all went in or was there, 2 when an item was bad, 1 when the run itself failed.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self { failure: Some(_), .. } => 1,
            Self { refused: 1.., .. } => 2,
            _ => 0,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} conversations created, {} already there, {} refused; {} messages in {:.1} s",
            self.created,
            self.existing,
            self.refused,
            self.messages,
            self.elapsed.as_secs_f64()
        )
    }
}

/// Fills the report and shows the run on standard error.
pub(super) struct Reporter {
    pub(super) report: Report,
    bar: ProgressBar,
    quiet: bool,
}

impl Reporter {
    /// `quiet` shows neither the bar nor the lines.
    pub(super) fn new(quiet: bool) -> Self {
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::no_length() };
        Self { report: Report::default(), bar, quiet }
    }

    /// Shows how far the reading is: of so many bytes, or how much of a stream that tells no size.
    pub(super) fn size(&mut self, bytes: Option<u64>) {
        let template = match bytes {
            Some(_) => "{bar:40} {bytes}/{total_bytes} {msg}",
            None => "{spinner} {bytes} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        if let Some(bytes) = bytes {
            self.bar.set_length(bytes);
        }
    }

    pub(super) fn read(&mut self, bytes: u64) {
        self.bar.inc(bytes);
    }

    pub(super) fn created(&mut self, messages: usize) {
        self.report.created += 1;
        self.report.messages += messages as u64;
        self.bar.set_message(format!("{} conversations", self.report.created));
    }

    pub(super) fn existing(&mut self) {
        self.report.existing += 1;
    }

    pub(super) fn refused(&mut self, place: Place, reason: String) {
        self.report.refused += 1;
        self.print(format_args!("{place}: {reason}"));
        if self.report.refusals.len() < REFUSALS_KEPT_MAX {
            self.report.refusals.push(Refusal { place, reason });
        }
    }

    pub(super) fn warning(&mut self, place: &Place, warning: &str) {
        self.report.warnings += 1;
        self.print(format_args!("{place}: warning: {warning}"));
    }

    pub(super) fn finish(mut self, elapsed: Duration) -> Report {
        self.bar.finish_and_clear();
        self.report.elapsed = elapsed;
        if let Some(failure) = self.report.failure.clone() {
            self.print(format_args!("the import stopped: {failure}"));
        }
        self.print(format_args!("{}", self.report));
        self.report
    }

    fn print(&self, line: fmt::Arguments<'_>) {
        if !self.quiet {
            // A closed standard error must not end an import.
            self.bar.suspend(|| drop(writeln!(io::stderr(), "{line}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_tells_bad_items_from_a_failed_run() {
        let fine = Report { created: 3, existing: 1, messages: 9, ..Report::default() };
        assert_eq!(fine.exit_status(), 0);
        assert_eq!(Report { refused: 1, ..fine.clone() }.exit_status(), 2);
        assert_eq!(Report { refused: 1, failure: Some("gone".into()), ..fine.clone() }.exit_status(), 1);
        assert_eq!(
            fine.to_string(),
            "3 conversations created, 1 already there, 0 refused; 9 messages in 0.0 s"
        );
    }

    #[test]
    fn a_place_reads_as_editors_read_it() {
        assert_eq!(Place::line("calls.jsonl", 7).to_string(), "calls.jsonl:7");
        assert_eq!(Place::file("calls.jsonl").to_string(), "calls.jsonl");
    }
}
