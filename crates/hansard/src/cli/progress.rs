//! A bar on standard error for work that takes long; it shows only on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(verb: &'static str) -> Self {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} % {eta}");
        let bar = ProgressBar::new(0).with_message(verb);
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
