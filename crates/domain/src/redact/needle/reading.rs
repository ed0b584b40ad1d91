//! A text as values are looked for in it: its letters and digits, each in one form, with where it came from.

use super::{Labels, Markup};
use crate::filter::fold_char;
use std::ops::Range;
use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

/// Stands between what is too far apart to belong together.
pub(super) const BREAK: char = '\0';
/// Other characters that may stand between two of a value.
const BETWEEN_MAX: u8 = 4;
/// A longer `&...;` is text.
const ENTITY_BYTES_MAX: usize = 12;
/// The zeros of scripts that write numbers in tens.
const ZEROS: [u32; 12] =
    [0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0E50];

/// What a text may hold of another notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    None,
    /// `%20` of addresses, `\n` and `\u0041` of JSON.
    Escaped,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Symbol {
    pub letter: char,
    pub start: usize,
    pub end: usize,
    /// How many other characters stand before it.
    between: u8,
    /// A tag stands before it.
    is_apart: bool,
}

/// The letters and digits of a text.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub symbols: Vec<Symbol>,
    /// The letters in a row, and a [`BREAK`] where the next is too far away.
    pub folded: String,
    /// Where in `folded` each symbol begins.
    places: Vec<usize>,
    between: u8,
    is_apart: bool,
}

impl Encoding {
    pub(super) const ALL: [Self; 2] = [Self::None, Self::Escaped];

    /// Whether reading a text so may show what reading it plainly does not.
    pub(super) fn may_be_in(self, text: &str) -> bool {
        self == Self::None || text.contains(['%', '\\'])
    }
}

impl Reading {
    pub(super) fn of(text: &str, markup: Markup, encoding: Encoding, labels: &Labels) -> Self {
        let mut reading = Self::default();
        let Markup::Html = markup else {
            reading.read(text, 0..text.len(), encoding, labels, false);
            return reading;
        };
        let mut at = 0;
        for tag in tags(text) {
            reading.read(text, at..tag.start, encoding, labels, true);
            reading.is_apart = true;
            at = tag.end;
        }
        reading.read(text, at..text.len(), encoding, labels, true);
        reading
    }

    /// What stands in the attributes and comments of HTML, each by itself.
    pub(super) fn of_attributes(text: &str, encoding: Encoding, labels: &Labels) -> Self {
        let mut reading = Self::default();
        for tag in tags(text) {
            let values =
                if text[tag.clone()].starts_with("<!") { vec![tag] } else { attribute_values(text, tag) };
            for value in values {
                reading.between = u8::MAX;
                reading.read(text, value, encoding, labels, true);
            }
        }
        reading
    }

    /// The symbol that this byte of `folded` is of.
    pub(super) fn symbol_at(&self, byte: usize) -> usize {
        self.places.partition_point(|place| *place <= byte) - 1
    }

    /// Whether nothing stands between a symbol and the next.
    pub(super) fn touches_next(&self, place: usize) -> bool {
        self.symbols.get(place + 1).is_some_and(|next| next.between == 0 && !next.is_apart)
    }

    /// Whether a value may go on with the next symbol.
    pub(super) fn joins_next(&self, place: usize) -> bool {
        self.symbols.get(place + 1).is_some_and(|next| next.between <= BETWEEN_MAX)
    }

    pub(super) fn push(&mut self, symbol: Symbol) {
        if symbol.between > BETWEEN_MAX && !self.folded.is_empty() {
            self.folded.push(BREAK);
        }
        self.places.push(self.folded.len());
        self.folded.push(symbol.letter);
        self.symbols.push(symbol);
    }

    fn read(&mut self, text: &str, range: Range<usize>, encoding: Encoding, labels: &Labels, is_html: bool) {
        let mut at = range.start;
        while let Some(c) = text[at..range.end].chars().next() {
            let end = at + c.len_utf8();
            let special = match c {
                '[' => labels.end_of(text, at).map(|end| (None, end)),
                '&' if is_html => entity(&text[at..range.end]).map(|(c, length)| (c, at + length)),
                '%' | '\\' if encoding == Encoding::Escaped => {
                    escape(&text[at..range.end]).map(|(c, length)| (Some(c), at + length))
                }
                _ => None,
            };
            let (c, end) = special.unwrap_or((Some(c), end));
            match c {
                Some(c) => self.take(c, at..end),
                None => self.between = if text.as_bytes()[at] == b'[' { u8::MAX } else { self.next() },
            }
            at = end;
        }
    }

