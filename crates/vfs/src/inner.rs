//! The file of the VFS below, as a hook may use it.

use std::os::raw::c_int;

use rusqlite::ffi;

use crate::{Code, Result};

/// How thoroughly SQLite wants a file synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncFlags(pub(crate) c_int);

/// The file of the VFS below.
#[derive(Debug)]
pub struct Inner {
    /// Open, and in the memory of the file whose hooks are given this.
    pub(crate) file: *mut ffi::sqlite3_file,
}

/// Calls a method of the inner file; one that it lacks answers `$absent`.
macro_rules! call {
    ($inner:expr, $method:ident($($argument:expr),*), $absent:expr) => {{
        let file: *mut ffi::sqlite3_file = $inner;
        // SAFETY: the inner file is open, so its methods point to a table of the VFS below that
        // lives as long as the file. The arguments are SQLite's own, or checked by the caller.
        unsafe {
            match (*(*file).pMethods).$method {
                Some(method) => method(file, $($argument),*),
                None => $absent,
            }
        }
    }};
}
pub(crate) use call;

impl Inner {
    /// Fills `bytes`; what lies beyond the end of the file is zeros and [`Code::SHORT_READ`].
    pub fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<()> {
        let (length, offset) = (length_of(bytes)?, position(offset)?);
        Code::check(call!(self.file, xRead(bytes.as_mut_ptr().cast(), length, offset), ffi::SQLITE_IOERR))
    }

    pub fn write_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        let (length, offset) = (length_of(bytes)?, position(offset)?);
        Code::check(call!(self.file, xWrite(bytes.as_ptr().cast(), length, offset), ffi::SQLITE_IOERR))
    }

    pub fn truncate(&self, size: u64) -> Result<()> {
        Code::check(call!(self.file, xTruncate(position(size)?), ffi::SQLITE_IOERR))
    }

    pub fn sync(&self, flags: SyncFlags) -> Result<()> {
        Code::check(call!(self.file, xSync(flags.0), ffi::SQLITE_IOERR))
    }

    pub fn size(&self) -> Result<u64> {
        let mut size = 0;
        Code::check(call!(self.file, xFileSize(&raw mut size), ffi::SQLITE_IOERR))?;
        u64::try_from(size).map_err(|_| Code::MISUSE)
    }
}

fn length_of(bytes: &[u8]) -> Result<c_int> {
    c_int::try_from(bytes.len()).map_err(|_| Code::MISUSE)
}

fn position(offset: u64) -> Result<i64> {
    i64::try_from(offset).map_err(|_| Code::MISUSE)
}
