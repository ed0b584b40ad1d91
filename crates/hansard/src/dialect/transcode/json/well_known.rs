//! The text forms of timestamps, durations and field masks.
//!
//! Their values are plain numbers and names here; no message is built.

use std::io::Write;

use jiff::{SignedDuration, civil::DateTime};

use crate::dialect::transcode::{
    fault::Fault,
    wire::{self, Malformed, Raw, Records},
};

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const NANOS_PER_SECOND: i32 = 1_000_000_000;
/// 0001-01-01T00:00:00Z
const TIMESTAMP_SECONDS_MIN: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z
const TIMESTAMP_SECONDS_MAX: i64 = 253_402_300_799;
const DURATION_SECONDS_MAX: i64 = 315_576_000_000;

/// Whole seconds, and nanoseconds beside them.
pub(crate) type Seconds = (i64, i32);

pub(crate) fn timestamp_in_range((seconds, nanos): Seconds) -> bool {
    (TIMESTAMP_SECONDS_MIN..=TIMESTAMP_SECONDS_MAX).contains(&seconds)
        && (0..NANOS_PER_SECOND).contains(&nanos)
}

/// Tells whether both parts are in range and of one sign.
pub(crate) fn duration_in_range((seconds, nanos): Seconds) -> bool {
    seconds.unsigned_abs() <= DURATION_SECONDS_MAX as u64
        && nanos.unsigned_abs() < NANOS_PER_SECOND as u32
        && (seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0))
}

/// Reads the two fields of a timestamp or duration.
pub(crate) fn from_wire(message: &[u8]) -> Result<Seconds, Malformed> {
    let mut value = (0, 0);
    for record in Records::new(message) {
        match record? {
            (1, Raw::Varint(seconds)) => value.0 = seconds as i64,
            (2, Raw::Varint(nanos)) => value.1 = nanos as i32,
            (1 | 2, _) => return Err(Malformed),
            _ => {}
        }
    }
    Ok(value)
}

/// Writes the two fields of a timestamp or duration.
pub(crate) fn to_wire(out: &mut Vec<u8>, (seconds, nanos): Seconds) {
    wire::put_tag(out, 1, wire::VARINT);
    wire::put_varint(out, seconds as u64);
    wire::put_tag(out, 2, wire::VARINT);
    wire::put_varint(out, i64::from(nanos) as u64);
}

/// Reads an RFC 3339 time with any offset.
pub(crate) fn parse_timestamp(text: &str) -> Result<Seconds, Fault> {
    let wrong = || Fault::new("must be an RFC 3339 time with an offset, such as \"2024-01-31T09:30:00Z\"");
    let (local, offset_seconds) = split_offset(text).ok_or_else(wrong)?;
    let bytes = local.as_bytes();
    // The parser takes more forms than the standard allows.
    let is_standard = bytes.iter().all(|byte| byte.is_ascii_digit() || b"-:.Tt".contains(byte))
        && bytes.len() >= "2024-01-31T09:30:00".len()
        && (bytes[4], bytes[7], bytes[13], bytes[16]) == (b'-', b'-', b':', b':')
        && bytes[10].eq_ignore_ascii_case(&b'T')
        && is_fraction(&bytes[19..]);
    let local: DateTime = local.parse().ok().filter(|_| is_standard).ok_or_else(wrong)?;
    let since_epoch = local.duration_since(EPOCH);
    let seconds = since_epoch.as_secs() - i64::from(since_epoch.subsec_nanos() < 0) - offset_seconds;
    let time = (seconds, local.subsec_nanosecond());
    if timestamp_in_range(time) { Ok(time) } else { Err(Fault::new("is out of range")) }
}

/// Tells whether nothing follows the seconds, or decimals alone: the parser would pass over a second offset.
fn is_fraction(bytes: &[u8]) -> bool {
    match bytes.split_first() {
        None => true,
        Some((point, digits)) => *point == b'.' && digits.iter().all(u8::is_ascii_digit),
    }
}

