//! Measures the release binary from outside: each figure that the project promises, one benchmark each.
//!
//! A shared machine's disk changes from minute to minute, so a figure of ours alone means nothing. Each round measures
//! the disk, ours and the yardstick one after another; what counts is the median of the rounds' ratios. It builds
//! nothing: `cargo xtask bench` does that and passes the paths.
#![allow(clippy::print_stdout, reason = "the report is the product")]

mod benchmark;
mod disk;
mod figure;
mod find;
mod fixture;
mod grpc;
mod hansard;
mod http;
mod import;
mod load;
mod process;
mod random;
mod rounds;
mod share;
mod text;
mod watcher;
mod yardstick;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser};

use crate::{benchmark::Selection, figure::summary};

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    setup: Setup,
    #[command(subcommand)]
    selection: Selection,
}

/// Where everything is, and how long to measure.
#[derive(Debug, Args)]
pub(crate) struct Setup {
    /// Release binary of hansard
    #[arg(long)]
    hansard: PathBuf,
    /// Folder of the built yardsticks: bare, hload, sqlbench
    #[arg(long)]
    yardsticks: PathBuf,
    /// Folder of the scripts that pgbench runs
    #[arg(long)]
    pgbench_scripts: PathBuf,
    /// Folder of real dialogs, of which messages are made
    #[arg(long)]
    dialogs: PathBuf,
    /// Folder on the disk to measure
    #[arg(long)]
    scratch: PathBuf,
    #[arg(long, global = true, default_value_t = 5)]
    rounds: u32,
    /// Length of each measurement, after one second of warming
    #[arg(long, global = true, default_value_t = 8)]
    seconds: u32,
    /// Conversations that `find` searches
    #[arg(long, global = true, default_value_t = 1_000_000)]
    conversations: u32,
    /// Have `find` search a PostgreSQL cluster of its own instead of a folder
    #[arg(long, global = true)]
    database: bool,
    /// Of `find`, only the questions with this in their name
    #[arg(long, global = true, default_value = "")]
    only: String,
}

/// Runs what was chosen. A missed figure is a finding, not a failure; a measurement that failed is one.
fn main() -> anyhow::Result<ExitCode> {
    let Cli { setup, selection } = Cli::parse();
    let (mut figures, mut failed) = (Vec::new(), Vec::new());
    for benchmark in selection.benchmarks() {
        match (benchmark.run)(&setup) {
            Ok(found) => figures.extend(found.into_iter().map(|figure| (benchmark.name, figure))),
            Err(error) => failed.push(format!("{}: {error:#}", benchmark.name)),
        }
        println!();
    }
    println!("{}", summary(&figures));
    for failure in &failed {
        println!("not measured: {failure}");
    }
    let complete = failed.is_empty() && figures.iter().all(|(_, figure)| figure.is_measured());
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
