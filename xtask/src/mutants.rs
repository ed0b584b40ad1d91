//! `cargo xtask mutants`: changes the code that must not be wrong, and counts the changes that no test notices.
//!
//! Which files, and why a change is left out, stands in `.cargo/mutants.toml`.

use std::{
    fs,
    path::Path,
    process::{ExitCode, Stdio},
};

use anyhow::ensure;

use crate::cargo::{cargo, must_succeed, target_dir};

/// Of a hundred changes, those that the tests must catch.
const CAUGHT_PERCENT_MIN: usize = 95;

/// Runs cargo-mutants on a copy of the workspace; `args` narrow it (`--file`, `--package`, `--re`).
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    install()?;
    let folder = target_dir()?.join("mutants");
    let copies = folder.join("copies");
    fs::create_dir_all(&copies)?;
    let mut mutants = cargo("mutants");
    mutants.args(["--workspace", "--no-shuffle", "--colors", "never", "--output"]).arg(&folder).args(args);
    mutants.env("TMPDIR", copies).env("CARGO_TARGET_DIR", folder.join("build"));
    // It fails where one is missed; the share decides here.
    let status = mutants.stdin(Stdio::null()).status()?;
    let outcome = folder.join("mutants.out");
    let count = |kind: &str| lines(&outcome.join(format!("{kind}.txt")));
    let (caught, missed) = (count("caught") + count("timeout"), count("missed"));
    ensure!(caught + missed > 0, "cargo-mutants tested nothing ({status}); see {}", outcome.display());
    let percent = caught * 100 / (caught + missed);
    println!("{caught} caught, {missed} missed, {} unviable: {percent} % caught", count("unviable"));
    ensure!(
        percent >= CAUGHT_PERCENT_MIN,
        "at least {CAUGHT_PERCENT_MIN} % must be caught; the others are in {}",
        outcome.join("missed.txt").display()
    );
    Ok(ExitCode::SUCCESS)
}

fn install() -> anyhow::Result<()> {
    let quiet = cargo("mutants").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if quiet.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    println!("setting up: cargo install cargo-mutants");
    must_succeed(cargo("install").args(["cargo-mutants", "--locked"]))
}

fn lines(list: &Path) -> usize {
    fs::read_to_string(list).unwrap_or_default().lines().count()
}
