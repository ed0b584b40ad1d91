//! Spoils a recorded history as a faulty server would have: at a place that a seed chooses.
//!
//! Every spoiled history is truly wrong: no order of its operations explains it. Where a history offers no place for a
//! fault, none is made.

use std::collections::BTreeMap;

use super::{Action, History, Instant, Operation, Random, Token};

/// The kinds of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An acknowledged append is not there, and the next one has its position.
    LostUpdate,
    /// A message is in the list a second time, as if a retry had been taken for a new request.
    Duplicate,
    /// A position is left out.
    Gap,
    /// A list lacks what was acknowledged before it was asked for.
    StaleRead,
    /// Two appends change places, though one was acknowledged before the other was sent.
    Reorder,
}

pub const FAULTS: [Fault; 5] =
    [Fault::LostUpdate, Fault::Duplicate, Fault::Gap, Fault::StaleRead, Fault::Reorder];

/// Returns one conversation of the history, with the fault; none where there is no place for it.
pub fn plant(history: &History, fault: Fault, seed: u64) -> Option<History> {
    let mut random = Random(seed);
    let parts = history.by_conversation();
    let ids: Vec<u32> = parts.keys().copied().collect();
    let part = &parts[random.pick(&ids)?];
    let known = Known::of(part);
    let operations = part.iter().map(|operation| (*operation).clone()).collect();
    let mut spoiled = History { seed: history.seed, operations };
    let own: Vec<&mut Operation> = spoiled.operations.iter_mut().collect();
    match fault {
        Fault::LostUpdate => lose(own, *random.pick(&known.acknowledged())?),
        Fault::Duplicate => {
            let (position, token) = *random.pick(&known.in_last_list)?;
            let later = known.in_last_list.len() - position as usize + 1;
            double(own, token, position + 1 + u32::try_from(random.below(later)).ok()?);
        }
        Fault::Gap => {
            let (position, _) = *random.pick(&known.in_last_list)?;
            each_position(own, |at| if at >= position { at + 1 } else { at });
        }
        Fault::StaleRead => {
            let stale = known.lists_after_an_answer();
            let (invoked, complete) = *random.pick(&stale)?;
            let left = random.below(complete);
            let lists = own.into_iter().filter(|operation| operation.invoked == invoked);
            lists.filter_map(items_of).for_each(|items| items.truncate(left));
        }
        Fault::Reorder => {
            let (first, second) = known.in_sequence(&mut random)?;
            swap(own, first, second);
        }
    }
    Some(spoiled)
}

/// What the operations of a conversation tell.
struct Known {
    in_last_list: Vec<(u32, Token)>,
    /// First request and first answer of each token that has one, by its position.
    answered: BTreeMap<u32, (Token, Instant, Instant)>,
    lists: Vec<(Instant, usize)>,
}

impl Known {
    fn of(operations: &[&Operation]) -> Self {
        let mut known = Self { in_last_list: Vec::new(), answered: BTreeMap::new(), lists: Vec::new() };
        let mut asked: BTreeMap<Token, Instant> = BTreeMap::new();
        for operation in operations {
            match &operation.action {
                Action::Append { token, position } => {
                    let first = *asked.entry(*token).or_insert(operation.invoked);
                    if let Some(position) = position {
                        let entry = known.answered.entry(*position);
                        let entry = entry.or_insert((*token, first, operation.responded));
                        entry.2 = entry.2.min(operation.responded);
                    }
                }
                Action::List { items } => {
                    known.lists.push((operation.invoked, items.len()));
                    if items.len() > known.in_last_list.len() {
                        known.in_last_list.clone_from(items);
                    }
                }
                Action::Get { .. } | Action::Watched { .. } => {}
            }
        }
        known
    }

    fn acknowledged(&self) -> Vec<(u32, Token)> {
        self.answered.iter().map(|(position, (token, ..))| (*position, *token)).collect()
    }

    /// Lists with how many of their messages had been acknowledged before they were asked for.
    fn lists_after_an_answer(&self) -> Vec<(Instant, usize)> {
        let complete = |invoked: Instant| {
            let before = self.answered.iter().filter(|(_, (.., answered))| *answered < invoked);
            before.map(|(position, _)| *position as usize).max()
        };
        self.lists.iter().filter_map(|(invoked, _)| Some((*invoked, complete(*invoked)?))).collect()
    }

    /// Two messages of which the first was answered before the second was sent.
    fn in_sequence(&self, random: &mut Random) -> Option<((u32, Token), (u32, Token))> {
        let all: Vec<_> = self.answered.iter().collect();
        let (first, (token, _, answered)) = *random.pick(&all[..all.len().saturating_sub(1)])?;
        let second = self.answered.range(first + 1..).find(|(_, (_, asked, _))| asked > answered);
        second.map(|(position, (other, ..))| ((*first, *token), (*position, *other)))
    }
}

fn items_of(operation: &mut Operation) -> Option<&mut Vec<(u32, Token)>> {
    match &mut operation.action {
        Action::List { items } => Some(items),
        _ => None,
    }
}

/// Returns what the answer told of one message, if it did.
fn told_of(operation: &mut Operation) -> Option<(Token, &mut u32)> {
    match &mut operation.action {
        Action::Append { token, position: Some(position) }
        | Action::Get { token, position: Some(position) }
        | Action::Watched { token, position } => Some((*token, position)),
        _ => None,
    }
}

/// Passes every position that was told through `renumber`.
fn each_position(operations: Vec<&mut Operation>, renumber: impl Fn(u32) -> u32) {
    for operation in operations {
        if let Some((_, position)) = told_of(operation) {
            *position = renumber(*position);
        } else if let Some(items) = items_of(operation) {
            items.iter_mut().for_each(|(position, _)| *position = renumber(*position));
        }
    }
}

/// Its own answers stay; whoever reads does not find it, and the later ones move up.
fn lose(mut operations: Vec<&mut Operation>, (lost, token): (u32, Token)) {
    for operation in &mut operations {
        match &mut operation.action {
            Action::List { items } => items.retain(|(_, other)| *other != token),
            Action::Get { token: other, position } if *other == token => *position = None,
            _ => {}
        }
    }
    each_position(operations, |at| if at > lost { at - 1 } else { at });
}

/// A second copy comes to be at `copy`, and the later ones move down.
fn double(mut operations: Vec<&mut Operation>, token: Token, copy: u32) {
    let down = |at: u32| if at >= copy { at + 1 } else { at };
    let before = copy as usize - 1;
    for items in operations.iter_mut().filter_map(|operation| items_of(operation)) {
        items.iter_mut().for_each(|(position, _)| *position = down(*position));
        if items.len() >= before {
            items.insert(before, (copy, token));
        }
    }
    for (_, position) in operations.into_iter().filter_map(told_of) {
        *position = down(*position);
    }
}

/// Everybody is told of the second where the first was, and the other way round.
fn swap(operations: Vec<&mut Operation>, (first, token): (u32, Token), (second, other): (u32, Token)) {
    for operation in operations {
        if let Some((named, position)) = told_of(operation) {
            if named == token {
                *position = second;
            } else if named == other {
                *position = first;
            }
        } else if let Some(items) = items_of(operation) {
            for (_, named) in items.iter_mut() {
                if *named == token {
                    *named = other;
                } else if *named == other {
                    *named = token;
                }
            }
        }
    }
}
