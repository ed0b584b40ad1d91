//! Calls that fail: no space, and I/O errors that happen once and never again.
//!
//! Linux forgets what it could not flush: the next flush succeeds without it. So after a failed flush
//! nothing may be acknowledged, however well the disk seems to do. A flush that finds no space is one that
//! failed: SQLite does not tell the two apart.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use hansard_domain::{ErrorKind, Result};
use hansard_store::Health;
use hansard_vfs::Code;

use crate::{
    disk::Call,
    image::{Crash, Image},
    run::{Load, Run, Stage},
    script::Step,
    verdict::{Verdict, judge},
};

const LOAD: Load = Load { writers: 6, steps: 10, backups: 0, flush_commits: true };
/// More than fit between two checkpoints.
const MANY: usize = 2000;
const RESUMES_WITHIN: Duration = Duration::from_secs(10);
/// One that had begun before the failure.
const CHECKPOINT_ENDS_WITHIN: Duration = Duration::from_millis(250);
/// More than the store's own interval.
const CHECKPOINTS_EVERY: Duration = Duration::from_millis(800);
const LOG: &str = "hansard.db-wal";
const DATABASE: &str = "hansard.db";

fn stage() -> Stage {
    let mut stage = Stage::open(LOAD);
    all_ok(stage.write(LOAD.steps, |_| {}));
    stage
}

fn all_ok(written: Vec<Result<()>>) {
    written.into_iter().for_each(Result::unwrap);
}

/// Fails so many calls of a kind on a file; answers how many are left to fail.
fn plant(stage: &Stage, file: &'static str, call: Call, code: Code, times: usize) -> Arc<AtomicUsize> {
    let left = Arc::new(AtomicUsize::new(times));
    let counted = Arc::clone(&left);
    stage.disk.plant(Box::new(move |name, called| {
        if (name, called) != (file, call) {
            return None;
        }
        let one_less = |left: usize| left.checked_sub(1);
        counted.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).ok().map(|_| code)
    }));
    left
}

/// Everything that was acknowledged comes back after a restart, whatever ends the process; answers what a
/// kill leaves.
fn judge_restarts(run: &Run) -> Verdict {
    let mut killed = Verdict::default();
    for crash in (1..=6).map(Crash::PowerCut).chain([Crash::Kill]) {
        let folder = tempfile::tempdir().unwrap();
        let held = folder.path().join("held");
        Image::after(&run.disk, run.disk.now(), crash).materialise(&held);
        killed = judge(run, run.disk.now(), &held);
        assert!(killed.lost == 0 && killed.kept >= LOAD.writers * LOAD.steps, "{crash:?}: {killed:?}");
    }
    killed
}

fn assert_reads_go_on(stage: &Stage) {
    for writer in 0..LOAD.writers {
        assert!(stage.desk.talk(&Step { writer, number: 0 }.conversation()).is_some());
    }
}

/// Fails one call; from then on the disk says that all is well.
///
/// Answers how many writes were told that nobody knows, and what a kill makes of the store.
fn an_io_error_is_the_end_of_writing(file: &'static str, call: Call, code: Code) -> (usize, Verdict) {
    let mut stage = stage();
    let left = plant(&stage, file, call, code, 1);
    let errors: Vec<_> = stage.write(MANY, |_| {}).into_iter().map(Result::unwrap_err).collect();
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::Unavailable), "{errors:?}");
    let unknown = errors.iter().filter(|error| !error.message().contains("nothing was stored")).count();
    assert_eq!(left.load(Ordering::SeqCst), 0);
    assert!(matches!(&*stage.desk.store.health().borrow(), Health::Failed(_)));
    for refused in stage.write(MANY, |_| {}) {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable, "it stays so");
        assert!(refused.message().contains("nothing was stored"), "{refused}");
    }
    assert_reads_go_on(&stage);
    thread::sleep(CHECKPOINT_ENDS_WITHIN);
    let before = stage.disk.now();
    thread::sleep(CHECKPOINTS_EVERY);
    let run = stage.end();
    assert_eq!(run.disk.now(), before, "the files are left alone, by the checkpoints and by closing");
    let killed = judge_restarts(&run);
    assert!(killed.beyond <= unknown, "{} writes were told that nothing was stored", killed.beyond - unknown);
    (unknown, killed)
}

#[test]
fn an_io_error_of_a_write_to_the_log_is_the_end_of_writing() {
    an_io_error_is_the_end_of_writing(LOG, Call::Write, Code::WRITE);
}

#[test]
fn an_io_error_of_a_flush_of_the_log_is_the_end_of_writing() {
    // Now and then it is a checkpoint that meets the failure.
    let came_back = (0..10).any(|_| {
        let (unknown, killed) = an_io_error_is_the_end_of_writing(LOG, Call::Sync, Code::SYNC);
        unknown > 0 && killed.beyond > 0
    });
    assert!(came_back, "what was written but not flushed may be there after all");
}

#[test]
fn an_io_error_of_a_truncation_of_the_log_is_the_end_of_writing() {
    an_io_error_is_the_end_of_writing(LOG, Call::Truncate, Code::TRUNCATE);
}

#[test]
fn an_io_error_of_a_write_by_a_checkpoint_is_the_end_of_writing() {
    an_io_error_is_the_end_of_writing(DATABASE, Call::Write, Code::WRITE);
}

#[test]
fn an_io_error_of_a_flush_by_a_checkpoint_is_the_end_of_writing() {
    an_io_error_is_the_end_of_writing(DATABASE, Call::Sync, Code::SYNC);
}

fn a_full_disk_is_waited_for(file: &'static str) {
    let mut stage = stage();
    let left = plant(&stage, file, Call::Write, Code::DISK_FULL, usize::MAX);
    for refused in stage.write(MANY, |_| {}) {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        assert!(refused.message().contains("disk is full"), "{refused}");
    }
    assert!(left.load(Ordering::SeqCst) < usize::MAX);
    assert_reads_go_on(&stage);
    assert!(!matches!(&*stage.desk.store.health().borrow(), Health::Failed(_)));

    left.store(0, Ordering::SeqCst);
    let freed = Instant::now();
    while *stage.desk.store.health().borrow() != Health::Ready {
        assert!(freed.elapsed() < RESUMES_WITHIN, "writes do not resume");
        thread::sleep(Duration::from_millis(10));
    }
    let done = stage.writers.iter().map(|promises| promises.acknowledged.len()).max();
    all_ok(stage.write(done.unwrap() + LOAD.steps, |_| {}));
    judge_restarts(&stage.end());
}

#[test]
fn a_disk_without_space_for_the_log_is_waited_for() {
    a_full_disk_is_waited_for(LOG);
}

#[test]
fn a_disk_without_space_for_a_checkpoint_is_waited_for() {
    a_full_disk_is_waited_for(DATABASE);
}
