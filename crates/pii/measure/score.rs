//! Precision, recall and F2 by spans, each kind by itself and all together.
//!
//! A marked span is found if hits of its kind cover at least half of it; a hit is right if at least half of it lies on spans
//! of its kind, or on spans that count neither way.

use std::{collections::BTreeMap, ops::Range};

use hansard_pii::{Entity, Hit};

use crate::corpus::Marked;

/// What was found of one kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) marked: u32,
    pub(crate) found: u32,
    pub(crate) hits: u32,
    pub(crate) right: u32,
}

impl Count {
    pub(crate) fn recall(&self) -> f64 {
        part(self.found, self.marked)
    }

    pub(crate) fn precision(&self) -> f64 {
        part(self.right, self.hits)
    }

    /// The F measure that counts recall twice as much as precision.
    pub(crate) fn f2(&self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        let sum = 4.0 * precision + recall;
        if sum > 0.0 { 5.0 * precision * recall / sum } else { 0.0 }
    }

    fn add(&mut self, other: &Self) {
        self.marked += other.marked;
        self.found += other.found;
        self.hits += other.hits;
        self.right += other.right;
    }
}

fn part(of: u32, all: u32) -> f64 {
    if all == 0 { 1.0 } else { f64::from(of) / f64::from(all) }
}

/// Wilson's interval of 95 % for a part.
pub(crate) fn wilson(of: u32, all: u32) -> (f64, f64) {
    if all == 0 {
        return (0.0, 1.0);
    }
    let (n, p, z) = (f64::from(all), part(of, all), 1.96_f64);
    let centre = p + z * z / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    (((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0))
}

/// Counts by kind.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub(crate) kinds: BTreeMap<Entity, Count>,
}

impl Score {
    pub(crate) fn add(&mut self, marked: &Marked, hits: &[Hit]) {
        for span in &marked.spans {
            let Some(entity) = &span.entity else { continue };
            let same = hits.iter().filter(|hit| hit.entity == *entity).map(|hit| hit.range.clone());
            let count = self.kinds.entry(entity.clone()).or_default();
            count.marked += 1;
            count.found += u32::from(is_half(&span.range, same));
        }
        for hit in hits {
            let same = marked
                .spans
                .iter()
                .filter(|span| span.entity.as_ref().is_none_or(|kind| *kind == hit.entity));
            let on_own = is_half(&hit.range, same.map(|span| span.range.clone()));
            let count = self.kinds.entry(hit.entity.clone()).or_default();
            count.hits += 1;
            count.right += u32::from(on_own);
        }
    }

    pub(crate) fn of(&self, entities: impl Fn(&Entity) -> bool) -> Count {
        let mut all = Count::default();
        self.kinds.iter().filter(|(entity, _)| entities(entity)).for_each(|(_, count)| all.add(count));
        all
    }

    /// A table of Markdown.
    pub(crate) fn table(&self) -> String {
        let mut table =
            "| type | marked | recall (95 %) | precision (95 %) | F2 |\n| --- | --- | --- | --- | --- |"
                .to_owned();
        let kinds = self.kinds.iter().map(|(entity, count)| (entity.name(), *count));
        for (name, count) in kinds.chain([("all", self.of(|_| true))]) {
            let bounds = |of, all| {
                let (low, high) = wilson(of, all);
                format!("{:.3} ({low:.2}-{high:.2})", part(of, all))
            };
            let (recall, precision) = (bounds(count.found, count.marked), bounds(count.right, count.hits));
            table += &format!("\n| {name} | {} | {recall} | {precision} | {:.3} |", count.marked, count.f2());
        }
        table
    }
}

/// Whether the others, which are disjoint, cover at least half of a range.
fn is_half(range: &Range<usize>, others: impl Iterator<Item = Range<usize>>) -> bool {
    let overlap = |other: Range<usize>| other.end.min(range.end).saturating_sub(other.start.max(range.start));
    others.map(overlap).sum::<usize>() * 2 >= range.len()
}
