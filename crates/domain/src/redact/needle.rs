//! Looks for values in any text, however they are written there.
//!
//! A value is found by its letters and digits in their order: case, accents, width and zero-width characters do not
//! count, and a few other characters may stand between two of them (`reading`); numbers are also found as they are
//! spoken (`spoken`). In HTML, tags and entities may stand between as well, and attributes are looked into. A value
//! without letters and digits stands for itself.
//!
//! So that a short value does not eat parts of longer words, nothing alphanumeric may touch it; a value of six may
//! touch another class (`x411111`), one of ten is found anywhere. Looking is linear in the text. What becomes of a
//! place is for the caller to say.

mod reading;
mod spoken;

use super::labels::Labels;
use crate::{Error, Result};
use aho_corasick::AhoCorasick;
pub(in crate::redact) use reading::tags;
use reading::{BREAK, Encoding, Reading};
use std::ops::Range;

/// Letters and digits from which a value may touch what is of another class.
const TELLING: usize = 6;
/// Letters and digits from which a value is found anywhere.
const UNMISTAKABLE: usize = 10;
/// Letters and digits below which a value is too common to be looked for far from where it was.
const COMMON_BELOW: usize = 4;
/// Digits that may stand before a national telephone number: `00`, a country code, a trunk prefix.
const PREFIX_DIGITS: usize = 6;
const PHONE_DIGITS_MIN: usize = 6;

/// How a text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    Plain,
    Html,
}

/// Values to look for.
#[derive(Debug, Clone, Default)]
pub struct Needles {
    patterns: Vec<Pattern>,
    automaton: Option<AhoCorasick>,
    literals: Vec<String>,
    labels: Labels,
    /// Some value is a number.
    has_numbers: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    folded: String,
    length: usize,
    /// A telephone number without what is dialled before it.
    is_national: bool,
}

/// Whether a value has so few letters and digits that it also stands for other things.
pub fn is_common(value: &str) -> bool {
    Reading::of(value, Markup::Plain, Encoding::None, &Labels::NONE).symbols.len() < COMMON_BELOW
}

impl Needles {
    /// Prepares to look for values, but never inside the labels of what is masked already.
    pub fn new<'v>(values: impl IntoIterator<Item = &'v str>, labels: Labels) -> Result<Self> {
        let mut needles = Self { labels, ..Self::default() };
        values.into_iter().for_each(|value| needles.add(value));
        needles.prepared()
    }

    /// Prepares to look for a telephone number, with and without what is dialled before it.
    pub fn of_phone(number: &str, labels: Labels) -> Result<Self> {
        let digits: String = folded_plain(number).chars().filter(char::is_ascii_digit).collect();
        let international = digits.strip_prefix("00").filter(|_| !number.contains('+'));
        let dialled = international.map_or(number.to_owned(), |digits| format!("+{digits}"));
        let known =
            phonenumber::parse(None, dialled).ok().map(|parsed| parsed.national().value().to_string());
        let national = known.unwrap_or_else(|| digits.trim_start_matches('0').to_owned());
        if national.len() < PHONE_DIGITS_MIN {
            return Err(Error::invalid("phoneNumber", "must have at least six digits"));
        }
        let length = national.len();
        let mut needles = Self { labels, ..Self::default() };
        needles.patterns.push(Pattern { folded: national, length, is_national: true });
        needles.prepared()
    }

    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.literals.is_empty()
    }

    fn add(&mut self, value: &str) {
        let read = Reading::of(value, Markup::Plain, Encoding::None, &Labels::NONE);
        let folded = read.folded.replace(BREAK, "");
        if folded.is_empty() {
            self.literals.extend(Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned));
            return;
        }
        let spoken = spoken::number(&read);
        let variants = spoken::address_variants(value).into_iter().map(|variant| folded_plain(&variant));
        for folded in variants.chain(spoken).chain([folded]) {
            let length = folded.chars().count();
            let pattern = Pattern { folded, length, is_national: false };
            if length > 0 && !self.patterns.contains(&pattern) {
                self.patterns.push(pattern);
            }
        }
    }

    fn prepared(mut self) -> Result<Self> {
        self.has_numbers =
            self.patterns.iter().any(|one| one.folded.bytes().all(|byte| byte.is_ascii_digit()));
        if !self.patterns.is_empty() {
            let patterns = self.patterns.iter().map(|pattern| pattern.folded.as_str());
            self.automaton =
                Some(AhoCorasick::new(patterns).map_err(|error| Error::internal(error.to_string()))?);
        }
        Ok(self)
    }

    /// Where the values are: bytes of the text, sorted and disjoint.
    pub fn find(&self, text: &str, markup: Markup) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for literal in &self.literals {
            found.extend(text.match_indices(literal.as_str()).map(|(at, hit)| at..at + hit.len()));
        }
        if let Some(automaton) = &self.automaton {
            for encoding in Encoding::ALL.into_iter().filter(|encoding| encoding.may_be_in(text)) {
                let read = Reading::of(text, markup, encoding, &self.labels);
                self.find_in(automaton, &read, &mut found);
                if self.has_numbers {
                    self.find_in(automaton, &spoken::digits(&read), &mut found);
                }
                if markup == Markup::Html {
                    let read = Reading::of_attributes(text, encoding, &self.labels);
                    self.find_in(automaton, &read, &mut found);
                }
            }
        }
        merged(found)
    }

    pub fn is_in(&self, text: &str, markup: Markup) -> bool {
        !self.find(text, markup).is_empty()
    }

    fn find_in(&self, automaton: &AhoCorasick, read: &Reading, found: &mut Vec<Range<usize>>) {
        if read.symbols.is_empty() {
            return;
        }
        for hit in automaton.find_overlapping_iter(read.folded.as_str()) {
            let pattern = &self.patterns[hit.pattern().as_usize()];
            let (first, last) = (read.symbol_at(hit.start()), read.symbol_at(hit.end() - 1));
            found.extend(place(read, pattern, first, last));
        }
    }
}

/// The bytes of a hit, where nothing forbids it.
fn place(read: &Reading, pattern: &Pattern, first: usize, last: usize) -> Option<Range<usize>> {
    let first = if pattern.is_national { with_prefix(read, first) } else { first };
    let is_free = |place: usize| {
        if pattern.length >= UNMISTAKABLE || !read.touches_next(place) {
            return true;
        }
        let (one, other) = (read.symbols[place].letter, read.symbols[place + 1].letter);
        pattern.length >= TELLING && one.is_ascii_digit() != other.is_ascii_digit()
    };
    let begins = first.checked_sub(1).is_none_or(is_free);
    (begins && is_free(last)).then(|| read.symbols[first].start..read.symbols[last].end)
}

/// Takes in the few digits that are dialled before a number; of a longer number nothing.
fn with_prefix(read: &Reading, first: usize) -> usize {
    let goes_on = |place: &usize| read.joins_next(*place) && read.symbols[*place].letter.is_ascii_digit();
    let digits = (0..first).rev().take_while(goes_on).take(PREFIX_DIGITS + 1).count();
    if digits > PREFIX_DIGITS { first } else { first - digits }
}

fn folded_plain(text: &str) -> String {
    Reading::of(text, Markup::Plain, Encoding::None, &Labels::NONE).folded.replace(BREAK, "")
}

/// Sorts, and makes one of those that overlap.
pub(super) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests;