/// Splits the offset off a time, in seconds east of UTC.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        return Some((local, 0));
    }
    let (local, offset) = text.split_at_checked(text.len().checked_sub("+00:00".len())?)?;
    let sign = match offset.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = offset[1..].split_once(':')?;
    let part = |digits: &str, max: i64| {
        let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i64>().ok().filter(|value| is_number && *value <= max)
    };
    Some((local, sign * (part(hours, 23)? * 3600 + part(minutes, 59)? * 60)))
}

/// Writes a time in UTC with 0, 3, 6 or 9 digits of a second, in quotes.
pub(super) fn write_timestamp(out: &mut Vec<u8>, (seconds, nanos): Seconds) {
    let seconds = seconds.clamp(TIMESTAMP_SECONDS_MIN, TIMESTAMP_SECONDS_MAX);
    let time = EPOCH.saturating_add(SignedDuration::from_secs(seconds));
    out.push(b'"');
    put_digits::<4>(out, time.year().unsigned_abs().into());
    let parts = [(b'-', time.month()), (b'-', time.day()), (b'T', time.hour())];
    for (mark, part) in parts.into_iter().chain([(b':', time.minute()), (b':', time.second())]) {
        out.push(mark);
        put_digits::<2>(out, part.unsigned_abs().into());
    }
    let nanos = nanos.unsigned_abs();
    if nanos != 0 {
        out.push(b'.');
        match nanos {
            _ if nanos.is_multiple_of(1_000_000) => put_digits::<3>(out, nanos / 1_000_000),
            _ if nanos.is_multiple_of(1_000) => put_digits::<6>(out, nanos / 1_000),
            _ => put_digits::<9>(out, nanos),
        }
    }
    out.extend_from_slice(b"Z\"");
}

/// Writes the last `N` digits of a number: lists are full of times, and the formatter takes many times as long.
fn put_digits<const N: usize>(out: &mut Vec<u8>, mut number: u32) {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    out.extend_from_slice(&digits);
}

/// Reads seconds with up to nine digits of fraction and the letter `s`.
pub(crate) fn parse_duration(text: &str) -> Result<Seconds, Fault> {
    let wrong = || Fault::new("must be a duration in seconds, such as \"12.5s\"");
    let number = text.strip_suffix('s').ok_or_else(wrong)?;
    let (sign, number) = number.strip_prefix('-').map_or((1, number), |number| (-1, number));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return Err(wrong());
    }
    let seconds: i64 = whole.parse().map_err(|_| Fault::new("is out of range"))?;
    let nanos: i32 = format!("{fraction:0<9}").parse().map_err(|_| wrong())?;
    let duration = (seconds * sign, nanos * sign as i32);
    if duration_in_range(duration) { Ok(duration) } else { Err(Fault::new("is out of range")) }
}

/// Writes a duration with the fewest digits, in quotes.
pub(super) fn write_duration(out: &mut Vec<u8>, (seconds, nanos): Seconds) {
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    // Writing to a vector cannot fail.
    let _ = write!(out, "\"{sign}{}", seconds.unsigned_abs());
    if nanos != 0 {
        let fraction = format!("{:09}", nanos.unsigned_abs());
        let _ = write!(out, ".{}", fraction.trim_end_matches('0'));
    }
    out.extend_from_slice(b"s\"");
}

/// Reads comma-separated paths, in lowerCamelCase or as in the protos, into proto names.
pub(crate) fn parse_field_mask(text: &str) -> Result<Vec<String>, Fault> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(|path| snake_path(path.trim())).collect()
}

fn snake_path(path: &str) -> Result<String, Fault> {
    let wrong = || Fault::new("must be field paths separated by commas");
    let mut snake = String::with_capacity(path.len() + 4);
    let mut characters = path.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            'a'..='z' | '0'..='9' | '.' | '*' => snake.push(character),
            'A'..='Z' => snake.extend(['_', character.to_ascii_lowercase()]),
            // Anything else after it would make two spellings of one path, or a path that JSON cannot spell.
            '_' if characters.peek().is_some_and(char::is_ascii_lowercase) => snake.push(character),
            _ => return Err(wrong()),
        }
    }
    if snake.is_empty() { Err(wrong()) } else { Ok(snake) }
}

