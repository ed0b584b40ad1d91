//! Each conversation is linearizable: recorded histories of concurrent appends, retries and reads are checked, and five
//! kinds of fault planted into them are found.
//!
//! `HANSARD_HISTORIES` sets their number and `HANSARD_HISTORY_SEED` the first seed; a soak records many.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use hansard_conformance::{
    history::{
        Action, History, Operation, Random,
        check::{Violation, violations},
        fault::{FAULTS, Fault, plant},
        record::{Plan, record},
    },
    house::house,
};

const OPERATIONS: usize = 2000;
/// For each history and kind.
const FAULTS_PLANTED: u64 = 4;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

fn recorded(seed: u64) -> History {
    let plan = Plan { seed, clients: 6, conversations: 4, operations: OPERATIONS };
    record(&[house().desk()], plan)
}

/// Keeps a history that is to be looked at, and returns where.
fn keep(history: &History) -> String {
    let path = format!("{}/history-{}.txt", env!("CARGO_TARGET_TMPDIR"), history.seed);
    std::fs::write(&path, format!("{history:#?}")).unwrap();
    path
}

/// Plants faults of every kind, and returns how many were found of how many.
fn spoil(history: &History) -> (usize, usize) {
    let (mut found, mut planted) = (0, 0);
    for fault in FAULTS {
        let of_kind = (0..FAULTS_PLANTED * 4).filter_map(|seed| Some((seed, plant(history, fault, seed)?)));
        for (seed, spoiled) in of_kind.take(FAULTS_PLANTED as usize) {
            planted += 1;
            if violations(&spoiled).is_empty() {
                println!("MISSED: {fault:?}, fault seed {seed}, in {}", keep(history));
            } else {
                found += 1;
            }
        }
    }
    (found, planted)
}

#[test]
fn recorded_histories_are_linearizable_and_planted_faults_are_found() {
    let (count, first) = (setting("HANSARD_HISTORIES", 20), setting("HANSARD_HISTORY_SEED", 1));
    let (mut operations, mut unanswered, mut found, mut planted) = (0, 0, 0, 0);
    for seed in first..first + count {
        let history = recorded(seed);
        let violated = violations(&history);
        assert!(violated.is_empty(), "seed {seed}: {violated:?}: the history is in {}", keep(&history));
        let is_unanswered = |o: &&Operation| matches!(o.action, Action::Append { position: None, .. });
        unanswered += history.operations.iter().filter(is_unanswered).count();
        operations += history.operations.iter().filter(|o| o.client > 0).count();
        let of_this = spoil(&history);
        (found, planted) = (found + of_this.0, planted + of_this.1);
    }
    println!("{count} histories from seed {first}: {operations} operations, {unanswered} of them abandoned");
    println!("planted faults: {found} of {planted} found");
    assert!(operations >= OPERATIONS * count as usize);
    assert!(unanswered > 0, "some clients went away");
    let wanted = FAULTS.len() * FAULTS_PLANTED as usize * count as usize;
    assert_eq!((found, planted), (wanted, wanted), "each planted fault is found");
}

/// Decides by trying every order (Wing and Gong), for histories that are small enough.
fn has_an_order(left: &[&Operation], list: &mut Vec<u32>) -> bool {
    if left.iter().all(|o| matches!(o.action, Action::Append { position: None, .. })) {
        return true;
    }
    let first_answer = left.iter().map(|o| o.responded).min().unwrap();
    (0..left.len()).filter(|at| left[*at].invoked <= first_answer).any(|at| {
        let rest: Vec<_> = [&left[..at], &left[at + 1..]].concat();
        let there = |token: u32| list.iter().position(|t| *t == token).map(|p| p as u32 + 1);
        match &left[at].action {
            Action::List { items } => {
                let shown: Vec<_> = (1..).zip(list.iter().copied()).collect();
                *items == shown && has_an_order(&rest, list)
            }
            Action::Get { token, position } => there(*token) == *position && has_an_order(&rest, list),
            Action::Watched { token, position } => {
                there(*token) == Some(*position) && has_an_order(&rest, list)
            }
            Action::Append { token, position } => {
                let is_new = there(*token).is_none();
                if is_new {
                    list.push(*token);
                }
                let fits = position.is_none() || there_after(list, *token) == *position;
                let found = fits && has_an_order(&rest, list);
                if is_new {
                    list.pop();
                }
                found
            }
        }
    })
}

fn there_after(list: &[u32], token: u32) -> Option<u32> {
    list.iter().position(|t| *t == token).map(|p| p as u32 + 1)
}

/// Makes a small history at random; about half of them are linearizable.
fn small(random: &mut Random) -> History {
    let count = 2 + random.below(5);
    let operations = (0..count).map(|client| {
        let invoked = random.below(30) as u64;
        let token = 1 + random.below(2) as u32;
        let position = [None, Some(1), Some(1), Some(2)][random.below(4)];
        let action = match random.below(6) {
            0..3 => Action::Append { token, position },
            3 => Action::Get { token, position },
            4 => Action::Watched { token, position: position.unwrap_or(1) },
            _ => {
                let order = [token, 3 - token];
                Action::List { items: (1..).zip(order).take(random.below(3)).collect() }
            }
        };
        let is_open = matches!(action, Action::Append { position: None, .. });
        let responded = if is_open { u64::MAX } else { invoked + random.below(30) as u64 };
        let invoked = if matches!(action, Action::Watched { .. }) { 0 } else { invoked };
        Operation { client: client as u32, conversation: 0, invoked, responded, action }
    });
    History { seed: 0, operations: operations.collect() }
}

#[test]
fn the_checker_agrees_with_a_search_of_all_orders() {
    let mut random = Random(7);
    let mut with_order = 0;
    for number in 0..30_000 {
        let history = small(&mut random);
        let operations: Vec<&Operation> = history.operations.iter().collect();
        let expected = has_an_order(&operations, &mut Vec::new());
        let found = violations(&history);
        assert_eq!(found.is_empty(), expected, "history {number}: {found:?}: {history:#?}");
        with_order += usize::from(expected);
    }
    assert!((1000..29_000).contains(&with_order), "of both kinds: {with_order}");
}

#[test]
fn a_fault_is_told_by_its_kind() {
    let mut random = Random(3);
    let mut at = 0;
    let mut operations = Vec::new();
    for token in 1..=20 {
        let mut add = |action| {
            at += 2 + random.below(5) as u64;
            operations.push(Operation { client: 1, conversation: 0, invoked: at, responded: at + 1, action });
        };
        add(Action::Append { token, position: Some(token) });
        add(Action::List { items: (1..=token).map(|p| (p, p)).collect() });
    }
    let history = History { seed: 3, operations };
    assert!(violations(&history).is_empty());
    let told = |fault| violations(&plant(&history, fault, 2).unwrap()).remove(&0).unwrap();
    assert!(matches!(told(Fault::LostUpdate), Violation::Conflict { .. }));
    assert!(matches!(told(Fault::Duplicate), Violation::Twice { .. }));
    assert!(matches!(told(Fault::Gap), Violation::Gap { .. }));
    assert!(matches!(told(Fault::StaleRead), Violation::Late { .. }));
    assert!(matches!(told(Fault::Reorder), Violation::Late { .. }));
}
