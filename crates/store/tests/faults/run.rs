//! One run of many writers on a remembering disk, and what was promised to whom when.

use std::thread;

use hansard_domain::{Result, change::Change};
use hansard_store::{Options, backup};
use tempfile::TempDir;

use crate::{
    desk::{self, Desk},
    disk::Disk,
    script::Step,
    shim::{self, Attached},
};

/// When a writer submitted its steps and was told that they are committed, as places in the disk's log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Promises {
    pub(crate) submitted: Vec<usize>,
    pub(crate) acknowledged: Vec<usize>,
}

/// What a run consists of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) writers: usize,
    /// Of each writer.
    pub(crate) steps: usize,
    /// Taken meanwhile.
    pub(crate) backups: usize,
    pub(crate) flush_commits: bool,
}

/// What happened, to be held against what the disk has.
pub(crate) struct Run {
    pub(crate) disk: Attached,
    /// When the profile was acknowledged.
    pub(crate) set_up: usize,
    pub(crate) writers: Vec<Promises>,
    /// The change log at the end.
    pub(crate) changes: Vec<Change>,
    _folder: TempDir,
}

impl Run {
    /// Starts a store on an empty disk and puts it under a load.
    pub(crate) fn record(load: Load) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = shim::attach(folder.path());
        let Load { writers, steps, flush_commits, backups } = load;
        let desk = Desk::open(&Options { flush_commits, ..desk::options(folder.path()) }).unwrap();
        desk.set_up().unwrap();
        let set_up = disk.now();
        let mut promises = vec![Promises::default(); writers];
        thread::scope(|scope| {
            for (writer, promises) in promises.iter_mut().enumerate() {
                let (desk, disk) = (&desk, &disk);
                scope.spawn(move || promises.write(desk, disk, writer, steps).unwrap());
            }
            for number in 0..backups {
                let to = tempfile::tempdir().unwrap();
                backup::backup(folder.path(), &to.path().join(number.to_string()), &mut |_, _| {}).unwrap();
            }
        });
        let changes = desk.changes();
        desk.store.close().unwrap();
        Self { disk, set_up, writers: promises, changes, _folder: folder }
    }
}

impl Promises {
    /// Does the steps of a writer from where it is, until one fails.
    pub(crate) fn write(&mut self, desk: &Desk, disk: &Disk, writer: usize, steps: usize) -> Result<()> {
        for number in self.acknowledged.len()..steps {
            self.submitted.push(disk.now());
            desk.perform(Step { writer, number })?;
            self.acknowledged.push(disk.now());
        }
        Ok(())
    }
}