/// Gives the lowerCamelCase form of a proto path.
pub(crate) fn camel_path(path: &str) -> String {
    let mut camel = String::with_capacity(path.len());
    let mut raise = false;
    for character in path.chars() {
        if character == '_' {
            raise = true;
        } else {
            camel.push(if raise { character.to_ascii_uppercase() } else { character });
            raise = false;
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn timestamp(text: &str) -> String {
        let mut out = Vec::new();
        write_timestamp(&mut out, parse_timestamp(text).unwrap());
        String::from_utf8(out).unwrap()
    }

    fn duration(text: &str) -> String {
        let mut out = Vec::new();
        write_duration(&mut out, parse_duration(text).unwrap());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_are_written_in_utc_with_groups_of_three_digits() {
        assert_eq!(timestamp("2024-01-01T02:00:00+02:00"), "\"2024-01-01T00:00:00Z\"");
        assert_eq!(timestamp("2024-01-01T00:00:00.5Z"), "\"2024-01-01T00:00:00.500Z\"");
        assert_eq!(timestamp("2024-01-01T00:00:00.00005Z"), "\"2024-01-01T00:00:00.000050Z\"");
        assert_eq!(timestamp("1970-01-01T00:00:00-01:30"), "\"1970-01-01T01:30:00Z\"");
        assert_eq!(timestamp("1969-12-31T23:59:59.000000001z"), "\"1969-12-31T23:59:59.000000001Z\"");
        assert_eq!(timestamp("0001-01-01T00:00:00Z"), "\"0001-01-01T00:00:00Z\"");
        assert_eq!(timestamp("9999-12-31T23:59:59.999Z"), "\"9999-12-31T23:59:59.999Z\"");
    }

    #[test]
    fn other_forms_of_time_are_refused() {
        for bad in [
            "2024-01-01",
            "2024-01-01T00:00:00",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00+02:00[Europe/Berlin]",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00-01:00-01:00",
            "2024-01-01T00:00:00.5-01:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00+0:030",
            "2024-01-01T00:00é+00:00",
            "2024-13-01T00:00:00Z",
            "2024-01-01T00:00:00.0000000001Z",
            "0000-12-31T23:59:59Z",
            "+002024-01-01T00:00:00Z",
            "",
        ] {
            parse_timestamp(bad).unwrap_err();
        }
    }

    #[test]
    fn durations_are_written_with_the_fewest_digits() {
        for (text, written) in [
            ("61.500s", "\"61.5s\""),
            ("0s", "\"0s\""),
            ("-0.5s", "\"-0.5s\""),
            ("3.000000001s", "\"3.000000001s\""),
        ] {
            assert_eq!(duration(text), written);
        }
        for bad in
            ["1", "s", "1.s", ".5s", "1.0000000001s", "+1s", "1e3s", "315576000001s", "99999999999999999999s"]
        {
            parse_duration(bad).unwrap_err();
        }
    }

    #[test]
    fn masks_name_fields_in_either_spelling() {
        assert_eq!(parse_field_mask("displayName,skill").unwrap(), ["display_name", "skill"]);
        assert_eq!(
            parse_field_mask("display_name, platformInfo.platformUri").unwrap()[1],
            "platform_info.platform_uri"
        );
        assert!(parse_field_mask("").unwrap().is_empty());
        for bad in ["a,,b", "a b", "a_", "a__b", "_A", "a_[b", "a_1", "\u{e9}"] {
            parse_field_mask(bad).unwrap_err();
        }
        assert_eq!(camel_path("platform_info.platform_uri"), "platformInfo.platformUri");
    }
}
