//! An open store: where it is kept, its connections and their threads.
//!
//! Writes go through a [`Door`](crate::Door); nothing here knows a table.

mod claim;
mod connection;
pub(crate) mod fault;
pub(crate) mod health;
mod location;
pub(crate) mod postgres;
mod reach;
mod readers;
mod script;
pub(crate) mod sqlite;
mod turns;

use std::{
    any::Any,
    iter,
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use hansard_domain::{Error, Result};
use tokio::sync::watch;

pub use self::{
    claim::Claim,
    health::Health,
    location::{DatabaseUrl, Location, SslRule},
    reach::Reach,
};
use self::{connection::Reader, health::Monitor, readers::Readers, sqlite::Files};
pub(crate) use self::{
    connection::{Row, Session, Writer},
    fault::{Failure, Fault},
    postgres::{Heard, Hearer, Listener},
};
use crate::{
    clock::{SystemTimeSource, TimeSource},
    migrate::{self, Migration},
    moving,
    tx::Tx,
};

/// To a database, and to a folder's store where processors are few.
const READERS: usize = 4;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    pub location: Location,
    /// Read connections, each with a thread. Those to a folder's store work as many at once as there are processors,
    /// and more while some wait for the disk.
    pub readers: usize,
    /// Write connections to a database, each with a thread; a folder has one.
    pub writers: usize,
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
    /// The options that a server runs with, for the store of a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self::at(Location::Folder(folder.into()))
    }

    /// The options that a server runs with.
    pub fn at(location: Location) -> Self {
        Self {
            readers: match &location {
                Location::Folder(_) => READERS.max(2 * processors()),
                Location::Postgres(_) => READERS,
            },
            location,
            writers: 4,
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
    monitor: Monitor,
    readers: Readers,
    writers: Vec<WriterSlot>,
    place: Place,
}

/// Where the store is.
#[derive(Debug)]
enum Place {
    Folder(Box<Files>),
    Server(DatabaseUrl, postgres::Vacuum),
}

/// Where a writer is while no door has it.
pub(crate) type WriterSlot = Arc<Mutex<Option<Writer>>>;

impl Engine {
    /// Opens a store, making it when absent, and brings it to the newest version.
    pub fn open(options: &Options, migrations: &[Migration]) -> Result<Self> {
        let monitor = Monitor::new();
        match &options.location {
            Location::Folder(folder) => {
                let (files, writer) = Files::open(folder, options)?;
                let writer = Writer::Sqlite(Box::new(writer));
                migrate::migrate(&writer, &files.file().display(), migrations, options.time.wall())?;
                let readers = files.start(options, &monitor)?;
                let readers = readers.into_iter().map(|reader| Reader::Sqlite(Box::new(reader)));
                let readers = Readers::start(readers.collect(), processors())?;
                Ok(Self::of(monitor, vec![writer], readers, Place::Folder(Box::new(files))))
            }
            Location::Postgres(url) => {
                let writer = Writer::Postgres(Box::new(postgres::Writer::open(url, &monitor)?));
                let whole = writer.transact(&[Claim::Schema], |tx| moving::refuse_unfinished(tx, url));
                whole.map_err(|failure| failure.error)?;
                migrate::migrate(&writer, url, migrations, options.time.wall())?;
                let another = |_| Writer::Postgres(Box::new(postgres::Writer::another(url, &monitor)));
                let writers = iter::once(writer).chain((1..options.writers).map(another)).collect();
                let reader = |_| {
                    let reader = postgres::Reader::new(url, options.read_time_max, &monitor);
                    Reader::Postgres(Box::new(reader))
                };
                let readers: Vec<_> = (0..options.readers.max(1)).map(reader).collect();
                let count = readers.len();
                let vacuum = postgres::Vacuum::start(url)?;
                let readers = Readers::start(readers, count)?;
                Ok(Self::of(monitor, writers, readers, Place::Server(url.clone(), vacuum)))
            }
        }
    }

    fn of(monitor: Monitor, writers: Vec<Writer>, readers: Readers, place: Place) -> Self {
        let writers = writers.into_iter().map(|writer| Arc::new(Mutex::new(Some(writer))));
        Self { monitor, readers, writers: writers.collect(), place }
    }

    /// Whether other processes write to the store while this one does.
    pub fn is_shared(&self) -> bool {
        matches!(self.place, Place::Server(..))
    }

    /// Tells whoever finds the store's folder in use where it is served; a shared store is nobody's alone.
    pub fn announce(&self, address: &str) -> Result<()> {
        match &self.place {
            Place::Folder(files) => files.folder().announce(address),
            Place::Server(..) => Ok(()),
        }
    }

    /// Has the hearer told what other processes tell of a shared store.
    pub(crate) fn listen(&self, hearer: Box<dyn Hearer>) -> Result<Option<Listener>> {
        match &self.place {
            Place::Folder(_) => Ok(None),
            Place::Server(url, _) => Listener::start(url, &self.monitor, hearer).map(Some),
        }
    }

    /// Runs `work` on a snapshot of the store, on a reader thread. It may touch what is in its reach.
    ///
    /// Fails with `Exhausted` when it takes longer than the time limit or too many reads are waiting. A
    /// panic fails this read alone.
    pub async fn read<T: Send + 'static>(
        &self,
        name: &'static str,
        reach: Reach,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.readers.submit(name, reach, work)?.await.unwrap_or_else(|_| Err(readers::closed()))
    }

    /// [`read`](Self::read) for code that is not asynchronous.
    pub fn read_blocking<T: Send + 'static>(
        &self,
        name: &'static str,
        reach: Reach,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.readers.submit(name, reach, work)?.blocking_recv().unwrap_or_else(|_| Err(readers::closed()))
    }

    /// What may lose an acknowledged write in a crash of the database's machine, as its server was found last.
    pub fn relaxations(&self) -> Vec<&'static str> {
        self.monitor.relaxations()
    }

    /// Whether the store takes writes, now and later.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.monitor.watch()
    }

    /// Has deleted text go from the files soon, or from the server's tables.
    pub fn request_truncate(&self) {
        match &self.place {
            Place::Folder(files) => files.request_truncate(),
            Place::Server(_, vacuum) => vacuum.request(),
        }
    }

    /// Finishes the reads and closes the connections; of a folder it empties the write-ahead log, too. The door is
    /// closed before.
    ///
    /// After a failed write the log is left as it is, for the next start to recover from.
    pub fn close(&self) -> Result<()> {
        self.readers.close();
        if let Place::Folder(files) = &self.place {
            files.close();
        }
        let writers = self.writers.iter().filter_map(|writer| lock(writer).take());
        writers.filter(|_| !self.monitor.has_failed()).try_for_each(Writer::close)
    }

    pub(crate) fn monitor(&self) -> &Monitor {
        &self.monitor
    }

    pub(crate) fn writers(&self) -> &[WriterSlot] {
        &self.writers
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "the store was not closed cleanly");
        }
    }
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
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
