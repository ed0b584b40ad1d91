//! Times as records write them: Unix milliseconds, ISO text, days.

use hansard_domain::Time;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

const MICROS_IN_MILLI: f64 = 1e3;
/// Numbers below are seconds: as milliseconds they would lie before 1973.
const MILLIS_MIN: f64 = 1e11;

/// Unix milliseconds.
pub(super) fn of_millis(value: &Value) -> Option<Time> {
    match value.as_i64() {
        Some(millis) => within(Time(millis.checked_mul(1000)?)),
        None => of_number(value.as_f64()?),
    }
}

/// ISO text, Unix seconds or Unix milliseconds.
pub(super) fn of_any(value: &Value) -> Option<Time> {
    match value {
        Value::String(text) => of_iso(text),
        value => {
            let number = value.as_f64()?;
            if number.abs() < MILLIS_MIN { of_number(number * 1e3) } else { of_millis(value) }
        }
    }
}

/// ISO text with an offset.
pub(super) fn of_iso(text: &str) -> Option<Time> {
    let time: Timestamp = text.parse().ok()?;
    within(Time(time.as_microsecond()))
}

/// A day as YYYY-MM-DD.
pub(super) fn day(value: &Value) -> Option<Date> {
    let text = value.as_str().filter(|text| text.len() == 10)?;
    text.parse().ok().filter(|day: &Date| day.to_string() == text)
}

fn of_number(millis: f64) -> Option<Time> {
    let micros = (millis * MICROS_IN_MILLI).round();
    // Beyond it is no time in any case.
    (micros.abs() < 1e18).then_some(Time(micros as i64)).and_then(within)
}

fn within(time: Time) -> Option<Time> {
    (Time::MIN..=Time::MAX).contains(&time).then_some(time)
}

pub(super) fn to_millis(time: Time) -> i64 {
    time.0.div_euclid(1000)
}

/// With milliseconds and `Z`.
pub(super) fn to_iso(time: Time) -> String {
    let millis = Timestamp::from_millisecond(to_millis(time)).unwrap_or_default();
    millis.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// The day in UTC.
pub(super) fn day_of(time: Time) -> Date {
    Timestamp::from_microsecond(time.0).unwrap_or_default().to_zoned(TimeZone::UTC).date()
}

/// The first and the last time of a day in UTC.
pub(super) fn bounds_of(day: Date) -> Option<(Time, Time)> {
    let start = day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond();
    Some((within(Time(start))?, Time(start + 24 * 3_600_000_000 - 1).min(Time::MAX)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn seconds_and_milliseconds_are_told_apart() {
        let expected = Some(Time(1_709_856_000_000_000));
        for told in [
            json!(1_709_856_000),
            json!(1_709_856_000_000_i64),
            json!("2024-03-08T00:00:00Z"),
            json!("2024-03-08T01:00:00.000+01:00"),
        ] {
            assert_eq!(of_any(&told), expected, "{told}");
        }
        assert_eq!(of_any(&json!(1_709_856_000.25)), Some(Time(1_709_856_000_250_000)));
        assert_eq!(of_millis(&json!(1_709_856_000)), Some(Time(1_709_856_000_000)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for told in [json!("yesterday"), json!("2024-03-08"), json!(1e300), json!(i64::MAX), json!(u64::MAX)]
        {
            assert_eq!(of_any(&told), None, "{told}");
        }
    }

    #[test]
    fn days_are_in_utc() {
        let late = of_iso("2024-03-08T23:30:00-02:00").unwrap();
        assert_eq!(day_of(late).to_string(), "2024-03-09");
        assert_eq!(day(&json!("2024-03-09")), Some(day_of(late)));
        for bad in ["2024-3-9", "2024-02-30", "20240309", "2024-03-09T"] {
            assert_eq!(day(&json!(bad)), None, "{bad}");
        }
        let (first, last) = bounds_of(day_of(late)).unwrap();
        assert_eq!(
            (to_iso(first), to_iso(last)),
            ("2024-03-09T00:00:00.000Z".into(), "2024-03-09T23:59:59.999Z".into())
        );
    }
}
