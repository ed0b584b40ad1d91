//! Copies of a store's files, and what rots in them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{answers, world};

/// A generator that gives the same numbers for the same seed (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

/// The bytes of a data folder, to be laid out again and again.
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) database: Vec<u8>,
    pub(crate) log: Vec<u8>,
    pub(crate) index: Vec<u8>,
}

impl Files {
    /// The files as they lie there now.
    pub(crate) fn of(folder: &Path) -> Self {
        let read = |name: &str| fs::read(folder.join(name)).unwrap_or_default();
        Self { database: read("hansard.db"), log: read("hansard.db-wal"), index: read("hansard.db-shm") }
    }

    /// What a power cut leaves: the index of the log is not made durable.
    pub(crate) fn without_index(mut self) -> Self {
        self.index.clear();
        self
    }

    pub(crate) fn lay_out(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(database(&folder), &self.database).unwrap();
        for (name, bytes) in [("hansard.db-wal", &self.log), ("hansard.db-shm", &self.index)] {
            if !bytes.is_empty() {
                fs::write(folder.path().join(name), bytes).unwrap();
            }
        }
        folder
    }
}

pub(crate) fn database(folder: &TempDir) -> PathBuf {
    folder.path().join("hansard.db")
}

/// A store that was filled and closed.
pub(crate) fn closed_store() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    world::in_world(&folder.path().to_owned(), async |world| {
        answers::populate(&world).await;
        world.indexed().await;
    });
    folder
}

/// The bytes with one bit flipped.
pub(crate) fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}
