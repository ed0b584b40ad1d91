//! Several servers on one database: what a watcher of one is told of the others, and what faults leave behind.
//!
//! Each test has a cluster of its own, which it may crash. A partition of the network needs namespaces, and so does not run
//! here: `cargo xtask soak partition` does. Neither do those that need PgBouncer: `cargo xtask soak pooler`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod faults;
mod feed;
mod held;
mod partition;
mod planted;
mod pooler;
mod trial;
