//! Refuses on the wire form what the JSON reader refuses in JSON, so that both doors take the same requests.
//!
//! NUL and invalid UTF-8 in text, non-finite numbers, times out of range, deep nesting and malformed messages: each
//! named by its path. What fields mean is not looked at.

use hansard_domain::Error;

use super::{
    fault::Fault,
    json::{DEPTH_MAX, well_known},
    schema::{Field, Form, Kind, MessageId, Schema, Shape},
    weight::{ENTRY_BYTES, Weight},
    wire::{self, Malformed, Raw, Records},
};

/// Checks one encoded message before it is decoded.
pub(crate) fn check(schema: &Schema, id: MessageId, message: &[u8]) -> Result<(), Error> {
    let mut checker = Checker { schema, weight: Weight::default() };
    checker.message(id, message, 0).map_err(Error::from)
}

struct Checker<'a> {
    schema: &'a Schema,
    weight: Weight,
}

impl From<Malformed> for Fault {
    fn from(_: Malformed) -> Self {
        Self::new("is not a valid protobuf message")
    }
}

impl Checker<'_> {
    /// `depth` counts what would be objects and lists in JSON.
    fn message(&mut self, id: MessageId, bytes: &[u8], depth: usize) -> Result<(), Fault> {
        let message = self.schema.message(id);
        let form = message.form();
        let depth = depth + usize::from(form != Form::Value);
        if depth > DEPTH_MAX {
            return Err(Fault::new(format!("is nested deeper than {DEPTH_MAX} levels")));
        }
        for (position, record) in Records::new(bytes).enumerate() {
            let (number, raw) = record?;
            let Some(field) = message.field_by_number(number) else { continue };
            // The brackets of free JSON are its messages themselves.
            let inner = depth + usize::from(field.shape != Shape::Single && !is_free(form));
            self.record(field, raw, inner)
                .map_err(|fault| place(fault, form, field, raw, bytes, position))?;
        }
        check_range(form, bytes)
    }

    fn record(&mut self, field: &Field, raw: Raw<'_>, depth: usize) -> Result<(), Fault> {
        if field.shape != Shape::Single {
            self.weight.add(self.schema.element_weight_bytes(field))?;
        }
        match field.shape {
            Shape::Single => self.value(field.kind, raw, depth),
            Shape::List => match raw {
                Raw::Bytes(packed) if field.kind.is_packed() => self.packed(field.kind, packed, depth),
                _ => self.value(field.kind, raw, depth),
            },
            Shape::Map => self.entry(field.kind, raw.bytes()?, depth),
        }
    }

    fn entry(&mut self, kind: Kind, entry: &[u8], depth: usize) -> Result<(), Fault> {
        self.weight.add(ENTRY_BYTES)?;
        for record in Records::new(entry) {
            match record? {
                (1, raw) => self.value(Kind::String, raw, depth)?,
                (2, raw) => self.value(kind, raw, depth)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn packed(&mut self, kind: Kind, packed: &[u8], depth: usize) -> Result<(), Fault> {
        let wire_type = if kind == Kind::Double { wire::FIXED64 } else { wire::VARINT };
        let mut values = Records::new(packed);
        while !values.is_empty() {
            self.weight.add(8)?;
            self.value(kind, values.value(wire_type)?, depth)?;
        }
        Ok(())
    }

    fn value(&mut self, kind: Kind, raw: Raw<'_>, depth: usize) -> Result<(), Fault> {
        match (kind, raw) {
            (Kind::Message(id), Raw::Bytes(bytes)) => self.message(id, bytes, depth),
            (Kind::String, Raw::Bytes(bytes)) => {
                self.weight.add(bytes.len())?;
                check_text(bytes)
            }
            (Kind::Bytes, Raw::Bytes(bytes)) => self.weight.add(bytes.len()),
            (Kind::Double, Raw::Fixed64(bits)) if f64::from_bits(bits).is_finite() => Ok(()),
            (Kind::Double, Raw::Fixed64(_)) => Err(Fault::new("must be a finite number")),
            (Kind::Message(_) | Kind::String | Kind::Bytes | Kind::Double, _) => Err(Malformed.into()),
            (_, Raw::Varint(_)) => Ok(()),
            _ => Err(Malformed.into()),
        }
    }
}

fn is_free(form: Form) -> bool {
    matches!(form, Form::Struct | Form::Value | Form::ListValue)
}

fn check_text(bytes: &[u8]) -> Result<(), Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::new("is not valid UTF-8"))?;
    if text.contains('\0') {
        return Err(Fault::new("holds a NUL character"));
    }
    Ok(())
}

fn check_range(form: Form, bytes: &[u8]) -> Result<(), Fault> {
    let in_range = match form {
        Form::Timestamp => well_known::timestamp_in_range,
        Form::Duration => well_known::duration_in_range,
        _ => return Ok(()),
    };
    if in_range(well_known::from_wire(bytes)?) { Ok(()) } else { Err(Fault::new("is out of range")) }
}

/// Adds the step from a message to the record at fault.
fn place(fault: Fault, form: Form, field: &Field, raw: Raw<'_>, message: &[u8], position: usize) -> Fault {
    let before =
        || Records::new(message).take(position).filter(|r| matches!(r, Ok((n, _)) if *n == field.number));
    let fault = match field.shape {
        Shape::Single => fault,
        Shape::List => fault.at_index(before().count()),
        Shape::Map => {
            let key = raw.bytes().ok().and_then(|entry| wire::find(entry, &[1])?.bytes().ok());
            fault.at_key(&String::from_utf8_lossy(key.unwrap_or_default()))
        }
    };
    if is_free(form) { fault } else { fault.within(&field.json_name) }
}
