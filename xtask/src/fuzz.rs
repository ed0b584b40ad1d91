//! `cargo xtask fuzz`: builds the fuzzers with stable Rust and runs them, for seconds in the tests, else for hours.
//!
//! What holds for an input is in the crate `hansard-fuzz`; this only builds, starts and reports.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use anyhow::{Context, bail, ensure};

use crate::cargo::{cargo, must_succeed, target_dir, workspace};

const USAGE: &str = "usage: cargo xtask fuzz [TARGET] [--hours N | --minutes N | --seconds N]";
const MINUTE: Duration = Duration::from_secs(60);
/// What one fuzzer gets in the test command.
const IN_TESTS: Duration = Duration::from_secs(10);
const SEED: u32 = 1;
/// An input that takes longer hangs, even on a busy machine.
const INPUT_SECONDS_MAX: u32 = 60;
const MEMORY_MIB_MAX: u32 = 2048;
/// How much a report repeats of a line; the log has all of it.
const REASON_CHARS_MAX: usize = 400;
/// How much a report repeats of an input.
const INPUT_BYTES_SHOWN: usize = 2000;

/// Runs the named target or all of them, and keeps what they find beside the build for the next run.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<ExitCode> {
    let (name, time) = arguments(args)?;
    let mut targets = targets()?;
    if let Some(name) = name {
        targets.retain(|target| target == name);
        ensure!(!targets.is_empty(), "no fuzz target is called {name:?}; see fuzz/targets");
    }
    let session = Session { time, seed: None, found: target_dir()?.join("fuzz/corpus") };
    session.run(&targets)?;
    println!("what was found is kept in {}", session.found.display());
    Ok(ExitCode::SUCCESS)
}

/// Runs every target for ten seconds on its committed corpus, from one seed.
pub(crate) fn run_in_tests() -> anyhow::Result<()> {
    let found = target_dir()?.join("fuzz/scratch");
    if found.exists() {
        fs::remove_dir_all(&found)?;
    }
    Session { time: IN_TESTS, seed: Some(SEED), found }.run(&targets()?)
}

fn arguments<'a>(args: &[&'a str]) -> anyhow::Result<(Option<&'a str>, Duration)> {
    let (name, rest) = match args {
        [name, rest @ ..] if !name.starts_with('-') => (Some(*name), rest),
        rest => (None, rest),
    };
    let time = match rest {
        [] => MINUTE,
        [unit, count] => {
            let count: u32 = count.parse().with_context(|| format!("{unit} {count}: not a number"))?;
            match *unit {
                "--hours" => 60 * MINUTE * count,
                "--minutes" => MINUTE * count,
                "--seconds" => Duration::from_secs(1) * count,
                _ => bail!(USAGE),
            }
        }
        _ => bail!(USAGE),
    };
    Ok((name, time))
}

/// Every fuzzer, by the name of its file.
fn targets() -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace().join("fuzz/targets"))? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// How long the fuzzers run, and where.
struct Session {
    time: Duration,
    /// Fixed where runs are to be alike.
    seed: Option<u32>,
    /// Takes the inputs that reach new code, a folder a target.
    found: PathBuf,
}

/// What one fuzzer did.
#[derive(Clone)]
struct Outcome {
    target: String,
    is_sound: bool,
    summary: String,
    log: PathBuf,
}

