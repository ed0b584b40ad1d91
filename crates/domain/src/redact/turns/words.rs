//! The words of a transcription, when what was found in them as a sentence is masked.

use super::{Redaction, SafeText};
use std::ops::Range;

/// What stands in the place of some words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedWords {
    pub text: SafeText,
    /// Which of the words that were given.
    pub given: Range<usize>,
}

/// Cuts a masked sentence into words again; those that a span goes over become one.
pub(super) fn split(words: &[&str], masked: &str, redactions: &[Redaction]) -> Vec<MaskedWords> {
    let mut split: Vec<MaskedWords> = Vec::with_capacity(words.len());
    let mut redactions = redactions.iter().peekable();
    let (mut first, mut start, mut end, mut shift) = (0, 0, 0, 0);
    for (index, word) in words.iter().enumerate() {
        end += word.len();
        let mut is_cut = false;
        while let Some(found) = redactions.peek()
            && index_of(found.original_start) < end
        {
            is_cut = index_of(found.original_end) > end;
            if is_cut {
                break;
            }
            shift +=
                i64::from(found.end - found.start) - i64::from(found.original_end - found.original_start);
            redactions.next();
        }
        if !is_cut {
            let until = usize::try_from(end as i64 + shift).unwrap_or(masked.len());
            let text = SafeText(masked[start..until].to_owned());
            split.push(MaskedWords { text, given: first..index + 1 });
            (first, start) = (index + 1, until + 1);
        }
        end += 1;
    }
    split
}

fn index_of(offset: i32) -> usize {
    usize::try_from(offset).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{Earlier, RedactionPolicy, Redactor, Turns};

    fn masked(words: &[&str]) -> Vec<(String, Range<usize>)> {
        let redactor = Redactor::new(&RedactionPolicy::default(), &[], b"").unwrap_or_default();
        let (_, mut mask) = Turns::new(&redactor, Earlier::none()).message("", true);
        let words = mask.words("words", words).into_iter();
        words.map(|word| (word.text.into_string(), word.given)).collect()
    }

    #[test]
    fn words_of_one_number_become_one() {
        let words = ["card", "4111", "1111", "1111", "1111.", "mail", "jo@example.com", "ok"];
        let wanted =
            [("card", 0..1), ("[CREDIT_CARD].", 1..5), ("mail", 5..6), ("[EMAIL]", 6..7), ("ok", 7..8)];
        assert_eq!(masked(&words), wanted.map(|(text, given)| (text.to_owned(), given)));
    }

    #[test]
    fn nothing_found_changes_nothing() {
        let words = ["", "no", "", "numbers", "\u{e9}t\u{e9}", ""];
        let same: Vec<_> =
            words.iter().enumerate().map(|(at, word)| ((*word).to_owned(), at..at + 1)).collect();
        assert_eq!(masked(&words), same);
        assert!(masked(&[]).is_empty());
    }
}
