//! A set of the conversations of one block.

use super::BLOCK;
use hansard_domain::{Error, Result};

const SIZE: usize = BLOCK as usize;
const WORDS: usize = SIZE / 64;
/// A set of fewer is written as a list of places, two bytes each: shorter than the bits of all.
const LISTED_MAX: usize = SIZE / 16 - 1;

/// Places 0 to 4,095, each in or out.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Members {
    words: [u64; WORDS],
}

impl std::fmt::Debug for Members {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.places()).finish()
    }
}

impl Members {
    pub(crate) const NONE: Self = Self { words: [0; WORDS] };
    pub(crate) const ALL: Self = Self { words: [u64::MAX; WORDS] };

    pub(crate) fn insert(&mut self, place: usize) {
        self.words[place / 64] |= 1 << (place % 64);
    }

    pub(crate) fn has(&self, place: usize) -> bool {
        self.words[place / 64] & (1 << (place % 64)) != 0
    }

    pub(crate) fn set(&mut self, place: usize, is_in: bool) {
        if is_in {
            self.insert(place);
        } else {
            self.words[place / 64] &= !(1 << (place % 64));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Keeps what is in both.
    pub(crate) fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(other.words).for_each(|(word, other)| *word &= other);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(other.words).for_each(|(word, other)| *word |= other);
    }

    /// Takes out what is in the other.
    pub(crate) fn take_out(&mut self, other: &Self) {
        self.words.iter_mut().zip(other.words).for_each(|(word, other)| *word &= !other);
    }

    /// Whether all of it is in the other.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.words.iter().zip(other.words).all(|(word, other)| word & !other == 0)
    }

    /// In order.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(index * 64 + bit)
            })
        })
    }

    /// Adds a set as it is stored.
    pub(crate) fn add_stored(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.len() == SIZE / 8 {
            let (words, _) = bytes.as_chunks::<8>();
            self.words.iter_mut().zip(words).for_each(|(word, bytes)| *word |= u64::from_le_bytes(*bytes));
            return Ok(());
        }
        let (places, rest) = bytes.as_chunks::<2>();
        let places = places.iter().map(|bytes| usize::from(u16::from_le_bytes(*bytes)));
        for place in places {
            let word = self.words.get_mut(place / 64).ok_or_else(unreadable)?;
            *word |= 1 << (place % 64);
        }
        if rest.is_empty() { Ok(()) } else { Err(unreadable()) }
    }

    pub(crate) fn stored(bytes: &[u8]) -> Result<Self> {
        let mut members = Self::NONE;
        members.add_stored(bytes)?;
        Ok(members)
    }

    /// As it is stored: a list of places, or the bits of all.
    pub(crate) fn to_stored(&self) -> Vec<u8> {
        let mut stored = Vec::with_capacity(SIZE / 8);
        if self.count() <= LISTED_MAX {
            let places = self.places().map(|place| u16::try_from(place).unwrap_or_default());
            places.for_each(|place| stored.extend_from_slice(&place.to_le_bytes()));
        } else {
            self.words.iter().for_each(|word| stored.extend_from_slice(&word.to_le_bytes()));
        }
        stored
    }
}

fn unreadable() -> Error {
    Error::internal("a set of the index cannot be read")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(places: impl IntoIterator<Item = usize>) -> Members {
        let mut members = Members::NONE;
        places.into_iter().for_each(|place| members.insert(place));
        members
    }

    #[test]
    fn sets_come_back_as_they_were_stored() {
        for count in [0, 1, 2, 254, 255, 256, 257, 4096] {
            let members = of((0..count).map(|index| 4095 - index));
            let stored = members.to_stored();
            assert!(stored.len() <= 512, "{count}: {}", stored.len());
            assert_eq!(Members::stored(&stored).unwrap(), members, "{count}");
            assert_eq!(members.count(), count);
        }
    }

    #[test]
    fn what_is_no_set_is_refused() {
        assert!(Members::stored(&[1]).is_err());
        assert!(Members::stored(&[0, 16]).is_err());
        assert!(Members::stored(&[255, 15]).is_ok());
    }

    #[test]
    fn sets_are_combined() {
        let (evens, thirds) = (of((0..100).map(|n| n * 2)), of((0..100).map(|n| n * 3)));
        let mut both = evens.clone();
        both.keep(&thirds);
        assert!(both.places().eq((0..34).map(|n| n * 6)));
        let mut only = evens.clone();
        only.take_out(&thirds);
        assert!(only.places().all(|place| place % 6 != 0) && only.count() == 66);
        let mut any = evens;
        any.add(&thirds);
        assert_eq!(any.count(), 166);
    }
}
