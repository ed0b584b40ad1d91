//! Random numbers that are the same for the same seed, and what is drawn with them.

/// A fast generator (xorshift64*).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u32) -> Self {
        Self((u64::from(seed) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// Has its own numbers for each of the places, also for those side by side.
    pub(crate) fn of(place: [u32; 3]) -> Self {
        let mixed = place.into_iter().fold(0, |state: u64, part| mix(state ^ u64::from(part)));
        Self(mixed.max(1))
    }

    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        (self.unit() * f64::from(limit)) as u32
    }

    /// At least 0 and below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let high = (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32;
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    pub(crate) fn chance(&mut self, part: f64) -> bool {
        self.unit() < part
    }

    /// A rank below the count: the second half as often as the first, the third a third, as words of a language.
    pub(crate) fn zipf(&mut self, count: u32) -> u32 {
        (f64::from(count + 1).powf(self.unit()) - 1.0) as u32
    }

    /// A length with this mean, long ones ever rarer.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -(1.0 - self.unit()).ln() * mean
    }

    /// One of some; the list must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u32) as usize]
    }

    /// One of some by their parts of a hundred; the last has what is left.
    pub(crate) fn weighted<T: Copy>(&mut self, list: &[(u32, T)]) -> T {
        let mut at = self.below(100);
        for &(part, value) in &list[..list.len() - 1] {
            if at < part {
                return value;
            }
            at -= part;
        }
        list[list.len() - 1].1
    }
}

/// The finalizer of splitmix64.
fn mix(state: u64) -> u64 {
    let z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_gives_its_own_numbers_again() {
        let first = |place| Random::of(place).below(1_000_000);
        assert_eq!(first([1, 2, 3]), first([1, 2, 3]));
        assert_ne!(first([1, 2, 3]), first([1, 2, 4]));
        let mean = (0..10_000).map(|number| Random::of([7, number, 0]).unit()).sum::<f64>() / 10_000.0;
        assert!((0.48..0.52).contains(&mean), "{mean}");
    }

    #[test]
    fn the_first_rank_is_drawn_most() {
        let mut random = Random::new(1);
        let mut counts = [0_u32; 100];
        for _ in 0..100_000 {
            counts[random.zipf(100) as usize] += 1;
        }
        assert!((13_000..17_000).contains(&counts[0]) && counts[99] > 100, "{counts:?}");
        assert!(counts[0] > counts[1] && counts[1] > counts[9] && counts[9] > counts[90]);
    }

    #[test]
    fn weights_are_parts_of_a_hundred() {
        let mut random = Random::new(2);
        let drawn = (0..10_000).filter(|_| random.weighted(&[(70, true), (30, false)])).count();
        assert!((6_800..7_200).contains(&drawn), "{drawn}");
        let mean = (0..10_000).map(|_| random.exponential(5.0)).sum::<f64>() / 10_000.0;
        assert!((4.8..5.2).contains(&mean), "{mean}");
    }
}
