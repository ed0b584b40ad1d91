//! Servers and commands on a database: every command, whom the way to it trusts, what is never shown, several at once.
//!
//! These stand on databases whatever `HANSARD_TEST_STORE` says.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod commands;
mod credentials;
mod durability;
mod ground;
mod moved;
mod moving;
mod several;
mod stopping;
mod tls;
