//! One order for all: what one server acknowledged, a watcher of the other is told, each change once and in order.

use crate::trial::{PROFILES, Trial, cursor_of, prove_told};
use hansard_cluster::Settings;
use hansard_conformance::{
    history::{
        Action, Operation,
        check::violations,
        record::{Plan, record},
    },
    watcher::Watcher,
};
use serde_json::json;
use std::{
    collections::HashMap,
    thread,
    time::{Duration, Instant},
};

const APPENDS: usize = 300;
/// The pace of a conversation that is going on.
const EVERY: Duration = Duration::from_millis(5);
/// Far above what it takes: 50 ms is the aim, and told below.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

#[test]
fn a_watcher_is_told_what_another_server_acknowledged() {
    measure(&Trial::open(&Settings::default()));
}

/// Demands that a watcher of one server is told what was written at the other, and prints how soon.
pub(crate) fn measure(trial: &Trial) {
    let (writing, watching) = (trial.desk(1, PROFILES[0]), trial.desks(0, PROFILES[0])[..1].to_vec());
    writing.start("c", &json!({}));
    let from = cursor_of(writing.changes().last().unwrap());
    let watcher = Watcher::start(watching, &from);
    let mut acknowledged: HashMap<String, Instant> = HashMap::new();
    for number in 0..APPENDS {
        let message = writing.append("c", &format!("m{number}"), "said");
        acknowledged.insert(message["name"].as_str().unwrap().to_owned(), Instant::now());
        thread::sleep(EVERY);
    }
    let told = prove_told(watcher, &writing, &from);
    let late = told.iter().filter_map(|told| {
        let acknowledged = acknowledged.get(told.change["resource"].as_str()?)?;
        Some(told.at.saturating_duration_since(*acknowledged))
    });
    let mut late: Vec<Duration> = late.collect();
    late.sort_unstable();
    assert_eq!(late.len(), APPENDS);
    let at = |percent: usize| late[late.len() * percent / 100 - 1];
    println!("told after the acknowledgement: p50 {:?}, p99 {:?}, at most {:?}", at(50), at(99), at(100));
    assert!(at(100) < TOLD_WITHIN);
}

#[test]
fn what_clients_of_two_servers_see_is_linearizable() {
    let trial = Trial::open(&Settings::default());
    let plan = Plan { seed: 6, clients: 6, conversations: 3, operations: 600 };
    let history = record(&trial.desks(0, PROFILES[0]), plan);
    let violated = violations(&history);
    assert!(violated.is_empty(), "{violated:?}");
    let appended = |o: &&Operation| matches!(o.action, Action::Append { position: Some(_), .. });
    assert!(history.operations.iter().filter(appended).count() > 100, "there was load");
}

#[test]
fn a_watcher_misses_nothing_whatever_becomes_of_its_connection() {
    let mut trial = Trial::open(&Settings::default());
    trial.under_load(|trial, progress| {
        // The last statement of the connection that hears is one about settings: all others are at work.
        let cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity
            where application_name = 'hansard' and state = 'idle'";
        for _ in 0..30 {
            trial.own.query(&[cut]).unwrap();
            thread::sleep(Duration::from_millis(100));
        }
        progress.iter().for_each(|progress| progress.await_more(0, 20, Duration::from_secs(10)));
    });
}
