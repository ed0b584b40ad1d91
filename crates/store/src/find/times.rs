//! When the conversations of a block began, ended and were updated.
//!
//! They are stored in chunks of 64 conversations, so that a new one costs little to write, with the bounds of
//! each block beside them, so that most blocks need not be read. Bounds only ever widen.

use hansard_domain::{
    Error, Result, Span, Time,
    conversation::Body,
    filter::{Filter, OrderBy},
};

/// Conversations of one chunk.
pub(crate) const CHUNK: i64 = 64;
const BYTES: usize = 24;
/// Stored as the end of what has none.
const LIVE: i64 = i64::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub start: Time,
    /// None while the conversation is live.
    pub end: Option<Time>,
    pub update: Time,
}

impl Times {
    pub(crate) fn of_body(body: &Body) -> Self {
        Self { start: body.start_time, end: body.end_time, update: body.update_time }
    }

    /// What an order compares; until now for what is still live.
    pub(crate) fn value(&self, by: OrderBy, now: Time) -> i64 {
        match by {
            OrderBy::StartTime => self.start.0,
            OrderBy::UpdateTime => self.update.0,
            OrderBy::Duration => self.duration(now).0,
        }
    }

    fn duration(&self, now: Time) -> Span {
        self.end.unwrap_or(now).since(self.start)
    }

    fn read(bytes: &[u8; BYTES]) -> Self {
        let (numbers, _) = bytes.as_chunks::<8>();
        let number = |place: usize| i64::from_le_bytes(numbers[place]);
        let end = (number(1) != LIVE).then(|| Time(number(1)));
        Self { start: Time(number(0)), end, update: Time(number(2)) }
    }

    fn write(&self) -> [u8; BYTES] {
        let numbers = [self.start.0, self.end.map_or(LIVE, |end| end.0), self.update.0];
        let mut bytes = [0; BYTES];
        bytes
            .as_chunks_mut::<8>()
            .0
            .iter_mut()
            .zip(numbers)
            .for_each(|(to, number)| *to = number.to_le_bytes());
        bytes
    }
}

/// The times of a chunk as they are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Chunk(Vec<u8>);

impl Chunk {
    pub(crate) fn stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn put(&mut self, place: usize, times: &Times) {
        let end = (place + 1) * BYTES;
        if self.0.len() < end {
            self.0.resize(end, 0);
        }
        self.0[end - BYTES..end].copy_from_slice(&times.write());
    }

    /// Of all that it has a place for, also where there is no conversation.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        let mut all = self.0.as_chunks::<BYTES>().0.iter().map(Times::read);
        let mut bounds = Bounds::of(&all.next()?);
        all.for_each(|times| bounds.widen(&times));
        Some(bounds)
    }

    pub(crate) fn get(&self, place: usize) -> Result<Times> {
        let (all, _) = self.0.as_chunks::<BYTES>();
        all.get(place)
            .map(Times::read)
            .ok_or_else(|| Error::internal("the times of a conversation are not in the index"))
    }
}

/// The earliest and the latest times of a block or a chunk, or beyond them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub start: (i64, i64),
    pub update: (i64, i64),
}

impl Bounds {
    pub(crate) fn of(times: &Times) -> Self {
        let (start, update) = (times.start.0, times.update.0);
        Self { start: (start, start), update: (update, update) }
    }

    pub(crate) fn widen(&mut self, times: &Times) {
        let wider = |(min, max): (i64, i64), time: i64| (min.min(time), max.max(time));
        self.start = wider(self.start, times.start.0);
        self.update = wider(self.update, times.update.0);
    }

    /// The least and the greatest value that a conversation of the block may have.
    pub(crate) fn values(&self, by: OrderBy) -> (i64, i64) {
        match by {
            OrderBy::StartTime => self.start,
            OrderBy::UpdateTime => self.update,
            OrderBy::Duration => (i64::MIN, i64::MAX),
        }
    }
}

/// What a filter asks of times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Window {
    ends_from: Option<Time>,
    starts: (Option<Time>, Option<Time>),
    updated: (Option<Time>, Option<Time>),
    lasts: (Option<Span>, Option<Span>),
}

/// Whether all, none or some of a block lie in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overlap {
    All,
    None,
    Some,
}

impl Window {
    pub(crate) fn of(filter: &Filter) -> Self {
        Self {
            ends_from: filter.range_start,
            starts: (filter.started_from, filter.range_end),
            updated: (filter.updated_from, filter.updated_to),
            lasts: (filter.min_duration, filter.max_duration),
        }
    }

    /// After which no conversation of the window began.
    pub(crate) fn last_start(&self) -> Option<Time> {
        self.starts.1
    }

    pub(crate) fn admits(&self, times: &Times, now: Time) -> bool {
        let duration = times.duration(now);
        self.ends_from.is_none_or(|from| times.end.is_none_or(|end| end >= from))
            && within(self.starts, times.start)
            && within(self.updated, times.update)
            && self.lasts.0.is_none_or(|min| duration >= min)
            && self.lasts.1.is_none_or(|max| duration <= max)
    }

    /// What the start of a conversation alone tells; nothing where that is not enough.
    ///
    /// None ends before it starts.
    pub(crate) fn admits_by_start(&self, start: Time) -> Option<bool> {
        if !within(self.starts, start) {
            return Some(false);
        }
        let asks_more = self.updated != (None, None) || self.lasts != (None, None);
        let is_ended_later = self.ends_from.is_none_or(|from| start >= from);
        (!asks_more && is_ended_later).then_some(true)
    }

    /// What the bounds of a block alone tell.
    pub(crate) fn overlap(&self, bounds: &Bounds) -> Overlap {
        let starts = interval(self.starts, bounds.start);
        let updated = interval(self.updated, bounds.update);
        let told = [starts, updated];
        if told.contains(&Overlap::None) {
            return Overlap::None;
        }
        let asks_more = self.ends_from.is_some() || self.lasts != (None, None);
        if asks_more || told.contains(&Overlap::Some) { Overlap::Some } else { Overlap::All }
    }
}

fn within((from, to): (Option<Time>, Option<Time>), time: Time) -> bool {
    from.is_none_or(|from| time >= from) && to.is_none_or(|to| time <= to)
}

fn interval((from, to): (Option<Time>, Option<Time>), (min, max): (i64, i64)) -> Overlap {
    let (from, to) = (from.map_or(i64::MIN, |time| time.0), to.map_or(i64::MAX, |time| time.0));
    if max < from || min > to {
        Overlap::None
    } else if from <= min && max <= to {
        Overlap::All
    } else {
        Overlap::Some
    }
}
