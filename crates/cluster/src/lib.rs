//! PostgreSQL for tests: clusters of their own, on the server programs that are installed; without them the tests fail.
//!
//! One cluster is shared by all test processes, a database for each test; an [`Own`] one is for a test that stops it.
//! It speaks SQL through `psql`, so that who uses it links no driver. For tests alone.
#![allow(clippy::unwrap_used, reason = "a harness fails by panicking")]

mod own;
mod pooler;
mod programs;
mod shared;

pub use own::{Held, Own, Settings};
pub use pooler::Pooler;
pub use shared::Database;

/// Runs one of PostgreSQL's programs, which must succeed.
pub fn run(program: &str, args: &[&str]) -> String {
    programs::demand(std::process::Command::new(programs::bin(program)).args(args))
}
