//! Made-up messages, as the yardsticks make them: some 18 words with the frequencies of a language, 120 bytes.

use crate::random::Random;

const SYLLABLES: [&str; 20] = [
    "ba", "re", "mi", "to", "lu", "sen", "dor", "ka", "pli", "vo", "ne", "ra", "gu", "ti", "sha", "ber",
    "on", "el", "cha", "fi",
];
const VOCABULARY: f64 = 20_000.0;
/// Smaller numbers would make words of one syllable.
const FIRST_WORD: usize = 400;

impl Random {
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

/// Appends a made-up word, another for each number; number 0 has no letters.
pub(crate) fn push_word(text: &mut String, mut number: usize) {
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
    fn a_seed_gives_its_own_texts_again() {
        let text = |seed| Random::new(seed).text();
        assert_eq!(text(1), text(1));
        assert_ne!(text(1), text(2));
    }
}
