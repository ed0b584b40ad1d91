//! How many durable single appends a second: ours against the smallest server that does the same work.
//!
//! A shared machine's disk changes from minute to minute, so a figure of ours alone means nothing. Each round measures
//! the disk, ours and the yardstick one after another; what counts is the median of the rounds' ratios.
#![allow(clippy::print_stdout, reason = "the report is the product")]

mod contender;
mod http;
mod load;
mod report;

use std::path::PathBuf;

use clap::Parser;

use crate::{
    contender::{Bare, Hansard},
    load::{Load, fdatasync_rate},
    report::{Round, Rounds},
};

#[derive(Debug, Parser)]
pub(crate) struct Setup {
    /// Release binary of hansard
    #[arg(long)]
    hansard: PathBuf,
    /// Folder of the built yardsticks: bare, hload, fsyncb
    #[arg(long)]
    yardsticks: PathBuf,
    /// Folder on the disk to measure
    #[arg(long)]
    scratch: PathBuf,
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Length of each measurement, after one second of warming
    #[arg(long, default_value_t = 8)]
    seconds: u32,
    #[arg(long, default_value_t = 64)]
    clients: u32,
    /// Live conversations that the appends fall into
    #[arg(long, default_value_t = 256)]
    conversations: u32,
}

fn main() -> anyhow::Result<()> {
    let setup = Setup::parse();
    println!(
        "durable single appends over JSON, {} clients, {} conversations, {} s a measurement",
        setup.clients, setup.conversations, setup.seconds
    );
    println!("{}", Round::HEADER);
    let mut rounds = Rounds::default();
    for number in 1..=setup.rounds {
        let round = measure(&setup)?;
        println!("{number:>5}  {round}");
        rounds.push(round);
    }
    println!("{rounds}");
    Ok(())
}

/// Every server is alone on the machine, on a fresh folder, and gone before the next starts.
fn measure(setup: &Setup) -> anyhow::Result<Round> {
    let disk = fdatasync_rate(setup)?;
    let ours = {
        let server = Hansard::start(setup)?;
        Load::run(setup, &server.request())?
    };
    let bare = {
        let server = Bare::start(setup)?;
        Load::run(setup, &server.request())?
    };
    Ok(Round { disk, ours, bare })
}
