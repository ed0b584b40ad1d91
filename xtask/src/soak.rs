//! `cargo xtask soak`: the tests that find more the longer they run.

use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

use crate::cargo::{build_hansard, cargo, finish_with};

const KILLS: u32 = 2000;
const CUTS: u32 = 5000;
const HISTORIES: u32 = 500;
const WORLDS: u32 = 3000;

/// Runs a soak test.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    match args {
        ["crash"] => test("crash", "HANSARD_CRASH_KILLS", KILLS),
        ["crash", "--kills", kills] => test("crash", "HANSARD_CRASH_KILLS", number("--kills", kills)?),
        ["histories"] => test("histories", "HANSARD_HISTORIES", HISTORIES),
        ["histories", "--histories", count] => {
            test("histories", "HANSARD_HISTORIES", number("--histories", count)?)
        }
        ["power-cut"] => power_cut(CUTS),
        ["power-cut", "--cuts", cuts] => power_cut(number("--cuts", cuts)?),
        ["partition"] => of_replicas("partition::"),
        ["pooler"] => pooler(),
        ["find"] => find(WORLDS),
        ["find", "--worlds", worlds] => find(number("--worlds", worlds)?),
        _ => bail!(
            "usage: cargo xtask soak crash [--kills N] | histories [--histories N] | power-cut [--cuts N] | partition | \
             pooler | find [--worlds N]"
        ),
    }
}

fn number(flag: &str, text: &str) -> anyhow::Result<u32> {
    text.parse().with_context(|| format!("{flag} {text}: not a number"))
}

/// Runs a test target against the release binary with its count.
fn test(target: &str, variable: &str, count: u32) -> anyhow::Result<ExitCode> {
    let binary = build_hansard(true)?;
    println!("soak: {target}, {variable}={count}");
    let mut test = cargo("test");
    test.args(["--package", "hansard-conformance", "--test", target, "--", "--nocapture"]);
    finish_with(test.env("HANSARD_BIN", binary).env(variable, count.to_string()))
}

/// Cuts the power of the store in its own process.
fn power_cut(cuts: u32) -> anyhow::Result<ExitCode> {
    println!("cutting the power of the store {cuts} times under load");
    test_of_store("faults", "power_cut::", ("HANSARD_POWER_CUTS", cuts))
}

/// Runs servers through PgBouncer, which is not installed on the way.
fn pooler() -> anyhow::Result<ExitCode> {
    if Command::new("pgbouncer").arg("--version").status().is_err() {
        bail!("PgBouncer is not installed: apt-get install pgbouncer, and leave its service stopped");
    }
    of_replicas("pooler::")
}

/// Runs tests of several servers that need what not every machine has: root and nftables, or PgBouncer.
fn of_replicas(name: &str) -> anyhow::Result<ExitCode> {
    let binary = build_hansard(true)?;
    let mut test = cargo("test");
    test.args(["--package", "hansard-conformance", "--test", "replicas", "--"]);
    test.args(["--nocapture", "--test-threads", "1", "--ignored", name]);
    finish_with(test.env("HANSARD_BIN", binary))
}

/// Asks random filters of random data, on and on.
fn find(worlds: u32) -> anyhow::Result<ExitCode> {
    println!("asking about 540 filters of each of {worlds} worlds; HANSARD_FIND_SEED sets the first");
    test_of_store("find", "the_store_answers_what_a_filter_means", ("HANSARD_FIND_WORLDS", worlds))
}

/// Runs one test of the store with its count.
fn test_of_store(target: &str, name: &str, (variable, count): (&str, u32)) -> anyhow::Result<ExitCode> {
    let mut test = cargo("test");
    test.args(["--package", "hansard-store", "--test", target, "--", "--nocapture", name]);
    finish_with(test.env(variable, count.to_string()))
}
