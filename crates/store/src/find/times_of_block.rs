//! The times of a block, as far as they were read.

use super::{
    BLOCK, Members, Times,
    times::{Bounds, CHUNK, Chunk, Overlap, Window},
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{Error, Result, Time};
use std::sync::Arc;

const CHUNKS: usize = (BLOCK / CHUNK) as usize;
/// Looking a row up takes as long as reading on over so many.
const LOOK_UP_AS_ROWS: usize = 2;
const _: () = assert!(CHUNK == u64::BITS as i64, "a word of a set is of one chunk");

/// The chunk that a place of a block is in.
pub(super) fn chunk_of(place: usize) -> usize {
    place / CHUNK as usize
}

#[derive(Debug, Clone)]
pub(crate) struct TimesOfBlock {
    chunks: [Option<Arc<Bounded>>; CHUNKS],
}

/// A chunk with its bounds, so that most of it need not be looked at.
#[derive(Debug, Default)]
struct Bounded {
    chunk: Chunk,
    /// None where it is empty.
    bounds: Option<Bounds>,
}

impl Bounded {
    fn new(chunk: Chunk) -> Arc<Self> {
        Arc::new(Self { bounds: chunk.bounds(), chunk })
    }

    /// Those members of the chunk, as bits, whose times lie in a window.
    fn admitted(&self, members: u64, window: &Window, now: Time) -> Result<u64> {
        match self.bounds.map_or(Overlap::Some, |bounds| window.overlap(&bounds)) {
            Overlap::All => return Ok(members),
            Overlap::None => return Ok(0),
            Overlap::Some => {}
        }
        let (mut left, mut admitted) = (members, 0);
        while left != 0 {
            let place = left.trailing_zeros();
            left &= left - 1;
            if window.admits(&self.chunk.get(place as usize)?, now) {
                admitted |= 1 << place;
            }
        }
        Ok(admitted)
    }
}

impl TimesOfBlock {
    pub(super) const NONE: Self = Self { chunks: [const { None }; CHUNKS] };

    /// Reads those of the members.
    pub(super) fn load(tx: &Tx<'_>, profile: ProfileKey, block: i64, members: &Members) -> Result<Self> {
        let mut times = Self::NONE;
        times.read(tx, profile, block, &times.lacks(members))?;
        Ok(times)
    }

    /// The chunks that members are in and that were not read, in order.
    pub(super) fn lacks(&self, members: &Members) -> Vec<usize> {
        let of_members = members.words().iter().enumerate().filter(|(_, word)| **word != 0);
        of_members.map(|(chunk, _)| chunk).filter(|chunk| !self.has(*chunk)).collect()
    }

    pub(super) fn has(&self, chunk: usize) -> bool {
        self.chunks[chunk].is_some()
    }

    /// Reads chunks, given in order, and those between where these are few.
    pub(super) fn read(
        &mut self,
        tx: &Tx<'_>,
        profile: ProfileKey,
        block: i64,
        wanted: &[usize],
    ) -> Result<()> {
        let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else { return Ok(()) };
        let begin = block * (BLOCK / CHUNK);
        let number = |chunk: &usize| begin + i64::try_from(*chunk).unwrap_or_default();
        if last - first < wanted.len() * LOOK_UP_AS_ROWS {
            self.chunks[*first..=*last].fill_with(|| Some(Arc::default()));
            return tx.each_times(profile, (number(first), number(last)), |chunk, times| {
                self.chunks[usize::try_from(chunk - begin).unwrap_or_default()] = Some(Bounded::new(times));
            });
        }
        let asked: Vec<_> = wanted.iter().map(|chunk| (profile, number(chunk))).collect();
        for (chunk, times) in wanted.iter().zip(tx.find_times(&asked)?) {
            self.chunks[*chunk] = Some(Bounded::new(times));
        }
        Ok(())
    }

    pub(crate) fn get(&self, place: usize) -> Result<Times> {
        self.chunk(chunk_of(place))?.chunk.get(place % CHUNK as usize)
    }

    /// Keeps those members whose times lie in a window.
    pub(super) fn keep_within(&self, members: &mut Members, window: &Window, now: Time) -> Result<()> {
        members.keep_of_words(|chunk, word| self.chunk(chunk)?.admitted(word, window, now))
    }

    fn chunk(&self, chunk: usize) -> Result<&Bounded> {
        let chunk = self.chunks.get(chunk).and_then(Option::as_deref);
        chunk.ok_or_else(|| Error::internal("times that were not read"))
    }

    /// What it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let chunks = self.chunks.iter().flatten();
        let of_chunks = chunks.map(|bounded| size_of::<Bounded>() + bounded.chunk.as_bytes().len());
        size_of::<Self>() + of_chunks.sum::<usize>()
    }
}
