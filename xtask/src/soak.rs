//! `cargo xtask soak`: the tests that find more the longer they run.

use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::cargo::{build_hansard, cargo, finish_with};

const KILLS: u32 = 2000;
const HISTORIES: u32 = 500;

/// Runs a soak test on the release binary.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    match args {
        ["crash"] => test("crash", "HANSARD_CRASH_KILLS", KILLS),
        ["crash", "--kills", kills] => test("crash", "HANSARD_CRASH_KILLS", number("--kills", kills)?),
        ["histories"] => test("histories", "HANSARD_HISTORIES", HISTORIES),
        ["histories", "--histories", count] => {
            test("histories", "HANSARD_HISTORIES", number("--histories", count)?)
        }
        _ => bail!("usage: cargo xtask soak crash [--kills N] | histories [--histories N]"),
    }
}

fn number(flag: &str, text: &str) -> anyhow::Result<u32> {
    text.parse().with_context(|| format!("{flag} {text}: not a number"))
}

/// Runs a test target with its count.
fn test(target: &str, variable: &str, count: u32) -> anyhow::Result<ExitCode> {
    let binary = build_hansard(true)?;
    println!("soak: {target}, {variable}={count}");
    let mut test = cargo("test");
    test.args(["--package", "hansard-conformance", "--test", target, "--", "--nocapture"]);
    finish_with(test.env("HANSARD_BIN", binary).env(variable, count.to_string()))
}
