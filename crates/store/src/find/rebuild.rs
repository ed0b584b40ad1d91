//! Making the index of a store that has none, or one of another form.
//!
//! A block a transaction, so that a kill loses no more than one; it goes on where it was.

use super::{BLOCK, IndexChanges};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::Result;

/// To be raised when the terms or the times of a conversation are written otherwise.
const FORM: i64 = 2;

/// Where the index is being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub form: i64,
    pub profile: ProfileKey,
    /// The number of the conversation to go on with.
    pub number: i64,
    pub is_done: bool,
}

/// Makes the next block; answers whether there may be more.
pub(crate) fn rebuild(tx: &Tx<'_>) -> Result<bool> {
    let begin = Progress { form: FORM, profile: ProfileKey(0), number: 0, is_done: false };
    let progress = match tx.find_index_progress()?.filter(|progress| progress.form == FORM) {
        Some(progress) => progress,
        None => {
            tx.clear_index()?;
            begin
        }
    };
    if progress.is_done {
        return Ok(false);
    }
    let next = tx.next_conversation(progress.profile, progress.number)?;
    let Some((profile, number)) = next else {
        tx.put_index_progress(&Progress { is_done: true, ..progress })?;
        return Ok(false);
    };
    let block = number / BLOCK;
    IndexChanges::of_block(tx, profile, block)?.write_settled(tx, profile)?;
    tx.put_index_progress(&Progress { profile, number: (block + 1) * BLOCK, ..progress })?;
    Ok(true)
}
