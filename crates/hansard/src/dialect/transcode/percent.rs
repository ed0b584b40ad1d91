//! Percent-decoding of path segments and query names and values.

use std::borrow::Cow;

use super::fault::{Fault, echo};

/// Decodes one path segment. An encoded slash stays encoded: it never becomes a separator.
pub(crate) fn decode_segment(text: &str) -> Result<Cow<'_, str>, Fault> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    decode(text, |byte| if byte == b'/' { None } else { Some(byte) })
}

/// Decodes a query name or value, where `+` is a space.
pub(crate) fn decode_query(text: &str) -> Result<Cow<'_, str>, Fault> {
    if !text.contains(['%', '+']) {
        return Ok(Cow::Borrowed(text));
    }
    decode(&text.replace('+', " "), Some).map(|text| Cow::Owned(text.into_owned()))
}

/// `keep` gives the byte to put for an escape, or nothing to leave the escape as it is.
fn decode(text: &str, keep: impl Fn(u8) -> Option<u8>) -> Result<Cow<'_, str>, Fault> {
    let wrong = || Fault::new(format!("has a wrong percent escape in \"{}\"", echo(text)));
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2).ok_or_else(wrong)?;
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or_else(wrong);
        let decoded = (digit(digits[0])? * 16 + digit(digits[1])?) as u8;
        match keep(decoded) {
            Some(byte) => out.push(byte),
            None => out.extend_from_slice(&[b'%', digits[0], digits[1]]),
        }
        rest = after;
    }
    let decoded = String::from_utf8(out);
    let decoded = decoded.map_err(|_| Fault::new(format!("is not valid UTF-8 in \"{}\"", echo(text))))?;
    if decoded.contains('\0') {
        return Err(Fault::new("holds a NUL character"));
    }
    Ok(Cow::Owned(decoded))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_encoded_slash_stays_encoded() {
        assert_eq!(decode_segment("a%2Fb%2fc%40").unwrap(), "a%2Fb%2fc@");
        assert_eq!(decode_query("a%2Fb+c%2B").unwrap(), "a/b c+");
    }

    #[test]
    fn wrong_escapes_are_refused() {
        for bad in ["%", "%2", "%zz", "%+1", "%ff", "%c0%af", "%00", "%é"] {
            decode_segment(bad).unwrap_err();
            decode_query(bad).unwrap_err();
        }
    }
}
