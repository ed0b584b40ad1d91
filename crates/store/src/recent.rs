//! What was used last, up to a number of bytes.
//!
//! Two generations: what is used moves to the young one; when that is full, the old one goes.

use crate::tenancy::ProfileKey;
use hansard_domain::Id;
use std::{collections::HashMap, hash::Hash, mem};

/// A conversation of a profile.
pub(crate) type ConversationAt = (ProfileKey, Id);

/// Values by key; at most twice the bytes that it is made for.
#[derive(Debug)]
pub struct Recent<K, V> {
    bytes_max: usize,
    young: HashMap<K, Kept<V>>,
    young_bytes: usize,
    old: HashMap<K, Kept<V>>,
}

#[derive(Debug)]
struct Kept<V> {
    value: V,
    bytes: usize,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// Each of the two generations holds so many bytes.
    pub fn of_bytes(bytes_max: usize) -> Self {
        Self { bytes_max, young: HashMap::new(), young_bytes: 0, old: HashMap::new() }
    }

    pub fn find(&mut self, key: &K) -> Option<V> {
        if let Some((key, kept)) = self.old.remove_entry(key) {
            self.put(key, kept.value, kept.bytes);
        }
        self.young.get(key).map(|kept| kept.value.clone())
    }

    /// Keeps a value that takes so many bytes.
    pub fn put(&mut self, key: K, value: V, bytes: usize) {
        if self.young_bytes + bytes > self.bytes_max {
            self.old = mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.old.remove(&key);
        let replaced = self.young.insert(key, Kept { value, bytes });
        self.young_bytes = self.young_bytes + bytes - replaced.map_or(0, |kept| kept.bytes);
    }

    /// Forgets every value whose key is wanted gone.
    pub fn remove_where(&mut self, is_gone: impl Fn(&K) -> bool) {
        self.old.retain(|key, _| !is_gone(key));
        self.young.retain(|key, _| !is_gone(key));
        self.young_bytes = self.young.values().map(|kept| kept.bytes).sum();
    }

    pub fn remove(&mut self, key: &K) {
        self.old.remove(key);
        if let Some(kept) = self.young.remove(key) {
            self.young_bytes -= kept.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 1000;

    #[test]
    fn the_latest_is_found_and_the_removed_is_not() {
        let mut recent = Recent::of_bytes(MAX);
        recent.put(1, "a", 10);
        recent.put(1, "b", 20);
        assert_eq!((recent.find(&1), recent.young_bytes), (Some("b"), 20));
        recent.remove(&1);
        assert_eq!((recent.find(&1), recent.young_bytes), (None, 0));
    }

    #[test]
    fn what_is_wanted_gone_is_gone_from_both_generations() {
        let mut recent = Recent::of_bytes(MAX);
        for key in 0..6 {
            recent.put(key, key, MAX / 4);
        }
        recent.remove_where(|key| key % 2 == 0);
        assert_eq!((recent.find(&0), recent.find(&4), recent.find(&5)), (None, None, Some(5)));
        assert_eq!(recent.young_bytes, recent.young.len() * MAX / 4);
    }

    #[test]
    fn what_is_used_outlives_what_is_not() {
        let mut recent = Recent::of_bytes(MAX);
        recent.put(0, 0, MAX / 2);
        for key in 1..20 {
            recent.put(key, key, MAX / 2);
            assert_eq!(recent.find(&0), Some(0), "after {key}");
            assert!(recent.young_bytes <= MAX && recent.young.len() + recent.old.len() <= 4);
        }
        assert_eq!(recent.find(&3), None);
    }

    #[test]
    fn an_old_one_does_not_come_back_over_a_newer() {
        let mut recent = Recent::of_bytes(MAX);
        recent.put(1, "old", MAX);
        recent.put(2, "other", 10);
        recent.put(1, "new", 10);
        assert_eq!(recent.find(&1), Some("new"));
    }
}
