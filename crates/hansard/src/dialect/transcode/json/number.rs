//! Numbers: the JSON grammar, exact whole numbers, and the shortest text of a double.
//!
//! It allows no non-finite number.

use std::io::Write;

use crate::dialect::transcode::fault::Fault;

/// Above it not every whole number is a double.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Returns the JSON number that the bytes start with.
pub(super) fn prefix(bytes: &[u8]) -> Option<&str> {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    at += match bytes.get(at) {
        Some(b'0') => 1,
        Some(b'1'..=b'9') => digits(at),
        _ => return None,
    };
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent == 0 {
            return None;
        }
        at += 1 + sign + exponent;
    }
    std::str::from_utf8(&bytes[..at]).ok()
}

/// Tells whether the whole text is a JSON number.
pub(crate) fn is_number(text: &str) -> bool {
    prefix(text.as_bytes()).is_some_and(|number| number.len() == text.len())
}

/// Reads a whole number of a type; `1.0` and `1e2` are whole as well.
pub(crate) fn whole<T: TryFrom<i128>>(text: &str) -> Result<T, Fault> {
    let out_of_range = || Fault::new("is out of range");
    let value = if text.contains(['.', 'e', 'E']) {
        let value = double(text)?;
        if value.fract() != 0.0 {
            return Err(Fault::new("must be a whole number"));
        }
        if value.abs() > EXACT_MAX {
            return Err(out_of_range());
        }
        value as i128
    } else {
        text.parse().map_err(|_| out_of_range())?
    };
    T::try_from(value).map_err(|_| out_of_range())
}

pub(crate) fn double(text: &str) -> Result<f64, Fault> {
    let value: f64 = text.parse().map_err(|_| Fault::new("must be a number"))?;
    if value.is_finite() { Ok(value) } else { Err(Fault::new("is out of range")) }
}

/// Writes the shortest text that reads back as the same double; a whole one has no fraction.
pub(super) fn write_double(out: &mut Vec<u8>, value: f64) {
    let magnitude = value.abs();
    // Writing to a vector cannot fail.
    let _ = if value.is_nan() {
        out.write_all(b"\"NaN\"")
    } else if value.is_infinite() {
        out.write_all(if value > 0.0 { b"\"Infinity\"" } else { b"\"-Infinity\"" })
    } else if magnitude != 0.0 && !(1e-7..1e21).contains(&magnitude) {
        write!(out, "{value:e}")
    } else {
        write!(out, "{value}")
    };
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn text(value: f64) -> String {
        let mut out = Vec::new();
        write_double(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn doubles_are_written_short_and_whole_ones_without_fraction() {
        assert_eq!(text(1_700_000_000_000.0), "1700000000000");
        assert_eq!(text(0.1), "0.1");
        assert_eq!(text(-0.0), "-0");
        assert_eq!(text(1e300), "1e300");
        assert_eq!(text(5e-324), "5e-324");
        assert_eq!(text(1e20), "100000000000000000000");
    }

    #[test]
    fn only_the_json_grammar_is_a_number() {
        for good in ["0", "-0", "12", "1.5", "-1e9", "1E+2", "0.0e-0"] {
            assert!(is_number(good), "{good}");
        }
        for bad in ["", "-", "01", "1.", ".5", "+1", "1e", "0x1", "1 ", "NaN", "١"] {
            assert!(!is_number(bad), "{bad}");
        }
    }

    #[test]
    fn whole_numbers_keep_their_range() {
        assert_eq!(whole::<i32>("2147483647").unwrap(), i32::MAX);
        assert_eq!(whole::<i64>("-9223372036854775808").unwrap(), i64::MIN);
        assert_eq!(whole::<i32>("1e2").unwrap(), 100);
        for bad in ["2147483648", "1.5", "1e400", "99999999999999999999999999999999999999999999"] {
            whole::<i32>(bad).unwrap_err();
        }
    }
}
