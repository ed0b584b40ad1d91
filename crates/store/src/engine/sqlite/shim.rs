//! Checksums between SQLite and its files: what the disk altered is never served.
//!
//! A page that goes into the database file gets its checksum here, which is at a checkpoint and so not on the
//! path of a write. A page that is read is checked: in the database file by that checksum, in the
//! write-ahead log by the log's own, at which SQLite itself looks only when it recovers. What a log as a
//! whole proves is the business of `survey.rs`.

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use hansard_domain::{Error, Result};
use hansard_vfs::{Code, FileKind, FileShim, Inner, Shim};

use super::{frames, page};
use crate::engine::turns::at_disk;

/// What SQLite calls the layer.
pub(crate) const NAME: &str = "hansard-checked";
/// SQLite looks at this part of a database file before it holds a lock, so that it may be half written; it
/// reads the whole page again afterwards.
const UNLOCKED_BYTES: u64 = 100;

/// Makes the layer known to SQLite, over the VFS that is the default when this is first called.
pub(crate) fn register() -> Result<&'static str> {
    static REGISTERED: OnceLock<Result<(), Code>> = OnceLock::new();
    REGISTERED.get_or_init(|| hansard_vfs::register(NAME, Checks)).map(|()| NAME).map_err(Error::internal)
}

