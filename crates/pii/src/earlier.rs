//! What the turns before said: their topics, and digits that may go on in the next turn.
//!
//! It forgets after a few turns. Digits are kept in memory alone and are never shown.

use std::fmt;

use crate::{runs::Run, tokens::Tokens, words::Topics};

const TURNS: usize = 6;
const DIGITS_MAX: usize = 24;
/// A turn that reads out digits says little else.
const OTHER_WORDS_MAX: usize = 5;

/// The memory of a conversation that the search of its next turn needs.
#[derive(Clone, Default)]
pub struct Earlier {
    /// The topics of the last turns, the latest first.
    topics: [Topics; TURNS],
    /// The digits that ended the last turns.
    digits: Vec<u8>,
}

impl Earlier {
    /// Returns the memory before the first turn.
    pub fn none() -> Self {
        Self::default()
    }

    pub(crate) fn asked(&self) -> Topics {
        self.topics.iter().copied().find(|topics| !topics.is_none()).unwrap_or_default()
    }

    pub(crate) fn topics(&self) -> Topics {
        self.topics.iter().copied().fold(Topics::default(), Topics::or)
    }

    pub(crate) fn digits(&self) -> &[u8] {
        &self.digits
    }

    /// Whether a turn is little else than digits that are read out.
    pub(crate) fn is_reading(tokens: &Tokens, run: &Run) -> bool {
        tokens.list.len() <= (run.next_token - run.groups[0].token) + OTHER_WORDS_MAX
    }

    pub(crate) fn hear(&mut self, tokens: &Tokens, runs: &[Run]) {
        let topics = tokens.topical.iter().map(|&index| tokens.list[index as usize].topics);
        self.topics.rotate_right(1);
        self.topics[0] = topics.fold(Topics::default(), Topics::or);
        // "The next four?" asks for digits and reads out none.
        let read: Vec<&Run> = runs.iter().filter(|run| run.digits.len() > 1).collect();
        match read[..] {
            [run] if Self::is_reading(tokens, run) => {
                self.digits.extend(&run.digits);
                let beyond = self.digits.len().saturating_sub(DIGITS_MAX);
                self.digits.drain(..beyond);
            }
            // A turn without digits ("got it, and then?") does not end the number.
            [] => {}
            _ => self.digits.clear(),
        }
        if self.topics().is_none() {
            self.digits.clear();
        }
    }
}

impl fmt::Debug for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Earlier").field("topics", &self.topics).finish_non_exhaustive()
    }
}
