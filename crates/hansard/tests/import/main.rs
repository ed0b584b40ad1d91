//! Import and export as a whole: real data, hostile input, the runner against a service, the way there and back.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::print_stdout)]

mod fake;
mod malformed;
mod real_data;
mod round_trip;
mod runner;
mod vcon;
mod vcon_export;
