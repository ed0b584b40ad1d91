//! Times and spans as foreign records write them.
//!
//! It never guesses: what is no time is `None`.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

/// The first instant that a protobuf timestamp can hold: 0001-01-01T00:00:00Z.
const SECONDS_MIN: i64 = -62_135_596_800;

/// Reads an RFC 3339 time, a local one in `zone`, or seconds since 1970.
pub(super) fn from_json(value: &Value, zone: &TimeZone) -> Option<Timestamp> {
    match value {
        Value::String(text) => from_text(text, zone),
        Value::Number(number) => {
            let micros = number.as_f64()? * 1e6;
            let micros = (micros.abs() < 9e17).then_some(micros.round() as i64)?;
            within_range(Timestamp::from_microsecond(micros).ok()?)
        }
        _ => None,
    }
}

/// Reads an RFC 3339 time, or a local one in `zone` such as `2024-11-22 21:00:00`.
pub(super) fn from_text(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let instant = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        zone.to_timestamp(local).ok()
    })?;
    within_range(instant)
}

fn within_range(instant: Timestamp) -> Option<Timestamp> {
    (instant.as_second() >= SECONDS_MIN).then_some(instant)
}

/// The protobuf form, whose nanoseconds are never negative.
pub(crate) fn to_proto(instant: Timestamp) -> prost_types::Timestamp {
    let nanoseconds = instant.as_nanosecond();
    prost_types::Timestamp {
        seconds: nanoseconds.div_euclid(1_000_000_000) as i64,
        nanos: nanoseconds.rem_euclid(1_000_000_000) as i32,
    }
}

/// A span of seconds, to the microsecond; `None` where it is negative, not a number or beyond a century.
pub(super) fn span(seconds: f64) -> Option<Duration> {
    const CENTURY_SECONDS: f64 = 100.0 * 366.0 * 86_400.0;
    (0.0..=CENTURY_SECONDS).contains(&seconds).then(|| Duration::from_micros((seconds * 1e6).round() as u64))
}

/// Reads a span from a number of seconds, or from text that holds one.
pub(super) fn span_from_json(value: &Value) -> Option<Duration> {
    span(value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?)
}

/// The protobuf form of a span.
pub(crate) fn span_to_proto(span: Duration) -> prost_types::Duration {
    prost_types::Duration { seconds: span.as_secs() as i64, nanos: span.subsec_nanos() as i32 }
}

/// The instant after a span; the instant itself where the calendar ends before.
pub(crate) fn after(instant: Timestamp, span: Duration) -> Timestamp {
    SignedDuration::try_from(span).ok().and_then(|span| instant.checked_add(span).ok()).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_without_a_zone_is_in_the_given_one() {
        let utc = from_text("2024-11-22 21:00:00", &TimeZone::UTC).unwrap();
        assert_eq!(utc.to_string(), "2024-11-22T21:00:00Z");
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let local = from_text("2024-07-01T12:00:00.5", &berlin).unwrap();
        assert_eq!(local.to_string(), "2024-07-01T10:00:00.5Z");
        let zoned = from_text("2024-07-01T12:00:00+05:30", &berlin).unwrap();
        assert_eq!(zoned.to_string(), "2024-07-01T06:30:00Z");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for value in
            [json!("yesterday"), json!(""), json!(null), json!(1e300), json!("-000001-01-01T00:00:00Z")]
        {
            assert_eq!(from_json(&value, &TimeZone::UTC), None, "{value}");
        }
        assert_eq!(from_json(&json!(1.5), &TimeZone::UTC).unwrap().to_string(), "1970-01-01T00:00:01.5Z");
    }

    #[test]
    fn spans_are_exact_to_the_microsecond() {
        assert_eq!(span(57.168).unwrap(), Duration::from_micros(57_168_000));
        assert_eq!(span_from_json(&json!("1.5")).unwrap(), Duration::from_millis(1500));
        assert_eq!(span(-1.0), None);
        assert_eq!(span(f64::NAN), None);
    }

    #[test]
    fn an_instant_before_1970_keeps_positive_nanoseconds() {
        let instant = from_text("1969-12-31T23:59:59.25Z", &TimeZone::UTC).unwrap();
        assert_eq!(to_proto(instant), prost_types::Timestamp { seconds: -1, nanos: 250_000_000 });
    }
}
