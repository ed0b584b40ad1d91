//! The sets that were asked for last, kept in memory while their blocks do not change.
//!
//! A search of what few have asks every block of its profile, and mostly for the same sets as the search before it: who is
//! present, whose agent is a dev user. Different words share their grams. The transaction that writes sets of a block gives
//! it a new version, so that what was read of one version is so in every snapshot that has this version.

use super::{Term, term::Terms};
use crate::{Recent, engine::lock, tenancy::ProfileKey};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

/// Twice as much may be kept of sets, and of grams, for all profiles together.
const KEPT_BYTES: usize = 16 << 20;

/// What the allocator takes for a box beside its bytes, about.
const BOX_BYTES: usize = 16;

/// What sets are asked for by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Term(Term),
    /// Any term of a range.
    Terms(Terms),
    Gram(Vec<u8>),
    /// What the grams of a folded keyword leave.
    Keyword(String),
}

impl Key {
    fn bytes(&self) -> usize {
        let bytes = match self {
            Self::Term(term) => term.as_bytes().len(),
            Self::Terms(terms) => terms.start.len() + terms.end.len(),
            Self::Gram(gram) => gram.len(),
            Self::Keyword(folded) => folded.len(),
        };
        size_of::<Self>() + bytes
    }
}

/// The sets of a key, by block.
#[derive(Debug, Default)]
pub(super) struct OfKey(Vec<Option<OfBlock>>);

/// A set of one block, as it is stored; nothing where it is empty.
#[derive(Debug)]
struct OfBlock {
    version: i64,
    stored: Box<[u8]>,
}

impl OfKey {
    /// The set of a block in a version, as it is stored; empty bytes where the block has no such set.
    pub(super) fn find(&self, (block, version): (i64, i64)) -> Option<&[u8]> {
        let known = self.0.get(usize::try_from(block).ok()?)?.as_ref()?;
        (known.version == version).then_some(&known.stored)
    }

    fn put(&mut self, (block, version): (i64, i64), stored: Box<[u8]>) {
        let Ok(block) = usize::try_from(block) else { return };
        if self.0.len() <= block {
            self.0.resize_with(block + 1, || None);
        }
        self.0[block] = Some(OfBlock { version, stored });
    }

    fn bytes(&self) -> usize {
        let stored = self.0.iter().flatten().map(|known| known.stored.len() + BOX_BYTES);
        size_of_val(&self.0[..]) + stored.sum::<usize>()
    }
}

/// The sets of the keys that were asked for last.
pub(super) struct KeptSets(Mutex<Recent<(ProfileKey, Key), Shared>>);

type Shared = Arc<RwLock<OfKey>>;

impl KeptSets {
    /// Hands what is known of a key to `with`.
    pub(super) fn with<T>(&self, profile: ProfileKey, key: &Key, with: impl FnOnce(&OfKey) -> T) -> T {
        let known = lock(&self.0).find(&(profile, key.clone())).unwrap_or_default();
        with(&known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps sets of a key, each with its block and the version in which it was read.
    pub(super) fn put(
        &self,
        profile: ProfileKey,
        key: &Key,
        sets: impl IntoIterator<Item = ((i64, i64), Box<[u8]>)>,
    ) {
        let at = (profile, key.clone());
        let known = lock(&self.0).find(&at).unwrap_or_default();
        let bytes = {
            let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
            sets.into_iter().for_each(|(block, stored)| known.put(block, stored));
            2 * key.bytes() + known.bytes()
        };
        lock(&self.0).put(at, known, bytes);
    }
}

impl Default for KeptSets {
    fn default() -> Self {
        Self(Mutex::new(Recent::of_bytes(KEPT_BYTES)))
    }
}

impl fmt::Debug for KeptSets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptSets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: ProfileKey = ProfileKey(1);

    fn found(kept: &KeptSets, key: &Key, block: (i64, i64)) -> Option<Vec<u8>> {
        kept.with(PROFILE, key, |known| known.find(block).map(<[u8]>::to_vec))
    }

    #[test]
    fn a_set_is_known_of_the_version_that_was_read() {
        let (kept, red) = (KeptSets::default(), Key::Terms(b"red".to_vec()..b"ree".to_vec()));
        kept.put(PROFILE, &red, [((3, 7), [1, 2].into())]);
        assert_eq!(found(&kept, &red, (3, 7)), Some(vec![1, 2]));
        assert_eq!(found(&kept, &red, (3, 8)), None);
        assert_eq!(found(&kept, &red, (2, 7)), None);
        kept.put(PROFILE, &red, [((3, 8), Box::default()), ((0, 1), [9].into())]);
        assert_eq!(found(&kept, &red, (3, 8)), Some(Vec::new()), "that there is none is known as well");
        assert_eq!(found(&kept, &red, (0, 1)), Some(vec![9]));
        assert_eq!(found(&kept, &Key::Terms(b"red".to_vec()..b"ref".to_vec()), (0, 1)), None);
        assert_eq!(found(&kept, &Key::Gram(b"red".to_vec()), (0, 1)), None);
    }
}
