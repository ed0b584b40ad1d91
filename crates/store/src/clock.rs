//! The clock of the store: wall time in microseconds.

use hansard_domain::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where the store takes its time from.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock;

impl Clock {
    pub(crate) fn now(self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}
