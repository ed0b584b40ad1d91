//! A full disk and a failed write: nothing acknowledged is lost, nothing else is accepted.

use std::{
    fs,
    io::{self, Write},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

use hansard_domain::{ErrorKind, Result};
use hansard_store::{Health, Options};

use crate::{
    child::{self, wait_for},
    notes::Store,
};

const LARGE: usize = 64 * 1024;

#[test]
fn a_full_disk_stops_writes_until_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let wrappers: [&[&str]; 2] =
        [&["unshare", "--mount", "--"], &["unshare", "--user", "--map-root-user", "--mount", "--"]];
    let can_mount = |wrapper: &&&[&str]| {
        let mut probe = Command::new(wrapper[0]);
        probe.args(&wrapper[1..]).args(["mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path());
        probe.output().is_ok_and(|probe| probe.status.success())
    };
    let Some(wrapper) = wrappers.iter().find(can_mount) else {
        assert!(!child::in_ci(), "a small file system cannot be mounted here");
        println!("SKIPPED: a small file system cannot be mounted here");
        return;
    };
    succeed(child::command(wrapper, "failure::fill_the_disk", folder.path()).output());
}

#[test]
#[ignore = "run by a_full_disk_stops_writes_until_there_is_space"]
fn fill_the_disk() {
    let folder = child::folder();
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(&folder).status();
    assert!(mount.unwrap().success());
    let (data, filler) = (folder.join("data"), folder.join("filler"));
    let store = Store::open(&data);
    let health = store.engine.health();
    let mut acknowledged = 0;
    for round in 0..3 {
        store.write(acknowledged, "there is space").unwrap();
        acknowledged += 1;
        fill(&filler);
        let error = write_until_failure(&store, &mut acknowledged);
        assert_eq!(error.kind(), ErrorKind::Unavailable, "round {round}: {error}");
        assert!(error.message().contains("disk is full"), "round {round}: {error}");
        assert_eq!(*health.borrow(), Health::DiskFull);
        assert_eq!(store.numbers(), (0..acknowledged).collect::<Vec<_>>(), "reads go on");
        let refused = store.write(acknowledged, "no space").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);

        fs::remove_file(&filler).unwrap();
        wait_for("writes to resume", Duration::from_secs(10), || *health.borrow() == Health::Ready);
        store.write(acknowledged, "there is space again").unwrap();
        acknowledged += 1;
    }
    store.close();
    let store = Store::open(&data);
    assert_eq!(store.numbers(), (0..acknowledged).collect::<Vec<_>>());
}

#[test]
fn a_failed_write_is_the_last() {
    let folder = tempfile::tempdir().unwrap();
    // No file may grow beyond a limit, and whoever tries gets an I/O error.
    let limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""];
    let output = child::command(&limited, "failure::fail_a_write", folder.path()).output();
    let output = succeed(output);
    let text = String::from_utf8_lossy(&output.stdout);
    let acknowledged = text.lines().find_map(|line| line.split("acknowledged ").nth(1)).unwrap();
    let store = Store::open(folder.path());
    let expected: Vec<i64> = (0..acknowledged.trim().parse().unwrap()).collect();
    assert_eq!(store.numbers(), expected, "all that was acknowledged, and no more");
}

#[test]
#[ignore = "run by a_failed_write_is_the_last"]
fn fail_a_write() {
    let options = Options { wal_truncate_over_bytes: u64::MAX, ..Options::new(child::folder()) };
    let store = Store::open_with(&options).unwrap();
    let health = store.engine.health();
    let mut acknowledged = 0;
    let error = write_until_failure(&store, &mut acknowledged);
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(matches!(&*health.borrow(), Health::Failed(reason) if reason.contains("disk I/O error")));
    let started = Instant::now();
    let refused = store.write(acknowledged, "small enough to fit").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    assert!(started.elapsed() < Duration::from_millis(100), "refused at once");
    assert_eq!(store.numbers(), (0..acknowledged).collect::<Vec<_>>(), "reads go on");
    store.close();
    println!("acknowledged {acknowledged}");
}

/// Writes note after note; a failed one was not acknowledged.
fn write_until_failure(store: &Store, next: &mut i64) -> hansard_domain::Error {
    let text = "x".repeat(LARGE);
    for _ in 0..10_000 {
        let written: Result<()> = store.write(*next, &text);
        match written {
            Ok(()) => *next += 1,
            Err(error) => return error,
        }
    }
    panic!("10,000 large notes fitted");
}

/// Leaves about a megabyte of the file system.
fn fill(file: &Path) {
    let mut filler = fs::File::create(file).unwrap();
    let block = vec![0; 1024 * 1024];
    let error = loop {
        if let Err(error) = filler.write_all(&block) {
            break error;
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    let length = filler.metadata().unwrap().len();
    filler.set_len(length.saturating_sub(block.len() as u64)).unwrap();
}

fn succeed(output: io::Result<Output>) -> Output {
    let output = output.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{:?}\n{stdout}\n{stderr}", output.status.signal());
    assert!(stdout.contains("1 passed"), "{stdout}");
    output
}
