//! Time that stands still until it is moved, for tests of what hangs on it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use hansard_domain::{Span, Time};

use super::TimeSource;
use crate::engine::lock;

/// A source whose two clocks are moved by hand.
#[derive(Debug)]
pub struct ManualTimeSource(Mutex<(Time, Duration)>);

impl ManualTimeSource {
    /// Starts somewhere in 2026.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new((Time(1_780_000_000_000_000), Duration::from_secs(77)))))
    }

    /// Lets time pass.
    pub fn pass(&self, duration: Duration) {
        let mut clocks = lock(&self.0);
        clocks.0 = clocks.0.plus(Span(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)));
        clocks.1 += duration;
    }

    /// Steps the system clock; no time passes.
    pub fn step(&self, span: Span) {
        let mut clocks = lock(&self.0);
        clocks.0 = clocks.0.plus(span);
    }
}

impl TimeSource for ManualTimeSource {
    fn wall(&self) -> Time {
        lock(&self.0).0
    }

    fn passed(&self) -> Duration {
        lock(&self.0).1
    }
}
