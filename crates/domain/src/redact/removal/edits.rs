//! Labels in the place of parts of a text, and where that moves what stands behind them.

use super::{Found, byte};
use crate::redact::{Markup, Redaction, needle::tags};
use std::{cmp::Reverse, ops::Range};

/// What becomes of a text: each part that was found becomes its label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits(Vec<Edit>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    found: Found,
    /// The label, and behind it the tags that were in what was found.
    written: String,
    label: Range<usize>,
}

impl Edits {
    /// Takes parts of a text that are sorted and disjoint.
    pub fn new(found: Vec<Found>, text: &str, markup: Markup) -> Self {
        let (mut removed, mut added) = (0, 0);
        let edit = |found: Found| {
            let mut written = format!("[{}]", found.entity_type);
            let start = found.range.start + added - removed;
            let label = start..start + written.len();
            if markup == Markup::Html {
                let within = &text[found.range.clone()];
                tags(within).for_each(|tag| written.push_str(&within[tag]));
            }
            removed += found.range.len();
            added += written.len();
            Edit { found, written, label }
        };
        Self(found.into_iter().map(edit).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text as it is afterwards.
    pub fn apply(&self, text: &str) -> String {
        let mut left = String::with_capacity(text.len());
        let mut copied = 0;
        for Edit { found, written, .. } in &self.0 {
            left.extend([&text[copied..found.range.start], written]);
            copied = found.range.end;
        }
        left + &text[copied..]
    }

    /// What was found, each with where its label stands afterwards.
    pub(super) fn places(&self) -> impl Iterator<Item = (&Found, &Range<usize>)> {
        self.0.iter().map(|edit| (&edit.found, &edit.label))
    }

    /// Where a range of the text is afterwards; one in a part that is gone is at its label.
    pub fn moved(&self, start: i32, end: i32) -> (i32, i32) {
        (self.moved_offset(start, false), self.moved_offset(end, true))
    }

    fn moved_offset(&self, offset: i32, is_end: bool) -> i32 {
        let offset = usize::try_from(offset).unwrap_or_default();
        let (mut before, mut after) = (0, 0);
        for Edit { found, written, label } in &self.0 {
            if offset >= found.range.end {
                (before, after) = (found.range.end, label.start + written.len());
            } else if offset > found.range.start {
                return byte(if is_end { label.end } else { label.start });
            } else {
                break;
            }
        }
        byte(offset - before + after)
    }

    /// Moves what was masked before with the text, and adds what is masked now.
    pub(super) fn redactions(&self, before: &[Redaction], (field, moment): (&str, &str)) -> Vec<Redaction> {
        let is_gone = |one: &Redaction| {
            let within = |edit: &Edit| {
                byte(edit.found.range.start) <= one.start && one.end <= byte(edit.found.range.end)
            };
            self.0.iter().any(within)
        };
        let kept = before.iter().filter(|one| !is_gone(one)).map(|one| {
            let (start, end) = self.moved(one.start, one.end);
            Redaction { start, end, ..one.clone() }
        });
        let made = self.0.iter().map(|Edit { found, label, .. }| Redaction {
            entity_type: found.entity_type.clone(),
            start: byte(label.start),
            end: byte(label.end),
            moment: moment.to_owned(),
            field: field.to_owned(),
            ..Redaction::default()
        });
        let mut redactions: Vec<_> = kept.chain(made).collect();
        redactions.sort_by_key(|one| (one.start, one.end));
        redactions
    }
}

/// Sorts, and of those that overlap makes one of the first one's type.
pub(super) fn disjoint(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| (found.range.start, Reverse(found.range.end)));
    let mut merged: Vec<Found> = Vec::with_capacity(found.len());
    for found in found {
        match merged.last_mut() {
            Some(last) if found.range.start < last.range.end => {
                last.range.end = last.range.end.max(found.range.end);
            }
            _ => merged.push(found),
        }
    }
    merged
}