impl Session {
    fn run(&self, targets: &[String]) -> anyhow::Result<()> {
        let fuzzers = build()?;
        let workers = thread::available_parallelism().map_or(1, usize::from);
        println!("fuzzing {} targets for {} s each, {workers} at once", targets.len(), self.time.as_secs());
        let next = AtomicUsize::new(0);
        let outcomes: anyhow::Result<Vec<Vec<Outcome>>> = thread::scope(|scope| {
            let work = || self.work(&fuzzers, targets, &next);
            let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| bail!("a worker died")))
                .collect()
        });
        let broken: String =
            outcomes?.concat().iter().filter_map(|outcome| outcome.report(&fuzzers)).collect();
        ensure!(broken.is_empty(), "{broken}");
        Ok(())
    }

    /// Takes one target after the other until none is left.
    fn work(&self, fuzzers: &Path, targets: &[String], next: &AtomicUsize) -> anyhow::Result<Vec<Outcome>> {
        let mut outcomes = Vec::new();
        while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = self.fuzz(fuzzers, target)?;
            println!("  {:<16} {}", outcome.target, outcome.summary);
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    fn fuzz(&self, fuzzers: &Path, target: &str) -> anyhow::Result<Outcome> {
        let found = self.found.join(target);
        let folder = target_dir()?.join("fuzz");
        let broken = folder.join("broken").join(target);
        for folder in [&found, &broken] {
            fs::create_dir_all(folder)?;
        }
        let log = folder.join(format!("{target}.log"));
        let mut fuzzer = Command::new(fuzzers.join(target));
        fuzzer
            .arg(format!("-max_total_time={}", self.time.as_secs()))
            .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
            .arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"))
            .arg(format!("-artifact_prefix={}/", broken.display()))
            .arg("-print_final_stats=1")
            .args(self.seed.map(|seed| format!("-seed={seed}")))
            .arg(&found)
            .args(committed(target));
        let status = fuzzer.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?).status();
        let status = status.with_context(|| format!("cannot start the fuzzer {target}"))?;
        let text = read(&log);
        let ended = statistics(&text).filter(|_| status.success());
        Ok(Outcome {
            target: target.to_owned(),
            is_sound: ended.is_some(),
            summary: ended.unwrap_or_else(|| format!("BROKEN ({status})")),
            log,
        })
    }
}

impl Outcome {
    /// Tells a fuzzer that ended badly what broke it, and how to see that again.
    fn report(&self, fuzzers: &Path) -> Option<String> {
        let Self { target, is_sound, summary, log } = self;
        let printed = read(log);
        let said = printed.lines().skip_while(|line| !line.contains("panicked at"));
        let reason: Vec<String> =
            said.take(2).map(|line| line.chars().take(REASON_CHARS_MAX).collect()).collect();
        let input = printed.lines().rev().find_map(|line| line.split_once("Test unit written to "));
        let again = input.map(|(_, input)| {
            let fuzzer = fuzzers.join(target);
            format!(
                "\n  reproduce: {} {input}\n  keep it:   cp {input} fuzz/regressions/{target}/\n  it holds:  {}",
                fuzzer.display(),
                beginning(&fs::read(input).unwrap_or_default())
            )
        });
        let text = || {
            format!(
                "\n{target}: {summary}\n  {}{}\n  log:       {}",
                reason.join("\n  "),
                again.unwrap_or_default(),
                log.display()
            )
        };
        (!is_sound).then(text)
    }
}

/// What an input holds, readable where its file cannot be had, as on another machine.
fn beginning(input: &[u8]) -> String {
    let shown = input.len().min(INPUT_BYTES_SHOWN);
    let rest = if shown < input.len() { "... and more" } else { "" };
    format!("\"{}\"{rest}", input[..shown].escape_ascii())
}

fn read(log: &Path) -> String {
    String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned()
}

/// The inputs of the repository that a target begins with.
fn committed(target: &str) -> Vec<PathBuf> {
    let folders = ["corpus", "regressions"].map(|kind| workspace().join("fuzz").join(kind).join(target));
    folders.into_iter().filter(|folder| folder.is_dir()).collect()
}

/// Builds the fuzzers; only the workspace's own crates are instrumented, dependencies are those of every debug build.
fn build() -> anyhow::Result<PathBuf> {
    println!("building the fuzzers (needs a C++ compiler)");
    let mut build = cargo("build");
    build.args(["--package", "hansard-fuzz", "--features", "libfuzzer", "--bins", "--quiet"]);
    build.args(["--config", "profile.dev.opt-level=1"]);
    must_succeed(build.env("RUSTC_WORKSPACE_WRAPPER", workspace().join("fuzz/instrument.sh")))?;
    Ok(target_dir()?.join("debug"))
}

/// Runs, coverage and inputs, from what libFuzzer prints at its end.
fn statistics(log: &str) -> Option<String> {
    let after = |word: &str| {
        let line = log.lines().rev().find(|line| line.contains(word))?;
        line.split_once(word)?.1.split_whitespace().next()
    };
    let runs = after("stat::number_of_executed_units:")?;
    let inputs = after(" corp: ")?.split('/').next()?;
    Some(format!("{runs} runs, {} edges covered, {inputs} inputs", after(" cov: ")?))
}
