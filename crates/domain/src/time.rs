//! Points in time and spans, in whole microseconds since the Unix epoch.

use serde::{Deserialize, Serialize};

/// A point in time in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A span of time in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Time {
    /// 0001-01-01T00:00:00Z, the earliest time that a timestamp can hold.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// 9999-12-31T23:59:59.999999Z, the latest.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    #[must_use]
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    pub const fn days(days: i64) -> Self {
        Self::hours(days * 24)
    }

    pub const fn hours(hours: i64) -> Self {
        Self(hours * 3_600_000_000)
    }

    pub const fn milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds * 1_000)
    }

    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1_000_000)
    }
}
