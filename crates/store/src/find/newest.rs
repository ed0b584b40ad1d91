//! What every search of a profile looks at first, kept for as long as the profile does not change.
//!
//! Most searches come between two writes, and these rows are more than all others that such a search reads.

use super::{Bounds, Fresh};
use crate::{Recent, Tx, engine::lock, table::LastChange, tenancy::ProfileKey};
use hansard_domain::Result;
use std::{
    fmt,
    sync::{Arc, Mutex},
};

/// Twice as much may be kept, for all profiles together.
const KEPT_BYTES: usize = 8 << 20;

#[derive(Debug)]
pub(crate) struct Newest {
    pub fresh: Fresh,
    /// Every block of the profile, with its bounds.
    pub blocks: Vec<(i64, Bounds)>,
}

impl Newest {
    pub(crate) fn load(tx: &Tx<'_>, profile: ProfileKey) -> Result<Self> {
        Ok(Self { fresh: Fresh::load(tx, profile)?, blocks: tx.list_blocks(profile)? })
    }

    /// What it takes in memory, about; also one of nothing takes some.
    fn bytes(&self) -> usize {
        2 * size_of::<Self>() + self.fresh.bytes() + size_of_val(&self.blocks[..])
    }
}

/// Of each of the profiles that were searched last: what was found there, and after which change of its log.
pub(crate) struct Searched(Mutex<Recent<ProfileKey, (LastChange, Arc<Newest>)>>);

impl Searched {
    /// What is newest in the snapshot.
    ///
    /// Whatever changes the index of a profile changes its log with it.
    pub(crate) fn newest(&self, tx: &Tx<'_>, profile: ProfileKey) -> Result<Arc<Newest>> {
        let Some(last) = tx.last_changes(&[profile])?.pop().flatten() else {
            return Ok(Arc::new(Newest::load(tx, profile)?));
        };
        if let Some((at, newest)) = lock(&self.0).find(&profile)
            && at == last
        {
            return Ok(newest);
        }
        let newest = Arc::new(Newest::load(tx, profile)?);
        lock(&self.0).put(profile, (last, Arc::clone(&newest)), newest.bytes());
        Ok(newest)
    }
}

impl Default for Searched {
    fn default() -> Self {
        Self(Mutex::new(Recent::of_bytes(KEPT_BYTES)))
    }
}

impl fmt::Debug for Searched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Searched").finish_non_exhaustive()
    }
}
