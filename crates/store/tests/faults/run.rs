//! One run of many writers on a remembering disk, and what was promised to whom when.

use std::{path::Path, thread};

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

/// An open store on a remembering disk, and what its writers were promised.
pub(crate) struct Stage {
    pub(crate) disk: Attached,
    pub(crate) desk: Desk,
    pub(crate) writers: Vec<Promises>,
    set_up: usize,
    folder: TempDir,
}

/// What happened, to be held against what the disk has.
pub(crate) struct Run {
    pub(crate) disk: Attached,
    /// When the profile was acknowledged.
    pub(crate) set_up: usize,
    pub(crate) writers: Vec<Promises>,
    /// The change log as it was last read.
    pub(crate) changes: Vec<Change>,
    _folder: TempDir,
}

impl Stage {
    /// Starts a store on an empty disk.
    pub(crate) fn open(load: Load) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = shim::attach(folder.path());
        let options = Options { flush_commits: load.flush_commits, ..desk::options(folder.path()) };
        let desk = Desk::open(&options).unwrap();
        desk.set_up().unwrap();
        let set_up = disk.now();
        Self { disk, desk, writers: vec![Promises::default(); load.writers], set_up, folder }
    }

    /// Has all writers go on until each has done so many steps or failed, while `meanwhile` is done.
    pub(crate) fn write(&mut self, steps: usize, meanwhile: impl FnOnce(&Path)) -> Vec<Result<()>> {
        let Self { disk, desk, writers, folder, .. } = self;
        let (disk, desk): (&Disk, &Desk) = (disk, desk);
        thread::scope(|scope| {
            let written =
                |(writer, promises): (usize, &'_ mut Promises)| promises.write(desk, disk, writer, steps);
            let threads: Vec<_> =
                writers.iter_mut().enumerate().map(|own| scope.spawn(move || written(own))).collect();
            meanwhile(folder.path());
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    /// Closes the store.
    pub(crate) fn end(self) -> Run {
        let changes = self.desk.changes();
        self.desk.store.close().unwrap();
        let Self { disk, set_up, writers, folder, .. } = self;
        Run { disk, set_up, writers, changes, _folder: folder }
    }
}

impl Run {
    /// Runs a load from the start of the store to its end.
    pub(crate) fn record(load: Load) -> Self {
        let mut stage = Stage::open(load);
        let written = stage.write(load.steps, |folder| {
            for _ in 0..load.backups {
                let to = tempfile::tempdir().unwrap();
                backup::backup(folder, &to.path().join("backup"), &mut |_, _| {}).unwrap();
            }
        });
        written.into_iter().for_each(Result::unwrap);
        stage.end()
    }
}

impl Promises {
    /// Does the steps of a writer from where it is, until one fails.
    fn write(&mut self, desk: &Desk, disk: &Disk, writer: usize, steps: usize) -> Result<()> {
        for number in self.acknowledged.len()..steps {
            self.submitted.push(disk.now());
            desk.perform(Step { writer, number })?;
            self.acknowledged.push(disk.now());
        }
        Ok(())
    }
}
