//! Recorded histories of one conversation or several: what clients asked, what they were answered, and when.
//!
//! A conversation is seen as one object: a list that only grows, where an append answers its position. `record` makes
//! histories against a served profile, `check` decides whether they are linearizable, `fault` spoils them.
//! Edits and deletions of messages are not part of the object.

pub mod check;
pub mod fault;
pub mod record;

use std::collections::BTreeMap;

/// What one logical append says: unique in its history, the same in all its retries.
pub type Token = u32;

/// Nanoseconds since the history began, by the monotonic clock.
pub type Instant = u64;

/// What a client did, and what it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A first send or a retry; without a position where the client went away before the answer.
    Append { token: Token, position: Option<u32> },
    /// The whole list, in its order: position and token.
    List { items: Vec<(u32, Token)> },
    /// One message by its name; none where it was not found.
    Get { token: Token, position: Option<u32> },
    /// What a watcher was told: it is there, but how long ago it came is not said.
    Watched { token: Token, position: u32 },
}

/// One operation with its place in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub client: u32,
    pub conversation: u32,
    pub invoked: Instant,
    /// The end of time where no answer came.
    pub responded: Instant,
    pub action: Action,
}

/// All operations of some clients on some conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    pub seed: u64,
    pub operations: Vec<Operation>,
}

impl History {
    /// Returns the operations of each conversation, by the time of their invocation.
    pub fn by_conversation(&self) -> BTreeMap<u32, Vec<&Operation>> {
        let mut parts: BTreeMap<u32, Vec<&Operation>> = BTreeMap::new();
        for operation in &self.operations {
            parts.entry(operation.conversation).or_default().push(operation);
        }
        for part in parts.values_mut() {
            part.sort_by_key(|operation| operation.invoked);
        }
        parts
    }
}

/// A small generator of numbers that a seed repeats (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() % end.max(1) as u64).unwrap()
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}
