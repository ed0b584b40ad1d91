//! What was written is what is read, or is known not to be: bit rot, `fsck`, backups under load.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod answers;
mod files;
#[path = "../contract/gate.rs"]
#[allow(dead_code)]
mod gate;
mod prefix;
mod rot;
mod rot_in_the_log;
mod spill;
mod truths;
mod unchecked;
#[path = "../contract/world.rs"]
#[allow(dead_code)]
mod world;

use std::path::PathBuf;

use hansard_store::{Options, Store};

/// Where a world's store is.
trait Fixture {
    fn open(&self) -> Store;
}

impl Fixture for PathBuf {
    fn open(&self) -> Store {
        Store::open(&Options::new(self)).unwrap()
    }
}
