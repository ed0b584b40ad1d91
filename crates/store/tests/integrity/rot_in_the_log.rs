//! Bit rot in a write-ahead log that a killed process left: recovery alone would drop what follows it.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::FileExt,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use hansard_domain::Result;
use hansard_store::{Options, Store, fsck};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::{
    answers::{admin_of, ask, ask_open, ask_without_checks},
    files::{Files, Random, closed_store, database, flipped},
    rot::same,
};

const FLIPS: usize = 120;
const HEADER_BYTES: usize = 32;
const FRAME_BYTES: usize = 24 + 8192;
const WRITES: usize = 12;

/// What a process that was killed left behind, and what it had answered.
struct Killed {
    files: Files,
    /// All answers after each of the last writes.
    truths: Vec<Vec<Result<String>>>,
    /// The frames that end a transaction, counted from 1.
    commits: BTreeSet<usize>,
}

impl Killed {
    fn new() -> Self {
        let folder = closed_store();
        let options = Options {
            wal_truncate_over_bytes: u64::MAX,
            index_keywords: false,
            ..Options::new(folder.path())
        };
        let store = Arc::new(Store::open(&options).unwrap());
        let world = admin_of(&store);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let append = |message: String, length| {
            runtime.block_on(world.append("c1", &message, &"spoken ".repeat(length))).unwrap();
        };
        let log = || fs::read(folder.path().join("hansard.db-wal")).unwrap();
        wait_until("the log is emptied, as at each start", || log().is_empty());
        // Long at first, then begun anew and shorter: older frames lie behind its end.
        let reader = hold(&folder);
        (0..25).for_each(|number| append(format!("before{number}"), 900));
        drop(reader);
        let (salts, mut number) = (log()[16..24].to_vec(), 25);
        wait_until("the log begins anew", || {
            append(format!("before{number}"), 900);
            number += 1;
            log()[16..24] != salts
        });
        let reader = hold(&folder);
        let mut truths = Vec::new();
        for number in 0..WRITES {
            append(format!("late{number}"), 20 + 200 * number);
            truths.push(ask_open(&store));
        }
        let files = Files::of(folder.path());
        drop(reader);
        store.close().unwrap();
        let frames = frames_of(&files);
        let ends = |frame: &usize| files.log[start_of(*frame) + 4..start_of(*frame) + 8] != [0; 4];
        let commits = (1..=frames).filter(ends).collect();
        Self { files, truths, commits }
    }

    fn live_bytes(&self) -> usize {
        start_of(self.commits.last().unwrap() + 1)
    }

    fn with_log(&self, log: Vec<u8>) -> TempDir {
        Files { log, ..self.files.clone() }.lay_out()
    }
}

/// A reader, while which is there the log cannot begin anew.
fn hold(folder: &TempDir) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let reader = Connection::open_with_flags_and_vfs(database(folder), flags, "hansard-checked").unwrap();
    reader.execute_batch("begin; select count(*) from message").unwrap();
    reader
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

fn start_of(frame: usize) -> usize {
    HEADER_BYTES + (frame - 1) * FRAME_BYTES
}

/// The frames of the log that count, as `fsck` sees them.
fn frames_of(files: &Files) -> usize {
    let report = fsck::check_folder(files.lay_out().path(), &mut |_, _, _| {}).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    usize::try_from(report.frames).unwrap()
}

fn is_clean(folder: &TempDir) -> bool {
    fsck::check_folder(folder.path(), &mut |_, _, _| {}).unwrap().is_clean()
}

#[test]
fn a_flipped_bit_of_the_log_is_found_and_no_answered_write_is_dropped() {
    let killed = Killed::new();
    assert!(killed.commits.len() >= WRITES, "{:?}", killed.commits);
    assert!(killed.files.log.len() > killed.live_bytes(), "older frames lie behind the end");
    let truth = killed.truths.last().unwrap();
    let bare_truth = ask_without_checks(&database(&killed.files.lay_out())).unwrap();
    let mut random = Random(1);
    let mut wrong_without_checks = 0;
    for _ in 0..FLIPS {
        let bit = random.below(killed.live_bytes() * 8);
        let log = flipped(&killed.files.log, bit);
        let rotten = killed.with_log(log.clone());
        assert!(!is_clean(&rotten), "bit {bit}");
        for (answer, truth) in ask(rotten.path()).iter().zip(truth) {
            assert!(answer.is_err() || same(answer, truth), "bit {bit}: a wrong answer was served");
        }
        let bare = ask_without_checks(&database(&killed.with_log(log)));
        wrong_without_checks += usize::from(bare.is_ok_and(|answer| answer != bare_truth));
    }
    assert!(wrong_without_checks > FLIPS / 2, "the control: {wrong_without_checks} without checks");
    println!("{FLIPS} flips: all found; {wrong_without_checks} lost writes without checks");
}

