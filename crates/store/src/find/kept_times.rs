//! The times that a search reads, and those of the blocks that were asked for last.
//!
//! What many last, or when they were updated, is asked of all of a block, and mostly of the same blocks as by the search
//! before. They are kept in memory for as long as their block says that none was written.

use super::{
    Members, Newest, Times, TimesOfBlock,
    ahead::{Ahead, LONGER},
    by_block::ByBlock,
    place_of,
    times::CHUNK,
    times_of_block::chunk_of,
};
use crate::{Recent, Tx, engine::lock, tenancy::ProfileKey};
use hansard_domain::Result;
use std::{
    fmt,
    sync::{Arc, Mutex},
};

/// Twice as much may be kept, for all profiles together: the times of 1,300,000 conversations.
const KEPT_BYTES: usize = 16 << 20;

/// The times of the blocks that were asked for last.
pub(super) struct KeptTimes(Mutex<Recent<(ProfileKey, i64), Versioned>>);

/// Of this version of a block.
type Versioned = (i64, Arc<TimesOfBlock>);

impl KeptTimes {
    fn find(&self, profile: ProfileKey, block: i64, version: i64) -> Option<Arc<TimesOfBlock>> {
        let (known, times) = lock(&self.0).find(&(profile, block))?;
        (known == version).then_some(times)
    }

    fn put(&self, profile: ProfileKey, block: i64, version: i64, times: &Arc<TimesOfBlock>) {
        lock(&self.0).put((profile, block), (version, Arc::clone(times)), times.bytes());
    }
}

impl Default for KeptTimes {
    fn default() -> Self {
        Self(Mutex::new(Recent::of_bytes(KEPT_BYTES)))
    }
}

impl fmt::Debug for KeptTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptTimes").finish_non_exhaustive()
    }
}

/// The times of a profile, on one snapshot.
pub(super) struct ReadTimes<'t> {
    tx: &'t Tx<'t>,
    profile: ProfileKey,
    newest: Arc<Newest>,
    known: ByBlock<Arc<TimesOfBlock>>,
    /// Chunks to read with one that is asked for.
    ahead: Ahead,
}

impl<'t> ReadTimes<'t> {
    pub(super) fn new(tx: &'t Tx<'t>, newest: Arc<Newest>, profile: ProfileKey) -> Self {
        let ahead = Ahead::up_to(tx.reads_ahead().div_ceil(LONGER));
        Self { tx, profile, newest, known: ByBlock::default(), ahead }
    }

    /// Those of members of a block.
    pub(super) fn of(&self, block: i64, members: &Members) -> Result<Arc<TimesOfBlock>> {
        let known = self.known(block);
        let lacks = known.lacks(members);
        self.read(block, known, &lacks)
    }

    /// Those of one conversation, where others are likely to be asked for next.
    pub(super) fn of_one(&self, number: i64) -> Result<Times> {
        let (block, place) = place_of(number);
        let mut times = self.known(block);
        if !times.has(chunk_of(place)) {
            let ahead = self.ahead.from(number / CHUNK).filter(|chunk| *chunk >= 0);
            let ahead = ahead.map(|chunk| place_of(chunk * CHUNK));
            let of_block = ahead.filter(|(other, _)| *other == block).map(|(_, place)| chunk_of(place));
            let mut wanted: Vec<usize> = of_block.filter(|chunk| !times.has(*chunk)).collect();
            wanted.sort_unstable();
            times = self.read(block, times, &wanted)?;
        }
        times.get(place)
    }

    fn known(&self, block: i64) -> Arc<TimesOfBlock> {
        if let Some(known) = self.known.get(block) {
            return known;
        }
        let kept = self.newest.kept.times.find(self.profile, block, self.newest.versions(block).times);
        if let Some(kept) = &kept {
            self.known.put(block, Arc::clone(kept));
        }
        kept.unwrap_or_else(|| Arc::new(TimesOfBlock::NONE))
    }

    fn read(&self, block: i64, mut times: Arc<TimesOfBlock>, wanted: &[usize]) -> Result<Arc<TimesOfBlock>> {
        if !wanted.is_empty() {
            Arc::make_mut(&mut times).read(self.tx, self.profile, block, wanted)?;
            self.known.put(block, Arc::clone(&times));
            self.newest.kept.times.put(self.profile, block, self.newest.versions(block).times, &times);
        }
        Ok(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_known_of_the_version_that_was_read() {
        let (kept, profile) = (KeptTimes::default(), ProfileKey(1));
        let times = Arc::new(TimesOfBlock::NONE);
        kept.put(profile, 3, 7, &times);
        assert!(kept.find(profile, 3, 7).is_some());
        assert!(kept.find(profile, 3, 8).is_none());
        assert!(kept.find(profile, 2, 7).is_none());
        assert!(kept.find(ProfileKey(2), 3, 7).is_none());
    }
}
