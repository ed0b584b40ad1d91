//! Making the index of a store that has none, or one of another form.
//!
//! A block or a batch a transaction, so that a kill loses no more than one; it goes on where it was.

use super::{BLOCK, Batch, IndexChanges, unindexed};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::Result;

/// A part of the index, by the name that its progress has in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Conversations,
    Keywords,
}

impl Part {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Conversations => "store",
            Self::Keywords => "keywords",
        }
    }

    /// To be raised when the terms or the times of a conversation are written otherwise, or the grams of a text.
    fn form(self) -> i64 {
        match self {
            Self::Conversations => 4,
            Self::Keywords => 3,
        }
    }

    fn clear(self, tx: &Tx<'_>) -> Result<()> {
        match self {
            Self::Conversations => tx.clear_index(),
            Self::Keywords => tx.clear_keywords(),
        }
    }

    /// How far it is; it begins with nothing where it has another form.
    fn progress(self, tx: &Tx<'_>) -> Result<Progress> {
        let form = self.form();
        if let Some(progress) = tx.find_index_progress(self)?.filter(|progress| progress.form == form) {
            return Ok(progress);
        }
        self.clear(tx)?;
        Ok(Progress { form, profile: ProfileKey(0), number: 0, is_done: false })
    }
}

/// Where the index is being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub form: i64,
    pub profile: ProfileKey,
    /// The number of the conversation to go on with.
    pub number: i64,
    pub is_done: bool,
}

/// Makes what is next; answers whether there may be more.
pub(crate) fn rebuild(tx: &Tx<'_>) -> Result<bool> {
    Ok(rebuild_conversations(tx)? || rebuild_keywords(tx)?)
}

fn rebuild_conversations(tx: &Tx<'_>) -> Result<bool> {
    let progress = Part::Conversations.progress(tx)?;
    if progress.is_done {
        return Ok(false);
    }
    let next = tx.next_conversation(progress.profile, progress.number)?;
    let Some((profile, number)) = next else {
        tx.put_index_progress(Part::Conversations, &Progress { is_done: true, ..progress })?;
        return Ok(false);
    };
    let block = number / BLOCK;
    IndexChanges::of_block(tx, profile, block)?.write_settled(tx, profile)?;
    let progress = Progress { profile, number: (block + 1) * BLOCK, ..progress };
    tx.put_index_progress(Part::Conversations, &progress)?;
    Ok(true)
}

/// The log tells how far keywords are. They keep up beside the service, but with all of it before them searches would
/// read every text meanwhile.
fn rebuild_keywords(tx: &Tx<'_>) -> Result<bool> {
    let progress = Part::Keywords.progress(tx)?;
    if progress.is_done {
        return Ok(false);
    }
    let Some((profile, _)) = unindexed(tx)?.into_iter().next() else {
        tx.put_index_progress(Part::Keywords, &Progress { is_done: true, ..progress })?;
        return Ok(false);
    };
    tx.put_index_progress(Part::Keywords, &progress)?;
    if let Some(batch) = Batch::gather(tx, profile)? {
        batch.write_whole(tx)?;
    }
    Ok(true)
}
