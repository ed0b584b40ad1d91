//! The engine, the door and what keeps them safe, over a table of notes that stands for any other.

#![allow(clippy::unwrap_used)]

mod door;
mod notes;
mod reads;
