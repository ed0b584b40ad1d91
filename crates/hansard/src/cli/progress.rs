//! Bars on standard error for work that takes long; they show only on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(verb: &'static str) -> Self {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} % {eta}");
        let bar = ProgressBar::new(0).with_message(verb);
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// A bar of rows, with how many there are and how many a second.
    pub(super) fn of_rows(what: String) -> Self {
        let style =
            ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} rows {per_sec} {eta}");
        let bar = ProgressBar::new(0).with_message(what);
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    pub(super) fn show(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }

    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// One bar after another, a stage each.
pub(super) struct Bars<Stage> {
    present: Option<(Stage, Bar)>,
}

impl<Stage> Default for Bars<Stage> {
    fn default() -> Self {
        Self { present: None }
    }
}

impl<Stage: PartialEq> Bars<Stage> {
    /// Shows how far a stage is; a new one makes its own bar in the place of the last.
    pub(super) fn show(&mut self, stage: Stage, make: impl FnOnce() -> Bar, done: u64, total: u64) {
        let (_, bar) = match self.present.take() {
            Some(present) if present.0 == stage => self.present.insert(present),
            past => {
                if let Some((_, bar)) = past {
                    bar.clear();
                }
                self.present.insert((stage, make()))
            }
        };
        bar.show(done, total);
    }

    pub(super) fn clear(self) {
        if let Some((_, bar)) = self.present {
            bar.clear();
        }
    }
}
