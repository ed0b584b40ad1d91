//! A layer between SQLite and its files, in safe terms.
//!
//! A [`Shim`] sees what SQLite does to files before the VFS below does it, and may do something else
//! instead: fail, write other bytes, check what was read. All that it does not care about is
//! forwarded. This is the only crate with `unsafe` in it.
//!
//! It deliberately offers no memory-mapped reads, which no hook would see: SQLite reads every page
//! through [`FileShim::read`]. The shared index of the write-ahead log passes no hook.
#![allow(unsafe_code)]

mod code;
mod file;
mod inner;
mod reserve;
mod vfs;

use std::path::Path;

pub use code::Code;
pub use inner::{Inner, SyncFlags};
pub use reserve::{reserve_bytes, reserved_bytes};
pub use vfs::{register, register_as_default};

/// The answer of a hook and of what it forwards to.
pub type Result<T> = std::result::Result<T, Code>;

/// What SQLite keeps in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    MainDatabase,
    Wal,
    /// The rollback journal of a main database.
    Journal,
    /// Temporary databases, journals of temporary things, super-journals.
    Other,
}

/// A layer over the VFS that was the default when it was registered.
///
/// A hook that panics fails its call with [`Code::PANIC`].
pub trait Shim: Send + Sync + 'static {
    type File: FileShim;

    /// Called before a file is opened, and made when absent; a temporary file has no path.
    fn open(&self, path: Option<&Path>, kind: FileKind) -> Result<Self::File>;

    /// Deletes a file through `forward`; `sync_folder` asks for the deletion to be durable.
    fn delete(&self, path: &Path, sync_folder: bool, forward: impl FnOnce() -> Result<()>) -> Result<()> {
        let _ = (path, sync_folder);
        forward()
    }
}

/// The hooks of one open file; each forwards unless it says otherwise.
///
/// SQLite uses a file from one thread at a time. Different connections to one database have files of their own.
pub trait FileShim: Send + 'static {
    /// Fills `bytes`. What lies beyond the end of the file is zeros and [`Code::SHORT_READ`].
    fn read(&self, inner: &Inner, bytes: &mut [u8], offset: u64) -> Result<()> {
        inner.read_at(bytes, offset)
    }

    fn write(&self, inner: &Inner, bytes: &[u8], offset: u64) -> Result<()> {
        inner.write_at(bytes, offset)
    }

    fn truncate(&self, inner: &Inner, size: u64) -> Result<()> {
        inner.truncate(size)
    }

    /// Makes what was written durable.
    fn sync(&self, inner: &Inner, flags: SyncFlags) -> Result<()> {
        inner.sync(flags)
    }
}
