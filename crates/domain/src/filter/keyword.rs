//! Finding raw text inside a text, whatever its case.
//!
//! There is no pattern language: every character stands for itself. Two characters are the same when Unicode's
//! simple case folding makes them so; it maps one character to one, so that offsets stay easy to find.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use memchr::memmem::Finder;
use std::ops::Range;

const MAPPER: CaseMapperBorrowed<'static> = CaseMapper::new();

/// The character that stands for all of its cases.
pub(crate) fn fold_char(letter: char) -> char {
    if letter.is_ascii() { letter.to_ascii_lowercase() } else { MAPPER.simple_fold(letter) }
}

/// The text as keywords are compared with it: as many characters, each folded.
pub fn fold(text: &str) -> String {
    let mut folded = String::new();
    fold_into(text, &mut folded);
    folded
}

fn fold_into(text: &str, folded: &mut String) {
    folded.clear();
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
    } else {
        folded.extend(text.chars().map(fold_char));
    }
}

/// Characters of a snippet before and after what was found.
const AROUND: usize = 60;

/// A part of a text with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    /// Bytes of `text`.
    pub found: Range<usize>,
}

/// A folded text to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    folded: String,
}

impl Keyword {
    pub fn new(text: &str) -> Self {
        Self { folded: fold(text) }
    }

    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// An empty keyword is found in every text.
    pub fn is_in(&self, text: &str) -> bool {
        fold(text).contains(&self.folded)
    }

    /// Looks for it in many texts.
    pub fn search(&self) -> Search<'_> {
        Search { finder: Finder::new(&self.folded), folded: String::new() }
    }

    /// Where it is found in a text, without overlaps, as bytes of the text as it is written.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        if self.folded.is_empty() {
            return Vec::new();
        }
        let folded = fold(text);
        // The characters of both texts go in step, so that each boundary of one is a boundary of the other.
        let boundaries =
            |text: &'_ str| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect::<Vec<_>>();
        let mut steps = boundaries(&folded).into_iter().zip(boundaries(text));
        let mut step = (0, 0);
        let mut written = |place: usize| {
            while step.0 < place {
                step = steps.next().unwrap_or((usize::MAX, text.len()));
            }
            step.1
        };
        folded.match_indices(&self.folded).map(|(at, found)| written(at)..written(at + found.len())).collect()
    }
}

/// A keyword made ready for many texts.
#[derive(Debug)]
pub struct Search<'k> {
    finder: Finder<'k>,
    folded: String,
}

impl Search<'_> {
    /// The same as [`Keyword::is_in`].
    pub fn finds_in(&mut self, text: &str) -> bool {
        fold_into(text, &mut self.folded);
        self.finder.find(self.folded.as_bytes()).is_some()
    }
}

impl Keyword {
    /// The first place where it is found, with some of what stands around it.
    pub fn snippet(&self, text: &str) -> Option<Snippet> {
        let place = self.places(text).into_iter().next()?;
        let before = text[..place.start].char_indices().rev().nth(AROUND - 1);
        let start = before.map_or(0, |(at, _)| at);
        let after = text[place.end..].char_indices().nth(AROUND);
        let end = after.map_or(text.len(), |(at, _)| place.end + at);
        Some(Snippet { text: text[start..end].to_owned(), found: place.start - start..place.end - start })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    #![allow(clippy::single_range_in_vec_init)] // Places are ranges.
    use super::*;

    #[test]
    fn case_is_folded_one_character_to_one() {
        let pairs = [("Straße", "STRAẞE"), ("ΟΔΟΣ", "οδος"), ("Ⅷ", "ⅷ"), ("ǅ", "ǆ"), ("ſ", "S"), ("K", "k")];
        for (one, other) in pairs {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
        for (one, other) in [("ß", "ss"), ("é", "e"), ("İ", "i"), ("ı", "i")] {
            assert_ne!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn a_search_finds_in_one_text_after_another_what_the_keyword_is_in() {
        let texts = ["Eine Straße", "", "I want a refund", "ΟΔΟΣ 我要退款", "no", "REFUND"];
        for keyword in ["refund", "STRAẞE", "οδος", "退款", "", "n"].map(Keyword::new) {
            let mut search = keyword.search();
            for text in texts {
                assert_eq!(search.finds_in(text), keyword.is_in(text), "{keyword:?} in {text:?}");
            }
        }
    }

    #[test]
    fn places_are_those_of_the_text_as_it_is_written() {
        let places = |keyword: &str, text: &str| Keyword::new(keyword).places(text);
        assert_eq!(places("ab", "xABabB"), [1..3, 3..5]);
        assert_eq!(places("STRAẞE", "Eine Straße, eine straße"), [5..12, 19..26]);
        assert_eq!(places("s", "ẞſ"), [3..5]);
        assert_eq!(places("退款", "我要退款。退款"), [6..12, 15..21]);
        assert_eq!(places("aa", "aaa"), [0..2]);
        assert!(places("", "abc").is_empty());
        assert_eq!(places("%_*", "100%_*"), [3..6]);
    }

    #[test]
    fn a_snippet_shows_what_was_found_and_what_stands_around_it() {
        let text = format!("{}Refund{}", "ä".repeat(100), "€".repeat(100));
        let Snippet { text: part, found } = Keyword::new("refund").snippet(&text).unwrap();
        assert_eq!(&part[found], "Refund");
        assert_eq!(part, format!("{}Refund{}", "ä".repeat(60), "€".repeat(60)));
        let short = Keyword::new("e").snippet("We").unwrap();
        assert_eq!((short.text.as_str(), short.found), ("We", 1..2));
        assert_eq!(Keyword::new("x").snippet("We"), None);
    }
}
