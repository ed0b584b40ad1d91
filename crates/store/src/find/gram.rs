//! Three letters in a row, as a keyword is looked for.
//!
//! Every letter of a folded text begins a gram; the last two begin shorter ones, so that whatever is a part of the text
//! is the beginning of a gram, one letter as well as two.

use super::term::{Terms, beginning};
use hansard_domain::filter::fold;

/// Letters of a gram.
const LETTERS: usize = 3;
/// Bits of a letter.
const BITS: u32 = 21;
/// Grams of a keyword that are looked up; the texts that they find are read anyway.
const ASKED_MAX: usize = 16;

/// Up to three letters in one number, the first in the highest bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Gram(u64);

impl Gram {
    fn of(letters: impl IntoIterator<Item = char>) -> Self {
        let packed = letters.into_iter().chain(std::iter::repeat('\0')).take(LETTERS);
        Self(packed.fold(0, |packed, letter| packed << BITS | u64::from(letter)))
    }

    /// The letters in UTF-8, so that a shorter gram is the beginning of a longer one.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut text = String::with_capacity(4 * LETTERS);
        for place in (0..LETTERS as u32).rev() {
            let code = (self.0 >> (place * BITS)) as u32 & ((1 << BITS) - 1);
            text.extend(char::from_u32(code).filter(|letter| *letter != '\0'));
        }
        text.into_bytes()
    }
}

/// Adds the grams of a text.
pub(crate) fn of_text(text: &str, grams: &mut impl Extend<Gram>) {
    let folded = fold(text);
    let mut letters = folded.chars();
    grams.extend(std::iter::from_fn(|| {
        let gram = Gram::of(letters.clone().take(LETTERS));
        letters.next().map(|_| gram)
    }));
}

/// How a keyword is looked for in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of these.
    All(Vec<Vec<u8>>),
    /// Any of the range.
    Beginning(Terms),
}

/// Whether a folded keyword is one gram, or the beginning of one: then it is in every text that has it.
pub(crate) fn is_one(keyword: &str) -> bool {
    keyword.chars().nth(LETTERS).is_none()
}

/// The grams that a text has if a folded keyword is in it.
pub(crate) fn wanted(keyword: &str) -> Wanted {
    let letters: Vec<char> = keyword.chars().collect();
    if letters.len() < LETTERS {
        return Wanted::Beginning(beginning(keyword.as_bytes().to_vec()));
    }
    let mut grams: Vec<Gram> =
        letters.windows(LETTERS).map(|letters| Gram::of(letters.iter().copied())).collect();
    grams.sort_unstable();
    grams.dedup();
    let step = grams.len().div_ceil(ASKED_MAX);
    Wanted::All(grams.into_iter().step_by(step).map(Gram::to_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn grams(text: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        of_text(text, &mut found);
        found.into_iter().map(|gram| String::from_utf8_lossy(&gram.to_bytes()).into_owned()).collect()
    }

    #[test]
    fn every_letter_begins_a_gram() {
        let expected = ["hel", "ell", "llo", "lo", "o"].map(str::to_owned);
        assert_eq!(grams("Hello"), BTreeSet::from(expected));
        assert_eq!(grams("退款"), BTreeSet::from(["退款", "款"].map(str::to_owned)));
        assert_eq!(grams(""), BTreeSet::new());
    }

    #[test]
    fn parts_of_a_text_are_found_by_its_grams() {
        let text = "Ich möchte die Straße ändern. 我要退款 \u{10FFFF}";
        let found = grams(text);
        let letters: Vec<char> = fold(text).chars().collect();
        for from in 0..letters.len() {
            for to in from + 1..=letters.len() {
                let part: String = letters[from..to].iter().collect();
                let has = |gram: &[u8]| found.iter().any(|one| one.as_bytes() == gram);
                match wanted(&part) {
                    Wanted::All(grams) => {
                        assert!(grams.iter().all(|gram| has(gram)), "{part}");
                        assert_eq!(is_one(&part), grams.len() == 1 && part.chars().count() == 3, "{part}");
                    }
                    Wanted::Beginning(range) => {
                        assert!(found.iter().any(|gram| range.contains(&gram.as_bytes().to_vec())), "{part}");
                        assert!(is_one(&part), "{part}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_long_keyword_asks_for_few() {
        let long: String = ('a'..='z').cycle().take(100_000).chain("xyzzy".chars()).collect();
        assert!(matches!(wanted(&long), Wanted::All(grams) if grams.len() <= ASKED_MAX));
    }
}
