//! Cuts a normal text into words and numbers in one pass, and knows each word by the lexicon.
//!
//! What stands between two tokens is kept as a set of separators. Nothing here decides what is personal.

use std::ops::Range;

use crate::{
    lexicon::{self, Entry, Lexicon},
    spoken::Spoken,
    words::{Topics, Traits},
    work,
};

/// What stands before a token: a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Gap(u16);

impl Gap {
    pub(crate) const SPACE: Self = Self(1);
    pub(crate) const DASH: Self = Self(1 << 1);
    pub(crate) const DOT: Self = Self(1 << 2);
    pub(crate) const COMMA: Self = Self(1 << 3);
    pub(crate) const SLASH: Self = Self(1 << 4);
    pub(crate) const COLON: Self = Self(1 << 5);
    pub(crate) const PAREN: Self = Self(1 << 6);
    pub(crate) const PLUS: Self = Self(1 << 7);
    pub(crate) const NEWLINE: Self = Self(1 << 8);
    pub(crate) const AT: Self = Self(1 << 9);
    pub(crate) const APOSTROPHE: Self = Self(1 << 10);
    pub(crate) const UNDERSCORE: Self = Self(1 << 11);
    pub(crate) const HASH: Self = Self(1 << 12);
    pub(crate) const STOP: Self = Self(1 << 13);
    pub(crate) const OTHER: Self = Self(1 << 15);
    /// Ends a sentence or a line.
    pub(crate) const ENDING: Self =
        Self(Self::DOT.0 | Self::STOP.0 | Self::NEWLINE.0 | Self::COLON.0 | Self::OTHER.0);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// Whether there is nothing but of these.
    pub(crate) fn within(self, allowed: Self) -> bool {
        self.0 & !allowed.0 == 0
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// ASCII letters.
    Word,
    /// ASCII digits.
    Number,
    /// Letters that have no Latin form.
    Foreign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    /// A capital and no other, one letter alone included.
    Title,
    Upper,
    Mixed,
}

/// A word or a number, with what the lexicon knows of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) kind: Kind,
    pub(crate) case: Case,
    /// What stands before it.
    pub(crate) gap: Gap,
    pub(crate) gap_len: u8,
    pub(crate) traits: Traits,
    pub(crate) topics: Topics,
    pub(crate) spoken: Spoken,
    pub(crate) hash: u64,
}

impl Token {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(crate) fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    pub(crate) fn is(&self, any: Traits) -> bool {
        self.traits.has(any)
    }

    pub(crate) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub(crate) fn is_number(&self) -> bool {
        self.kind == Kind::Number
    }

    pub(crate) fn is_capital(&self) -> bool {
        self.is_word() && self.case != Case::Lower
    }

    /// Whether nothing stands between it and the token before.
    pub(crate) fn is_glued(&self) -> bool {
        self.gap.is_none()
    }
}

/// The tokens of a text, and what kinds of places are in it.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    /// Indices of tokens that speak of a topic.
    pub(crate) topical: Vec<u32>,
    pub(crate) has_numbers: bool,
    pub(crate) has_spoken: bool,
    pub(crate) has_capitals: bool,
    /// Separators that occur anywhere.
    pub(crate) gaps: Gap,
    /// The separators after the last token.
    pub(crate) tail: Gap,
    /// The traits that occur anywhere.
    pub(crate) traits: Traits,
}

const LETTER: u8 = 16;
const DIGIT: u8 = 17;
const HIGH: u8 = 18;
const LABEL_MAX: usize = 40;

const CLASS: [u8; 256] = {
    let mut class = [15; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b' ' | b'\t' => 0,
            b'-' => 1,
            b'.' => 2,
            b',' => 3,
            b'/' => 4,
            b':' => 5,
            b'(' | b')' | b'[' | b']' => 6,
            b'+' => 7,
            b'\n' | b'\r' => 8,
            b'@' => 9,
            b'\'' => 10,
            b'_' => 11,
            b'#' => 12,
            b'!' | b'?' | b';' => 13,
            b'$' => 14,
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            0x80.. => HIGH,
            _ => 15,
        };
        byte += 1;
    }
    class
};

