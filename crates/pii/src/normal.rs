//! The form of a text in which it is searched: however something is written, the recognisers see it in one way.
//!
//! Full-width and other digits become ASCII, accents and zero-width characters go, look-alike letters of other alphabets
//! become Latin where they stand among Latin letters or digits. Every place leads back to the text as it was given.
//! Case stays: whether a word begins with a capital tells something.

use std::{borrow::Cow, ops::Range};

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

/// A text in its normal form, and where each byte of it came from.
#[derive(Debug)]
pub(crate) struct Normal<'t> {
    text: Cow<'t, str>,
    /// For each byte the place of the character that it came from; empty where nothing was changed.
    origin: Vec<u32>,
    given_len: usize,
}

impl<'t> Normal<'t> {
    pub(crate) fn of(given: &'t str) -> Self {
        if given.is_ascii() {
            return Self { text: Cow::Borrowed(given), origin: Vec::new(), given_len: given.len() };
        }
        let mut writer =
            Writer { text: String::with_capacity(given.len()), origin: Vec::with_capacity(given.len()) };
        let (mut foreign, mut at) = (ForeignWord::default(), 0);
        while let Some(c) = given[at..].chars().next() {
            at += if c.is_ascii() {
                let rest = &given[at..];
                let len = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
                writer.copy(at, &rest[..len])
            } else {
                writer.change(given, at, c, &mut foreign);
                c.len_utf8()
            };
        }
        Self { text: Cow::Owned(writer.text), origin: writer.origin, given_len: given.len() }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Leads a range of the normal form back to whole characters of the given text, ignored ones within.
    pub(crate) fn given(&self, range: Range<usize>) -> Range<usize> {
        if self.origin.is_empty() || range.is_empty() {
            return range;
        }
        let last = self.origin[range.end - 1];
        let after = self.origin[range.end..].iter().find(|&&origin| origin != last);
        self.origin[range.start] as usize..after.map_or(self.given_len, |&origin| origin as usize)
    }
}

struct Writer {
    text: String,
    origin: Vec<u32>,
}

impl Writer {
    /// Takes ASCII as it is, and tells how much.
    fn copy(&mut self, at: usize, ascii: &str) -> usize {
        self.text.push_str(ascii);
        self.origin.extend((at..at + ascii.len()).map(place));
        ascii.len()
    }

    fn change(&mut self, given: &str, at: usize, c: char, foreign: &mut ForeignWord) {
        if is_ignored(c) {
            return;
        }
        match looks_latin(c) {
            Some(latin) => self.push(at, if foreign.is_mixed(given, at) { latin } else { c }),
            None => self.fold(at, c),
        }
    }

    fn push(&mut self, at: usize, c: char) {
        self.text.push(c);
        self.origin.resize(self.text.len(), place(at));
    }

    fn fold(&mut self, at: usize, c: char) {
        if let Some(plain) = plain(c) {
            plain.chars().for_each(|c| self.push(at, c));
            return;
        }
        decompose_compatible(c, |part| {
            if let Some(digit) = digit(part) {
                self.push(at, digit);
            } else if !is_ignored(part) {
                match plain(part) {
                    Some(plain) => plain.chars().for_each(|c| self.push(at, c)),
                    None => self.push(at, part),
                }
            }
        });
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Whether the word at hand mixes alphabets, asked once a word.
#[derive(Default)]
struct ForeignWord {
    end: usize,
    mixed: bool,
}

impl ForeignWord {
    fn is_mixed(&mut self, given: &str, at: usize) -> bool {
        if at >= self.end {
            let is_part = |c: char| c.is_alphanumeric() || is_ignored(c);
            let before = given[..at].chars().next_back();
            let word = &given[at..];
            let len = word.find(|c: char| !is_part(c)).unwrap_or(word.len());
            let joined = |c: char| c.is_ascii_alphanumeric() || ('\u{FF10}'..='\u{FF5A}').contains(&c);
            self.end = at + len;
            self.mixed = before.is_some_and(joined) || word[..len].chars().any(joined);
        }
        self.mixed
    }
}

/// Characters without a width, and marks that sit on others.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
        || c >= '\u{300}' && canonical_combining_class(c) != 0
}

/// Punctuation and letters that Unicode does not decompose, as ASCII.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2E3A}'
        | '\u{2E3B}'
        | '\u{FE58}'
        | '\u{30FC}'
        | '\u{FF70}' => "-",
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => " ",
        '\u{2028}' | '\u{2029}' | '\u{85}' => "\n",
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2BC}' | '\u{2032}' | '\u{B4}' => "'",
        '\u{201C}'..='\u{201F}' | '\u{AB}' | '\u{BB}' => "\"",
        '\u{B7}' | '\u{2022}' | '\u{2027}' | '\u{22C5}' | '\u{30FB}' | '\u{3002}' => ".",
        '\u{3001}' => ",",
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'þ' => "th",
        'Þ' => "Th",
        'ı' => "i",
        'ħ' => "h",
        'Ħ' => "H",
        _ => return None,
    })
}

/// Letters of the Cyrillic, Greek and Armenian alphabets that look like Latin ones.
fn looks_latin(c: char) -> Option<char> {
    const PAIRS: &str = "аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwӏlАAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSҮYԌG\
                         αaοoρpνvιiυuκkτtΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXօoհhոnսuցgՕOՏS";
    let mut chars = PAIRS.chars();
    if !('\u{370}'..='\u{58F}').contains(&c) {
        return None;
    }
    while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
        if from == c {
            return Some(to);
        }
    }
    None
}

/// The first digit of each of Unicode's sets of ten that have no compatibility decomposition.
const ZEROS: [u32; 40] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x11066, 0x110F0, 0x11136, 0x1E950,
];

fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS[..ZEROS.partition_point(|&zero| zero <= code)].last()?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(given: &str) -> String {
        Normal::of(given).text().to_owned()
    }

    #[test]
    fn every_way_of_writing_is_one() {
        for (given, same) in [
            ("４１１１", "4111"),
            ("٤١١١ and ४१", "4111 and 41"),
            ("\u{1D7D2}\u{1D7CF}", "41"),
            ("4\u{200B}1\u{FEFF}1\u{AD}1", "4111"),
            ("Zoe\u{308} and Zoë", "Zoe and Zoe"),
            ("Łukasz Müller–Strauß", "Lukasz Muller-Strauss"),
            ("jоhn＠exаmple．com", "john@example.com"),
            ("4111\u{A0}1111\u{2011}1", "4111 1111-1"),
        ] {
            assert_eq!(normal(given), same, "{given}");
        }
    }

    #[test]
    fn an_alphabet_by_itself_stays() {
        assert_eq!(normal("сор и роса"), "сор и роса");
        assert_eq!(normal("сард4"), "caрд4".replace('р', "p"));
    }

    #[test]
    fn places_lead_back_to_whole_characters() {
        let given = "ß4\u{200B}1é\u{301}x";
        let normal = Normal::of(given);
        assert_eq!(normal.text(), "ss41ex");
        let back = |range| &given[normal.given(range)];
        assert_eq!(back(1..2), "ß");
        assert_eq!(back(2..4), "4\u{200B}1");
        assert_eq!(back(4..5), "é\u{301}");
        assert_eq!(back(5..6), "x");
        assert_eq!(back(0..6), given);
    }
}
