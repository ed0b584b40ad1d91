//! Walking what is selected from the best value of an order on.
//!
//! In the order of starts conversations are read one after another and asked whether they are selected, which is
//! quick where many are. Where few are, and in the order of updates, blocks give what they have selected: one whose best
//! value is beyond what was found is not looked at.

use super::{
    Bounds, Members, Selection,
    by_duration::ByDuration,
    number_at,
    runs::{Reader, Start},
};
use hansard_domain::{
    Result,
    filter::{Order, OrderBy},
};
use std::{
    cmp::Ordering,
    collections::{BinaryHeap, binary_heap::PeekMut},
};

/// Conversations that are read in order before the blocks are asked.
const READ_MAX: usize = in_tests(64, 8_192);
/// As many are read in any case, and as many more for each that is selected: where fewer are, blocks answer sooner.
const READ_FIRST: usize = in_tests(16, 512);
const READ_FOR_EACH: usize = in_tests(8, 128);

/// Builds for tests go to the blocks early, so that their small stores go both ways.
pub(super) const fn in_tests(tests: usize, others: usize) -> usize {
    if cfg!(debug_assertions) { tests } else { others }
}

/// Conversations of equal value, of which none was given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tie {
    pub value: i64,
    /// In no order.
    pub numbers: Vec<i64>,
}

/// The selected conversations, in order of their values.
pub(crate) enum InOrder<'s, 't> {
    OneByOne(OneByOne<'s, 't>),
    ByBlocks(ByBlocks<'s, 't>),
    ByDuration(ByDuration<'s, 't>),
}

impl<'s, 't> InOrder<'s, 't> {
    /// Begins at a value, or at the best one.
    pub(crate) fn new(selection: &'s Selection<'t>, order: Order, from: Option<i64>) -> Result<Self> {
        let from_rank = from.map_or(i64::MAX, |value| rank(order, value));
        Ok(match order.by {
            OrderBy::StartTime => Self::OneByOne(OneByOne::new(selection, order, from)?),
            OrderBy::UpdateTime => Self::ByBlocks(ByBlocks::new(selection, order, from_rank)),
            OrderBy::Duration => Self::ByDuration(ByDuration::new(selection, order, from_rank)?),
        })
    }

    /// The conversations of the next value; none at the end.
    pub(crate) fn next_tie(&mut self) -> Result<Option<Tie>> {
        if let Self::OneByOne(walk) = self {
            match walk.next_tie()? {
                Step::Tie(tie) => return Ok(Some(tie)),
                Step::End => return Ok(None),
                Step::Far(from) => {
                    *self = Self::ByBlocks(ByBlocks::new(walk.selection, walk.order, from));
                }
            }
        }
        match self {
            Self::ByBlocks(walk) => walk.next_tie(),
            Self::ByDuration(walk) => walk.next_tie(),
            Self::OneByOne(_) => Ok(None),
        }
    }
}

/// The greater the better; turns itself back.
pub(super) fn rank(order: Order, value: i64) -> i64 {
    if order.descending { value } else { !value }
}

/// Ranks and numbers of members of a block, as their times tell, from a rank on.
pub(super) fn ranked(
    selection: &Selection<'_>,
    (block, members): (i64, &Members),
    order: Order,
    from: i64,
) -> Result<Vec<(i64, i64)>> {
    let times = selection.times(block, members)?;
    let mut found = Vec::with_capacity(members.count());
    for place in members.iter() {
        let rank = rank(order, selection.value(&times.get(place)?, order.by));
        if rank <= from {
            found.push((rank, number_at(block, place)));
        }
    }
    Ok(found)
}

/// All conversations in the order of their starts.
pub(crate) struct OneByOne<'s, 't> {
    selection: &'s Selection<'t>,
    order: Order,
    reader: Reader<'t>,
    next: Option<Start>,
    read: usize,
    selected: usize,
}

enum Step {
    Tie(Tie),
    End,
    /// Too few are selected; what has this rank or a lesser one is left.
    Far(i64),
}

impl<'s, 't> OneByOne<'s, 't> {
    fn new(selection: &'s Selection<'t>, order: Order, from: Option<i64>) -> Result<Self> {
        let mut reader = selection.in_order_of_start(from, order.descending)?;
        let next = reader.next()?;
        Ok(Self { selection, order, reader, next, read: 0, selected: 0 })
    }

