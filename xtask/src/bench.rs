//! `cargo xtask bench`: builds what a benchmark measures and what it measures against, then runs it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;

use crate::cargo::{build_hansard, cargo, finish_with, must_succeed, target_dir, workspace};

const YARDSTICKS: &str = "../shared/yardsticks";
const DIALOGS: &str = "../shared/data";

const LIST: &str = "\
Benchmarks; each ends by itself and reports on standard output, what was asked beside what was measured:

  cargo xtask bench append [--idempotency]
                              durable single appends over JSON, 64 clients, against bare SQLite with FTS5 and a bare
                              log; with --idempotency each request carries a key of its own
  cargo xtask bench single    one client: an append's median against the disk's fdatasync
  cargo xtask bench batch     batches of 100 messages against raw SQLite rows, 1000 a transaction
  cargo xtask bench grpc      single appends over gRPC against the same over JSON
  cargo xtask bench redaction appends that are searched for personal data against appends that are not
  cargo xtask bench start     starts of new conversations against appends
  cargo xtask bench get       reads of a conversation's 50 messages, 16 clients, against a server that echoes
  cargo xtask bench watch     from an append to its watcher, and what 100 watchers of one conversation cost
  cargo xtask bench import    hansard import of 200,000 messages, into a folder and into a running server
  cargo xtask bench database  appends of a server on PostgreSQL against what pgbench inserts on the same cluster
  cargo xtask bench replicas  one to four servers on one PostgreSQL database, each on a part of a processor; takes the
                              right to make a cgroup
  cargo xtask bench memory    resident memory: idle, idle on 1 GiB, and its peak under the append load
  cargo xtask bench ready     from start to ready on 1 GiB, after an orderly end and after kill -9
  cargo xtask bench find [load|fields|combined|keyword|counts]
                              filters, keywords and counts over 1,000,000 conversations of 20 tenants, cold and warm, 1
                              and 16 clients, beside raw SQLite; load fills the folder anew, else it is kept
  cargo xtask bench pii [TYPE|speed]
                              what the detector of personal data finds, masks wrongly and costs; with a type, where
                              that is missed or found wrongly; with speed, what it costs alone
  cargo xtask bench all       all of them but find and pii, with one table at the end

  --rounds N    rounds of each (5); medians are over them
  --seconds N   length of each measurement (8; of find a quarter of it), after one second of warming
  --conversations N, --only TEXT, --database
                of find: how many conversations (1000000), only the questions with this in their name, on a
                PostgreSQL cluster of its own, which is kept, too, with its server on this machine

The yardsticks are taken from ../shared/yardsticks. What is written goes to target/bench, where one folder of 1 GiB stays
for the next run, and of find one of 4 GB for each number of conversations. Real dialogs are read from ../shared/data.";

/// Runs the named benchmark, or lists them.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    match args {
        [] | ["list"] => {
            println!("{LIST}");
            Ok(ExitCode::SUCCESS)
        }
        ["pii", kind @ ..] => measure_detector(kind),
        [name, ..] if is_listed(name) => measure(args),
        [unknown, ..] => bail!("no benchmark is called {unknown:?}; see 'cargo xtask bench'"),
    }
}

/// Known before anything is built for it.
fn is_listed(name: &str) -> bool {
    LIST.lines().any(|line| {
        line.trim()
            .strip_prefix("cargo xtask bench ")
            .is_some_and(|line| line.split(' ').next() == Some(name))
    })
}

fn measure(args: &[&str]) -> anyhow::Result<ExitCode> {
    let hansard = build_hansard(true)?;
    let yardsticks = build_yardsticks()?;
    let scratch = target_dir()?.join("bench");
    fs::create_dir_all(&scratch)?;
    let mut bench = cargo("run");
    bench.args(["--quiet", "--release", "--package", "hansard-bench", "--"]);
    bench.arg("--hansard").arg(hansard).arg("--yardsticks").arg(yardsticks).arg("--scratch").arg(scratch);
    bench.arg("--pgbench-scripts").arg(workspace().join(YARDSTICKS));
    bench.arg("--dialogs").arg(workspace().join(DIALOGS));
    finish_with(bench.args(args))
}

/// The detector is a function: it needs no server and no yardstick.
fn measure_detector(kind: &[&str]) -> anyhow::Result<ExitCode> {
    let mut measure = cargo("run");
    measure.args(["--quiet", "--release", "--package", "hansard-pii", "--example", "measure", "--"]);
    finish_with(measure.args(kind))
}

/// Builds the yardsticks outside their folder, which is not ours to write in.
fn build_yardsticks() -> anyhow::Result<PathBuf> {
    let folder = workspace().join(YARDSTICKS);
    if !folder.is_dir() {
        bail!("{YARDSTICKS} is absent: there is nothing to measure against");
    }
    let target = target_dir()?.join("yardsticks");
    let copy = target.join("source");
    copy_folder(&folder, &copy)?;
    let mut build = cargo("build");
    build.args(["--release", "--bin", "bare", "--bin", "hload", "--bin", "sqlbench"]);
    must_succeed(build.current_dir(copy).env("CARGO_TARGET_DIR", &target))?;
    Ok(target.join("release"))
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::write(target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
