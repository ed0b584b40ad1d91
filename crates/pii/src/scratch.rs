//! What a search needs while it runs: a thread keeps the buffers of one for the next.
//!
//! Buffers of a very long text are given back.

use std::{cell::Cell, sync::Arc};

use crate::{
    runs::{Run, runs},
    scene::Candidate,
    tokens::Tokens,
};

/// Tokens of the buffer that is kept: those of a text of some 100 KB.
const TOKENS_MAX: usize = 1 << 15;

/// The buffers of one search.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) tokens: Tokens,
    pub(crate) runs: Vec<Run>,
    /// Runs that are empty.
    spare: Vec<Run>,
    pub(crate) found: Vec<Candidate>,
}

thread_local! {
    static KEPT: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// Lends the thread's buffers to a search.
pub(crate) fn with<R>(search: impl FnOnce(&mut Scratch) -> R) -> R {
    let mut scratch = KEPT.take().unwrap_or_default();
    let result = search(&mut scratch);
    if scratch.tokens.list.capacity() <= TOKENS_MAX {
        KEPT.set(Some(scratch));
    }
    result
}

impl Scratch {
    /// Cuts a text into tokens and numbers.
    pub(crate) fn cut(&mut self, text: &str, labels: &[Arc<str>]) {
        self.found.clear();
        self.spare.extend(self.runs.drain(..).map(Run::emptied));
        self.tokens.cut(text, labels);
        if self.tokens.has_numbers || self.tokens.has_spoken {
            runs(text, &self.tokens, &mut self.runs, &mut self.spare);
        }
    }
}
