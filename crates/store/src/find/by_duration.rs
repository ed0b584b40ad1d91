//! Walking what is selected by how long it was.
//!
//! How long a conversation was is a term of it once it has ended, so that each block gives as many of its longest as are
//! needed, or of its shortest. What is live has no such term, since it grows; of it, the first that began is the longest.

use super::{
    InOrder, Members, Selection, Term,
    in_order::{Found, Tie, in_tests, rank, ranked},
    number_at,
    plan::Set,
    term::{self, Field, Terms},
};
use hansard_domain::{
    Error, Result, Span, Time,
    filter::{Order, OrderBy},
};
use std::collections::BinaryHeap;

/// Of a block with no more, the times of all are read.
const WHOLE_MAX: usize = in_tests(4, 64);
/// Durations that a block is asked for at first, and twice as many each time after.
const FIRST: usize = in_tests(2, 8);

pub(crate) struct ByDuration<'s, 't> {
    selection: &'s Selection<'t>,
    order: Order,
    /// The rank of what was not given on an earlier page.
    from: i64,
    live: Live<'s, 't>,
    /// What has ended and is not read, once the blocks have been looked at.
    left: Option<BinaryHeap<Left>>,
    /// What was read, live or ended.
    found: Found,
}

/// What has ended and is left of a block.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Left {
    /// No conversation of it has a greater rank.
    best: i64,
    block: i64,
    /// How many durations to read.
    count: usize,
}

/// What is live, in the order of durations.
struct Live<'s, 't> {
    by_start: Box<InOrder<'s, 't>>,
    order: Order,
    now: Time,
    next: Option<Tie>,
}

impl<'s, 't> Live<'s, 't> {
    fn new(selection: &'s Selection<'t>, order: Order, from: i64) -> Result<Self> {
        let now = selection.now();
        // The longest began first.
        let by_start = Order { by: OrderBy::StartTime, descending: !order.descending };
        let from = (from < i64::MAX).then(|| now.0.saturating_sub(rank(order, from)));
        let mut by_start = Box::new(InOrder::new(selection.live(), by_start, from)?);
        Ok(Self { next: by_start.next_tie()?, by_start, order, now })
    }

    fn best(&self) -> Option<i64> {
        let start = Time(self.next.as_ref()?.value);
        Some(rank(self.order, self.now.since(start).0))
    }

    /// Takes all of the best rank.
    fn take(&mut self) -> Result<Vec<(i64, i64)>> {
        let Some(rank) = self.best() else { return Ok(Vec::new()) };
        let taken = std::mem::replace(&mut self.next, self.by_start.next_tie()?);
        Ok(taken.into_iter().flat_map(|tie| tie.numbers).map(|number| (rank, number)).collect())
    }
}

impl<'s, 't> ByDuration<'s, 't> {
    /// Begins at a rank.
    pub(super) fn new(selection: &'s Selection<'t>, order: Order, from: i64) -> Result<Self> {
        let live = Live::new(selection, order, from)?;
        Ok(Self { selection, order, from, live, left: None, found: Found::default() })
    }

    pub(super) fn next_tie(&mut self) -> Result<Option<Tie>> {
        let mut left = match self.left.take() {
            Some(left) => left,
            None => self.look_at_blocks()?,
        };
        loop {
            let ended = left.peek().map(|left| left.best);
            let Some(best) = self.live.best().max(ended) else { break };
            if self.found.best().is_some_and(|found| found > best) {
                break;
            }
            if self.live.best() == Some(best) {
                self.found.add(self.live.take()?);
            } else if let Some(Left { best, block, count }) = left.pop() {
                left.extend(self.read(&[block], best, count)?);
            }
        }
        self.left = Some(left);
        Ok(self.found.next_tie(self.order))
    }

    /// Reads the best that has ended of every block.
    fn look_at_blocks(&mut self) -> Result<BinaryHeap<Left>> {
        let mut blocks = Vec::new();
        for (block, _) in self.selection.blocks() {
            let mut members = self.selection.members(*block)?;
            if members.is_empty() {
                continue;
            }
            if members.count() <= WHOLE_MAX {
                members.keep(&self.selection.of(*block, &Set::flag(Field::Ended))?);
                self.found.add(ranked(self.selection, (*block, &members), self.order, self.from)?);
            } else {
                self.add_fresh(*block, &members);
                blocks.push(*block);
            }
        }
        Ok(self.read(&blocks, self.from, FIRST)?.into())
    }

    fn add_fresh(&mut self, block: i64, members: &Members) {
        let mut found = Vec::new();
        self.selection.fresh().each_within(block, &self.durations(self.from), |place, term| {
            if members.has(place)
                && let Some(duration) = Term::to_duration(term)
            {
                found.push((rank(self.order, duration.0), number_at(block, place)));
            }
        });
        self.found.add(found);
    }

    /// Reads so many durations of each block, and tells what is left of it.
    fn read(&mut self, blocks: &[i64], best: i64, count: usize) -> Result<Vec<Left>> {
        let members = blocks.iter().map(|block| self.selection.members(*block));
        let members = members.collect::<Result<Vec<_>>>()?;
        let mut read = vec![(0, best); blocks.len()];
        let mut found = vec![Vec::new(); blocks.len()];
        let wanted = (&self.durations(best), self.order.descending, count);
        self.selection.each_set_in_order(blocks, wanted, |index, term, stored| {
            let duration = Term::to_duration(term);
            let rank =
                rank(self.order, duration.ok_or_else(|| Error::internal("a duration cannot be read"))?.0);
            read[index] = (read[index].0 + 1, rank);
            let mut with = Members::stored(stored)?;
            with.keep(&members[index]);
            found[index].extend(with.iter().map(|place| (rank, number_at(blocks[index], place))));
            Ok(())
        })?;
        found.into_iter().for_each(|found| self.found.add(found));
        let mut left = Vec::new();
        for (block, (read, last)) in blocks.iter().zip(read) {
            if read == count {
                let best = last.saturating_sub(1);
                left.push(Left { best, block: *block, count: 2 * count });
            }
        }
        Ok(left)
    }

    /// The terms of a rank and of lesser ones.
    fn durations(&self, best: i64) -> Terms {
        let all = term::all_of(Field::Duration);
        // A rank turns itself back.
        let at = term::beginning(Term::duration(Span(rank(self.order, best))).as_bytes().to_vec());
        if self.order.descending { all.start..at.end } else { at.start..all.end }
    }
}
