//! The engine, the door and what keeps them safe, over a table of notes that stands for any other.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod backup;
mod child;
mod door;
mod failure;
mod folder;
mod log;
mod migrate;
mod migrate_kills;
mod notes;
mod reads;