    /// Whether enough was selected of what was read to read on.
    fn is_worthwhile(&self) -> bool {
        self.read < READ_MAX.min(READ_FIRST + READ_FOR_EACH * self.selected)
    }

    fn next_tie(&mut self) -> Result<Step> {
        while let Some((value, _)) = self.next {
            if !self.is_worthwhile() {
                return Ok(Step::Far(rank(self.order, value)));
            }
            let numbers = self.selected_of(value)?;
            if !numbers.is_empty() {
                return Ok(Step::Tie(Tie { value, numbers }));
            }
        }
        Ok(Step::End)
    }

    /// Takes all of one value.
    fn selected_of(&mut self, value: i64) -> Result<Vec<i64>> {
        let mut numbers = Vec::new();
        while let Some(start) = self.next.filter(|(other, _)| *other == value) {
            if self.selection.holds(start)? {
                numbers.push(start.1);
                self.selected += 1;
            }
            self.read += 1;
            self.next = self.reader.next()?;
        }
        Ok(numbers)
    }
}

/// What blocks have selected, put in order.
pub(crate) struct ByBlocks<'s, 't> {
    selection: &'s Selection<'t>,
    order: Order,
    /// Blocks to read, the best last, each with the best rank that it may hold. Those of earlier pages are left out.
    blocks: Vec<(i64, i64)>,
    /// What was read.
    found: Found,
    /// The rank of what was not given on an earlier page.
    from: i64,
}

impl<'s, 't> ByBlocks<'s, 't> {
    fn new(selection: &'s Selection<'t>, order: Order, from: i64) -> Self {
        let ranks = |bounds: &Bounds| {
            let (least, greatest) = bounds.values(order.by);
            let (one, other) = (rank(order, least), rank(order, greatest));
            (one.min(other), one.max(other))
        };
        let blocks = selection.blocks().iter().map(|(block, bounds)| (ranks(bounds), *block));
        let ahead = blocks.filter(|((worst, _), _)| *worst <= from);
        let mut blocks: Vec<_> = ahead.map(|((_, best), block)| (best, block)).collect();
        blocks.sort_unstable();
        Self { selection, order, blocks, found: Found::default(), from }
    }

    fn next_tie(&mut self) -> Result<Option<Tie>> {
        while let Some((best, block)) = self.blocks.last().copied() {
            if self.found.best().is_some_and(|found| found > best) {
                break;
            }
            self.blocks.pop();
            self.read(block)?;
        }
        Ok(self.found.next_tie(self.order))
    }

    fn read(&mut self, block: i64) -> Result<()> {
        let members = self.selection.members(block)?;
        if members.is_empty() {
            return Ok(());
        }
        self.found.add(ranked(self.selection, (block, &members), self.order, self.from)?);
        Ok(())
    }
}

/// Ranks and numbers, each block's by themselves: put together they would be put in order anew with each block.
#[derive(Default)]
pub(super) struct Found(BinaryHeap<OfBlock>);

impl Found {
    pub(super) fn add(&mut self, of_block: Vec<(i64, i64)>) {
        if !of_block.is_empty() {
            self.0.push(OfBlock(BinaryHeap::from(of_block)));
        }
    }

    pub(super) fn best(&self) -> Option<i64> {
        self.0.peek()?.0.peek().map(|(rank, _)| *rank)
    }

    fn pop(&mut self) -> Option<(i64, i64)> {
        let mut best = self.0.peek_mut()?;
        let popped = best.0.pop();
        if best.0.is_empty() {
            PeekMut::pop(best);
        }
        popped
    }

    /// Takes all of the best rank.
    pub(super) fn next_tie(&mut self, order: Order) -> Option<Tie> {
        let (found, number) = self.pop()?;
        let mut numbers = vec![number];
        while self.best() == Some(found) {
            numbers.extend(self.pop().map(|(_, number)| number));
        }
        Some(Tie { value: rank(order, found), numbers })
    }
}

/// Never empty; the block with the best is the greatest.
struct OfBlock(BinaryHeap<(i64, i64)>);

impl Ord for OfBlock {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.peek().cmp(&other.0.peek())
    }
}

impl PartialOrd for OfBlock {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for OfBlock {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for OfBlock {}
