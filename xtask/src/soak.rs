//! `cargo xtask soak`: the tests that find more the longer they run.

use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::cargo::{build_hansard, cargo, finish_with};

const KILLS: u32 = 2000;
const CUTS: u32 = 5000;
const HISTORIES: u32 = 500;

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
        _ => bail!(
            "usage: cargo xtask soak crash [--kills N] | histories [--histories N] | power-cut [--cuts N]"
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
    let mut test = cargo("test");
    test.args(["--package", "hansard-store", "--test", "faults", "--", "--nocapture", "power_cut::"]);
    finish_with(test.env("HANSARD_POWER_CUTS", cuts.to_string()))
}
