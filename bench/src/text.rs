//! Made-up messages, as the yardsticks make them: some 18 words with the frequencies of a language, 120 bytes.

const SYLLABLES: [&str; 20] = [
    "ba", "re", "mi", "to", "lu", "sen", "dor", "ka", "pli", "vo", "ne", "ra", "gu", "ti", "sha", "ber",
    "on", "el", "cha", "fi",
];
const VOCABULARY: f64 = 20_000.0;
/// Smaller numbers would make words of one syllable.
const FIRST_WORD: usize = 400;

/// A fast generator that gives the same numbers for the same seed (xorshift64*).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u32) -> Self {
        Self((u64::from(seed) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        (self.unit() * f64::from(limit)) as u32
    }

    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let high = (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32;
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// Makes a message. It needs no escape in JSON.
    pub(crate) fn text(&mut self) -> String {
        let mut text = String::with_capacity(160);
        for position in 0..8 + self.below(20) {
            if position > 0 {
                text.push(' ');
            }
            let rank = VOCABULARY.powf(self.unit()) - 1.0;
            push_word(&mut text, FIRST_WORD + rank as usize);
        }
        text
    }
}

fn push_word(text: &mut String, mut number: usize) {
    while number > 0 {
        text.push_str(SYLLABLES[number % SYLLABLES.len()]);
        number /= SYLLABLES.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_as_long_as_one_of_the_yardsticks() {
        let mut random = Random::new(7);
        let bytes: usize = (0..1000).map(|_| random.text().len()).sum();
        assert!((100_000..150_000).contains(&bytes), "{bytes}");
    }

    #[test]
    fn a_seed_gives_its_own_numbers_again() {
        let text = |seed| Random::new(seed).text();
        assert_eq!(text(1), text(1));
        assert_ne!(text(1), text(2));
    }
}
