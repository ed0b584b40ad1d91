//! Ascending numbers in few bits: Rice's code of the gaps between them (R. F. Rice, 1979).
//!
//! A first byte says `k`. A gap is then as many zeros as 2^k goes into it, a one, and `k` bits of what is left; the least bit
//! of a byte comes first. Zeros fill the last byte.

/// A greater `k` would be of no use to numbers of 16 bits.
const K_MAX: u32 = 15;
/// Bits that can be looked at from any place on.
const WINDOW: usize = 57;

/// Writes numbers, of which there are `count`, all less than `end`.
pub(super) fn encode(numbers: impl Iterator<Item = usize>, count: usize, end: usize) -> Vec<u8> {
    let k = best_k(count, end);
    let mut bits = Writer::after(vec![k as u8]);
    let mut next = 0;
    for number in numbers {
        let gap = number - next;
        bits.zeros(gap >> k);
        bits.push(1 | ((gap & ((1 << k) - 1)) << 1) as u64, 1 + k);
        next = number + 1;
    }
    bits.finish()
}

/// About ln 2 of the mean gap, which is the best where numbers lie at random.
fn best_k(count: usize, end: usize) -> u32 {
    (end * 11 / 16 / count.max(1)).max(1).ilog2().min(K_MAX)
}

/// Hands on the numbers as long as `each` takes them; answers false where it did not, or where the bytes are none of ours.
pub(super) fn decode(bytes: &[u8], mut each: impl FnMut(usize) -> bool) -> bool {
    let Some((k, bytes)) = bytes.split_first() else { return false };
    let k = u32::from(*k);
    if k > K_MAX {
        return false;
    }
    let (mut at, mut next, length) = (0, 0, bytes.len() * 8);
    loop {
        let (mut zeros, mut window) = (0, window(bytes, at));
        while window == 0 {
            zeros += WINDOW;
            if at + zeros >= length {
                return true;
            }
            window = self::window(bytes, at + zeros);
        }
        zeros += window.trailing_zeros() as usize;
        let rest = at + zeros + 1;
        let left = self::window(bytes, rest) as usize & ((1 << k) - 1);
        at = rest + k as usize;
        let number = next + (zeros << k) + left;
        if at > length || !each(number) {
            return false;
        }
        next = number + 1;
    }
}

/// The bits from one on, at least [`WINDOW`] of them; zeros after the last.
fn window(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at / 8..).unwrap_or_default();
    let word = match rest.first_chunk::<8>() {
        Some(word) => u64::from_le_bytes(*word),
        None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    word >> (at % 8)
}

/// Bits behind each other.
struct Writer {
    bytes: Vec<u8>,
    /// Not yet in bytes: so many, fewer than eight.
    waiting: u64,
    count: u32,
}

impl Writer {
    fn after(bytes: Vec<u8>) -> Self {
        Self { bytes, waiting: 0, count: 0 }
    }

    /// At most 32 bits.
    fn push(&mut self, bits: u64, count: u32) {
        self.waiting |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.waiting as u8);
            self.waiting >>= 8;
            self.count -= 8;
        }
    }

    fn zeros(&mut self, mut count: usize) {
        while count > 0 {
            let some = count.min(32);
            self.push(0, some as u32);
            count -= some;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.waiting as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const END: usize = 12_288;

    fn decoded(bytes: &[u8]) -> Option<Vec<usize>> {
        let mut numbers = Vec::new();
        let is_whole = decode(bytes, |number| {
            numbers.push(number);
            number < END
        });
        is_whole.then_some(numbers)
    }

    fn encoded(numbers: &[usize]) -> Vec<u8> {
        encode(numbers.iter().copied(), numbers.len(), END)
    }

    #[test]
    fn numbers_come_back() {
        let numbers: [&[usize]; 7] = [
            &[],
            &[0],
            &[END - 1],
            &[0, END - 1],
            &[0, 1, 2, 3],
            &[5, 64, 65, 4000],
            &[56, 57, 58, 114, 171],
        ];
        for numbers in numbers {
            assert_eq!(decoded(&encoded(numbers)).as_deref(), Some(numbers));
        }
        let all: Vec<usize> = (0..END).collect();
        assert_eq!(decoded(&encoded(&all)), Some(all));
    }

    #[test]
    fn a_long_gap_after_many_short_ones_comes_back() {
        let numbers: Vec<usize> = (0..6000).chain([END - 1]).collect();
        assert_eq!(encoded(&numbers)[0], 0, "each zero stands for one number");
        assert_eq!(decoded(&encoded(&numbers)), Some(numbers));
    }

    #[test]
    fn a_gap_of_63_takes_seven_bits() {
        let numbers: Vec<usize> = (0..END).step_by(64).collect();
        assert_eq!((numbers.len(), encoded(&numbers)[0], encoded(&numbers).len()), (192, 5, 1 + 168));
    }

    #[test]
    fn other_bytes_are_refused() {
        assert_eq!(decoded(&[]), None);
        assert_eq!(decoded(&[16, 1]), None, "k");
        assert_eq!(decoded(&[0, 0, 0, 0]), Some(vec![]));
        assert_eq!(decoded(&[8, 1]), None, "ends within a number");
        assert_eq!(decoded(&[14, 1, 0xff, 0xff]), None, "beyond the end");
    }

    proptest! {
        #[test]
        fn any_numbers_come_back(numbers in prop::collection::btree_set(0..END, 0..400), dense in 0..END, run in 0..3000_usize) {
            let numbers: BTreeSet<usize> = numbers.into_iter().chain(dense..END.min(dense + run)).collect();
            let numbers: Vec<usize> = numbers.into_iter().collect();
            prop_assert_eq!(decoded(&encoded(&numbers)), Some(numbers));
        }

        #[test]
        fn any_bytes_end_well(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let numbers = decoded(&bytes).unwrap_or_default();
            prop_assert!(numbers.is_sorted());
        }
    }
}
