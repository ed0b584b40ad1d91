//! The real binary killed at its system calls and on a disk that is full; what it asks of the disk.
//!
//! Faults inside SQLite's files are injected more finely by the store's own tests.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod calls;
mod failed_flush;
mod full_disk;
mod strace;
mod trace;
