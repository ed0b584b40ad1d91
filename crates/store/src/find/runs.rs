//! The conversations of a profile in the order in which they began.
//!
//! They stand in runs of some hundred, one after another, each in one row: a page that begins anywhere finds its place
//! by one look-up, and reading on costs a row for a hundred conversations. Those that came late are where they belong.

use super::ahead::{GROWTH, LONGER};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{Error, Result};
use std::collections::BTreeMap;

/// Of one run; so many lie within one page of the disk.
const ENTRIES_MAX: usize = 120;
const BYTES: usize = 16;

/// When a conversation began, and its number.
pub(crate) type Start = (i64, i64);
/// Conversations that come into the order, and that leave it.
pub(crate) type StartChanges = BTreeMap<Start, bool>;

/// Before every conversation: where the first run begins.
const FIRST: Start = (i64::MIN, 0);

/// A row: what begins at a place and before the next run's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub from: Start,
    /// In order.
    pub starts: Vec<Start>,
}

impl Run {
    pub(crate) fn stored(from: Start, bytes: &[u8]) -> Result<Self> {
        let (entries, rest) = bytes.as_chunks::<BYTES>();
        if !rest.is_empty() {
            return Err(Error::internal("the order of conversations cannot be read"));
        }
        let number = |bytes: &[u8]| i64::from_le_bytes(bytes.try_into().unwrap_or_default());
        let starts = entries.iter().map(|entry| (number(&entry[..8]), number(&entry[8..])));
        Ok(Self { from, starts: starts.collect() })
    }

    pub(crate) fn to_stored(&self) -> Vec<u8> {
        let mut stored = Vec::with_capacity(self.starts.len() * BYTES);
        for (time, number) in &self.starts {
            stored.extend_from_slice(&time.to_le_bytes());
            stored.extend_from_slice(&number.to_le_bytes());
        }
        stored
    }

    fn change(&mut self, start: Start, is_in: bool) {
        match (self.starts.binary_search(&start), is_in) {
            (Err(place), true) => self.starts.insert(place, start),
            (Ok(place), false) => {
                self.starts.remove(place);
            }
            _ => {}
        }
    }

    /// Cuts what is too long; behind the last run others follow, so that it is left full.
    fn cut(self, is_last: bool) -> Vec<Self> {
        if self.starts.len() <= ENTRIES_MAX {
            return vec![self];
        }
        let pieces = self.starts.len().div_ceil(ENTRIES_MAX);
        let length = if is_last { ENTRIES_MAX } else { self.starts.len().div_ceil(pieces) };
        let mut from = self.from;
        let runs = self.starts.chunks(length).enumerate().map(|(index, starts)| {
            from = if index == 0 { from } else { starts[0] };
            Self { from, starts: starts.to_vec() }
        });
        runs.collect()
    }
}

/// Writes what comes and what goes, each run once.
pub(super) fn write(tx: &Tx<'_>, profile: ProfileKey, changes: &StartChanges) -> Result<()> {
    let mut changes = changes.iter().peekable();
    while let Some((start, _)) = changes.peek() {
        let found = tx.find_run(profile, **start)?;
        let is_new = found.is_none();
        let mut run = found.unwrap_or(Run { from: FIRST, starts: Vec::new() });
        let next = tx.next_run(profile, run.from)?;
        let before = run.clone();
        while let Some((start, is_in)) = changes.next_if(|(start, _)| next.is_none_or(|next| **start < next))
        {
            run.change(*start, *is_in);
        }
        if run.starts.is_empty() && run.from != FIRST {
            tx.delete_run(profile, run.from)?;
        } else if is_new || run != before {
            run.cut(next.is_none()).iter().try_for_each(|run| tx.put_run(profile, run))?;
        }
    }
    Ok(())
}

/// Whether a conversation stands where it belongs.
pub(super) fn holds(tx: &Tx<'_>, profile: ProfileKey, start: Start) -> Result<bool> {
    let run = tx.find_run(profile, start)?;
    Ok(run.is_some_and(|run| run.starts.is_sorted() && run.starts.binary_search(&start).is_ok()))
}

