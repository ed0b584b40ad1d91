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
use hansard_domain::{Error, Result};
use reader::Reader;
use serde::{Deserialize, Serialize};
use writer::Writer;

pub(crate) fn write(body: &impl Serialize) -> Result<Vec<u8>> {
    let mut writer = Writer::default();
    body.serialize(&mut writer).map_err(Error::internal)?;
    Ok(writer.into_bytes())
}

/// Reads a body. The error tells where it fails, not what stands there: that may be somebody's words.
pub(crate) fn read<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T> {
    if is_json(bytes) {
        let text = std::str::from_utf8(bytes).map_err(|error| unreadable(error.valid_up_to()))?;
        return json::read(text);
    }
    let mut reader = Reader::of(bytes);
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
