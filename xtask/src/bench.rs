//! `cargo xtask bench`: builds what a benchmark measures and what it measures against, then runs it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;

use crate::cargo::{build_hansard, cargo, finish_with, must_succeed, target_dir, workspace};

const YARDSTICKS: &str = "../shared/yardsticks";

const LIST: &str = "\
Benchmarks, each reported on standard output:

  cargo xtask bench append [--rounds N] [--seconds N] [--clients N]
      durable single appends over JSON, everything on, against `bare sqlfts` of ../shared/yardsticks
      (the smallest HTTP server that commits to SQLite with FTS5), in interleaved rounds";

/// Runs the named benchmark, or lists them.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    match args {
        [] | ["list"] => {
            println!("{LIST}");
            Ok(ExitCode::SUCCESS)
        }
        ["append", rest @ ..] => append(rest),
        [unknown, ..] => bail!("no benchmark is called {unknown:?}; see 'cargo xtask bench'"),
    }
}

fn append(args: &[&str]) -> anyhow::Result<ExitCode> {
    let hansard = build_hansard(true)?;
    let yardsticks = build_yardsticks()?;
    let scratch = target_dir()?.join("bench");
    fs::create_dir_all(&scratch)?;
    let mut bench = cargo("run");
    bench.args(["--quiet", "--release", "--package", "hansard-bench", "--bin", "append", "--"]);
    bench.arg("--hansard").arg(hansard).arg("--yardsticks").arg(yardsticks).arg("--scratch").arg(scratch);
    finish_with(bench.args(args))
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
    build.args(["--release", "--bin", "bare", "--bin", "hload", "--bin", "fsyncb"]);
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
