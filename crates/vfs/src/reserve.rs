//! Bytes that SQLite leaves to a shim at the end of every page.

use std::os::raw::c_int;

use rusqlite::{Connection, ffi};

use crate::{Code, Result};

/// Asks SQLite to leave so many bytes at the end of each page of the main database, where it makes one or
/// writes it anew (`vacuum`).
pub fn reserve_bytes(connection: &Connection, bytes: u8) -> Result<()> {
    exchange(connection, bytes.into()).map(drop)
}

/// How many bytes SQLite leaves at the end of each page of the main database.
pub fn reserved_bytes(connection: &Connection) -> Result<u8> {
    // SQLite takes what is no number of bytes for a mere question.
    u8::try_from(exchange(connection, -1)?).map_err(|_| Code::MISUSE)
}

fn exchange(connection: &Connection, bytes: c_int) -> Result<c_int> {
    let mut bytes = bytes;
    // SAFETY: the handle is open while the connection is borrowed, and SQLite reads and writes one integer.
    let done = unsafe {
        ffi::sqlite3_file_control(
            connection.handle(),
            c"main".as_ptr(),
            ffi::SQLITE_FCNTL_RESERVE_BYTES,
            (&raw mut bytes).cast(),
        )
    };
    Code::check(done).map(|()| bytes)
}
