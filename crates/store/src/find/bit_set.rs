//! A set of small numbers, as the bits of all that there may be.

/// The numbers from 0 on, 64 for each word, each in or out.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BitSet<const WORDS: usize> {
    words: [u64; WORDS],
}

impl<const WORDS: usize> std::fmt::Debug for BitSet<WORDS> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<const WORDS: usize> BitSet<WORDS> {
    pub(crate) const NONE: Self = Self { words: [0; WORDS] };
    pub(crate) const ALL: Self = Self { words: [u64::MAX; WORDS] };
    /// Of the bits of all.
    pub(super) const BYTES: usize = WORDS * 8;

    pub(crate) fn insert(&mut self, number: usize) {
        self.words[number / 64] |= 1 << (number % 64);
    }

    /// Inserts a number; answers false where it is beyond all that there may be.
    pub(super) fn try_insert(&mut self, number: usize) -> bool {
        let word = self.words.get_mut(number / 64);
        word.map(|word| *word |= 1 << (number % 64)).is_some()
    }

    pub(crate) fn has(&self, number: usize) -> bool {
        self.words[number / 64] & (1 << (number % 64)) != 0
    }

    pub(crate) fn set(&mut self, number: usize, is_in: bool) {
        if is_in {
            self.insert(number);
        } else {
            self.words[number / 64] &= !(1 << (number % 64));
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

    /// Keeps what is kept of each word that has any; `kept` gets its place.
    pub(super) fn keep_of_words<E>(&mut self, kept: impl Fn(usize, u64) -> Result<u64, E>) -> Result<(), E> {
        for (place, word) in self.words.iter_mut().enumerate().filter(|(_, word)| **word != 0) {
            *word &= kept(place, *word)?;
        }
        Ok(())
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
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + Clone + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(index * 64 + bit)
            })
        })
    }

    /// Adds the numbers whose bits are set; of more or fewer bytes than [`Self::BYTES`], those that there are.
    pub(super) fn add_bits(&mut self, bytes: &[u8]) {
        let (words, _) = bytes.as_chunks::<8>();
        self.add_words(words.iter().map(|bytes| u64::from_le_bytes(*bytes)));
    }

    pub(super) fn add_words(&mut self, words: impl Iterator<Item = u64>) {
        self.words.iter_mut().zip(words).for_each(|(word, other)| *word |= other);
    }

    pub(super) fn to_bits(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    pub(super) fn words(&self) -> &[u64; WORDS] {
        &self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: impl IntoIterator<Item = usize>) -> BitSet<4> {
        let mut set = BitSet::NONE;
        numbers.into_iter().for_each(|number| set.insert(number));
        set
    }

    #[test]
    fn sets_are_combined() {
        let (evens, thirds) = (of((0..100).map(|n| n * 2)), of((0..85).map(|n| n * 3)));
        let mut both = evens.clone();
        both.keep(&thirds);
        assert!(both.iter().eq((0..34).map(|n| n * 6)));
        let mut only = evens.clone();
        only.take_out(&thirds);
        assert!(only.iter().all(|number| number % 6 != 0) && only.count() == 66);
        let mut any = evens.clone();
        any.add(&thirds);
        assert_eq!(any.count(), 151);
        assert!(evens.is_within(&any) && !any.is_within(&evens) && both.is_within(&evens));
    }

    #[test]
    fn numbers_come_and_go() {
        let mut set = of([0, 63, 64, 255]);
        assert!(set.iter().eq([0, 63, 64, 255]) && set.has(255) && !set.has(254));
        set.set(64, false);
        set.set(65, true);
        assert!(set.iter().eq([0, 63, 65, 255]));
        assert!(!set.try_insert(256) && set.try_insert(1) && set.has(1));
        assert!(BitSet::<4>::NONE.is_empty() && !set.is_empty());
        assert_eq!(BitSet::<4>::ALL.count(), 256);
    }

    #[test]
    fn bits_come_back() {
        let set = of([1, 62, 200]);
        let mut back = BitSet::NONE;
        back.add_bits(&set.to_bits());
        assert_eq!((back, set.to_bits().len()), (set, BitSet::<4>::BYTES));
    }
}
