//! `cargo xtask soak`: the tests that find more the longer they run.

use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::cargo::{build_hansard, cargo, finish_with};

const KILLS: u32 = 2000;

/// Runs a soak test on the release binary.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    let kills = match args {
        ["crash"] => KILLS,
        ["crash", "--kills", kills] => {
            kills.parse().with_context(|| format!("--kills {kills}: not a number"))?
        }
        _ => bail!("usage: cargo xtask soak crash [--kills N]"),
    };
    let binary = build_hansard(true)?;
    println!("killing the server {kills} times under load");
    let mut test = cargo("test");
    test.args(["--package", "hansard-conformance", "--test", "crash", "--", "--nocapture"]);
    finish_with(test.env("HANSARD_BIN", binary).env("HANSARD_CRASH_KILLS", kills.to_string()))
}
