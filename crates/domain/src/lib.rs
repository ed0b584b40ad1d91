//! The rules of the record: no I/O, no clock, no wire type, no SQL.

pub mod error;

pub use error::{Error, ErrorKind, Result};
