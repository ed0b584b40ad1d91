//! The protobuf wire form into JSON, driven by the tables of the contract.
//!
//! It prints what it is given and hides nothing: what a caller may see is decided before.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::io::Write;

use super::{number::write_double, well_known};
use crate::dialect::transcode::{
    schema::{EnumId, Field, Form, Kind, Message, MessageId, Schema, Shape},
    wire::{self, Malformed, Raw, Records},
};

/// How much longer JSON is, at most as a rule: what outgrows its room is copied.
const LONGER: usize = 3;

/// Writes an answer: the fields of the message itself are all printed, deeper ones where they are set.
pub(crate) fn to_json(schema: &Schema, id: MessageId, message: &[u8]) -> Result<Vec<u8>, Malformed> {
    let out = Vec::with_capacity(message.len() * LONGER + 64);
    let mut writer = Writer { schema, out, records: Vec::new() };
    let described = schema.message(id);
    match described.form() {
        Form::Object => writer.object(described, message, true)?,
        _ => writer.message(id, message)?,
    }
    Ok(writer.out)
}

struct Writer<'a> {
    schema: &'a Schema,
    out: Vec<u8>,
    /// The records of every message between the answer and the place of writing.
    records: Vec<(u32, Raw<'a>)>,
}

impl<'a> Writer<'a> {
    fn message(&mut self, id: MessageId, bytes: &'a [u8]) -> Result<(), Malformed> {
        let schema = self.schema;
        let message = schema.message(id);
        match message.form() {
            Form::Object | Form::MetadataValue => return self.object(message, bytes, false),
            Form::Timestamp => {
                let time = well_known::from_wire(bytes)?;
                well_known::write_timestamp(&mut self.out, time);
            }
            Form::Duration => {
                let duration = well_known::from_wire(bytes)?;
                well_known::write_duration(&mut self.out, duration);
            }
            Form::FieldMask => self.field_mask(bytes)?,
            Form::Struct => self.free_object(bytes)?,
            Form::Value => self.free_value(bytes)?,
            Form::ListValue => self.free_list(bytes)?,
        }
        Ok(())
    }

    fn object(&mut self, message: &Message, bytes: &'a [u8], all: bool) -> Result<(), Malformed> {
        let base = self.index(bytes)?;
        let end = self.records.len();
        let mut from = base;
        self.out.push(b'{');
        for field in &message.fields {
            while from < end && self.records[from].0 < field.number {
                from += 1;
            }
            let start = from;
            while from < end && self.records[from].0 == field.number {
                from += 1;
            }
            if from > start {
                self.present(field, start, from, all)?;
            } else if all {
                self.absent(field);
            }
        }
        self.out.push(b'}');
        self.records.truncate(base);
        Ok(())
    }

    /// Lays the records of a message on top of the others, in order of their numbers.
    fn index(&mut self, bytes: &'a [u8]) -> Result<usize, Malformed> {
        let base = self.records.len();
        for record in Records::new(bytes) {
            self.records.push(record?);
        }
        let own = &mut self.records[base..];
        if !own.is_sorted_by_key(|(number, _)| *number) {
            own.sort_by_key(|(number, _)| *number);
        }
        Ok(base)
    }

    fn present(&mut self, field: &Field, start: usize, end: usize, all: bool) -> Result<(), Malformed> {
        match field.shape {
            Shape::Single => {
                let raw = self.records[end - 1].1;
                if raw.is_zero() && !field.has_presence && !all {
                    return Ok(());
                }
                self.key(field);
                self.value(field.kind, raw)
            }
            Shape::List => {
                self.key(field);
                self.out.push(b'[');
                for at in start..end {
                    self.elements(field.kind, self.records[at].1)?;
                }
                self.out.push(b']');
                Ok(())
            }
            Shape::Map => {
                self.key(field);
                self.out.push(b'{');
                for at in start..end {
                    self.entry(field.kind, self.records[at].1.bytes()?)?;
                }
                self.out.push(b'}');
                Ok(())
            }
        }
    }

    /// Prints a top-level field that is not set; one that tells unset from zero is left out.
    fn absent(&mut self, field: &Field) {
        if field.shape == Shape::Single && field.has_presence {
            return;
        }
        self.key(field);
        let empty: &[u8] = match (field.shape, field.kind) {
            (Shape::List, _) => b"[]",
            (Shape::Map, _) => b"{}",
            (Shape::Single, Kind::Bool) => b"false",
            (Shape::Single, Kind::String | Kind::Bytes) => b"\"\"",
            (Shape::Single, Kind::Int64 | Kind::Uint64) => b"\"0\"",
            (Shape::Single, Kind::Enum(id)) => return self.enumeration(id, 0),
            (Shape::Single, _) => b"0",
        };
        self.out.extend_from_slice(empty);
    }