    fn next(&self) -> u8 {
        self.between.saturating_add(1)
    }

    fn take(&mut self, c: char, range: Range<usize>) {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                self.write(c.to_ascii_lowercase(), range);
            } else {
                self.between = self.next();
            }
            return;
        }
        if is_ignored(c) || canonical_combining_class(c) != 0 {
            // It goes with the letter that it stands behind.
            if let Some(last) = self.symbols.last_mut().filter(|last| last.end == range.start) {
                last.end = range.end;
            }
            return;
        }
        if let Some(plain) = plain(c) {
            plain.chars().for_each(|letter| self.write(letter, range.clone()));
            return;
        }
        let before = self.symbols.len();
        decompose_compatible(c, |part| {
            let part = digit(part).unwrap_or_else(|| fold_char(part));
            if canonical_combining_class(part) == 0 && part.is_alphanumeric() {
                self.write(part, range.clone());
            }
        });
        if self.symbols.len() == before {
            self.between = self.next();
        }
    }

    fn write(&mut self, letter: char, range: Range<usize>) {
        let (between, is_apart) = (self.between, self.is_apart);
        self.push(Symbol { letter, start: range.start, end: range.end, between, is_apart });
        (self.between, self.is_apart) = (0, false);
    }
}

impl Symbol {
    /// One that stands for several: another letter in the place of all of them.
    pub(super) fn spanning(letter: char, first: &Self, last: &Self) -> Self {
        Self { letter, start: first.start, end: last.end, between: first.between, is_apart: first.is_apart }
    }

    /// The same letter again, in the same place.
    pub(super) fn again(&self) -> Self {
        Self { between: 0, is_apart: true, ..self.clone() }
    }

    /// The same, too far from what stands before it.
    pub(super) fn broken_off(self) -> Self {
        Self { between: u8::MAX, ..self }
    }
}

fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Letters that stand for others without being composed of them.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' => "d",
        'ı' => "i",
        _ => return None,
    })
}

fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Every tag and comment that is closed.
pub(in crate::redact) fn tags(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find('<')?;
            let inner = &text[start + 1..];
            let is_tag = inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
            if !is_tag {
                at = start + 1;
                continue;
            }
            let closing = if inner.starts_with("!--") { "-->" } else { ">" };
            let end = start + 1 + inner.find(closing)? + closing.len();
            at = end;
            return Some(start..end);
        }
    })
}

/// What stands behind the equals signs of a tag.
fn attribute_values(text: &str, tag: Range<usize>) -> Vec<Range<usize>> {
    let mut values = Vec::new();
    let mut at = tag.start;
    while let Some(equals) = text[at..tag.end].find('=') {
        let given = &text[at + equals + 1..tag.end];
        let start = tag.end - given.trim_start().len();
        let value = &text[start..tag.end];
        let end = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].find(quote).map(|end| end + 2),
            _ => value.find(|c: char| c.is_whitespace() || c == '>'),
        };
        let end = start + end.unwrap_or(value.len());
        values.push(start..end);
        at = end.max(start + usize::from(start == end && start < tag.end));
    }
    values
}

/// The character that an entity stands for, if it is a letter or digit, and how long the entity is.
fn entity(text: &str) -> Option<(Option<char>, usize)> {
    let length = text.bytes().take(ENTITY_BYTES_MAX).position(|byte| byte == b';')?;
    let name = &text[1..length];
    if let Some(code) = name.strip_prefix('#') {
        let code = match code.strip_prefix(['x', 'X']) {
            Some(code) => u32::from_str_radix(code, 16).ok()?,
            None => code.parse().ok()?,
        };
        return Some((char::from_u32(code), length + 1));
    }
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    // Accents do not count, so that the letter alone tells enough.
    let (letter, accent) = name.split_at(1);
    let is_letter =
        ["acute", "grave", "uml", "circ", "tilde", "cedil", "ring", "slash", "caron"].contains(&accent);
    Some((letter.chars().next().filter(|_| is_letter), length + 1))
}

/// The character that an escape stands for, and how long the escape is.
fn escape(text: &str) -> Option<(char, usize)> {
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    if text.starts_with('%') {
        return code(text.get(1..3)?).filter(char::is_ascii).map(|c| (c, 3));
    }
    match text.as_bytes().get(1)? {
        b'u' => code(text.get(2..6)?).map(|c| (c, 6)),
        b'n' | b'r' | b't' | b'b' | b'f' => Some((' ', 2)),
        _ => None,
    }
}
