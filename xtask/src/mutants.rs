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
/// What hangs under a change has noticed it.
const TEST_SECONDS_MAX: u32 = 120;

/// Each crate with those of its own tests that must notice.
const CRATES: [(&str, &[&str]); 3] = [
    ("hansard-domain", &["--lib"]),
    ("hansard-store", &["--lib", "--test=contract", "--test=model"]),
    ("hansard", &["--lib", "--test=service"]),
];

#[derive(Default)]
struct Count {
    caught: usize,
    missed: Vec<String>,
    unviable: usize,
}

/// Runs cargo-mutants on a copy of the workspace, a crate after the other; `args` name the crates, else all.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    let unknown = args.iter().find(|name| CRATES.iter().all(|(known, _)| known != *name));
    ensure!(
        unknown.is_none(),
        "usage: cargo xtask mutants [CRATE...], of {}",
        CRATES.map(|(name, _)| name).join(", ")
    );
    install()?;
    let mut total = Count::default();
    for (package, tests) in CRATES.iter().filter(|(name, _)| args.is_empty() || args.contains(name)) {
        let count = mutate(package, tests)?;
        println!(
            "{package}: {} caught, {} missed, {} unviable",
            count.caught,
            count.missed.len(),
            count.unviable
        );
        total.caught += count.caught;
        total.unviable += count.unviable;
        total.missed.extend(count.missed);
    }
    let Count { caught, missed, unviable } = total;
    let percent = caught * 100 / (caught + missed.len()).max(1);
    missed.iter().for_each(|mutant| println!("missed: {mutant}"));
    println!("{caught} caught, {} missed, {unviable} unviable: {percent} % caught", missed.len());
    ensure!(percent >= CAUGHT_PERCENT_MIN, "at least {CAUGHT_PERCENT_MIN} % must be caught");
    Ok(ExitCode::SUCCESS)
}

fn mutate(package: &str, tests: &[&str]) -> anyhow::Result<Count> {
    let folder = target_dir()?.join("mutants");
    let (copies, output) = (folder.join("copies"), folder.join(package));
    fs::create_dir_all(&copies)?;
    let mut mutants = cargo("mutants");
    mutants.args(["--package", package, "--no-shuffle", "--colors", "never"]);
    mutants.arg(format!("--timeout={TEST_SECONDS_MAX}")).arg("--output").arg(&output);
    mutants.args(tests.iter().map(|test| format!("--cargo-test-arg={test}")));
    mutants.env("TMPDIR", copies).env("CARGO_TARGET_DIR", folder.join("build"));
    // Nobody debugs a mutant.
    mutants.env("CARGO_PROFILE_DEV_DEBUG", "0");
    // It fails where one is missed; the share of all decides here.
    let status = mutants.stdin(Stdio::null()).status()?;
    let list = |kind: &str| lines(&output.join(format!("mutants.out/{kind}.txt")));
    let caught = list("caught").len() + list("timeout").len();
    let count = Count { caught, missed: list("missed"), unviable: list("unviable").len() };
    ensure!(caught > 0, "cargo-mutants caught nothing in {package} ({status}); see {}", output.display());
    Ok(count)
}

fn install() -> anyhow::Result<()> {
    let quiet = cargo("mutants").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if quiet.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    println!("setting up: cargo install cargo-mutants");
    must_succeed(cargo("install").args(["cargo-mutants", "--locked"]))
}

fn lines(list: &Path) -> Vec<String> {
    fs::read_to_string(list).unwrap_or_default().lines().map(str::to_owned).collect()
}
