//! What the disk can do right now: small appends to a growing file, each with fdatasync.

use std::{
    fs::File,
    io::Write,
    time::{Duration, Instant},
};

use tempfile::NamedTempFile;

use crate::Setup;

const RECORD: [u8; 200] = [7; 200];
const PROBE_TIME: Duration = Duration::from_secs(1);

/// A file to append to, gone with its value.
#[derive(Debug)]
pub(crate) struct Disk {
    file: NamedTempFile<File>,
}

impl Disk {
    pub(crate) fn open(setup: &Setup) -> anyhow::Result<Self> {
        Ok(Self { file: NamedTempFile::new_in(&setup.scratch)? })
    }

    /// Appends one record durably and tells how long that took.
    pub(crate) fn append(&mut self) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        self.file.write_all(&RECORD)?;
        self.file.as_file().sync_data()?;
        Ok(begun.elapsed())
    }
}

/// How many durable appends a second the disk does, one after another.
pub(crate) fn appends_per_second(setup: &Setup) -> anyhow::Result<f64> {
    let mut disk = Disk::open(setup)?;
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < PROBE_TIME {
        disk.append()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}
