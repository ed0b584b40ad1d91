//! Whether a conversation has changed since something of it was read, told without reading.
//!
//! The writer marks what a group changes before its commit can be seen, and again after it. Between the two nobody may
//! rely on what was read before, nor keep what is read now.

use crate::{engine::lock, recent::ConversationAt, tenancy::ProfileKey};
use std::{collections::HashMap, mem, sync::Mutex};

/// More conversations than these are forgotten together, and everything read of any counts as changed.
const CONVERSATIONS_MAX: usize = 64 * 1024;

/// One state of a conversation, as long as this process runs. Equal versions are of the same state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    profile: ProfileKey,
    epoch: u64,
    number: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Versions(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    epoch: u64,
    /// Odd while a group that changes the conversation is being committed.
    numbers: HashMap<ConversationAt, u64>,
    in_flight: Vec<ConversationAt>,
}

impl Versions {
    /// The version of a conversation, or nothing while it is changing.
    pub(crate) fn of(&self, at: &ConversationAt) -> Option<Version> {
        let table = lock(&self.0);
        let number = table.numbers.get(at).copied().unwrap_or(0);
        (number % 2 == 0).then_some(Version { profile: at.0, epoch: table.epoch, number })
    }

    /// Marks what the group in hand changes; one before it that was not committed has ended.
    pub(crate) fn begin(&self, changed: Vec<ConversationAt>) {
        let mut table = lock(&self.0);
        table.end();
        if table.numbers.len() + changed.len() > CONVERSATIONS_MAX {
            table.numbers.clear();
            table.epoch += 1;
        }
        table.in_flight = changed;
        table.in_flight.sort_unstable();
        table.in_flight.dedup();
        table.step();
    }

    /// Marks that the group in hand is committed.
    pub(crate) fn end(&self) {
        lock(&self.0).end();
    }
}

impl Table {
    fn end(&mut self) {
        self.step();
        self.in_flight.clear();
    }

    fn step(&mut self) {
        let in_flight = mem::take(&mut self.in_flight);
        for at in &in_flight {
            *self.numbers.entry(at.clone()).or_default() += 1;
        }
        self.in_flight = in_flight;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use hansard_domain::Id;

    fn at(id: usize) -> ConversationAt {
        (ProfileKey(1), Id::known(format!("c{id}")))
    }

    #[test]
    fn a_change_is_seen_before_and_after_its_commit() {
        let versions = Versions::default();
        let (before, other) = (versions.of(&at(1)).unwrap(), versions.of(&at(2)).unwrap());
        versions.begin(vec![at(1), at(1)]);
        assert_eq!(versions.of(&at(1)), None, "it is changing");
        versions.end();
        assert_ne!(versions.of(&at(1)).unwrap(), before);
        assert_eq!(versions.of(&at(2)).unwrap(), other);
    }

    #[test]
    fn a_group_that_failed_leaves_no_version_that_was_there_before() {
        let versions = Versions::default();
        let before = versions.of(&at(1)).unwrap();
        versions.begin(vec![at(1)]);
        versions.begin(vec![at(2)]);
        assert_ne!(versions.of(&at(1)).unwrap(), before);
        assert_eq!(versions.of(&at(2)), None);
    }

    #[test]
    fn what_was_forgotten_counts_as_changed() {
        let versions = Versions::default();
        let before = versions.of(&at(0)).unwrap();
        for id in 1..=CONVERSATIONS_MAX + 1 {
            versions.begin(vec![at(id)]);
        }
        versions.begin(vec![]);
        assert_ne!(versions.of(&at(0)).unwrap(), before);
        assert!(lock(&versions.0).numbers.len() <= CONVERSATIONS_MAX);
    }

    #[test]
    fn a_conversation_of_the_same_name_in_another_profile_is_another() {
        let versions = Versions::default();
        assert_ne!(versions.of(&(ProfileKey(1), at(1).1)), versions.of(&(ProfileKey(2), at(1).1)));
    }
}
