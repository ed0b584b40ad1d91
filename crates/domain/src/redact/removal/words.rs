//! Removal from the words of a transcription, which a value may span.

use super::{At, Edits, Found, Remover};
use crate::{
    message::Word,
    redact::{Markup, SafeText},
};
use std::ops::Range;

impl Remover<'_> {
    /// The words that a hit covers become one, from the start of the first to the end of the last.
    pub(super) fn words(&mut self, field: &str, words: &mut Vec<Word>) {
        let (text, ends) = joined(words);
        let found = self.find.find(&text, Markup::Plain);
        if found.is_empty() {
            return;
        }
        self.edits.insert(field.to_owned(), Edits::new(found.clone(), &text, Markup::Plain));
        let mut kept = Vec::with_capacity(words.len());
        let mut next = 0;
        for group in groups(found, &ends) {
            kept.extend_from_slice(&words[next..group.words.start]);
            let from = group.words.start.checked_sub(1).map_or(0, |before| ends[before] + 1);
            let within = group
                .found
                .into_iter()
                .map(|one| Found { range: one.range.start - from..one.range.end - from, ..one });
            let mut word = text[from..ends[group.words.end - 1]].to_owned();
            let field = format!("{field}[{}]", kept.len());
            let edits = Edits::new(within.collect(), &word, Markup::Plain);
            self.apply(At { path: &field, told: &field }, &mut word, edits);
            let covered = &words[group.words.clone()];
            kept.push(Word {
                word: SafeText(word),
                end_offset: covered[covered.len() - 1].end_offset,
                ..covered[0].clone()
            });
            next = group.words.end;
        }
        kept.extend_from_slice(&words[next..]);
        *words = kept;
    }
}

/// Words that share a hit, with what was found in them.
struct Group {
    words: Range<usize>,
    found: Vec<Found>,
}

/// All words in a row, and where each ends.
fn joined(words: &[Word]) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut ends = Vec::with_capacity(words.len());
    for word in words {
        if !ends.is_empty() {
            text.push(' ');
        }
        text.push_str(word.word.as_str());
        ends.push(text.len());
    }
    (text, ends)
}

fn groups(found: Vec<Found>, ends: &[usize]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in found {
        let first = ends.partition_point(|end| *end <= one.range.start);
        let last = ends.partition_point(|end| *end < one.range.end);
        match groups.last_mut() {
            Some(group) if first < group.words.end => {
                group.words.end = group.words.end.max(last + 1);
                group.found.push(one);
            }
            _ => groups.push(Group { words: first..last + 1, found: vec![one] }),
        }
    }
    groups
}
