//! What looking at names and texts showed, kept in memory while they stand.
//!
//! The index may hold more than a name or a keyword means, so that each conversation that it finds is looked at. Every page of
//! a list counts what the page before it counted. A transaction that changes a name gives its block a new version of times,
//! one that changes an indexed text, or brings texts into the index, one of grams; texts beyond the index are looked at by
//! every search.

use super::{Members, Newest, Versions, by_block::ByBlock, place_of, plan::Unsure};
use crate::{Recent, engine::lock, tenancy::ProfileKey};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

/// Twice as much may be kept, for all profiles together.
const KEPT_BYTES: usize = 8 << 20;

/// Of conversations of a block that were looked at, those that are what is meant, and the others.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Verdicts {
    standing: Members,
    others: Members,
}

impl Verdicts {
    const NONE: Self = Self { standing: Members::NONE, others: Members::NONE };

    fn of(&self, place: usize) -> Option<bool> {
        let stands = self.standing.has(place);
        (stands || self.others.has(place)).then_some(stands)
    }

    fn put(&mut self, place: usize, stands: bool) {
        self.standing.set(place, stands);
        self.others.set(place, !stands);
    }

    fn without(mut self, members: Option<&Members>) -> Self {
        if let Some(members) = members {
            self.standing.take_out(members);
            self.others.take_out(members);
        }
        self
    }
}

/// What is looked for, folded; empty where it is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct LookedFor {
    pub name: String,
    pub keyword: String,
}

impl LookedFor {
    /// The versions that a verdict depends on.
    fn versions(&self, block: Versions) -> Versions {
        let times = if self.name.is_empty() { 0 } else { block.times };
        let grams = if self.keyword.is_empty() { 0 } else { block.grams };
        Versions { sets: 0, times, grams }
    }
}

type Key = (ProfileKey, i64, LookedFor);

/// The verdicts on the blocks that were asked about last.
pub(super) struct KeptVerdicts(Mutex<Recent<Key, (Versions, Arc<Verdicts>)>>);

impl KeptVerdicts {
    fn find(&self, key: &Key, versions: Versions) -> Option<Arc<Verdicts>> {
        let (known, verdicts) = lock(&self.0).find(key)?;
        (known == versions).then_some(verdicts)
    }

    fn put(&self, key: Key, versions: Versions, verdicts: Arc<Verdicts>) {
        let (_, _, looked_for) = &key;
        let texts = looked_for.name.len() + looked_for.keyword.len();
        let bytes = texts + size_of::<Key>() + size_of::<Verdicts>();
        lock(&self.0).put(key, (versions, verdicts), bytes);
    }
}

impl Default for KeptVerdicts {
    fn default() -> Self {
        Self(Mutex::new(Recent::of_bytes(KEPT_BYTES)))
    }
}

impl fmt::Debug for KeptVerdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptVerdicts").finish_non_exhaustive()
    }
}

/// What one search knows of the conversations that it, or one before it, looked at.
pub(crate) struct LookedAt {
    profile: ProfileKey,
    newest: Arc<Newest>,
    /// Nothing where the filter asks more than what is kept tells.
    looked_for: Option<LookedFor>,
    /// Texts of these are not in the index yet.
    beyond_index: BTreeMap<i64, Members>,
    known: ByBlock<Arc<Verdicts>>,
}

impl LookedAt {
    pub(super) fn new(
        (profile, newest): (ProfileKey, Arc<Newest>),
        unsure: Unsure,
        looked_for: LookedFor,
        beyond_index: BTreeMap<i64, Members>,
    ) -> Self {
        let looked_for = (!unsure.whole).then_some(looked_for);
        Self { profile, newest, looked_for, beyond_index, known: ByBlock::default() }
    }

    /// Whether a conversation is what is meant; nothing where it is to be looked at.
    pub(crate) fn verdict(&self, number: i64) -> Option<bool> {
        let (block, place) = place_of(number);
        self.of_block(block).of(place)
    }

    /// Notes what looking at some conversations showed: those of `standing`, in the same order, are what is meant.
    pub(crate) fn note(&self, numbers: &[i64], standing: &[i64]) {
        let mut standing = standing.iter().peekable();
        let mut blocks: BTreeMap<i64, Vec<(usize, bool)>> = BTreeMap::new();
        for number in numbers {
            let (block, place) = place_of(*number);
            let stands = standing.next_if_eq(&number).is_some();
            blocks.entry(block).or_default().push((place, stands));
        }
        for (block, places) in blocks {
            let mut verdicts = self.of_block(block);
            let known = Arc::make_mut(&mut verdicts);
            places.into_iter().for_each(|(place, stands)| known.put(place, stands));
            self.keep(block, &verdicts);
            self.known.put(block, verdicts);
        }
    }

