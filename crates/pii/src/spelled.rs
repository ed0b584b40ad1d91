//! Letters and digits that make one code, written together, in groups, or spelled out: "GB82 WEST", "g b eight two w".
//!
//! What the code is, and where it ends, is decided by the recognisers.

use crate::{
    spoken::Spoken,
    token::{Gap, Token},
    work,
};

const PARTING: Gap = Gap::SPACE.or(Gap::DASH).or(Gap::DOT).or(Gap::SLASH);

/// No code that is known has more letters before its first digit.
const LETTERS_FIRST_MAX: usize = 6;

/// A code from its first token on, as far as it may go.
#[derive(Debug, Default)]
pub(crate) struct Spelled {
    /// ASCII capitals and digits.
    pub(crate) characters: Vec<u8>,
    places: Vec<Place>,
}

/// Where a character came from.
#[derive(Debug)]
struct Place {
    token: usize,
    end: usize,
    /// Whether the token ends with it.
    whole: bool,
}

impl Spelled {
    /// Gathers some characters more than `max` at most; none if there is no digit where codes have one.
    pub(crate) fn from(text: &str, list: &[Token], first: usize, max: usize) -> Option<Self> {
        if !has_digit_soon(list, first) {
            return None;
        }
        let mut spelled = Self { characters: Vec::with_capacity(max), places: Vec::with_capacity(max) };
        let mut times = 1;
        for (at, token) in list.iter().enumerate().skip(first) {
            work::step();
            if at > first && is_parted(token) || spelled.characters.len() >= max {
                break;
            }
            match token.spoken {
                Spoken::Digit(digit) if !token.is_glued() || at == first => {
                    (0..times).for_each(|_| spelled.push(b'0' + digit, token.end as usize, true, at));
                    times = 1;
                }
                Spoken::Times(n) if !token.is_glued() => times = n,
                _ => spelled.push_written(&text.as_bytes()[token.range()], token, at),
            }
        }
        Some(spelled)
    }

    fn push_written(&mut self, bytes: &[u8], token: &Token, at: usize) {
        let last = bytes.len() - 1;
        for (index, byte) in bytes.iter().enumerate().take(64) {
            self.push(byte.to_ascii_uppercase(), token.start as usize + index + 1, index == last, at);
        }
    }

    fn push(&mut self, character: u8, end: usize, whole: bool, token: usize) {
        self.characters.push(character);
        self.places.push(Place { token, end, whole });
    }

    /// Where the first so many characters end, if a token ends there.
    pub(crate) fn end_of(&self, characters: usize) -> Option<usize> {
        self.places.get(characters.checked_sub(1)?).filter(|place| place.whole).map(|place| place.end)
    }

    /// The last token of the first so many characters.
    pub(crate) fn token_of(&self, characters: usize) -> usize {
        self.places[characters - 1].token
    }
}

fn is_parted(token: &Token) -> bool {
    !token.gap.within(PARTING) || token.gap_len > 3
}

fn has_digit_soon(list: &[Token], first: usize) -> bool {
    let mut letters = 0;
    for (at, token) in list.iter().enumerate().skip(first) {
        work::step();
        if at > first && is_parted(token) || letters > LETTERS_FIRST_MAX {
            return false;
        }
        match token.spoken {
            _ if token.is_number() => return true,
            Spoken::Digit(_) if !token.is_glued() || at == first => return true,
            Spoken::Times(_) if !token.is_glued() => {}
            _ => letters += token.len(),
        }
    }
    false
}
