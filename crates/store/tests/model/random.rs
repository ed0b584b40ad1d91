//! Repeatable randomness: the same seed, the same choices, on every machine.

use hansard_domain::{
    Id,
    code::Code,
    redact::{Redactor, SafeText},
};

/// SplitMix64.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0xD134_2543_DE82_EF95) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.below(choices.len())]
    }

    pub(crate) fn text(&mut self, choices: &[&str]) -> String {
        (*self.pick(choices)).to_owned()
    }

    pub(crate) fn safe(&mut self, choices: &[&str]) -> SafeText {
        Redactor::NONE.text(&self.text(choices))
    }

    pub(crate) fn id(&mut self, choices: &[&str]) -> Id {
        Id::parse("id", &self.text(choices)).unwrap()
    }

    /// A value of a closed vocabulary, zero included.
    pub(crate) fn code<C: Code>(&mut self) -> C {
        let count = (0..).take_while(|code| C::from_code(*code).is_some()).count();
        C::from_code(self.below(count) as i32).unwrap()
    }

    /// A list of up to three.
    pub(crate) fn some<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| one(self)).collect()
    }

    /// A list of one to three.
    pub(crate) fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..1 + self.below(3)).map(|_| one(self)).collect()
    }
}