    fn key(&mut self, field: &Field) {
        self.comma();
        self.out.push(b'"');
        self.out.extend_from_slice(field.json_name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Separates from what stands before, unless a bracket was just opened.
    fn comma(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }

    /// Writes one element of a list, or all that one packed record holds.
    fn elements(&mut self, kind: Kind, raw: Raw<'a>) -> Result<(), Malformed> {
        let Raw::Bytes(packed) = raw else {
            self.comma();
            return self.value(kind, raw);
        };
        if !kind.is_packed() {
            self.comma();
            return self.value(kind, raw);
        }
        let wire_type = if kind == Kind::Double { wire::FIXED64 } else { wire::VARINT };
        let mut values = Records::new(packed);
        while !values.is_empty() {
            let value = values.value(wire_type)?;
            self.comma();
            self.value(kind, value)?;
        }
        Ok(())
    }

    fn entry(&mut self, kind: Kind, entry: &'a [u8]) -> Result<(), Malformed> {
        let key = wire::find(entry, &[1]).map_or(Ok(&[][..]), Raw::bytes)?;
        let zero = if kind.is_packed() { Raw::Varint(0) } else { Raw::Bytes(&[]) };
        let value = wire::find(entry, &[2]).unwrap_or(zero);
        self.comma();
        write_string(&mut self.out, text(key)?);
        self.out.push(b':');
        self.value(kind, value)
    }

    fn value(&mut self, kind: Kind, raw: Raw<'a>) -> Result<(), Malformed> {
        match (kind, raw) {
            (Kind::Message(id), Raw::Bytes(bytes)) => return self.message(id, bytes),
            (Kind::String, Raw::Bytes(bytes)) => write_string(&mut self.out, text(bytes)?),
            (Kind::Bytes, Raw::Bytes(bytes)) => write_string(&mut self.out, &STANDARD.encode(bytes)),
            (Kind::Double, Raw::Fixed64(bits)) => write_double(&mut self.out, f64::from_bits(bits)),
            (Kind::Double, Raw::Varint(0)) => self.out.push(b'0'),
            (Kind::Bool, Raw::Varint(bits)) => {
                self.out.extend_from_slice(if bits == 0 { b"false" } else { b"true" });
            }
            (Kind::Enum(id), Raw::Varint(bits)) => self.enumeration(id, bits as i32),
            (_, Raw::Varint(bits)) => self.whole(kind, bits),
            _ => return Err(Malformed),
        }
        Ok(())
    }

    fn whole(&mut self, kind: Kind, bits: u64) {
        // Writing to a vector cannot fail.
        let _ = match kind {
            Kind::Int64 => write!(self.out, "\"{}\"", bits as i64),
            Kind::Uint64 => write!(self.out, "\"{bits}\""),
            Kind::Uint32 => write!(self.out, "{}", bits as u32),
            _ => write!(self.out, "{}", bits as i32),
        };
    }

    fn enumeration(&mut self, id: EnumId, number: i32) {
        match self.schema.enumeration(id).name(number) {
            Some(name) => write_string(&mut self.out, name),
            None => self.whole(Kind::Int32, number as u64),
        }
    }

    fn field_mask(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let mut paths = Vec::new();
        for record in Records::new(bytes) {
            paths.push(well_known::camel_path(text(record?.1.bytes()?)?));
        }
        write_string(&mut self.out, &paths.join(","));
        Ok(())
    }

    fn free_object(&mut self, bytes: &'a [u8]) -> Result<(), Malformed> {
        self.out.push(b'{');
        for record in Records::new(bytes) {
            let entry = record?.1.bytes()?;
            let key = wire::find(entry, &[1]).map_or(Ok(&[][..]), Raw::bytes)?;
            let value = wire::find(entry, &[2]).map_or(Ok(&[][..]), Raw::bytes)?;
            self.comma();
            write_string(&mut self.out, text(key)?);
            self.out.push(b':');
            self.free_value(value)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn free_list(&mut self, bytes: &'a [u8]) -> Result<(), Malformed> {
        self.out.push(b'[');
        for record in Records::new(bytes) {
            self.comma();
            self.free_value(record?.1.bytes()?)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn free_value(&mut self, bytes: &'a [u8]) -> Result<(), Malformed> {
        match Records::new(bytes).last().transpose()? {
            Some((2, raw)) => self.value(Kind::Double, raw),
            Some((3, raw)) => self.value(Kind::String, raw),
            Some((4, raw)) => self.value(Kind::Bool, raw),
            Some((5, raw)) => self.free_object(raw.bytes()?),
            Some((6, raw)) => self.free_list(raw.bytes()?),
            _ => {
                self.out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }
}

fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed)
}

/// Writes a JSON string; only what must be escaped is.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[start..at]);
        start = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                // Writing to a vector cannot fail.
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}
