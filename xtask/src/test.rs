//! `cargo xtask test`: everything that can be tested, ending with the runner's own summary.

mod databases;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::bail;

use crate::{
    cargo::{build_hansard, cargo, finish_with, workspace},
    fuzz,
};

const DATA: &str = "../shared/data";

/// Builds what the tests start, fuzzes, then runs the whole workspace; with `args` only the tests that they select.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    println!("setting up: SQLite is built in, and the protos are compiled without protoc");
    install_strace();
    install_postgres();
    check_real_data(&workspace().join(DATA))?;
    println!("setting up: building the debug binary that the conformance tests start");
    let binary = build_hansard(false)?;
    let mut on_databases = true;
    if args.is_empty() {
        fuzz::run_in_tests()?;
        on_databases = databases::run(&binary)?;
    }
    let mut runner = if has_nextest() {
        let mut nextest = cargo("nextest");
        nextest.arg("run");
        nextest
    } else {
        println!("setting up: cargo-nextest is not installed; cargo test runs instead");
        cargo("test")
    };
    let outcome =
        finish_with(runner.args(["--workspace", "--no-fail-fast"]).args(args).env("HANSARD_BIN", binary))?;
    Ok(if on_databases { outcome } else { ExitCode::FAILURE })
}

fn has_nextest() -> bool {
    succeeds(cargo("nextest").arg("--version"))
}

/// Tests kill the binary at its system calls. Without strace they are skipped, and in CI they fail.
fn install_strace() {
    if succeeds(Command::new("strace").arg("--version")) {
        return;
    }
    install("strace");
}

/// The store is tested on a PostgreSQL cluster of the tests' own. Without the server those tests fail.
fn install_postgres() {
    let has_debians = Path::new("/usr/lib/postgresql").is_dir();
    if has_debians || succeeds(Command::new("postgres").arg("--version")) {
        return;
    }
    install("postgresql");
}

fn install(package: &str) {
    println!("setting up: installing {package} with apt-get");
    let install = || succeeds(Command::new("apt-get").args(["install", "--yes", package]));
    if !(install() || succeeds(Command::new("apt-get").arg("update")) && install()) {
        println!("\n*** NOT EVERYTHING IS TESTED ***\n{package} could not be installed\n");
    }
}

fn succeeds(command: &mut Command) -> bool {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Says aloud which tests cannot run without the real conversations; in CI that is a failure.
fn check_real_data(data: &Path) -> anyhow::Result<()> {
    if data.is_dir() {
        return Ok(());
    }
    let needing = files_naming(&workspace().join("crates"), "shared/data")?;
    let list = needing.iter().map(|path| format!("\n  {}", path.display())).collect::<String>();
    let text = format!("{DATA} is absent: no test on real conversations can run. They stand in:{list}");
    if env::var("CI").is_ok_and(|ci| ci == "true") {
        bail!("{text}");
    }
    println!("\n*** NOT EVERYTHING IS TESTED ***\n{text}\n");
    Ok(())
}

fn files_naming(folder: &Path, words: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_naming(&path, words)?);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && fs::read_to_string(&path)?.contains(words)
        {
            found.push(path.strip_prefix(workspace())?.to_owned());
        }
    }
    found.sort();
    Ok(found)
}
