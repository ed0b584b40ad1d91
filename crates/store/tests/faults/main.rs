//! The real store on a disk that can be cut, killed and made to fail.
//!
//! A shim under SQLite remembers every write and sync; a crash is judged on what a disk would hold.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod crash_points;
mod desk;
mod disk;
mod failing;
mod image;
mod power_cut;
mod random;
mod run;
mod script;
mod shim;
mod verdict;
