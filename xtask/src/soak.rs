//! `cargo xtask soak`: the tests that find more the longer they run.

use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::cargo::{build_hansard, cargo, finish_with};

const KILLS: u32 = 2000;
const CUTS: u32 = 5000;

/// Runs a soak test.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    match args {
        ["crash"] => crash(KILLS),
        ["crash", "--kills", kills] => crash(number(kills)?),
        ["power-cut"] => power_cut(CUTS),
        ["power-cut", "--cuts", cuts] => power_cut(number(cuts)?),
        _ => bail!("usage: cargo xtask soak crash [--kills N] | power-cut [--cuts N]"),
    }
}

fn number(text: &str) -> anyhow::Result<u32> {
    text.parse().with_context(|| format!("{text}: not a number"))
}

/// Kills the release binary.
fn crash(kills: u32) -> anyhow::Result<ExitCode> {
    let binary = build_hansard(true)?;
    println!("killing the server {kills} times under load");
    let mut test = cargo("test");
    test.args(["--package", "hansard-conformance", "--test", "crash", "--", "--nocapture"]);
    finish_with(test.env("HANSARD_BIN", binary).env("HANSARD_CRASH_KILLS", kills.to_string()))
}

/// Cuts the power of the store in its own process.
fn power_cut(cuts: u32) -> anyhow::Result<ExitCode> {
    println!("cutting the power of the store {cuts} times under load");
    let mut test = cargo("test");
    test.args(["--package", "hansard-store", "--test", "faults", "--", "--nocapture", "power_cut::"]);
    finish_with(test.env("HANSARD_POWER_CUTS", cuts.to_string()))
}
