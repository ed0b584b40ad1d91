//! The tokens of strict JSON (RFC 8259), one at a time, over bytes.
//!
//! It builds nothing and knows no message; it counts the depth, so that its callers may recurse.

use std::borrow::Cow;

use super::{DEPTH_MAX, number};
use crate::dialect::transcode::fault::Fault;

/// What the next value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Object,
    List,
    String,
    Number,
    Boolean,
    Null,
}

impl Start {
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::List => "a list",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Null => "null",
        }
    }
}

pub(super) struct Scanner<'a> {
    input: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, depth: 0 }
    }

    /// Looks at the next value without taking it.
    pub(super) fn peek(&mut self) -> Result<Start, Fault> {
        Ok(match self.next_byte() {
            Some(b'{') => Start::Object,
            Some(b'[') => Start::List,
            Some(b'"') => Start::String,
            Some(b'-' | b'0'..=b'9') => Start::Number,
            Some(b't' | b'f') => Start::Boolean,
            Some(b'n') => Start::Null,
            _ => return Err(self.syntax("a value")),
        })
    }

    /// Ends the text: nothing but space may follow.
    pub(super) fn finish(&mut self) -> Result<(), Fault> {
        if self.next_byte().is_some() { Err(self.syntax("the end")) } else { Ok(()) }
    }

    /// Enters the object or list that `peek` saw.
    pub(super) fn enter(&mut self) -> Result<(), Fault> {
        self.at += 1;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Fault::new(format!("is nested deeper than {DEPTH_MAX} levels")));
        }
        Ok(())
    }

    /// Takes the next key of an object, or leaves the object.
    pub(super) fn next_key(&mut self, first: bool) -> Result<Option<Cow<'a, str>>, Fault> {
        if !self.next_item(first, b'}')? {
            return Ok(None);
        }
        if self.next_byte() != Some(b'"') {
            return Err(self.syntax("a key in double quotes"));
        }
        let key = self.string()?;
        if self.next_byte() != Some(b':') {
            return Err(self.syntax("':'"));
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Tells whether a list goes on, or leaves the list.
    pub(super) fn next_element(&mut self, first: bool) -> Result<bool, Fault> {
        self.next_item(first, b']')
    }

    fn next_item(&mut self, first: bool, end: u8) -> Result<bool, Fault> {
        match self.next_byte() {
            Some(byte) if byte == end => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if first => Ok(true),
            _ => Err(self.syntax("',' or the closing bracket")),
        }
    }

    pub(super) fn boolean(&mut self) -> Result<bool, Fault> {
        let value = self.input.get(self.at) == Some(&b't');
        self.word(if value { b"true" } else { b"false" })?;
        Ok(value)
    }

    pub(super) fn null(&mut self) -> Result<(), Fault> {
        self.word(b"null")
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Fault> {
        if !self.input[self.at..].starts_with(word) {
            return Err(self.syntax("a value"));
        }
        self.at += word.len();
        Ok(())
    }

    pub(super) fn number(&mut self) -> Result<&'a str, Fault> {
        let rest = &self.input[self.at..];
        let Some(text) = number::prefix(rest) else { return Err(self.syntax("a number")) };
        self.at += text.len();
        Ok(text)
    }

    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.at += 1;
        let start = self.at;
        match self.plain_run()? {
            b'"' => {
                let plain = &self.input[start..self.at];
                self.at += 1;
                std::str::from_utf8(plain).map(Cow::Borrowed).map_err(|_| not_utf8())
            }
            _ => self.escaped_string(start),
        }
    }

    fn escaped_string(&mut self, mut start: usize) -> Result<Cow<'a, str>, Fault> {
        let mut text = Vec::new();
        loop {
            text.extend_from_slice(&self.input[start..self.at]);
            self.at += 1;
            if self.input[self.at - 1] == b'"' {
                return String::from_utf8(text).map(Cow::Owned).map_err(|_| not_utf8());
            }
            let character = self.escape()?;
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            start = self.at;
            self.plain_run()?;
        }
    }

    /// Moves to the next quote or backslash.
    fn plain_run(&mut self) -> Result<u8, Fault> {
        while let Some(&byte) = self.input.get(self.at) {
            match byte {
                b'"' | b'\\' => return Ok(byte),
                0 => return Err(nul()),
                1..0x20 => return Err(Fault::new("holds a control character that is not escaped")),
                _ => self.at += 1,
            }
        }
        Err(self.syntax("a closing quote"))
    }

    /// Takes what follows a backslash.
    fn escape(&mut self) -> Result<char, Fault> {
        let Some(&kind) = self.input.get(self.at) else { return Err(self.syntax("an escape")) };
        self.at += 1;
        Ok(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(Fault::new("holds an unknown escape")),
        })
    }

    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let lone = || Fault::new("holds a lone surrogate");
        let first = self.hex()?;
        let code = match first {
            0 => return Err(nul()),
            0xd800..=0xdbff => {
                if !self.input[self.at..].starts_with(b"\\u") {
                    return Err(lone());
                }
                self.at += 2;
                let second = self.hex()?;
                let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or_else(lone)?;
                0x10000 + ((first - 0xd800) << 10) + low
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(lone)
    }

    fn hex(&mut self) -> Result<u32, Fault> {
        let digits = self.input.get(self.at..self.at + 4).unwrap_or_default();
        let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'));
        let code = text.and_then(|text| u32::from_str_radix(text, 16).ok());
        let Some(code) = code else { return Err(self.syntax("four hexadecimal digits")) };
        self.at += 4;
        Ok(code)
    }

    fn next_byte(&mut self) -> Option<u8> {
        while let Some(&byte) = self.input.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    fn syntax(&self, expected: &str) -> Fault {
        Fault::new(format!("is not valid JSON: expected {expected} at byte {}", self.at))
    }
}

fn nul() -> Fault {
    Fault::new("holds a NUL character")
}

fn not_utf8() -> Fault {
    Fault::new("is not valid UTF-8")
}
