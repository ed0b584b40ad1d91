//! First start, backup and restore: killed before each call that changes a file, and repeated; and what
//! they ask of the disk before they report success.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use hansard_conformance::binary::{create_key, run, run_on};
use tempfile::TempDir;

use crate::strace::{CALLS, arguments, calls_of, kill_at, works};
use crate::trace::Durability;

const FIRST_START: &str = "profile create --customer acme --profile support --language en-US";
/// Calls of one kind after which only some are looked at: there are many that differ in nothing.
const EVERY_CALL: usize = 16;
const STRIDE: usize = 8;

fn scene() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    run_on(&data, FIRST_START).ok();
    create_key(&data, "--customer acme --role admin");
    (folder, data)
}

/// The store of the folder is whole, and takes writes.
fn assert_whole(data: &Path) {
    create_key(data, "--customer acme --role admin");
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("whole");
    run(&arguments("backup", &[("--data-dir", data), ("--to", &backup)])).ok();
    assert_restores(&backup);
}

fn assert_restores(backup: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("restored");
    run(&arguments("restore --verify", &[("--from", backup), ("--data-dir", &data)])).ok();
    create_key(&data, "--customer acme --role admin");
}

/// Tries each kind of call, one after another until the command gets to its end; answers how many kills
/// there were.
fn sweep(killed_at: impl Fn(&str, usize) -> bool) -> usize {
    let numbers = || (1..EVERY_CALL).chain((EVERY_CALL..).step_by(STRIDE));
    CALLS.iter().map(|call| numbers().take_while(|number| killed_at(call, *number)).count()).sum()
}

#[test]
fn a_first_start_killed_at_a_call_is_repeated() {
    if !works() {
        return;
    }
    let kills = sweep(|call, number| {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("nested/data");
        let killed = kill_at(call, number, &arguments(FIRST_START, &[("--data-dir", &data)]));
        if killed {
            let again = run_on(&data, FIRST_START);
            let made_before = again.stderr.contains("exists");
            assert!(again.status == 0 || made_before, "{call} {number}: {}", again.stderr);
            assert_whole(&data);
        }
        killed
    });
    println!("a first start was killed {kills} times");
    assert!(kills > 40);
}

#[test]
fn a_backup_killed_at_a_call_is_whole_or_absent() {
    if !works() {
        return;
    }
    let (folder, data) = scene();
    let kills = sweep(|call, number| {
        let to = folder.path().join(format!("backup-{call}-{number}"));
        let args = arguments("backup", &[("--data-dir", &data), ("--to", &to)]);
        let killed = kill_at(call, number, &args);
        if !to.exists() {
            run(&args).ok();
        }
        assert_restores(&to);
        killed
    });
    println!("a backup was killed {kills} times");
    assert!(kills > 20);
    assert_whole(&data);
}

#[test]
fn a_restore_killed_at_a_call_is_repeated() {
    if !works() {
        return;
    }
    let (folder, data) = scene();
    let backup = folder.path().join("backup");
    run(&arguments("backup", &[("--data-dir", &data), ("--to", &backup)])).ok();
    let kills = sweep(|call, number| {
        let to = folder.path().join(format!("restored-{call}-{number}"));
        let args = arguments("restore --verify", &[("--from", &backup), ("--data-dir", &to)]);
        let killed = kill_at(call, number, &args);
        if !to.join("hansard.db").exists() {
            run(&args).ok();
        }
        assert_whole(&to);
        let names = std::fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = names.filter(|name| name.to_string_lossy().contains("partial")).collect();
        assert!(left.is_empty(), "{call} {number}: {left:?}");
        killed
    });
    println!("a restore was killed {kills} times");
    assert!(kills > 8);
}

#[test]
fn what_is_reported_as_done_is_durable() {
    if !works() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (data, backup) = (folder.path().join("new/nested/data"), folder.path().join("backup"));
    let restored = folder.path().join("also/nested");
    let assert_durable = |args: &[OsString], paths: &[PathBuf]| {
        let durability = Durability::of(&calls_of(args));
        let lacking: Vec<String> = paths.iter().flat_map(|path| durability.lacks(path)).collect();
        assert!(durability.faults.is_empty() && lacking.is_empty(), "{args:?}: {durability:?} {lacking:?}");
    };
    let store = |data: &Path| [data.join("hansard.db"), data.join("hansard.db-wal")];
    assert_durable(&arguments(FIRST_START, &[("--data-dir", &data)]), &store(&data));
    assert_durable(
        &arguments("backup", &[("--data-dir", &data), ("--to", &backup)]),
        std::slice::from_ref(&backup),
    );
    assert_durable(
        &arguments("restore", &[("--from", &backup), ("--data-dir", &restored)]),
        &[restored.join("hansard.db")],
    );
}
