//! Letters and digits that make one code, written together, in groups, or spelled out: "GB82 WEST", "g b eight two w".
//!
//! What the code is, and where it ends, is decided by the recognisers.

use crate::{
    spoken::Spoken,
    token::{Gap, Token},
    work,
};

const PARTING: Gap = Gap::SPACE.or(Gap::DASH).or(Gap::DOT).or(Gap::SLASH);

/// A code from its first token on, as far as it may go.
#[derive(Debug, Default)]
pub(crate) struct Spelled {
    /// ASCII capitals and digits.
    pub(crate) characters: Vec<u8>,
    /// For each character the end of its token's part, and whether a token ends there.
    ends: Vec<(usize, bool)>,
    /// For each character the token that it came from.
    tokens: Vec<usize>,
}

impl Spelled {
    /// Gathers at most so many characters.
    pub(crate) fn from(text: &str, list: &[Token], first: usize, max: usize) -> Self {
        let mut spelled = Self::default();
        let mut times = 1;
        for (at, token) in list.iter().enumerate().skip(first) {
            work::step();
            let parted = at > first && !(token.gap.within(PARTING) && token.gap_len <= 3);
            if parted || spelled.characters.len() >= max {
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
        spelled
    }

    fn push_written(&mut self, bytes: &[u8], token: &Token, at: usize) {
        let last = bytes.len() - 1;
        for (index, byte) in bytes.iter().enumerate().take(64) {
            self.push(byte.to_ascii_uppercase(), token.start as usize + index + 1, index == last, at);
        }
    }

    fn push(&mut self, character: u8, end: usize, whole: bool, token: usize) {
        self.characters.push(character);
        self.ends.push((end, whole));
        self.tokens.push(token);
    }

    /// Where the first so many characters end, if a token ends there.
    pub(crate) fn end_of(&self, characters: usize) -> Option<usize> {
        self.ends.get(characters.checked_sub(1)?).filter(|(_, whole)| *whole).map(|&(end, _)| end)
    }

    /// The last token of the first so many characters.
    pub(crate) fn token_of(&self, characters: usize) -> usize {
        self.tokens[characters - 1]
    }
}
