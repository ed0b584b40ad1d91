//! A store that moves from a folder into a database: everything arrives, whatever happens on the way, and nothing else is
//! taken for a moved store.
//!
//! The rows are made and compared from beside the store, by what the schema says of each table.

#![allow(clippy::unwrap_used)]

mod arrives;
mod differs;
mod fill;
mod look;
mod place;
mod refused;
mod resumes;
