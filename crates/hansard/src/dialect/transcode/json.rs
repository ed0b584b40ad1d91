//! The JSON form of messages, read into and written from the protobuf wire form without a tree between.
//!
//! Reading is strict: what has no place in the message is refused with its path, never dropped.

pub(crate) mod number;
mod read;
mod scan;
pub(crate) mod well_known;
mod write;

pub(crate) use read::{Reader, enum_number, whole_bits};
pub(crate) use write::{to_json, write_string};

/// How deep objects and lists may be nested.
pub(crate) const DEPTH_MAX: usize = 64;
