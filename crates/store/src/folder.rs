//! The data folder: made private, and held by one process at a time.
//!
//! What its database holds is the engine's business.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process,
};

use hansard_domain::{Error, Result};

/// The database in a data folder.
pub(crate) const DATABASE_FILE: &str = "hansard.db";
/// Written and removed to learn whether a full disk has space again.
pub(crate) const PROBE_FILE: &str = "space.probe";
const LOCK_FILE: &str = "hansard.lock";
/// Free space that makes it worth while to accept writes again.
const PROBE_BYTES: usize = 1024 * 1024;

/// The process that holds a data folder, as far as it told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub pid: Option<u32>,
    /// Where its server listens, as a URL; none where it is no server, or not yet.
    pub address: Option<String>,
}

/// A data folder that this process holds.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    lock: File,
}

impl Folder {
    /// Makes the folder when absent, for its owner alone, and locks it.
    ///
    /// Fails with `FailedPrecondition` while another process holds it, naming that process.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        create_private(&path).map_err(|error| cannot_use(&path, error))?;
        let lock = take_lock(&path)?;
        let folder = Self { path, lock };
        folder.announce("")?;
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tells other processes where the server that holds the folder listens.
    pub fn announce(&self, address: &str) -> Result<()> {
        let write = || {
            let mut lock = &self.lock;
            lock.set_len(0)?;
            lock.rewind()?;
            writeln!(lock, "{}\n{address}", process::id())
        };
        write().map_err(|error| cannot_use(&self.path, error))
    }

    /// Makes the database file when absent, for its owner alone, before SQLite would make it for all.
    pub(crate) fn create_database(&self) -> Result<PathBuf> {
        let file = self.path.join(DATABASE_FILE);
        let created = match private_file(&file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            created => created.map(drop).and_then(|()| sync_folder(&self.path)),
        };
        created.map_err(|error| cannot_use(&self.path, error))?;
        Ok(file)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Closing the file would not do while a process that is just being started has inherited it.
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the data folder could not be unlocked");
        }
    }
}

fn create_private(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_private(parent)?;
    match DirBuilder::new().mode(0o700).create(path) {
        // Another process was faster.
        Err(_) if path.is_dir() => {}
        created => created?,
    }
    sync_folder(parent)
}

fn take_lock(path: &Path) -> Result<File> {
    let file = path.join(LOCK_FILE);
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(file)
        .map_err(|error| cannot_use(path, error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::Error(error)) => Err(cannot_use(path, error)),
        Err(TryLockError::WouldBlock) => Err(in_use(path, &Holder::read(&mut lock))),
    }
}

fn in_use(path: &Path, holder: &Holder) -> Error {
    let pid = holder.pid.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string());
    let by = match &holder.address {
        Some(address) => format!("a running server (pid {pid}, {address})"),
        None => format!("another hansard process (pid {pid})"),
    };
    Error::failed_precondition(format!("the folder {} is in use by {by}", path.display()))
}

/// The process that holds a folder; none where it is free, or cannot be looked at.
pub fn holder(path: &Path) -> Option<Holder> {
    let mut lock = File::open(path.join(LOCK_FILE)).ok()?;
    // A shared lock, and for this moment only, so that two who look do not see each other.
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(Holder::read(&mut lock)),
        _ => None,
    }
}

impl Holder {
    /// The text is a courtesy: without it the folder is in use all the same.
    fn read(lock: &mut File) -> Self {
        let mut text = String::new();
        let _ = lock.read_to_string(&mut text);
        let mut lines = text.lines();
        let pid = lines.next().and_then(|pid| pid.parse().ok());
        let address = lines.next().filter(|address| !address.is_empty()).map(str::to_owned);
        Self { pid, address }
    }
}

fn cannot_use(path: &Path, error: io::Error) -> Error {
    Error::failed_precondition(format!("the folder {} cannot be used: {error}", path.display()))
        .with_source(error)
}

/// Makes a new file that only its owner may read.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Makes the names in a folder survive a power cut.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Succeeds when there is space for some writes.
pub(crate) fn probe_space(file: &Path) -> io::Result<()> {
    let write = || {
        let mut probe = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
        probe.write_all(&vec![0xA5; PROBE_BYTES])?;
        probe.sync_all()
    };
    let written = write();
    let removed = fs::remove_file(file);
    written.and(removed)
}
