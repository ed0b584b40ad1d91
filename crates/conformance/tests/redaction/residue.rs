//! What is removed leaves nothing on the disk: 200 words that nobody says, told in every place, removed in every way.

mod fault;
pub(crate) mod ways;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use hansard_conformance::residue::{Canaries, Canary, Form, Search, Trace};

use crate::ground::Ground;

/// Issue 7: on disk within 60 s.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks everywhere where the server may have written, its log included.
fn search(ground: &Ground, search: &Search) -> Vec<Trace> {
    let mut traces = search.folder(ground.folder());
    traces.extend(search.removed_files_of(ground.server.pid()));
    traces.extend(search.bytes(Path::new("(its log)"), ground.server.printed().as_bytes()));
    traces
}

/// Waits until nothing is found any more, and returns what is found when patience ends.
fn search_until_clean(ground: &Ground, canaries: &[Canary], patience: Duration) -> Vec<Trace> {
    let prepared = Search::new(canaries);
    let deadline = Instant::now() + patience;
    loop {
        let traces = search(ground, &prepared);
        if traces.is_empty() || Instant::now() >= deadline {
            return traces;
        }
        thread::sleep(Duration::from_millis(500));
    }
}

/// Says in one line for each place which forms were found, in which files and how often.
fn told(traces: &[Trace]) -> String {
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for trace in traces {
        let file = trace.file.file_name().unwrap_or_default().to_string_lossy();
        *places.entry((trace.place.clone(), format!("{:?} in {file}", trace.form))).or_default() += 1;
    }
    places.iter().map(|((place, how), count)| format!("\n  {place}: {how}, {count} times")).collect()
}

/// Demands that every canary lies on the disk in full, and in pieces in lower case where an index has them.
fn demand_all_stored(ground: &Ground, canaries: &[Canary]) {
    let traces = search(ground, &Search::new(canaries));
    let places_in = |form: Form| -> BTreeSet<&str> {
        traces.iter().filter(|trace| trace.form == form).map(|trace| trace.place.as_str()).collect()
    };
    let stored = places_in(Form::Raw);
    let lost: Vec<_> = canaries.iter().filter(|canary| !stored.contains(canary.place.as_str())).collect();
    assert!(lost.is_empty(), "a canary that is not stored proves nothing: {lost:?}");
    let indexed = places_in(Form::LowerCasePiece);
    assert!(indexed.iter().any(|place| place.ends_with(": text")), "the index of keywords is seen");
}

#[test]
fn what_is_removed_leaves_no_trace() {
    let ground = Ground::open();
    let mut canaries = Canaries::default();
    let remove = ways::tell_all(&ground, &mut canaries);
    ways::await_index(&ground);
    assert!(canaries.given().len() >= 200, "issue 7: 200 canaries");
    demand_all_stored(&ground, canaries.given());
    remove.into_iter().for_each(|remove| remove(&ground));
    let removed = Instant::now();
    let left = search_until_clean(&ground, canaries.given(), PATIENCE);
    assert!(left.is_empty(), "{} traces of {}:{}", left.len(), canaries.given().len(), told(&left));
    println!("{} canaries, nothing left after {:?}", canaries.given().len(), removed.elapsed());
}