/// Reads the order from one place on, forwards or backwards.
pub(crate) struct Reader<'t> {
    tx: &'t Tx<'t>,
    profile: ProfileKey,
    is_backwards: bool,
    /// The run that is being given.
    from: Option<Start>,
    /// Of it, what is not given yet, the next one last.
    left: Vec<Start>,
    /// Runs that were read ahead, the next one last.
    ahead: Vec<Run>,
    at_once: usize,
}

impl<'t> Reader<'t> {
    /// Begins with those of a time, in the direction of reading.
    pub(crate) fn new(
        tx: &'t Tx<'t>,
        profile: ProfileKey,
        time: Option<i64>,
        is_backwards: bool,
    ) -> Result<Self> {
        let begin = match (time, is_backwards) {
            (Some(time), true) => (time, i64::MAX),
            (Some(time), false) => (time, i64::MIN),
            (None, true) => (i64::MAX, i64::MAX),
            (None, false) => FIRST,
        };
        let mut reader =
            Self { tx, profile, is_backwards, from: None, left: vec![], ahead: vec![], at_once: 1 };
        if let Some(run) = tx.find_run(profile, begin)? {
            reader.take(run);
            let is_behind = |start: &Start| if is_backwards { *start <= begin } else { *start >= begin };
            reader.left.retain(is_behind);
        }
        Ok(reader)
    }

    pub(crate) fn next(&mut self) -> Result<Option<Start>> {
        while self.left.is_empty() {
            let Some(from) = self.from else { return Ok(None) };
            if self.ahead.is_empty() {
                self.read_ahead(from)?;
            }
            match self.ahead.pop() {
                Some(run) => self.take(run),
                None => self.from = None,
            }
        }
        Ok(self.left.pop())
    }

    /// Reads ever more runs at once, as far as that costs about the same.
    fn read_ahead(&mut self, from: Start) -> Result<()> {
        let limit = i64::try_from(self.at_once).unwrap_or(i64::MAX);
        self.ahead = if self.is_backwards {
            self.tx.runs_before(self.profile, from, limit)?
        } else {
            self.tx.runs_after(self.profile, from, limit)?
        };
        self.ahead.reverse();
        self.at_once = (self.at_once * GROWTH).min(self.tx.reads_ahead().div_ceil(LONGER));
        Ok(())
    }

    fn take(&mut self, run: Run) {
        self.from = Some(run.from);
        self.left = run.starts;
        if !self.is_backwards {
            self.left.reverse();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(starts: impl IntoIterator<Item = i64>) -> Run {
        Run { from: FIRST, starts: starts.into_iter().map(|start| (start, start)).collect() }
    }

    #[test]
    fn runs_come_back_as_they_were_stored() {
        for length in [0, 1, 120] {
            let run = run(0..length);
            assert_eq!(Run::stored(FIRST, &run.to_stored()).ok(), Some(run));
        }
        assert!(Run::stored(FIRST, &[0; BYTES + 1]).is_err());
    }

    #[test]
    fn a_long_run_is_cut_and_the_last_left_full() {
        let lengths = |runs: Vec<Run>| runs.iter().map(|run| run.starts.len()).collect::<Vec<_>>();
        assert_eq!(lengths(run(0..120).cut(true)), [120]);
        assert_eq!(lengths(run(0..121).cut(true)), [120, 1]);
        assert_eq!(lengths(run(0..121).cut(false)), [61, 60]);
        let cut = run(0..300).cut(true);
        assert_eq!(cut.iter().map(|run| run.from).collect::<Vec<_>>(), [FIRST, (120, 120), (240, 240)]);
    }

    #[test]
    fn a_conversation_is_in_a_run_once() {
        let mut changed = run([1, 3]);
        changed.change((2, 2), true);
        changed.change((2, 2), true);
        changed.change((3, 3), false);
        changed.change((9, 9), false);
        assert_eq!(changed, run([1, 2]));
    }
}