#[test]
fn a_flipped_bit_behind_the_end_of_the_log_harms_nothing() {
    let killed = Killed::new();
    let behind = killed.files.log.len() - killed.live_bytes();
    let mut random = Random(2);
    for _ in 0..10 {
        let bit = killed.live_bytes() * 8 + random.below(behind * 8);
        let rotten = killed.with_log(flipped(&killed.files.log, bit));
        assert!(is_clean(&rotten), "bit {bit}");
        assert!(ask(rotten.path()).iter().zip(killed.truths.last().unwrap()).all(|(a, b)| same(a, b)));
    }
}

#[test]
fn a_log_that_is_cut_short_is_found() {
    let killed = Killed::new();
    let mut random = Random(3);
    for _ in 0..20 {
        let length = random.below(killed.live_bytes());
        let rotten = killed.with_log(killed.files.log[..length].to_vec());
        assert!(!is_clean(&rotten), "{length} bytes");
        let answers = ask(rotten.path());
        assert!(answers[0].is_err() && answers.len() == 1, "{length} bytes: the store does not open");
    }
}

/// Without the index that a killed process leaves, the log itself must tell. Only of the last two
/// transactions it cannot: damage there looks like a write that was torn.
#[test]
fn after_a_power_cut_too_rot_before_the_last_writes_is_found() {
    let mut killed = Killed::new();
    killed.files = killed.files.without_index();
    let last_but_two = *killed.commits.iter().rev().nth(2).unwrap();
    let mut random = Random(4);
    for _ in 0..FLIPS {
        let bit = random.below(killed.live_bytes() * 8);
        let rotten = killed.with_log(flipped(&killed.files.log, bit));
        let found = !is_clean(&rotten);
        if bit / 8 < start_of(last_but_two + 1) {
            assert!(found, "bit {bit}");
        }
        let answers = ask(rotten.path());
        let once_true = |truth: &Vec<_>| answers.iter().zip(truth).all(|(a, b)| same(a, b));
        assert!(found == answers[0].is_err(), "bit {bit}: what fsck finds does not open");
        assert!(found || killed.truths.iter().any(once_true), "bit {bit}: a state that never was");
    }
}

#[test]
fn a_torn_write_is_not_taken_for_rot() {
    let mut killed = Killed::new();
    killed.files = killed.files.without_index();
    let (last, before) = (killed.commits.last().unwrap(), killed.commits.iter().rev().nth(1).unwrap());
    let torn_at = start_of(before + 1);
    let before = &killed.truths[killed.truths.len() - 2];
    for (from, to) in [(torn_at, start_of(last + 1)), (torn_at + 24 + 512, torn_at + 24 + 4096)] {
        let mut log = killed.files.log.clone();
        log[from..to].fill(0xA5);
        let torn = killed.with_log(log);
        assert!(is_clean(&torn));
        assert!(ask(torn.path()).iter().zip(before).all(|(a, b)| same(a, b)), "what was answered is there");
    }
}

#[test]
fn rot_under_an_open_store_is_not_served() {
    let mut refused = 0;
    for (name, first, step) in
        [("hansard.db", 8192, 8192), ("hansard.db-wal", HEADER_BYTES + 24, FRAME_BYTES)]
    {
        let folder = closed_store();
        let options = Options {
            wal_truncate_over_bytes: u64::MAX,
            index_keywords: false,
            ..Options::new(folder.path())
        };
        let store = Arc::new(Store::open(&options).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        (0..8).for_each(|number| {
            runtime.block_on(admin_of(&store).append("c1", &format!("late{number}"), "spoken")).unwrap();
        });
        let file = fs::File::options().read(true).write(true).open(folder.path().join(name)).unwrap();
        let truth = ask(Files::of(folder.path()).lay_out().path());
        let length = usize::try_from(file.metadata().unwrap().len()).unwrap();
        for offset in (first + 4000..length).step_by(step) {
            let mut byte = [0];
            file.read_exact_at(&mut byte, offset as u64).unwrap();
            file.write_all_at(&[byte[0] ^ 4], offset as u64).unwrap();
        }
        let answers = ask_open(&store);
        for (answer, truth) in answers.iter().zip(&truth) {
            assert!(answer.is_err() || same(answer, truth), "{name}: a wrong answer was served");
        }
        let of_file = answers.iter().filter(|answer| answer.is_err()).count();
        println!("{name}: {of_file} of {} answers refused", answers.len());
        refused += of_file;
        let _ = store.close();
    }
    assert!(refused > 2, "{refused} answers were refused");
}
