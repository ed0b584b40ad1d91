//! The files of an open store: its folder, held by this process, and its log, emptied when it is closed.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use crossbeam_channel::{Receiver, Sender, bounded};
use hansard_domain::{Error, Result};

use super::{Checkpointer, Log, Reader, Writer, check_log};
use crate::{
    engine::{Options, health::Monitor, lock},
    folder::Folder,
};

#[derive(Debug)]
pub(crate) struct Files {
    folder: Folder,
    file: PathBuf,
    log: Arc<Log>,
    checkpoints: Mutex<Option<Checkpoints>>,
}

#[derive(Debug)]
struct Checkpoints {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Files {
    /// Opens the store of a folder, making both when absent.
    pub(crate) fn open(folder: &Path, options: &Options) -> Result<(Self, Writer)> {
        let folder = Folder::open(folder)?;
        let file = folder.create_database()?;
        check_log(&file)?;
        let log = Arc::new(Log::new(&file, options.wal_truncate_over_bytes, options.read_time_max));
        let writer = Writer::open(&file, Arc::clone(&log), options.flush_commits)?;
        Ok((Self { folder, file, log, checkpoints: Mutex::default() }, writer))
    }

    /// Opens the read connections of a store that has its newest version, and begins to keep its log short.
    pub(crate) fn start(&self, options: &Options, monitor: &Monitor) -> Result<Vec<Reader>> {
        // What a killed process had been asked to empty is not known any more.
        self.log.request_truncate();
        let readers = (0..options.readers.max(1)).map(|_| Reader::open(&self.file, options.read_time_max));
        let readers = readers.collect::<Result<_>>()?;
        let checkpoints = start_checkpoints(Checkpointer::open(&self.file)?, &self.log, monitor)?;
        *lock(&self.checkpoints) = Some(checkpoints);
        Ok(readers)
    }

    /// The database file.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Has the write-ahead log emptied soon, so that deleted text is gone from the files.
    pub(crate) fn request_truncate(&self) {
        self.log.request_truncate();
    }

    /// Ends the checkpoints.
    pub(crate) fn close(&self) {
        if let Some(checkpoints) = lock(&self.checkpoints).take() {
            drop(checkpoints.stop);
            if checkpoints.thread.join().is_err() {
                tracing::error!("the checkpoint thread panicked");
            }
        }
    }
}

fn start_checkpoints(checkpointer: Checkpointer, log: &Arc<Log>, monitor: &Monitor) -> Result<Checkpoints> {
    let (stop, stopped): (_, Receiver<()>) = bounded(0);
    let (log, monitor) = (Arc::clone(log), monitor.clone());
    let thread = thread::Builder::new()
        .name("store-checkpoint".to_owned())
        .spawn(move || {
            checkpointer.run(&log, &stopped, || monitor.has_failed(), |fault| monitor.report(fault));
        })
        .map_err(Error::internal)?;
    Ok(Checkpoints { stop, thread })
}
