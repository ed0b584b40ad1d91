//! Cuts a normal text into words and numbers in one pass, and knows each word by the lexicon.
//!
//! It also tells what occurs anywhere in the text, so that recognisers need not look in vain. Nothing here decides what is
//! personal.

use std::sync::Arc;

use crate::{
    label,
    letters::Letters,
    lexicon::{self, Entry, Lexicon},
    token::{Case, Gap, Kind, Token},
    words::{Topics, Traits},
    work,
};

/// The tokens of a text, and what kinds of places are in it.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    /// Indices of tokens that speak of a topic.
    pub(crate) topical: Vec<u32>,
    pub(crate) has_numbers: bool,
    pub(crate) has_spoken: bool,
    pub(crate) has_capitals: bool,
    pub(crate) has_labels: bool,
    /// Separators that occur anywhere.
    pub(crate) gaps: Gap,
    /// Separators that occur where there is neither a space nor a new line.
    pub(crate) joints: Gap,
    /// The traits that occur anywhere.
    pub(crate) traits: Traits,
}

const LETTER: u8 = 16;
const DIGIT: u8 = 17;
const HIGH: u8 = 18;

/// What a byte is part of, or which separator it is.
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
    /// Cuts a text, in which `own` are names of labels too, and forgets the one before.
    pub(crate) fn cut(&mut self, text: &str, own: &[Arc<str>]) {
        self.forget();
        let (bytes, lexicon) = (text.as_bytes(), lexicon::shared());
        let (mut at, mut gap, mut gap_start) = (0, Gap::default(), 0);
        while let Some(&byte) = bytes.get(at) {
            let token = match CLASS[usize::from(byte)] {
                LETTER => self.word(&bytes[at..], lexicon),
                DIGIT => Token::new(Kind::Number, len_of(DIGIT, &bytes[at..])),
                HIGH => Token::new(Kind::Foreign, len_of(HIGH, &bytes[at..])),
                _ if byte == b'[' && label::len(&bytes[at..], own) > 0 => {
                    Token::new(Kind::Label, label::len(&bytes[at..], own))
                }
                separator => {
                    gap = gap.or(Gap::of_class(separator));
                    at += 1;
                    continue;
                }
            };
            let token = token.placed(at, gap, at - gap_start);
            self.push(token);
            at = token.end as usize;
            (gap, gap_start) = (Gap::default(), at);
        }
        self.gaps = self.gaps.or(gap);
        if self.traits.has(Traits::HEAD) && self.join_phrases(lexicon) {
            self.topical.clear();
            let topical = (0_u32..).zip(&self.list).filter(|(_, token)| !token.topics.is_none());
            self.topical.extend(topical.map(|(index, _)| index));
        }
    }

    /// Empties it, but keeps its buffers.
    fn forget(&mut self) {
        let (mut list, mut topical) = (std::mem::take(&mut self.list), std::mem::take(&mut self.topical));
        list.clear();
        topical.clear();
        *self = Self { list, topical, ..Self::default() };
    }

    fn push(&mut self, token: Token) {
        self.gaps = self.gaps.or(token.gap);
        if !token.gap.has(Gap::SPACE.or(Gap::NEWLINE)) {
            self.joints = self.joints.or(token.gap);
        }
        match token.kind {
            Kind::Word => {
                self.traits = self.traits.or(token.traits);
                self.has_spoken |= token.spoken.begins();
                self.has_capitals |= token.case != Case::Lower;
                if !token.topics.is_none() {
                    self.topical.push(self.list.len() as u32);
                }
            }
            Kind::Number => self.has_numbers = true,
            Kind::Label => self.has_labels = true,
            Kind::Foreign => {}
        }
        self.list.push(token);
    }

    /// The word that a text begins with.
    fn word(&self, text: &[u8], lexicon: &Lexicon) -> Token {
        let Letters { len, capitals, hash } = Letters::of(text);
        let Entry { mut traits, topics, spoken, .. } = lexicon.get(hash);
        if traits.is_none() && len > 3 && text[len - 1].eq_ignore_ascii_case(&b's') {
            traits = lexicon.get(lexicon::hash(&text[..len - 1])).traits.only(Traits::COMMON);
        }
        let case = match capitals {
            0 => Case::Lower,
            1 if text[0].is_ascii_uppercase() => Case::Title,
            _ if capitals == len => Case::Upper,
            _ => Case::Mixed,
        };
        Token { case, traits, topics, spoken, hash, ..Token::new(Kind::Word, len) }
    }

    /// Gives the meaning of a phrase to its last word, and takes away that of its words by themselves. The longest phrase
    /// from the left wins. Tells whether there was one.
    fn join_phrases(&mut self, lexicon: &Lexicon) -> bool {
        let (mut first, mut has_phrases) = (0, false);
        while first < self.list.len() {
            let phrase = self.list[first].is(Traits::HEAD).then(|| self.phrase(first, lexicon)).flatten();
            let Some((last, entry)) = phrase else {
                first += 1;
                continue;
            };
            self.list[first..=last].iter_mut().for_each(|token| token.topics = Topics::default());
            let token = &mut self.list[last];
            (token.topics, token.traits) = (entry.topics, token.traits.or(entry.traits));
            (first, has_phrases) = (last + 1, true);
        }
        has_phrases
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

fn len_of(class: u8, text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| CLASS[usize::from(byte)] == class).count()
}
