//! Runs the yardsticks that make load and measure the disk, and reads what they print.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    str::FromStr,
};

use anyhow::{Context, bail};

use crate::Setup;

/// What the load generator sends, in its template language.
pub(crate) struct Request {
    pub(crate) url: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

/// What one measurement found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Load {
    /// Loads a server; a single failed request fails the measurement.
    pub(crate) fn run(setup: &Setup, request: &Request) -> anyhow::Result<Self> {
        let mut hload = Command::new(setup.yardsticks.join("hload"));
        hload.args(["POST", &request.url, "-b", &request.body]);
        hload.args(["-c", &setup.clients.to_string(), "-d", &setup.seconds.to_string()]);
        for header in &request.headers {
            hload.args(["-H", header]);
        }
        let output = hload.arg("--show").stderr(Stdio::inherit()).output().context("cannot run hload")?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || field::<u64>(&text, "err")? != 0 {
            bail!("the load failed: {text}");
        }
        Ok(Self {
            per_second: field(&text, "rps")?,
            p50_ms: field(&text, "p50_ms")?,
            p99_ms: field(&text, "p99_ms")?,
        })
    }
}

/// Small appends with fdatasync that the disk does in a second, right now.
pub(crate) fn fdatasync_rate(setup: &Setup) -> anyhow::Result<f64> {
    let file = setup.scratch.join("fsyncb");
    let mut fsyncb = Command::new(setup.yardsticks.join("fsyncb"))
        .arg(&file)
        .arg("1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot run fsyncb")?;
    let mut line = String::new();
    let read = fsyncb.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut line));
    // Its later lines write gigabytes and are not needed.
    fsyncb.kill()?;
    fsyncb.wait()?;
    std::fs::remove_file(&file)?;
    read.context("fsyncb has no output")??;
    field(&line, "ops/s")
}

/// Reads `name=value` out of a line of such fields.
fn field<T: FromStr>(text: &str, name: &str) -> anyhow::Result<T> {
    text.split_whitespace()
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
        .with_context(|| format!("no {name} in {text:?}"))
}
