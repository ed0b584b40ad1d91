//! What a keyword is looked for by: three letters in a row, and where two words meet.
//!
//! Every letter of a folded text begins a gram; the last two begin shorter ones, so that whatever is a part of the text
//! is the beginning of a gram, one letter as well as two.
//!
//! Two common words share their letters with most conversations, and stand together in few. So each space has a gram of
//! its own, made of the two letters on either side. There are many such, so that they share a few thousand grams by lot.

use super::term::{Terms, beginning};
use hansard_domain::filter::fold;
use std::cell::Cell;
use twox_hash::XxHash3_64;

/// Letters of a gram.
const LETTERS: usize = 3;
/// Bits of a letter.
const BITS: u32 = 21;
/// Grams of a keyword among which a block is asked for the rarest; the texts that they find are read anyway.
const ASKED_MAX: usize = 16;
/// Of them, such as are of spaces.
const MEETINGS_ASKED_MAX: usize = 4;
/// How many thirds of conversations a gram is taken to be in that was not looked up yet: what proved rare goes before it.
const FOUND_FIRST: usize = 64;
/// Letters of which the gram of a space is made, the space in the middle.
const AROUND: usize = 5;
/// Grams that all spaces share. A conversation of 650 letters has some hundred of them.
const MEETINGS: u64 = 4096;
/// Marks the gram of a space; no letter reaches so high.
const MEETING: u64 = 1 << 63;
/// What the gram of a space begins with: no letter does, in UTF-8.
const MEETING_BYTE: u8 = 0xff;

/// Up to three letters in one number, the first in the highest bits; or the number of a space's gram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Gram(u64);

impl Gram {
    fn of(letters: impl IntoIterator<Item = char>) -> Self {
        let packed = letters.into_iter().chain(std::iter::repeat('\0')).take(LETTERS);
        Self(packed.fold(0, |packed, letter| packed << BITS | u64::from(letter)))
    }

    /// The gram of the space that stands in the middle of these letters; nothing where there is none.
    fn of_meeting(letters: &[char; AROUND]) -> Option<Self> {
        if letters[AROUND / 2] != ' ' {
            return None;
        }
        let mut text = [0; 4 * AROUND];
        let mut length = 0;
        for letter in letters {
            length += letter.encode_utf8(&mut text[length..]).len();
        }
        Some(Self(MEETING | (XxHash3_64::oneshot(&text[..length]) % MEETINGS)))
    }

    /// The letters in UTF-8, so that a shorter gram is the beginning of a longer one. The same order as that of the
    /// numbers.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        if self.0 & MEETING != 0 {
            let [.., high, low] = self.0.to_be_bytes();
            return vec![MEETING_BYTE, high, low];
        }
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
    grams.extend(meetings(&folded));
}

/// The grams of the spaces of a folded text that have two letters on either side.
fn meetings(folded: &str) -> impl Iterator<Item = Gram> + '_ {
    let mut around = ['\0'; AROUND];
    folded.chars().enumerate().filter_map(move |(place, letter)| {
        around.rotate_left(1);
        around[AROUND - 1] = letter;
        if place + 1 < AROUND { None } else { Gram::of_meeting(&around) }
    })
}

/// A gram that is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub gram: Vec<u8>,
    /// In how many thirds of a block's conversations it was when it was last looked up.
    pub found: Cell<usize>,
}

impl Asked {
    fn new(gram: Gram) -> Self {
        Self { gram: gram.to_bytes(), found: Cell::new(FOUND_FIRST) }
    }
}

/// How a keyword is looked for in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of these.
    All(Vec<Asked>),
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
    let step = grams.len().div_ceil(ASKED_MAX - MEETINGS_ASKED_MAX);
    // Where words meet tells more than their letters: that is asked first.
    let wanted = meetings(keyword).take(MEETINGS_ASKED_MAX).chain(grams.into_iter().step_by(step));
    Wanted::All(wanted.map(Asked::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn grams(text: &str) -> BTreeSet<Vec<u8>> {
        let mut found = BTreeSet::new();
        of_text(text, &mut found);
        found.into_iter().map(Gram::to_bytes).collect()
    }

    fn meeting(letters: &str) -> Vec<u8> {
        let mut around = letters.chars();
        let around = std::array::from_fn(|_| around.next().unwrap_or_default());
        Gram::of_meeting(&around).map_or(Vec::new(), Gram::to_bytes)
    }

    #[test]
    fn where_words_meet_is_a_gram() {
        let mut found = BTreeSet::new();
        of_text("a Refund or CREDIT x", &mut found);
        let found: Vec<_> = found.into_iter().map(Gram::to_bytes).filter(|gram| gram[0] == 0xff).collect();
        let mut expected = ["nd or", "or cr"].map(meeting);
        expected.sort();
        assert_eq!(found, expected);
        assert_ne!(meeting("nd or"), meeting("nd of"));
        let Wanted::All(wanted) = wanted("fund or cre") else { panic!("more than one gram") };
        let first = wanted.into_iter().map(|asked| asked.gram).take(2);
        assert!(first.eq(["nd or", "or cr"].map(meeting)));
    }

    #[test]
    fn the_order_of_numbers_is_that_of_their_bytes() {
        let mut found = BTreeSet::new();
        of_text("zwei Wörter und \u{10FFFF}\u{10FFFF}\u{10FFFF} 我要 退款 ok", &mut found);
        let bytes: Vec<_> = found.into_iter().map(Gram::to_bytes).collect();
        assert!(bytes.is_sorted() && bytes.iter().any(|gram| gram[0] == 0xff));
    }

    #[test]
    fn every_letter_begins_a_gram() {
        let expected = ["hel", "ell", "llo", "lo", "o"].map(|gram| gram.as_bytes().to_vec());
        assert_eq!(grams("Hello"), BTreeSet::from(expected));
        assert_eq!(grams("退款"), BTreeSet::from(["退款", "款"].map(|gram| gram.as_bytes().to_vec())));
        assert_eq!(grams(""), BTreeSet::new());
    }

    #[test]
    fn parts_of_a_text_are_found_by_its_grams() {
        let text = "Ich möchte die Straße ändern. 我要退款  \u{10FFFF} a b";
        let found = grams(text);
        let letters: Vec<char> = fold(text).chars().collect();
        for from in 0..letters.len() {
            for to in from + 1..=letters.len() {
                let part: String = letters[from..to].iter().collect();
                let has = |gram: &[u8]| found.contains(gram);
                match wanted(&part) {
                    Wanted::All(grams) => {
                        assert!(grams.iter().all(|asked| has(&asked.gram)), "{part}");
                        assert_eq!(is_one(&part), grams.len() == 1 && part.chars().count() == 3, "{part}");
                    }
                    Wanted::Beginning(range) => {
                        assert!(found.iter().any(|gram| range.contains(gram)), "{part}");
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