impl Tokens {
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let lexicon = lexicon::shared();
        let mut tokens = Self { list: Vec::with_capacity(text.len() / 5 + 2), ..Self::default() };
        let (mut at, mut gap, mut gap_start) = (0, Gap::default(), 0);
        while at < bytes.len() {
            let class = CLASS[bytes[at] as usize];
            let label = if bytes[at] == b'[' { label_len(&bytes[at..]) } else { 0 };
            if label == 0 && class < LETTER {
                gap.0 |= 1 << class;
                at += 1;
                continue;
            }
            let (class, end) = if label > 0 { (HIGH, at + label) } else { (class, end_of(bytes, at, class)) };
            tokens.gaps = tokens.gaps.or(gap);
            let gap_len = u8::try_from(at - gap_start).unwrap_or(u8::MAX);
            tokens.push(bytes, at..end, class, Before { gap, gap_len }, lexicon);
            (at, gap, gap_start) = (end, Gap::default(), end);
        }
        tokens.gaps = tokens.gaps.or(gap);
        tokens.tail = gap;
        if tokens.traits.has(Traits::HEAD) {
            tokens.join_phrases(lexicon);
        }
        let topical = (0_u32..).zip(&tokens.list).filter(|(_, token)| !token.topics.is_none());
        tokens.topical = topical.map(|(index, _)| index).collect();
        tokens
    }

    fn push(&mut self, bytes: &[u8], at: Range<usize>, class: u8, before: Before, lexicon: &Lexicon) {
        let word = &bytes[at.clone()];
        let mut token = Token {
            start: at.start as u32,
            end: at.end as u32,
            kind: Kind::Number,
            case: Case::Lower,
            gap: before.gap,
            gap_len: before.gap_len,
            traits: Traits::default(),
            topics: Topics::default(),
            spoken: Spoken::No,
            hash: 0,
        };
        match class {
            DIGIT => self.has_numbers = true,
            HIGH => token.kind = Kind::Foreign,
            _ => {
                token.kind = Kind::Word;
                token.case = case_of(word);
                token.hash = lexicon::hash(word);
                let Entry { mut traits, topics, spoken, .. } = lexicon.get(token.hash);
                if let (true, [stem @ .., b's' | b'S']) = (traits.is_none() && word.len() > 3, word) {
                    traits = lexicon.get(lexicon::hash(stem)).traits.only(Traits::COMMON);
                }
                (token.traits, token.topics, token.spoken) = (traits, topics, spoken);
                self.traits = self.traits.or(traits);
                self.has_spoken |= spoken.begins();
                self.has_capitals |= token.case != Case::Lower;
            }
        }
        self.list.push(token);
    }

    /// Gives the meaning of a phrase to its last word, and takes away that of its words by themselves. The longest phrase
    /// from the left wins.
    fn join_phrases(&mut self, lexicon: &Lexicon) {
        let mut first = 0;
        while first < self.list.len() {
            let phrase = self.list[first].is(Traits::HEAD).then(|| self.phrase(first, lexicon)).flatten();
            let Some((last, entry)) = phrase else {
                first += 1;
                continue;
            };
            self.list[first..=last].iter_mut().for_each(|token| token.topics = Topics::default());
            let token = &mut self.list[last];
            (token.topics, token.traits) = (entry.topics, token.traits.or(entry.traits));
            first = last + 1;
        }
    }

    /// The longest phrase that begins with a token: its last token and what is known of it.
    fn phrase(&self, first: usize, lexicon: &Lexicon) -> Option<(usize, Entry)> {
        let mut hash = self.list[first].hash;
        let mut longest = None;
        for (last, token) in self.list.iter().enumerate().skip(first + 1).take(lexicon::PHRASE_WORDS_MAX - 1)
        {
            work::step();
            if token.gap.has(Gap::STOP) {
                break;
            }
            hash = lexicon::joined(hash, token.hash);
            let entry = lexicon.get(hash);
            if entry.is_phrase() {
                longest = Some((last, entry));
            }
            if !entry.traits.has(Traits::HEAD) {
                break;
            }
        }
        longest
    }
}

#[derive(Clone, Copy)]
struct Before {
    gap: Gap,
    gap_len: u8,
}

fn end_of(bytes: &[u8], at: usize, class: u8) -> usize {
    let rest = bytes[at..].iter();
    at + rest.take_while(|&&byte| CLASS[byte as usize] == class).count()
}

/// The length of what a mask wrote, as `[CREDIT_CARD]`: it is one thing without a meaning.
fn label_len(bytes: &[u8]) -> usize {
    let name = bytes[1..].iter().take(LABEL_MAX);
    let name =
        name.take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'_').count();
    let pseudonym =
        bytes[1 + name..].iter().take(LABEL_MAX).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let end = 1 + name + pseudonym;
    if name >= 3 && bytes.get(end) == Some(&b']') { end + 1 } else { 0 }
}

fn case_of(word: &[u8]) -> Case {
    let capitals = word.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    match capitals {
        0 => Case::Lower,
        1 if word[0].is_ascii_uppercase() => Case::Title,
        _ if capitals == word.len() => Case::Upper,
        _ => Case::Mixed,
    }
}
