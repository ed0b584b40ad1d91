//! Bodies of what there is much of, conversations, messages and events: domain values in few bytes.
//!
//! A packed body says what its JSON says, by the same field names, so that fields come and go as they do in JSON. But a
//! name is one byte, its place in [`NAMES`](names::NAMES), and a value is its type and its bytes. Texts stand as they
//! are, for whoever has to look for words in a file.
//!
//! Bodies stored before there was this form are JSON, and are read as such.

mod form;
mod names;
mod reader;
mod writer;

use crate::json;
use hansard_domain::{Error, Result, name::ProfileName};
use reader::Reader;
use serde::{Deserialize, Serialize};
use writer::Writer;

/// Packs a body of a profile: names under it, and under its customer, do not repeat theirs.
pub(crate) fn write_in(profile: &ProfileName, body: &impl Serialize) -> Result<Vec<u8>> {
    pack(Writer::of(Some(profile)), body)
}

/// Packs what is of no profile.
pub(crate) fn write(value: &impl Serialize) -> Result<Vec<u8>> {
    pack(Writer::of(None), value)
}

fn pack(mut writer: Writer<'_>, value: &impl Serialize) -> Result<Vec<u8>> {
    value.serialize(&mut writer).map_err(Error::internal)?;
    Ok(writer.into_bytes())
}

/// Reads a body of a profile. The error tells where it fails, not what stands there: that may be somebody's words.
pub(crate) fn read_in<'b, T: Deserialize<'b>>(profile: &'b ProfileName, bytes: &'b [u8]) -> Result<T> {
    if is_json(bytes) {
        let text = std::str::from_utf8(bytes).map_err(|error| unreadable(error.valid_up_to()))?;
        return json::read(text);
    }
    unpack(Reader::of(bytes, Some(profile)))
}

/// Reads what is of no profile.
pub(crate) fn read<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T> {
    unpack(Reader::of(bytes, None))
}

fn unpack<'b, T: Deserialize<'b>>(mut reader: Reader<'b>) -> Result<T> {
    let value = T::deserialize(&mut reader);
    value.ok().filter(|_| reader.is_at_end()).ok_or_else(|| unreadable(reader.at()))
}

/// A body is a struct, which no packed form begins like that.
fn is_json(bytes: &[u8]) -> bool {
    bytes.first() == Some(&b'{')
}

fn unreadable(at: usize) -> Error {
    Error::internal(format!("a stored body cannot be read: it is broken at byte {at}"))
}

#[cfg(test)]
mod tests;