    fn of_block(&self, block: i64) -> Arc<Verdicts> {
        if let Some(known) = self.known.get(block) {
            return known;
        }
        let kept = self.key(block).and_then(|(key, versions)| self.newest.kept.verdicts.find(&key, versions));
        let known = kept
            .map_or(Verdicts::NONE, |kept| Arc::unwrap_or_clone(kept).without(self.beyond_index.get(&block)));
        let known = Arc::new(known);
        self.known.put(block, Arc::clone(&known));
        known
    }

    fn keep(&self, block: i64, verdicts: &Arc<Verdicts>) {
        let Some((key, versions)) = self.key(block) else { return };
        let beyond_index = self.beyond_index.get(&block);
        let kept = match beyond_index {
            None => Arc::clone(verdicts),
            beyond_index => Arc::new(Verdicts::clone(verdicts).without(beyond_index)),
        };
        self.newest.kept.verdicts.put(key, versions, kept);
    }

    fn key(&self, block: i64) -> Option<(Key, Versions)> {
        let looked_for = self.looked_for.clone()?;
        let versions = looked_for.versions(self.newest.versions(block));
        Some(((self.profile, block, looked_for), versions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: Versions = Versions { sets: 1, times: 2, grams: 3 };

    fn looked_for(name: &str, keyword: &str) -> LookedFor {
        LookedFor { name: name.to_owned(), keyword: keyword.to_owned() }
    }

    #[test]
    fn verdicts_are_known_of_the_versions_they_depend_on() {
        let renamed = Versions { times: 9, ..BEFORE };
        let said = Versions { grams: 9, ..BEFORE };
        let tagged = Versions { sets: 9, ..BEFORE };
        for (looked_for, outlives) in [
            (looked_for("ann", ""), [false, true, true]),
            (looked_for("", "refund"), [true, false, true]),
            (looked_for("ann", "refund"), [false, false, true]),
        ] {
            let (kept, versions) = (KeptVerdicts::default(), looked_for.versions(BEFORE));
            let key = (ProfileKey(1), 3, looked_for);
            kept.put(key.clone(), versions, Arc::new(Verdicts::NONE));
            let is_known = |after| kept.find(&key, key.2.versions(after)).is_some();
            assert_eq!([renamed, said, tagged].map(is_known), outlives, "{key:?}");
            assert!(kept.find(&(ProfileKey(2), 3, key.2.clone()), versions).is_none());
        }
    }

    #[test]
    fn what_is_beyond_the_index_is_looked_at_by_every_search() {
        let newest = Arc::new(Newest::default());
        let mut beyond = Members::NONE;
        beyond.insert(5);
        let looked_at = |beyond_index| {
            let of = (ProfileKey(1), Arc::clone(&newest));
            LookedAt::new(of, Unsure::default(), looked_for("", "refund"), beyond_index)
        };
        let known = |looked_at: &LookedAt| [4, 5, 6, 7].map(|number| looked_at.verdict(number));
        let search = looked_at([(0, beyond.clone())].into());
        search.note(&[4, 5, 6], &[4, 5]);
        assert_eq!(known(&search), [Some(true), Some(true), Some(false), None]);
        assert_eq!(known(&looked_at(BTreeMap::new())), [Some(true), None, Some(false), None]);
        looked_at(BTreeMap::new()).note(&[5, 7], &[7]);
        assert_eq!(known(&looked_at([(0, beyond)].into())), [Some(true), None, Some(false), Some(true)]);
    }

    #[test]
    fn what_asks_more_is_not_kept() {
        let newest = Arc::new(Newest::default());
        let looked_at = || {
            let (of, unsure) =
                ((ProfileKey(1), Arc::clone(&newest)), Unsure { whole: true, ..Unsure::default() });
            LookedAt::new(of, unsure, looked_for("ann", ""), BTreeMap::new())
        };
        let search = looked_at();
        search.note(&[4], &[4]);
        assert_eq!((search.verdict(4), looked_at().verdict(4)), (Some(true), None));
    }
}
