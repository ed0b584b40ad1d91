//! A crash at every call that changes a file: the first start, groups, truncations, with a backup on the way.
//!
//! A crash at a call leaves what the calls before it did, so one run has as many crashes as calls. Each is
//! taken as a kill and as a power cut.

use crate::{
    image::{Crash, Image},
    run::{Load, Run},
    verdict::{Verdict, judge},
};

const POINTS: usize = 300;

#[test]
fn a_crash_at_any_call_loses_nothing_that_was_acknowledged() {
    let run = Run::record(Load { writers: 4, steps: 30, backups: 2, flush_commits: true });
    let events = run.disk.now();
    assert!(events >= POINTS, "{events} calls only");
    let points = points(run.set_up, events);
    let crash = |(at, crash)| {
        let folder = tempfile::tempdir().unwrap();
        let held = folder.path().join("held");
        Image::after(&run.disk, at, crash).materialise(&held);
        judge(&run, at, &held)
    };
    let crashes = points.iter().flat_map(|&at| [(at, Crash::Kill), (at, Crash::PowerCut(at as u64))]);
    let verdict: Verdict = crashes.map(crash).sum();
    println!("{} calls, crashes at {} of them, killed and cut: {verdict:?}", events, points.len());
    assert!(verdict.lost == 0 && verdict.kept > 0, "{verdict:?}");
}

/// Every call until the store is set up, and others evenly spread up to the last.
fn points(set_up: usize, events: usize) -> Vec<usize> {
    let first = set_up.min(POINTS / 2);
    let rest = POINTS - first;
    (0..first).chain((1..=rest).map(|step| first + (events - first) * step / rest)).collect()
}
