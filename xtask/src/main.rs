//! The project's chores, each one command: tests, benchmarks, soaks.
//!
//! It holds no logic of the product and needs nothing that a clean clone does not have.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool talks to its user")]

mod bench;
mod cargo;
mod fuzz;
mod mutants;
mod soak;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask: the project's chores

  cargo xtask test [ARGS]             builds the binary, fuzzes what reads input for 10 s a surface, then runs every
                                      test of the workspace; ARGS go to the runner: `cargo xtask test crash` runs the
                                      tests with 'crash' in their name, and does not fuzz
  cargo xtask bench                   lists the benchmarks
  cargo xtask bench NAME              measures one figure, or all of them, in interleaved rounds
  cargo xtask soak crash [--kills N]  kills the server N times under load (default 2000) and looks for lost writes
  cargo xtask soak power-cut [--cuts N]
                                      cuts the power of a simulated disk N times (default 5000), likewise
  cargo xtask soak histories [--histories N]
                                      records N histories of 2,000 operations (default 500) and checks that each
                                      conversation is linearizable; HANSARD_HISTORY_SEED sets the first seed
  cargo xtask soak find [--worlds N]  asks random filters of N random worlds (default 3000) and compares the answers with
                                      what a filter means; HANSARD_FIND_SEED sets the first
  cargo xtask fuzz [TARGET] [--hours N | --minutes N | --seconds N]
                                      searches for inputs that break a property of fuzz/src (default 1 minute each)
  cargo xtask mutants [CRATE...]      changes who may do what, retries and numbering, one thing at a time, and fails
                                      where the tests catch less than 95 % of it
  cargo xtask help                    this page

The tests run with cargo-nextest where it is installed, else with cargo test. Real conversations are read from
../shared/data beside the repository; without it the tests that need it are named and skipped, and with CI=true
the run fails.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match args.as_slice() {
        ["test", rest @ ..] => test::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["soak", rest @ ..] => soak::run(rest),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["mutants", rest @ ..] => mutants::run(rest),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        [unknown, ..] => Err(anyhow::anyhow!("no chore is called {unknown:?}; see 'cargo xtask help'")),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