thread_local! {
    static FOUND: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What the last failed read on this thread found damaged.
pub(crate) fn take_damage() -> Option<String> {
    FOUND.take()
}

/// The refusal of something that the disk altered, for the log and for whoever ran the statement.
fn damaged(file: &Path, what: &str) -> Code {
    let text = describe(file, what);
    tracing::error!("{text}");
    metrics::counter!("hansard_store_damage_total").increment(1);
    FOUND.set(Some(text));
    Code::CHECKSUM
}

/// What is damaged, and what to do about it.
pub(crate) fn describe(file: &Path, what: &str) -> String {
    format!(
        "{} is damaged: {what}; stop the server, run 'hansard fsck' and restore the last good backup",
        file.display()
    )
}

struct Checks;

impl Shim for Checks {
    type File = CheckedFile;

    fn open(&self, path: Option<&Path>, kind: FileKind) -> hansard_vfs::Result<CheckedFile> {
        let path = path.map(Path::to_owned).unwrap_or_default();
        Ok(match kind {
            FileKind::MainDatabase => CheckedFile::Database(Database { path, checked: Cell::new(false) }),
            FileKind::Wal => {
                CheckedFile::Log(Log { path, header: Cell::new(0), stale_from: Cell::new(None) })
            }
            FileKind::Journal | FileKind::Other => CheckedFile::Other,
        })
    }
}

enum CheckedFile {
    Database(Database),
    Log(Log),
    Other,
}

impl FileShim for CheckedFile {
    fn read(&self, inner: &Inner, bytes: &mut [u8], offset: u64) -> hansard_vfs::Result<()> {
        match self {
            Self::Database(database) => database.read(inner, bytes, offset),
            Self::Log(log) => log.read(inner, bytes, offset),
            Self::Other => inner.read_at(bytes, offset),
        }
    }

    fn write(&self, inner: &Inner, bytes: &[u8], offset: u64) -> hansard_vfs::Result<()> {
        match self {
            Self::Database(database) => database.write(inner, bytes, offset),
            Self::Log(log) => log.write(inner, bytes, offset),
            Self::Other => inner.write_at(bytes, offset),
        }
    }
}

/// The file of the pages.
struct Database {
    path: PathBuf,
    /// Its pages are known to have checksums, which they never lose again.
    checked: Cell<bool>,
}

impl Database {
    fn read(&self, inner: &Inner, bytes: &mut [u8], offset: u64) -> hansard_vfs::Result<()> {
        let end = offset + bytes.len() as u64;
        if end <= UNLOCKED_BYTES || self.is_unchecked(inner)? {
            return inner.read_at(bytes, offset);
        }
        let (number, start) = page::holding(offset);
        if bytes.len() == page::BYTES && offset == start {
            return self.read_page(inner, bytes, number);
        }
        if end > start + page::BYTES as u64 {
            return Err(damaged(&self.path, "its header gives a wrong page size"));
        }
        // Long values are read without the last bytes of their pages.
        let mut page = [0; page::BYTES];
        self.read_page(inner, &mut page, number)?;
        let from = (offset - start) as usize;
        bytes.copy_from_slice(&page[from..from + bytes.len()]);
        Ok(())
    }

    fn read_page(&self, inner: &Inner, bytes: &mut [u8], number: u32) -> hansard_vfs::Result<()> {
        match at_disk(|| inner.read_at(bytes, page::offset(number))) {
            Err(Code::SHORT_READ) => Err(damaged(&self.path, &format!("page {number} is cut off"))),
            Ok(()) if !page::is_whole(bytes, number) => {
                Err(damaged(&self.path, &format!("page {number} does not match its checksum")))
            }
            read => read,
        }
    }

    fn write(&self, inner: &Inner, bytes: &[u8], offset: u64) -> hansard_vfs::Result<()> {
        let (number, start) = page::holding(offset);
        if bytes.len() != page::BYTES || offset != start {
            return inner.write_at(bytes, offset);
        }
        let has_room = if number == 1 { page::has_room(bytes) } else { !self.is_unchecked(inner)? };
        if !has_room {
            return inner.write_at(bytes, offset);
        }
        let mut page = bytes.to_vec();
        page::stamp(&mut page, number);
        inner.write_at(&page, offset)
    }

    /// What the first page says; a file without one is going to have checksums.
    fn is_unchecked(&self, inner: &Inner) -> hansard_vfs::Result<bool> {
        if self.checked.get() {
            return Ok(false);
        }
        let mut first = [0; page::BYTES];
        match inner.read_at(&mut first, 0) {
            Err(Code::SHORT_READ) => Ok(false),
            Err(code) => Err(code),
            Ok(()) => {
                let unchecked = page::says_unchecked(&first);
                self.checked.set(!unchecked);
                Ok(unchecked)
            }
        }
    }
}

/// The file of the frames.
struct Log {
    path: PathBuf,
    /// Where this connection last wrote a frame's header.
    header: Cell<u64>,
    /// The first frame whose checksum is behind its page: SQLite replaces a page that one transaction writes
    /// twice, and mends the checksums from there on when it commits.
    stale_from: Cell<Option<u64>>,
}

impl Log {
    fn read(&self, inner: &Inner, bytes: &mut [u8], offset: u64) -> hansard_vfs::Result<()> {
        at_disk(|| inner.read_at(bytes, offset))?;
        let Some(frame) = frames::frame_of_page_at(offset).filter(|_| bytes.len() == page::BYTES) else {
            return Ok(());
        };
        if self.stale_from.get().is_some_and(|stale| frame >= stale) {
            return Ok(());
        }
        let (mut start, mut header) = ([0; 8], [0; frames::FRAME_HEADER_BYTES]);
        inner.read_at(&mut start, frames::start_offset(frame))?;
        inner.read_at(&mut header, frames::header_offset(frame))?;
        if frames::is_whole(start, &header, bytes) {
            return Ok(());
        }
        Err(damaged(&self.path, &format!("frame {frame} does not match its checksum")))
    }

    fn write(&self, inner: &Inner, bytes: &[u8], offset: u64) -> hansard_vfs::Result<()> {
        if bytes.len() == frames::FRAME_HEADER_BYTES
            && let Some(frame) = frames::frame_at(offset)
        {
            self.header.set(offset);
            self.stale_from.set(self.stale_from.get().filter(|stale| *stale < frame));
        } else if let Some(frame) = frames::frame_of_page_at(offset)
            && self.header.get() != frames::header_offset(frame)
        {
            self.stale_from.set(Some(self.stale_from.get().map_or(frame, |stale| stale.min(frame))));
        }
        inner.write_at(bytes, offset)
    }
}
