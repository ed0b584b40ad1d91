//! The index that filters are answered from.
//!
//! Conversations are numbered 1, 2, 3 ... in their profile, and the index works on blocks of 4,096 numbers. For each
//! value of a field (a [`term`]) a block has the set of its conversations that carry it ([`members`]); the fields of
//! a filter become operations on such sets ([`plan`], [`sets`], [`selection`]). When a conversation began, ended and was
//! updated lies beside them ([`times`], [`times_of_block`]), and in which order they began ([`runs`]). [`in_order`] walks
//! what is selected from the best value of an order on, reading no more than it needs ([`by_duration`]).
//!
//! All of this is written in the transaction that changes the conversation ([`entry`]); what is newest waits in rows of
//! its own until there is enough of it ([`fresh`]), and is kept between searches ([`newest`]), as are the sets and the
//! times that were asked for last ([`kept_sets`], [`kept_times`]). Keywords have sets of their own, by three letters in
//! a row ([`gram`]), which know thirds of a conversation apart ([`thirds`]) and follow the log ([`gathering`],
//! [`keeping_up`]); what they do not cover yet is read text by text ([`texts`]). What the sets find of a keyword, or of a
//! name, is looked at, once ([`verdicts`]).

mod ahead;
mod bit_set;
mod by_block;
mod by_duration;
mod check;
mod entry;
mod fresh;
mod gathering;
mod gram;
mod in_order;
mod keeping_up;
mod kept_sets;
mod kept_times;
mod members;
mod newest;
mod plan;
mod rebuild;
mod retention;
mod rice;
mod runs;
mod selection;
mod sets;
mod term;
mod texts;
mod thirds;
mod times;
mod times_of_block;
mod verdicts;

pub(crate) use check::unfit_blocks;
pub(crate) use entry::IndexChanges;
use fresh::Fresh;
use gathering::Batch;
pub(crate) use in_order::{InOrder, Tie};
pub(crate) use keeping_up::KeepingUp;
pub(crate) use members::Members;
pub(crate) use newest::{Newest, Searched, Versions};
pub(crate) use plan::Plan;
pub(crate) use rebuild::{Part, Progress, rebuild};
pub(crate) use retention::{Dues, Found as FoundDue};
pub(crate) use runs::{Run, Start};
pub(crate) use selection::{Selection, live_of_agent};
pub(crate) use term::{Term, of_moment, of_tag};
pub(crate) use texts::{after_update, before_deletion, before_update, beyond_index, note_new, unindexed};
pub(crate) use thirds::{Mask, THIRDS, Thirds};
use times::Times;
pub(crate) use times::{Bounds, Chunk, Window};
use times_of_block::TimesOfBlock;
pub(crate) use verdicts::LookedAt;

/// Conversations of one block.
pub(crate) const BLOCK: i64 = 4096;

/// The block of a conversation's number, and its place there.
pub(crate) fn place_of(number: i64) -> (i64, usize) {
    (number / BLOCK, usize::try_from(number % BLOCK).unwrap_or_default())
}

/// The number of the conversation at a place of a block.
fn number_at(block: i64, place: usize) -> i64 {
    block * BLOCK + i64::try_from(place).unwrap_or_default()
}
