//! What every search of a profile looks at first, kept for as long as the profile does not change.
//!
//! Most searches come between two writes, and these rows are more than all others that such a search reads.

use super::{Bounds, Fresh, kept_sets::KeptSets, kept_times::KeptTimes, verdicts::KeptVerdicts};
use crate::{Recent, Tx, engine::lock, secret::random, table::LastChange, tenancy::ProfileKey};
use hansard_domain::Result;
use std::{
    fmt,
    sync::{Arc, Mutex},
};

/// Twice as much may be kept, for all profiles together.
const KEPT_BYTES: usize = 8 << 20;

#[derive(Debug, Default)]
pub(crate) struct Newest {
    pub fresh: Fresh,
    /// Every block of the profile, with its bounds.
    pub blocks: Vec<(i64, Bounds)>,
    /// Of each of them.
    versions: Vec<Versions>,
    pub(super) kept: Arc<Kept>,
}

/// Of each part of a block: what was read of one version is so in every snapshot that has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Versions {
    pub sets: i64,
    pub times: i64,
    pub grams: i64,
}

impl Versions {
    /// A number that no version ever was. The next one would not do: a database may lose what it acknowledged, and what was kept
    /// of the lost version would be taken for what is written after it.
    pub(crate) fn unused() -> Result<i64> {
        random().map(i64::from_le_bytes)
    }
}

/// What outlives changes of a profile, by the versions of its blocks.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub sets: KeptSets,
    pub times: KeptTimes,
    pub grams: KeptSets,
    pub verdicts: KeptVerdicts,
}

impl Newest {
    /// Keeps what it reads for itself alone, so that a transaction that writes may ask it.
    pub(crate) fn load(tx: &Tx<'_>, profile: ProfileKey) -> Result<Self> {
        Self::keeping(Arc::default(), tx, profile)
    }

    fn keeping(kept: Arc<Kept>, tx: &Tx<'_>, profile: ProfileKey) -> Result<Self> {
        let (blocks, versions) = tx.list_blocks(profile)?.into_iter().unzip();
        Ok(Self { fresh: Fresh::load(tx, profile)?, blocks, versions, kept })
    }

    /// The place of a block among all.
    pub(super) fn place_of(&self, block: i64) -> Option<usize> {
        self.blocks.binary_search_by_key(&block, |(block, _)| *block).ok()
    }

    /// None of a block that is not there.
    pub(super) fn versions(&self, block: i64) -> Versions {
        self.place_of(block).map_or_else(Versions::default, |place| self.versions[place])
    }

    /// What it takes in memory, about; also one of nothing takes some.
    fn bytes(&self) -> usize {
        let of_blocks = size_of_val(&self.blocks[..]) + size_of_val(&self.versions[..]);
        2 * size_of::<Self>() + self.fresh.bytes() + of_blocks
    }
}

/// The last change of a profile's log, and the version of its grams. Snapshots of one state hold the same index.
type State = (LastChange, i64);

/// Of each of the profiles that were searched last: what was found there, and in which state.
pub(crate) struct Searched {
    newest: Mutex<Recent<ProfileKey, (State, Arc<Newest>)>>,
    kept: Arc<Kept>,
}

impl Searched {
    /// What is newest in the snapshot.
    ///
    /// Whatever changes the index of a profile changes its log with it; only its grams follow, in turns. It is made anew only
    /// before a store opens.
    pub(crate) fn newest(&self, tx: &Tx<'_>, profile: ProfileKey) -> Result<Arc<Newest>> {
        let Some(state) = tx.last_change_and_grams(profile)? else {
            return Ok(Arc::new(self.load(tx, profile)?));
        };
        if let Some((of, newest)) = lock(&self.newest).find(&profile)
            && of == state
        {
            return Ok(newest);
        }
        let newest = Arc::new(self.load(tx, profile)?);
        lock(&self.newest).put(profile, (state, Arc::clone(&newest)), newest.bytes());
        Ok(newest)
    }

    fn load(&self, tx: &Tx<'_>, profile: ProfileKey) -> Result<Newest> {
        Newest::keeping(Arc::clone(&self.kept), tx, profile)
    }
}

impl Default for Searched {
    fn default() -> Self {
        Self { newest: Mutex::new(Recent::of_bytes(KEPT_BYTES)), kept: Arc::default() }
    }
}

impl fmt::Debug for Searched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Searched").finish_non_exhaustive()
    }
}
