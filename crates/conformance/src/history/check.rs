//! Decides whether a history is linearizable, conversation by conversation: a pure function.
//!
//! In general that takes time exponential in the number of operations. Here every answer names positions, so the order of
//! the appends is known, and only their moments are not. The append at position p took effect at some moment t(p), with
//! t(1) <= t(2) <= ... Each operation bounds these moments from one side or from both:
//!
//! - an append of p, first or repeated: not before the first request for it, not after any answer that names p;
//! - a list of the first k: p <= k not after its answer, k + 1 not before its request;
//! - a get that found p: p not after its answer; one that found nothing: p not before its request;
//! - a watcher told of p: p not after that.
//!
//! A read needs only *some* moment of its own between two appends, and reads do not disturb one another, so that these
//! bounds are all there is: an order exists if and only if moments exist that keep them. Each t(p) is set as early as
//! its bounds and t(p - 1) allow, and if that is too late then no choice is right. So the check is sound (what it
//! accepts has a linearization: those moments) and complete (what has one is accepted), in n log n time.
//! An append without an answer may have happened at any later moment or never; both are allowed.

use std::collections::BTreeMap;

use super::{Action, History, Instant, Operation, Token};

/// Why no order of the operations explains the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// A list whose positions are not 1, 2, 3 ...
    Gap { expected: u32, found: u32 },
    /// Two messages were told to be at one position.
    Conflict { position: u32, tokens: [Token; 2] },
    /// One message was told to be at two positions.
    Twice { token: Token, positions: [u32; 2] },
    /// A position below others that no message can have.
    Nobody { position: u32 },
    /// A message that nobody had sent.
    Unsent { token: Token },
    /// The append at this position happened after what it had to precede: a lost append, a stale read or a wrong order.
    Late { position: u32, not_before: Instant, not_after: Instant },
}

/// The window of the moment when a position was taken.
#[derive(Debug, Clone, Copy)]
struct Window {
    not_before: Instant,
    not_after: Instant,
}

const OPEN: Window = Window { not_before: 0, not_after: Instant::MAX };

/// Returns the first violation of each conversation that has one.
pub fn violations(history: &History) -> BTreeMap<u32, Violation> {
    let parts = history.by_conversation();
    parts.into_iter().filter_map(|(id, part)| check(&part).err().map(|found| (id, found))).collect()
}

fn check(operations: &[&Operation]) -> Result<(), Violation> {
    let mut order = Order::default();
    for operation in operations {
        order.learn(&operation.action)?;
    }
    let mut windows: BTreeMap<u32, Window> = BTreeMap::new();
    for operation in operations {
        order.bound(operation, &mut windows);
    }
    order.require_sent(operations, &mut windows)?;
    let mut moment = 0;
    for (position, window) in windows {
        moment = window.not_before.max(moment);
        if moment > window.not_after {
            return Err(Violation::Late { position, not_before: moment, not_after: window.not_after });
        }
    }
    Ok(())
}

/// Which message is at which position, by all answers together.
#[derive(Debug, Default)]
struct Order {
    tokens: BTreeMap<u32, Token>,
    positions: BTreeMap<Token, u32>,
}

impl Order {
    fn learn(&mut self, action: &Action) -> Result<(), Violation> {
        match action {
            Action::List { items } => {
                for (expected, (position, token)) in (1..).zip(items) {
                    if *position != expected {
                        return Err(Violation::Gap { expected, found: *position });
                    }
                    self.place(*token, *position)?;
                }
                Ok(())
            }
            Action::Append { token, position: Some(position) }
            | Action::Get { token, position: Some(position) }
            | Action::Watched { token, position } => self.place(*token, *position),
            Action::Append { position: None, .. } | Action::Get { position: None, .. } => Ok(()),
        }
    }

    fn place(&mut self, token: Token, position: u32) -> Result<(), Violation> {
        let there = *self.tokens.entry(position).or_insert(token);
        if there != token {
            return Err(Violation::Conflict { position, tokens: [there, token] });
        }
        let known = *self.positions.entry(token).or_insert(position);
        if known != position {
            return Err(Violation::Twice { token, positions: [known, position] });
        }
        Ok(())
    }

    /// Narrows the windows by what one operation was answered.
    fn bound(&self, operation: &Operation, windows: &mut BTreeMap<u32, Window>) {
        let mut not_after = |position: u32| {
            let window = windows.entry(position).or_insert(OPEN);
            window.not_after = window.not_after.min(operation.responded);
        };
        match &operation.action {
            Action::Append { position: Some(position), .. }
            | Action::Get { position: Some(position), .. }
            | Action::Watched { position, .. } => not_after(*position),
            // What holds for the last holds for those before it.
            Action::List { items } => {
                if let Some((last, _)) = items.last() {
                    not_after(*last);
                }
                let next = u32::try_from(items.len()).unwrap_or(u32::MAX) + 1;
                not_before(windows, next, operation.invoked);
            }
            Action::Append { position: None, .. } | Action::Get { position: None, .. } => {}
        }
    }

    /// Demands that each message was sent, and that it was not there before; positions of which no answer tells were
    /// taken by messages of which no answer tells, the ones that could come first at first.
    fn require_sent(
        &self,
        operations: &[&Operation],
        windows: &mut BTreeMap<u32, Window>,
    ) -> Result<(), Violation> {
        let mut unplaced = earliest(operations);
        for (token, position) in &self.positions {
            let earliest = unplaced.remove(token).ok_or(Violation::Unsent { token: *token })?;
            not_before(windows, *position, earliest);
        }
        let mut unplaced: Vec<Instant> = unplaced.into_values().collect();
        unplaced.sort_unstable();
        let mut unplaced = unplaced.into_iter();
        let last = self.tokens.keys().next_back().copied().unwrap_or(0);
        for position in (1..last).filter(|position| !self.tokens.contains_key(position)) {
            let earliest = unplaced.next().ok_or(Violation::Nobody { position })?;
            not_before(windows, position, earliest);
        }
        Ok(())
    }
}

/// Returns the earliest moment that each message could be there: once asked for, and while not found not yet.
fn earliest(operations: &[&Operation]) -> BTreeMap<Token, Instant> {
    let mut earliest: BTreeMap<Token, Instant> = BTreeMap::new();
    for operation in operations {
        if let Action::Append { token, .. } = operation.action {
            let first = earliest.entry(token).or_insert(operation.invoked);
            *first = operation.invoked.min(*first);
        }
    }
    for operation in operations {
        if let Action::Get { token, position: None } = operation.action
            && let Some(moment) = earliest.get_mut(&token)
        {
            *moment = operation.invoked.max(*moment);
        }
    }
    earliest
}

fn not_before(windows: &mut BTreeMap<u32, Window>, position: u32, moment: Instant) {
    let window = windows.entry(position).or_insert(OPEN);
    window.not_before = window.not_before.max(moment);
}
