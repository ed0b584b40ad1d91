//! Conversations that recent groups used, as they are stored, so that the next group need not read them again.
//!
//! Only the writer has it, and only what was committed is put in: no other hand writes to the store.

use crate::tenancy::ProfileKey;
use hansard_domain::{Id, conversation::Conversation};
use std::{collections::HashMap, mem};

/// A conversation of a profile.
pub(crate) type ConversationAt = (ProfileKey, Id);

/// Of each of the two generations.
const BYTES_MAX: usize = 8 << 20;
/// What a conversation takes besides its body.
const OVERHEAD_BYTES: usize = 1024;

/// Two generations: what is used moves to the young one; when that is full, the old one goes.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    young: HashMap<ConversationAt, Kept>,
    young_bytes: usize,
    old: HashMap<ConversationAt, Kept>,
}

#[derive(Debug, Clone)]
struct Kept {
    conversation: Conversation,
    /// Length of the stored body.
    body_bytes: usize,
}

impl Recent {
    /// The conversation with the length of its stored body.
    pub(crate) fn find(&mut self, at: &ConversationAt) -> Option<(Conversation, usize)> {
        if let Some((at, kept)) = self.old.remove_entry(at) {
            self.put(at, kept.conversation, kept.body_bytes);
        }
        self.young.get(at).map(|kept| (kept.conversation.clone(), kept.body_bytes))
    }

    pub(crate) fn put(&mut self, at: ConversationAt, conversation: Conversation, body_bytes: usize) {
        let bytes = body_bytes + OVERHEAD_BYTES;
        if self.young_bytes + bytes > BYTES_MAX {
            self.old = mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.old.remove(&at);
        let replaced = self.young.insert(at, Kept { conversation, body_bytes });
        let before = replaced.map_or(0, |kept| kept.body_bytes + OVERHEAD_BYTES);
        self.young_bytes = self.young_bytes + bytes - before;
    }

    pub(crate) fn remove(&mut self, at: &ConversationAt) {
        self.old.remove(at);
        if let Some(kept) = self.young.remove(at) {
            self.young_bytes -= kept.body_bytes + OVERHEAD_BYTES;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use hansard_domain::{conversation::Counters, name::ProfileName};

    fn at(id: usize) -> ConversationAt {
        (ProfileKey(1), Id::known(format!("c{id}")))
    }

    fn conversation(id: usize, messages: i32) -> Conversation {
        let profile = ProfileName { customer: Id::known("acme"), profile: Id::known("support") };
        Conversation {
            name: profile.conversation(at(id).1),
            number: 1,
            body: std::sync::Arc::default(),
            counters: Counters { messages, ..Counters::default() },
        }
    }

    fn messages(recent: &mut Recent, id: usize) -> Option<i32> {
        recent.find(&at(id)).map(|(conversation, _)| conversation.counters.messages)
    }

    #[test]
    fn the_latest_is_found_and_the_removed_is_not() {
        let mut recent = Recent::default();
        recent.put(at(1), conversation(1, 1), 10);
        recent.put(at(1), conversation(1, 2), 20);
        assert_eq!(messages(&mut recent, 1), Some(2));
        assert_eq!(recent.young_bytes, 20 + OVERHEAD_BYTES);
        recent.remove(&at(1));
        assert_eq!(messages(&mut recent, 1), None);
        assert_eq!(recent.young_bytes, 0);
    }

    #[test]
    fn what_is_used_outlives_what_is_not() {
        let mut recent = Recent::default();
        let half = BYTES_MAX / 2 - OVERHEAD_BYTES;
        recent.put(at(0), conversation(0, 0), half);
        for id in 1..20 {
            recent.put(at(id), conversation(id, 0), half);
            assert_eq!(messages(&mut recent, 0), Some(0), "after {id}");
            assert!(recent.young_bytes <= BYTES_MAX && recent.young.len() + recent.old.len() <= 4);
        }
        assert_eq!(messages(&mut recent, 3), None);
    }

    #[test]
    fn an_old_one_does_not_come_back_over_a_newer() {
        let mut recent = Recent::default();
        recent.put(at(1), conversation(1, 1), BYTES_MAX - OVERHEAD_BYTES);
        recent.put(at(2), conversation(2, 1), 10);
        recent.put(at(1), conversation(1, 2), 10);
        assert_eq!(messages(&mut recent, 1), Some(2));
    }
}
