//! Labels in the place of parts of a text, and where that moves what stands behind them.

use super::{Found, byte};
use crate::redact::{Markup, Redaction, needle::tags};
use std::{cmp::Reverse, ops::Range};

/// What becomes of a text: each part that was found becomes its label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits(Vec<Found>);

impl Edits {
    /// Takes parts that are sorted and disjoint.
    pub fn new(found: Vec<Found>) -> Self {
        Self(found)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A plain text as it is afterwards.
    pub fn text(&self, text: &str) -> String {
        self.apply(text, Markup::Plain).0
    }

    /// The text as it is afterwards, and where the labels stand. Tags of HTML stay, behind the label of what they
    /// were in.
    pub(super) fn apply(&self, text: &str, markup: Markup) -> (String, Vec<Range<usize>>) {
        let mut written = String::with_capacity(text.len());
        let mut labels = Vec::with_capacity(self.0.len());
        let mut copied = 0;
        for found in &self.0 {
            written.push_str(&text[copied..found.range.start]);
            let start = written.len();
            written.extend(["[", &found.entity_type, "]"]);
            labels.push(start..written.len());
            if markup == Markup::Html {
                let within = &text[found.range.clone()];
                tags(within).for_each(|tag| written.push_str(&within[tag]));
            }
            copied = found.range.end;
        }
        written.push_str(&text[copied..]);
        (written, labels)
    }

    pub(super) fn found(&self) -> &[Found] {
        &self.0
    }

    /// Each part with where its label stands in a plain text.
    fn places(&self) -> impl Iterator<Item = (&Found, usize, usize)> {
        let (mut removed, mut added) = (0, 0);
        self.0.iter().map(move |found| {
            let start = found.range.start + added - removed;
            let end = start + label_length(found);
            removed += found.range.len();
            added += label_length(found);
            (found, start, end)
        })
    }

    /// Where a range of the text is afterwards; one in a part that is gone is at its label.
    pub fn moved(&self, start: i32, end: i32) -> (i32, i32) {
        let at = |offset: i32, is_end: bool| {
            let offset = usize::try_from(offset).unwrap_or_default();
            let mut shift = (0, 0);
            for (found, label_start, label_end) in self.places() {
                let Range { start, end } = found.range;
                if offset >= end {
                    shift = (label_end, end);
                } else if offset > start {
                    return byte(if is_end { label_end } else { label_start });
                } else {
                    break;
                }
            }
            byte(offset + shift.0 - shift.1)
        };
        (at(start, false), at(end, true))
    }

    /// Moves what was masked before with the text, and adds what is masked now.
    pub(super) fn redactions(&self, before: &[Redaction], moment: &str) -> Vec<Redaction> {
        let is_gone = |one: &Redaction| {
            let within =
                |found: &Found| byte(found.range.start) <= one.start && one.end <= byte(found.range.end);
            self.0.iter().any(within)
        };
        let kept = before.iter().filter(|one| !is_gone(one)).map(|one| {
            let (start, end) = self.moved(one.start, one.end);
            Redaction { start, end, ..one.clone() }
        });
        let made = self.places().map(|(found, start, end)| Redaction {
            entity_type: found.entity_type.clone(),
            start: byte(start),
            end: byte(end),
            moment: moment.to_owned(),
        });
        let mut redactions: Vec<_> = kept.chain(made).collect();
        redactions.sort_by_key(|one| (one.start, one.end));
        redactions
    }
}

fn label_length(found: &Found) -> usize {
    found.entity_type.len() + 2
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
