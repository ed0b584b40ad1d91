//! The write-ahead log: short under load, and empty when deleted text must be gone.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
    thread,
    time::{Duration, Instant},
};

use hansard_store::{Options, Reach, Tx};

use crate::{
    child::wait_for,
    notes::{Deed, Store},
};

const LIMIT_BYTES: u64 = 256 * 1024 * 1024;
/// Rows of 64 KiB, as large as a message may be.
const LARGE: usize = 64 * 1024;
const NOTES_MAX: i64 = 8 * 1024;
const TIME_MAX: Duration = Duration::from_secs(60);

#[test]
fn the_log_stays_within_its_limit_under_load() {
    let folder = tempfile::tempdir().unwrap();
    let longest = longest_log_under_load(folder.path(), &Options::new(folder.path()));
    assert!(longest <= LIMIT_BYTES, "the log reached {} MiB", longest >> 20);
}

/// The load of the test above is one that needs the rule.
#[test]
fn without_the_rule_the_log_exceeds_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { wal_truncate_over_bytes: u64::MAX, ..Options::new(folder.path()) };
    let longest = longest_log_under_load(folder.path(), &options);
    assert!(longest > LIMIT_BYTES, "the log reached {} MiB only", longest >> 20);
}

#[test]
fn deleted_text_is_gone_from_the_files_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let secret = "the-secret-that-was-said-".repeat(400);
    store.write(1, &secret).unwrap();
    store.write(2, "something else").unwrap();
    store.apply(1, "", Deed::Delete).unwrap();
    assert!(holds_secret(folder.path()), "a delete alone leaves residue in the log");
    store.engine.request_truncate();
    wait_for("the residue to go", Duration::from_secs(5), || !holds_secret(folder.path()));
    assert_eq!(store.numbers(), [2]);
}

#[test]
fn a_killed_process_leaves_no_residue_to_the_next() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(folder.path());
    store.write(1, &"the-secret-that-was-said-".repeat(400)).unwrap();
    store.apply(1, "", Deed::Delete).unwrap();
    // What lies on the disk now is what a kill would leave.
    let copied = Command::new("cp").args(["-r", "."]).arg(copy.path()).current_dir(folder.path()).status();
    assert!(copied.unwrap().success() && holds_secret(copy.path()));
    let _next = Store::open(copy.path());
    wait_for("the residue to go", Duration::from_secs(5), || !holds_secret(copy.path()));
}

#[test]
fn a_reader_delays_a_requested_truncation_only() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    store.write(1, "a note").unwrap();
    thread::scope(|scope| {
        let hold = |tx: &Tx<'_>| {
            tx.row("select count(*) from note", &[], |row| row.i64(0))?;
            thread::sleep(Duration::from_millis(600));
            Ok(())
        };
        let engine = &store.engine;
        scope.spawn(move || engine.read_blocking("hold", Reach::Store, hold).unwrap());
        thread::sleep(Duration::from_millis(100));
        store.write(2, "another").unwrap();
        store.engine.request_truncate();
        let started = Instant::now();
        store.write(3, "writes go on").unwrap();
        assert!(started.elapsed() < Duration::from_millis(400), "the write waited for the reader");
        assert!(log_bytes(folder.path()) > 0);
    });
    wait_for("the truncation", Duration::from_secs(5), || log_bytes(folder.path()) == 0);
}

fn longest_log_under_load(folder: &Path, options: &Options) -> u64 {
    let store = Store::open_with(options).unwrap();
    let (done, next) = (AtomicBool::new(false), AtomicI64::new(0));
    let started = Instant::now();
    let mut longest = 0;
    thread::scope(|scope| {
        let writers: Vec<_> = (0..16).map(|_| scope.spawn(|| write_until(&store, &next, &done))).collect();
        for hold_ms in [50, 50, 700] {
            let (store, done) = (&store, &done);
            scope.spawn(move || read_until(store, Duration::from_millis(hold_ms), done));
        }
        while writers.iter().any(|writer| !writer.is_finished()) {
            longest = longest.max(log_bytes(folder));
            if longest > LIMIT_BYTES || started.elapsed() > TIME_MAX {
                done.store(true, Ordering::Relaxed);
            }
            thread::sleep(Duration::from_millis(2));
        }
        done.store(true, Ordering::Relaxed);
    });
    longest
}

fn write_until(store: &Store, next: &AtomicI64, done: &AtomicBool) {
    let text = "x".repeat(LARGE);
    while !done.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= NOTES_MAX {
            return;
        }
        store.write(number, &text).unwrap();
    }
}

/// Snapshots one after another, overlapping those of the other readers: the log is always in use.
fn read_until(store: &Store, time: Duration, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        let hold = move |tx: &Tx<'_>| {
            tx.row("select count(*) from note", &[], |row| row.i64(0))?;
            thread::sleep(time);
            Ok(())
        };
        store.engine.read_blocking("hold", Reach::Store, hold).unwrap();
    }
}

fn log_bytes(folder: &Path) -> u64 {
    fs::metadata(folder.join("hansard.db-wal")).map_or(0, |log| log.len())
}

fn holds_secret(folder: &Path) -> bool {
    // Another process reads them: closing a file of the database here would drop SQLite's locks on it.
    let found = Command::new("grep")
        .args(["-rqaF", "the-secret-that-was-said", "."])
        .current_dir(folder)
        .status()
        .unwrap();
    found.success()
}
