//! Retention and legal hold: what is due goes, what is held stays, and nothing goes by halves.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod due;
mod hold;
mod interrupted;
mod preview;
mod world;
