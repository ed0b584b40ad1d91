//! The result codes in which SQLite and a VFS speak of failure.

use std::{fmt, os::raw::c_int};

use rusqlite::ffi;

use crate::Result;

/// A result code of SQLite other than success, extended where there is an extended one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code(c_int);

impl Code {
    pub const CANNOT_OPEN: Self = Self(ffi::SQLITE_CANTOPEN);
    pub const DISK_FULL: Self = Self(ffi::SQLITE_FULL);
    pub const MISUSE: Self = Self(ffi::SQLITE_MISUSE);
    pub const READ: Self = Self(ffi::SQLITE_IOERR_READ);
    /// The file ends before what was asked for; the rest of the buffer is zeros.
    pub const SHORT_READ: Self = Self(ffi::SQLITE_IOERR_SHORT_READ);
    pub const WRITE: Self = Self(ffi::SQLITE_IOERR_WRITE);
    pub const TRUNCATE: Self = Self(ffi::SQLITE_IOERR_TRUNCATE);
    pub const SYNC: Self = Self(ffi::SQLITE_IOERR_FSYNC);
    pub const DELETE: Self = Self(ffi::SQLITE_IOERR_DELETE);
    /// What was read does not match its checksum.
    pub const CHECKSUM: Self = Self(ffi::SQLITE_IOERR_DATA);
    /// A hook panicked.
    pub const PANIC: Self = Self(ffi::SQLITE_IOERR);

    /// The number that SQLite knows it by.
    pub fn number(self) -> i32 {
        self.0
    }

    pub(crate) fn check(number: c_int) -> Result<()> {
        if number == ffi::SQLITE_OK { Ok(()) } else { Err(Self(number)) }
    }

    pub(crate) fn of(result: Result<()>) -> c_int {
        result.map_or_else(|code| code.0, |()| ffi::SQLITE_OK)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SQLite code {}", self.0)
    }
}

impl std::error::Error for Code {}
