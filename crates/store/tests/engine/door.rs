//! Groups, outcomes and their order.

use std::{
    collections::BTreeMap,
    sync::{atomic::Ordering, mpsc},
    thread,
    time::Duration,
};

use hansard_domain::{ErrorKind, Result};

use crate::notes::{Deed, Store};

const DAWDLE: Deed = Deed::Dawdle(Duration::from_millis(300));

#[test]
fn concurrent_writers_share_commits() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    thread::scope(|scope| {
        for writer in 0..32 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..20 {
                    store.write(writer * 20 + number, "hello").unwrap();
                }
            });
        }
    });
    let commits = store.counts.commits.load(Ordering::SeqCst);
    assert_eq!(store.counts.members_committed.load(Ordering::SeqCst), 640);
    assert!(commits <= 320, "640 notes of 32 writers took {commits} commits");
    assert_eq!(store.numbers(), (0..640).collect::<Vec<_>>());
    store.close();
}

#[test]
fn a_group_has_a_largest_size() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let notes = (1..=1500).map(|number| (number, Deed::Insert));
    let outcomes = write_behind(&store, notes);
    assert!(outcomes.values().all(Result::is_ok));
    assert_eq!(store.counts.largest_group.load(Ordering::SeqCst), hansard_store::door::GROUP_MAX);
    assert_eq!(store.numbers().len(), 1501);
}

#[test]
fn nobody_is_told_before_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let (outcome, settled) = mpsc::channel();
    store.submit(1, "slow", DAWDLE, &outcome);
    assert!(settled.recv_timeout(Duration::from_millis(100)).is_err());
    assert_eq!(store.counts.commits.load(Ordering::SeqCst), 0);
    let (number, told) = settled.recv().unwrap();
    assert!(told.is_ok());
    assert_eq!(number, 1);
    assert_eq!(store.counts.commits.load(Ordering::SeqCst), 1, "the group heard of the commit first");
    assert_eq!(store.numbers(), [1], "and a reader sees the row as soon as the writer is told");
}

#[test]
fn a_failing_run_fails_its_members_and_no_other() {
    for deed in [Deed::Fail, Deed::Panic] {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let notes = [(10, Deed::Insert), (11, deed), (12, Deed::Insert), (13, Deed::InsertAlone)];
        let outcomes = write_behind(&store, notes);
        let kind = if deed == Deed::Fail { ErrorKind::Aborted } else { ErrorKind::Internal };
        for number in 10..=12 {
            assert_eq!(outcomes[&number].as_ref().unwrap_err().kind(), kind, "note {number}, {deed:?}");
        }
        assert!(outcomes[&0].is_ok() && outcomes[&13].is_ok());
        assert_eq!(store.numbers(), [0, 13], "nothing of the failed group is there");
    }
}

#[test]
fn a_member_that_runs_alone_keeps_its_place_in_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let notes = [(1, Deed::Insert), (2, Deed::InsertAlone), (3, Deed::InsertAlone), (4, Deed::Insert)];
    let (outcome, settled) = mpsc::channel();
    store.submit(0, "", DAWDLE, &outcome);
    thread::sleep(Duration::from_millis(100));
    for (number, deed) in notes {
        store.submit(number, "", deed, &outcome);
    }
    let order: Vec<i64> =
        settled.iter().take(5).map(|(number, told)| told.map(|()| number).unwrap()).collect();
    assert_eq!(order, [0, 1, 2, 3, 4]);
    assert_eq!(store.counts.runs.load(Ordering::SeqCst), 5);
}

#[test]
fn a_full_queue_refuses_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let waiting_max = hansard_store::door::WAITING_MAX as i64;
    let outcomes = write_behind(&store, (1..=waiting_max + 1).map(|number| (number, Deed::Insert)));
    let refused: Vec<_> = outcomes.iter().filter(|(_, told)| told.is_err()).collect();
    assert_eq!(refused.len(), 1, "the queue takes exactly its limit");
    assert_eq!(*refused[0].0, waiting_max + 1);
    assert_eq!(refused[0].1.as_ref().unwrap_err().kind(), ErrorKind::Exhausted);
}

#[test]
fn a_swallowed_statement_error_leaves_the_transaction_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let outcomes = write_behind(&store, [(1, Deed::Swallow)]);
    assert!(outcomes[&1].is_ok());
    assert_eq!(store.numbers(), [0, 1]);
}

#[test]
fn closing_finishes_what_waits_and_refuses_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let (outcome, settled) = mpsc::channel();
    store.submit(0, "", DAWDLE, &outcome);
    (1..=600).for_each(|number| store.submit(number, "", Deed::Insert, &outcome));
    store.door.close();
    store.submit(601, "", Deed::Insert, &outcome);
    drop(outcome);
    let outcomes: BTreeMap<i64, Result<()>> = settled.iter().collect();
    assert_eq!(outcomes.len(), 602, "each is told exactly once");
    assert_eq!(outcomes[&601].as_ref().unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(store.numbers(), (0..=600).collect::<Vec<_>>());
    store.close();
}

/// Writes note 0, which dawdles, and while it does the given notes, so that they gather into groups.
fn write_behind(store: &Store, notes: impl IntoIterator<Item = (i64, Deed)>) -> BTreeMap<i64, Result<()>> {
    let (outcome, settled) = mpsc::channel();
    store.submit(0, "", DAWDLE, &outcome);
    thread::sleep(Duration::from_millis(100));
    for (number, deed) in notes {
        store.submit(number, "a note", deed, &outcome);
    }
    drop(outcome);
    let mut outcomes = BTreeMap::new();
    for (number, told) in settled {
        assert!(outcomes.insert(number, told).is_none(), "note {number} was told twice");
    }
    outcomes
}
