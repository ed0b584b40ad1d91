//! An open store: its folder, its connections and their threads.
//!
//! Writes go through a [`Door`](crate::Door); nothing here knows a table.

pub(crate) mod health;
mod readers;
pub(crate) mod sqlite;

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use hansard_domain::{Error, Result};
use tokio::sync::watch;

pub use self::health::Health;
use self::{
    health::Monitor,
    readers::Readers,
    sqlite::{Checkpointer, Log, Writer},
};
use crate::{
    clock::{SystemTimeSource, TimeSource},
    folder::Folder,
    migrate::{self, Migration},
    tx::Tx,
};

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    pub folder: PathBuf,
    /// Read connections, each with a thread.
    pub readers: usize,
    /// No read transaction lasts longer.
    pub read_time_max: Duration,
    /// The writer empties the write-ahead log when it is larger.
    pub wal_truncate_over_bytes: u64,
    /// Always true in the product. Without, a power cut loses acknowledged writes: the test that would
    /// notice such a loss has to show that it does.
    #[doc(hidden)]
    pub flush_commits: bool,
    /// Whether the index of keywords follows the log; a search reads the texts that it does not cover.
    pub index_keywords: bool,
    /// Where the store's clock takes its time from.
    pub time: Arc<dyn TimeSource>,
}

impl Options {
    /// The options that a server runs with.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            readers: 4,
            read_time_max: Duration::from_secs(5),
            wal_truncate_over_bytes: 64 * 1024 * 1024,
            flush_commits: true,
            index_keywords: true,
            time: Arc::new(SystemTimeSource),
        }
    }
}

/// An open store.
#[derive(Debug)]
pub struct Engine {
    folder: Folder,
    monitor: Monitor,
    log: Arc<Log>,
    readers: Readers,
    writer: WriterSlot,
    checkpoints: Mutex<Option<Checkpoints>>,
}

/// Where the writer is while no door has it.
pub(crate) type WriterSlot = Arc<Mutex<Option<Writer>>>;

#[derive(Debug)]
struct Checkpoints {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Engine {
    /// Opens the store of a folder, making both when absent, and brings it to the newest version.
    pub fn open(options: &Options, migrations: &[Migration]) -> Result<Self> {
        let folder = Folder::open(&options.folder)?;
        let file = folder.create_database()?;
        sqlite::check_log(&file)?;
        let log = Arc::new(Log::new(&file, options.wal_truncate_over_bytes, options.read_time_max));
        let writer = Writer::open(&file, Arc::clone(&log), options.flush_commits)?;
        migrate::migrate(&writer, &file, migrations, options.time.wall())?;
        // What a killed process had been asked to empty is not known any more.
        log.request_truncate();
        let monitor = Monitor::new();
        let readers = Readers::open(&file, options.readers, options.read_time_max)?;
        let checkpoints = start_checkpoints(Checkpointer::open(&file)?, &log, &monitor)?;
        Ok(Self {
            folder,
            monitor,
            log,
            readers,
            writer: Arc::new(Mutex::new(Some(writer))),
            checkpoints: Mutex::new(Some(checkpoints)),
        })
    }

    /// The folder that this store has locked.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Runs `work` on a snapshot of the store, on a reader thread.
    ///
    /// Fails with `Exhausted` when it takes longer than the time limit or too many reads are waiting. A
    /// panic fails this read alone.
    pub async fn read<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.readers.submit(name, work)?.await.unwrap_or_else(|_| Err(readers::closed()))
    }

    /// [`read`](Self::read) for code that is not asynchronous.
    pub fn read_blocking<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.readers.submit(name, work)?.blocking_recv().unwrap_or_else(|_| Err(readers::closed()))
    }

    /// Whether the store takes writes, now and later.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.monitor.watch()
    }

    /// Has the write-ahead log emptied soon, so that deleted text is gone from the files.
    pub fn request_truncate(&self) {
        self.log.request_truncate();
    }

    /// Finishes the reads, empties the write-ahead log and closes the files; the door is closed before.
    ///
    /// After a failed write the log is left as it is, for the next start to recover from.
    pub fn close(&self) -> Result<()> {
        self.readers.close();
        if let Some(checkpoints) = lock(&self.checkpoints).take() {
            drop(checkpoints.stop);
            if checkpoints.thread.join().is_err() {
                tracing::error!("the checkpoint thread panicked");
            }
        }
        match lock(&self.writer).take() {
            Some(writer) if !self.monitor.has_failed() => writer.close(),
            _ => Ok(()),
        }
    }

    pub(crate) fn monitor(&self) -> &Monitor {
        &self.monitor
    }

    pub(crate) fn writer(&self) -> &WriterSlot {
        &self.writer
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "the store was not closed cleanly");
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

/// Locks what stays whole whatever panics.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `work` so that a panic is its failure and nobody else's.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Error::internal(format!("panicked: {}", text(&*panic)))))
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a text")
}
