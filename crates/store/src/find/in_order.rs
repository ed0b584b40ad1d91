//! Walking what is selected from the best value of an order on.
//!
//! Blocks are read as they are needed: one whose best value is beyond what was found is not looked at.

use super::{BLOCK, Bounds, Selection};
use hansard_domain::{Result, filter::Order};
use std::collections::BinaryHeap;

/// Conversations of equal value, of which none was given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tie {
    pub value: i64,
    /// In no order.
    pub numbers: Vec<i64>,
}

/// The selected conversations, in order of their values.
pub(crate) struct InOrder<'s> {
    selection: &'s Selection<'s>,
    order: Order,
    /// Blocks to read, the best last, each with the best rank that it may hold. Those of earlier pages are left out.
    blocks: Vec<(i64, i64)>,
    /// Rank and number of what was read.
    found: BinaryHeap<(i64, i64)>,
    /// What is better was given on an earlier page.
    from: i64,
}

/// The greater the better; turns itself back.
fn rank(order: Order, value: i64) -> i64 {
    if order.descending { value } else { !value }
}

impl<'s> InOrder<'s> {
    /// Begins at a value, or at the best one.
    pub(crate) fn new(selection: &'s Selection<'s>, order: Order, from: Option<i64>) -> Self {
        let from = from.map_or(i64::MAX, |value| rank(order, value));
        let ranks = |bounds: &Bounds| {
            let (least, greatest) = bounds.values(order.by);
            let (one, other) = (rank(order, least), rank(order, greatest));
            (one.min(other), one.max(other))
        };
        let blocks = selection.blocks().iter().map(|(block, bounds)| (ranks(bounds), *block));
        let ahead = blocks.filter(|((worst, _), _)| *worst <= from);
        let mut blocks: Vec<_> = ahead.map(|((_, best), block)| (best, block)).collect();
        blocks.sort_unstable();
        Self { selection, order, blocks, found: BinaryHeap::new(), from }
    }

    /// The conversations of the next value; none at the end.
    pub(crate) fn next_tie(&mut self) -> Result<Option<Tie>> {
        while let Some((best, block)) = self.blocks.last().copied() {
            if self.found.peek().is_some_and(|(found, _)| *found > best) {
                break;
            }
            self.blocks.pop();
            self.read(block)?;
        }
        let Some((found, number)) = self.found.pop() else { return Ok(None) };
        let mut numbers = vec![number];
        while let Some((other, number)) = self.found.peek().copied() {
            if other != found {
                break;
            }
            numbers.push(number);
            self.found.pop();
        }
        Ok(Some(Tie { value: rank(self.order, found), numbers }))
    }

    fn read(&mut self, block: i64) -> Result<()> {
        let members = self.selection.members(block)?;
        if members.is_empty() {
            return Ok(());
        }
        let times = self.selection.times(block, &members)?;
        let mut found = Vec::with_capacity(members.count());
        for place in members.places() {
            let rank = rank(self.order, self.selection.value(&times.get(place)?, self.order.by));
            if rank <= self.from {
                found.push((rank, block * BLOCK + i64::try_from(place).unwrap_or_default()));
            }
        }
        self.found.append(&mut BinaryHeap::from(found));
        Ok(())
    }
}
