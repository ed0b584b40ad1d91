//! A set of the conversations of one block.

use super::{BLOCK, bit_set::BitSet};
use hansard_domain::{Error, Result};

const SIZE: usize = BLOCK as usize;
/// A set of fewer is written as a list of places, two bytes each: shorter than the bits of all.
const LISTED_MAX: usize = SIZE / 16 - 1;

/// Places 0 to 4,095, each in or out.
pub(crate) type Members = BitSet<{ SIZE / 64 }>;

impl Members {
    /// Adds a set as it is stored.
    pub(crate) fn add_stored(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.len() == Self::BYTES {
            self.add_bits(bytes);
            return Ok(());
        }
        let (places, rest) = bytes.as_chunks::<2>();
        for place in places {
            if !self.try_insert(usize::from(u16::from_le_bytes(*place))) {
                return Err(unreadable());
            }
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
        if self.count() > LISTED_MAX {
            return self.to_bits();
        }
        self.iter().flat_map(|place| u16::try_from(place).unwrap_or_default().to_le_bytes()).collect()
    }
}

pub(super) fn unreadable() -> Error {
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
}
