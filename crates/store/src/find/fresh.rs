//! The terms of the newest conversations, a row each.
//!
//! Most values of a new conversation are its own alone (its ids, its visitor), so that each would cost a set, and a page
//! of the disk, in the transaction that starts it. They wait in one row instead, and the sets of 256 conversations are
//! written together. Whoever has a row here is in no set.

use super::{BLOCK, Members, Term, place_of, term::Terms};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{Error, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use twox_hash::XxHash3_64;

/// Conversations whose terms enter the sets together.
pub(super) const MERGED_AT_ONCE: i64 = 256;

/// The fresh conversations of a profile, by block.
#[derive(Debug, Default)]
pub(crate) struct Fresh {
    blocks: BTreeMap<i64, OfBlock>,
}

/// Every term of a block's fresh conversations.
///
/// A search asks for a few of some thousands: where to look is told by digests, which lie side by side.
#[derive(Debug, Default)]
struct OfBlock {
    digests: Vec<u32>,
    terms: Vec<Held>,
    /// Their bytes, one behind the other.
    bytes: Vec<u8>,
}

/// Who has a term, and where it stands among them.
#[derive(Debug)]
struct Held {
    place: u16,
    at: Range<u32>,
}

impl Fresh {
    pub(crate) fn load(tx: &Tx<'_>, profile: ProfileKey) -> Result<Self> {
        let mut fresh = Self::default();
        tx.each_fresh_terms(profile, (0, i64::MAX), |number, stored| {
            let (block, place) = place_of(number);
            fresh.blocks.entry(block).or_default().push(place, stored)
        })?;
        Ok(fresh)
    }

    /// What it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.blocks.values().map(OfBlock::size).sum()
    }

    /// Adds those of a block that have a term.
    pub(super) fn add_with(&self, block: i64, term: &Term, members: &mut Members) {
        let Some(of_block) = self.blocks.get(&block) else { return };
        let digest = digest(term.as_bytes());
        for (held, _) in of_block.terms.iter().zip(&of_block.digests).filter(|(_, of)| **of == digest) {
            if of_block.term(held) == term.as_bytes() {
                members.insert(held.place.into());
            }
        }
    }

    /// Adds those of a block that have a wanted term of a range.
    pub(super) fn add_within(
        &self,
        block: i64,
        range: &Terms,
        wanted: impl Fn(&[u8]) -> bool,
        members: &mut Members,
    ) {
        self.each_within(block, range, |place, term| {
            if wanted(term) {
                members.insert(place);
            }
        });
    }

    /// Calls `each` with the terms of a range that conversations of a block have, and their places.
    pub(super) fn each_within(&self, block: i64, range: &Terms, mut each: impl FnMut(usize, &[u8])) {
        let Some(of_block) = self.blocks.get(&block) else { return };
        let is_within = |term: &[u8]| term >= range.start.as_slice() && term < range.end.as_slice();
        for held in &of_block.terms {
            let term = of_block.term(held);
            if is_within(term) {
                each(held.place.into(), term);
            }
        }
    }
}

impl OfBlock {
    fn push(&mut self, place: usize, stored: &[u8]) -> Result<()> {
        let place = u16::try_from(place).map_err(Error::internal)?;
        for term in held(stored) {
            let term = term?;
            self.digests.push(digest(term));
            self.bytes.extend_from_slice(term);
            let end = u32::try_from(self.bytes.len()).map_err(Error::internal)?;
            let start = self.terms.last().map_or(0, |held: &Held| held.at.end);
            self.terms.push(Held { place, at: start..end });
        }
        Ok(())
    }

    fn term(&self, held: &Held) -> &[u8] {
        &self.bytes[held.at.start as usize..held.at.end as usize]
    }

    fn size(&self) -> usize {
        size_of_val(&self.digests[..]) + size_of_val(&self.terms[..]) + self.bytes.len()
    }
}

fn digest(term: &[u8]) -> u32 {
    XxHash3_64::oneshot(term) as u32
}

/// What each has of the terms of one block's fresh conversations, by number.
pub(super) fn of_block(tx: &Tx<'_>, profile: ProfileKey, block: i64) -> Result<BTreeMap<i64, Vec<Term>>> {
    let mut found = BTreeMap::new();
    tx.each_fresh_terms(profile, (block * BLOCK, (block + 1) * BLOCK), |number, stored| {
        found.insert(number, read(stored)?);
        Ok(())
    })?;
    Ok(found)
}

/// The terms of each of these conversations that is fresh; none where its terms are in the sets.
pub(super) fn find(tx: &Tx<'_>, asked: &[(ProfileKey, i64)]) -> Result<Vec<Option<BTreeSet<Term>>>> {
    let held = |stored: Option<Vec<u8>>| -> Result<_> {
        stored.map(|stored| Ok(read(&stored)?.into_iter().collect())).transpose()
    };
    tx.find_fresh_terms(asked)?.into_iter().map(held).collect()
}

/// Keeps a conversation's terms in its row; one that has none needs no row.
pub(super) fn put(tx: &Tx<'_>, profile: ProfileKey, number: i64, terms: &BTreeSet<Term>) -> Result<()> {
    if terms.is_empty() {
        return tx.delete_fresh_terms(profile, (number, number + 1));
    }
    let mut stored = Vec::new();
    for term in terms {
        let length = u16::try_from(term.as_bytes().len()).map_err(Error::internal)?;
        stored.extend(length.to_le_bytes());
        stored.extend(term.as_bytes());
    }
    tx.put_fresh_terms(profile, number, &stored)
}

/// Places by block and term.
pub(super) type Places = BTreeMap<(i64, Term), Vec<(usize, bool)>>;

/// Takes the rows before a number, for the sets.
pub(super) fn take_before(tx: &Tx<'_>, profile: ProfileKey, number: i64) -> Result<Places> {
    let mut places = Places::new();
    tx.each_fresh_terms(profile, (0, number), |number, stored| {
        let (block, place) = place_of(number);
        for term in read(stored)? {
            places.entry((block, term)).or_default().push((place, true));
        }
        Ok(())
    })?;
    if !places.is_empty() {
        tx.delete_fresh_terms(profile, (0, number))?;
    }
    Ok(places)
}

fn read(stored: &[u8]) -> Result<Vec<Term>> {
    held(stored).map(|term| Ok(Term::stored(term?))).collect()
}

/// The terms of a row, in order.
fn held(stored: &[u8]) -> impl Iterator<Item = Result<&[u8]>> {
    let mut rest = stored;
    std::iter::from_fn(move || {
        let (length, after) = match rest.split_first_chunk::<2>() {
            Some(split) => split,
            None if rest.is_empty() => return None,
            None => return Some(Err(unreadable(&mut rest))),
        };
        match after.split_at_checked(usize::from(u16::from_le_bytes(*length))) {
            Some((term, after)) => {
                rest = after;
                Some(Ok(term))
            }
            None => Some(Err(unreadable(&mut rest))),
        }
    })
}

fn unreadable(rest: &mut &[u8]) -> Error {
    *rest = &[];
    Error::internal("the terms of a conversation cannot be read")
}
