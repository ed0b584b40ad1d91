//! Numbers that look random and are the same for the same seed, on every machine and in every release.
//!
//! They are for demonstrations only, never for secrets.

/// The SplitMix64 generator.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.between(1, 100) <= chance
    }

    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.between(0, choices.len() as u64 - 1) as usize]
    }

    /// Up to `count` different ones, in random order.
    pub(super) fn draw<'a, T>(&mut self, choices: &'a [T], count: usize) -> Vec<&'a T> {
        let mut left: Vec<&T> = choices.iter().collect();
        let mut drawn = Vec::new();
        while drawn.len() < count && !left.is_empty() {
            drawn.push(left.swap_remove(self.between(0, left.len() as u64 - 1) as usize));
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_sequence() {
        let sequence = |seed| {
            let mut random = Random::new(seed);
            (0..4).map(|_| random.between(0, 999)).collect::<Vec<_>>()
        };
        assert_eq!(sequence(7), sequence(7));
        assert_ne!(sequence(7), sequence(8));
    }

    #[test]
    fn what_is_drawn_differs() {
        let mut drawn = Random::new(1).draw(&[1, 2, 3, 4], 9);
        drawn.sort();
        assert_eq!(drawn, [&1, &2, &3, &4]);
    }
}
