//! Which thirds of a block's conversations have a gram.
//!
//! The messages of a conversation at the positions 0, 3, 6 ... are one third of it, those at 1, 4, 7 ... another. A keyword stands
//! in one message, so that one third has all of its grams: fewer conversations seem to say it, and of them fewer
//! messages are read.

use super::{BLOCK, Members, bit_set::BitSet, members::unreadable, rice};
use hansard_domain::Result;

pub(crate) const THIRDS: usize = 3;
const SIZE: usize = THIRDS * BLOCK as usize;
/// In Rice's code a set takes at most so many bytes: half of what the bits of all take, which are read much faster.
const CODED_MAX: usize = SIZE / 8 / 2;

/// The third of a conversation in which a position is.
pub(crate) fn third_of(position: i32) -> usize {
    position.rem_euclid(THIRDS as i32) as usize
}

/// Thirds of one conversation, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mask(pub u8);

impl Mask {
    pub(crate) const WHOLE: Self = Self((1 << THIRDS) - 1);
}

/// The thirds of 4,096 conversations, each in or out: first all first thirds.
pub(crate) type Thirds = BitSet<{ SIZE / 64 }>;

impl Thirds {
    /// Where the third of the conversation at a place stands.
    pub(crate) fn spot(place: usize, third: usize) -> usize {
        third * BLOCK as usize + place
    }

    /// All thirds of some conversations.
    pub(super) fn of_whole(members: &Members) -> Self {
        let mut thirds = Self::NONE;
        thirds.add_words(std::iter::repeat_n(members.words(), THIRDS).flatten().copied());
        thirds
    }

    /// Those of which any third is in.
    pub(super) fn conversations(&self) -> Members {
        let mut members = Members::NONE;
        let each_third = self.words().chunks(BLOCK as usize / 64);
        each_third.for_each(|words| members.add_words(words.iter().copied()));
        members
    }

    /// Which thirds of the conversation at a place are in.
    pub(super) fn of(&self, place: usize) -> Mask {
        let bits = (0..THIRDS).map(|third| u8::from(self.has(Self::spot(place, third))) << third);
        Mask(bits.fold(0, |mask, bit| mask | bit))
    }

    /// Adds a set as it is stored.
    pub(crate) fn add_stored(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.len() == Self::BYTES {
            self.add_bits(bytes);
            return Ok(());
        }
        if rice::decode(bytes, |spot| self.try_insert(spot)) { Ok(()) } else { Err(unreadable()) }
    }

    pub(crate) fn stored(bytes: &[u8]) -> Result<Self> {
        let mut thirds = Self::NONE;
        thirds.add_stored(bytes)?;
        Ok(thirds)
    }

    /// As it is stored: in Rice's code, or as the bits of all.
    pub(crate) fn to_stored(&self) -> Vec<u8> {
        let coded = rice::encode(self.iter(), self.count(), SIZE);
        if coded.len() > CODED_MAX { self.to_bits() } else { coded }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(spots: impl IntoIterator<Item = usize>) -> Thirds {
        let mut thirds = Thirds::NONE;
        spots.into_iter().for_each(|spot| thirds.insert(spot));
        thirds
    }

    #[test]
    fn sets_come_back_as_they_were_stored() {
        for step in [1, 2, 3, 5, 8, 100, SIZE] {
            let thirds = of((0..SIZE).step_by(step));
            let stored = thirds.to_stored();
            assert!(stored.len() <= SIZE / 8, "{step}: {}", stored.len());
            assert_eq!(Thirds::stored(&stored).unwrap(), thirds, "{step}");
        }
        assert_eq!(Thirds::stored(&Thirds::NONE.to_stored()).unwrap(), Thirds::NONE);
    }

    #[test]
    fn what_is_no_set_is_refused() {
        assert!(Thirds::stored(&[]).is_err());
        assert!(Thirds::stored(&[99, 1]).is_err());
        assert!(Thirds::stored(&rice::encode([SIZE].into_iter(), 1, SIZE + 1)).is_err());
        assert!(Thirds::stored(&rice::encode([SIZE - 1].into_iter(), 1, SIZE)).is_ok());
    }

    #[test]
    fn a_conversation_is_in_by_any_third() {
        let thirds =
            of([Thirds::spot(7, third_of(1)), Thirds::spot(7, third_of(5)), Thirds::spot(4095, third_of(3))]);
        assert!(thirds.conversations().iter().eq([7, 4095]));
        assert_eq!([thirds.of(7), thirds.of(8), thirds.of(4095)], [Mask(0b110), Mask(0), Mask(0b001)]);
        let whole = Thirds::of_whole(&thirds.conversations());
        assert_eq!((whole.of(7), whole.count()), (Mask::WHOLE, 6));
    }
}
