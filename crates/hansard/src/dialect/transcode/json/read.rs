//! JSON into the protobuf wire form, driven by the tables of the contract.
//!
//! It decides what a field accepts; the tokens are the scanner's, and no rule of the business is here.

use std::{borrow::Cow, collections::HashSet};

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{
    number,
    scan::{Scanner, Start},
    well_known,
};
use crate::dialect::transcode::{
    fault::{Fault, echo},
    schema::{EnumId, Field, Form, Kind, Message, MessageId, Schema, Shape},
    weight::{ENTRY_BYTES, FREE_VALUE_BYTES, Weight},
    wire,
};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Reads one JSON text into the end of a buffer.
pub(crate) struct Reader<'a> {
    schema: &'a Schema,
    scan: Scanner<'a>,
    out: &'a mut Vec<u8>,
    weight: Weight,
}

/// The field numbers and oneofs that an object has named so far.
#[derive(Default)]
struct Seen {
    fields: u128,
    oneofs: u128,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(schema: &'a Schema, json: &'a [u8], out: &'a mut Vec<u8>) -> Self {
        Self { schema, scan: Scanner::new(json), out, weight: Weight::default() }
    }

    /// Reads the whole text as the fields of a message.
    pub(crate) fn read(mut self, id: MessageId) -> Result<(), Fault> {
        self.message(id)?;
        self.scan.finish()
    }

    /// Reads the whole text as one field of a message.
    pub(crate) fn read_field(mut self, field: &Field) -> Result<(), Fault> {
        self.field(field).map_err(|fault| fault.within(&field.json_name))?;
        self.scan.finish()
    }

    fn message(&mut self, id: MessageId) -> Result<(), Fault> {
        let schema = self.schema;
        let message = schema.message(id);
        match message.form() {
            Form::Object => self.object(message),
            Form::MetadataValue => self.metadata_value(message),
            Form::Timestamp => {
                let time = well_known::parse_timestamp(&self.string()?)?;
                well_known::to_wire(self.out, time);
                Ok(())
            }
            Form::Duration => {
                let duration = well_known::parse_duration(&self.string()?)?;
                well_known::to_wire(self.out, duration);
                Ok(())
            }
            Form::FieldMask => {
                let mask = well_known::parse_field_mask(&self.string()?)?;
                mask.iter().for_each(|path| wire::put_bytes(self.out, 1, path.as_bytes()));
                Ok(())
            }
            Form::Struct => self.free_object(),
            Form::Value => self.free_value(),
            Form::ListValue => self.free_list(),
        }
    }

    fn object(&mut self, message: &Message) -> Result<(), Fault> {
        self.expect(Start::Object)?;
        self.scan.enter()?;
        let mut seen = Seen::default();
        let mut first = true;
        while let Some(key) = self.scan.next_key(first)? {
            first = false;
            let Some(field) = message.field(&key) else {
                return Err(Fault::new("is not a field of this message").within(&key));
            };
            self.named_field(message, field, &mut seen).map_err(|fault| fault.within(&field.json_name))?;
        }
        Ok(())
    }

    fn named_field(&mut self, message: &Message, field: &Field, seen: &mut Seen) -> Result<(), Fault> {
        let bit = 1 << (message.fields.partition_point(|other| other.number < field.number));
        if seen.fields & bit != 0 {
            return Err(Fault::new("is given twice"));
        }
        seen.fields |= bit;
        if self.scan.peek()? == Start::Null && !self.takes_null(field) {
            return self.scan.null();
        }
        if let Some(oneof) = field.oneof {
            if seen.oneofs & (1 << oneof) != 0 {
                return Err(Fault::new("excludes another field that is given as well"));
            }
            seen.oneofs |= 1 << oneof;
        }
        self.field(field)
    }

    /// Only a free value tells null from unset.
    fn takes_null(&self, field: &Field) -> bool {
        field.shape == Shape::Single && self.is_free_value(field.kind)
    }

    fn is_free_value(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Message(id) if self.schema.message(id).form() == Form::Value)
    }

    fn field(&mut self, field: &Field) -> Result<(), Fault> {
        match field.shape {
            Shape::Single => self.single(field.number, field.kind),
            Shape::List => self.list(field),
            Shape::Map => self.map(field),
        }
    }

    fn list(&mut self, field: &Field) -> Result<(), Fault> {
        self.expect(Start::List)?;
        self.scan.enter()?;
        let packed = field.kind.is_packed().then(|| wire::open(self.out, field.number));
        let mut index = 0;
        while self.scan.next_element(index == 0)? {
            self.weight.add(self.schema.element_weight_bytes(field))?;
            let element = match packed {
                Some(_) => self.scalar(field.kind),
                None => self.single(field.number, field.kind),
            };
            element.map_err(|fault| fault.at_index(index))?;
            index += 1;
        }
        if let Some(start) = packed {
            wire::close(self.out, start);
        }
        Ok(())
    }

    fn map(&mut self, field: &Field) -> Result<(), Fault> {
        self.expect(Start::Object)?;
        let weight_bytes = self.schema.element_weight_bytes(field);
        self.entries(field.number, |reader| {
            reader.weight.add(weight_bytes)?;
            reader.single(2, field.kind)
        })
    }

    /// Reads a JSON object as the entries of a map.
    fn entries(
        &mut self,
        number: u32,
        mut value: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.scan.enter()?;
        let mut keys: HashSet<Cow<'a, str>> = HashSet::new();
        let mut first = true;
        while let Some(key) = self.scan.next_key(first)? {
            first = false;
            let start = wire::open(self.out, number);
            wire::put_bytes(self.out, 1, key.as_bytes());
            self.weight.add(ENTRY_BYTES + key.len())?;
            value(self).map_err(|fault| fault.at_key(&key))?;
            wire::close(self.out, start);
            if let Some(twice) = keys.replace(key) {
                return Err(Fault::new("is given twice").at_key(&twice));
            }
        }
        Ok(())
    }

    /// Reads one value with its tag.
    fn single(&mut self, number: u32, kind: Kind) -> Result<(), Fault> {
        match kind {
            Kind::Message(id) => {
                let start = wire::open(self.out, number);
                self.message(id)?;
                wire::close(self.out, start);
                Ok(())
            }
            Kind::String => {
                let text = self.string()?;
                wire::put_bytes(self.out, number, text.as_bytes());
                self.weight.add(text.len())
            }
            Kind::Bytes => {
                let bytes = self.base64()?;
                wire::put_bytes(self.out, number, &bytes);
                self.weight.add(bytes.len())
            }
            Kind::Double => {
                wire::put_tag(self.out, number, wire::FIXED64);
                self.scalar(kind)
            }
            _ => {
                wire::put_tag(self.out, number, wire::VARINT);
                self.scalar(kind)
            }
        }
    }

    /// Reads one number, boolean or enum value without its tag.
    fn scalar(&mut self, kind: Kind) -> Result<(), Fault> {
        match kind {
            Kind::Double => {
                let value = number::double(&self.numeric()?)?;
                self.out.extend_from_slice(&value.to_le_bytes());
            }
            Kind::Bool => {
                self.expect(Start::Boolean)?;
                let value = self.scan.boolean()?;
                wire::put_varint(self.out, u64::from(value));
            }
            Kind::Enum(id) => {
                let value = self.enumeration(id)?;
                wire::put_varint(self.out, i64::from(value) as u64);
            }
            _ => {
                let value = whole_bits(kind, &self.numeric()?)?;
                wire::put_varint(self.out, value);
            }
        }
        Ok(())
    }

    /// Takes a number, or a string that holds one.
    fn numeric(&mut self) -> Result<Cow<'a, str>, Fault> {
        if self.scan.peek()? != Start::String {
            self.expect(Start::Number)?;
            return Ok(Cow::Borrowed(self.scan.number()?));
        }
        let text = self.scan.string()?;
        if number::is_number(&text) { Ok(text) } else { Err(Fault::new("must be a finite number")) }
    }

    fn enumeration(&mut self, id: EnumId) -> Result<i32, Fault> {
        if self.scan.peek()? == Start::Number {
            return number::whole(self.scan.number()?);
        }
        enum_number(self.schema, id, &self.string()?)
    }

    fn base64(&mut self) -> Result<Vec<u8>, Fault> {
        let text = self.string()?;
        let decoded = STANDARD.decode(text.as_bytes()).or_else(|_| URL_SAFE.decode(text.as_bytes()));
        decoded.map_err(|_| Fault::new("must be base64"))
    }

    /// The one hook beside the standard mapping: a bare scalar stands for its typed object.
    fn metadata_value(&mut self, message: &Message) -> Result<(), Fault> {
        let field = match self.scan.peek()? {
            Start::Number => message.field("numberValue"),
            Start::String => message.field("stringValue"),
            Start::Boolean => message.field("booleanValue"),
            Start::Object | Start::List | Start::Null => None,
        };
        match field {
            Some(field) => self.single(field.number, field.kind),
            None => self.object(message),
        }
    }

    /// Reads any JSON object as the fields of a `Struct`.
    fn free_object(&mut self) -> Result<(), Fault> {
        self.expect(Start::Object)?;
        self.entries(1, |reader| {
            let start = wire::open(reader.out, 2);
            reader.free_value()?;
            wire::close(reader.out, start);
            Ok(())
        })
    }

    /// Reads any JSON list as the values of a `ListValue`.
    fn free_list(&mut self) -> Result<(), Fault> {
        self.expect(Start::List)?;
        self.scan.enter()?;
        let mut index = 0;
        while self.scan.next_element(index == 0)? {
            let start = wire::open(self.out, 1);
            self.free_value().map_err(|fault| fault.at_index(index))?;
            wire::close(self.out, start);
            index += 1;
        }
        Ok(())
    }

    /// Reads any JSON value as the field of a `Value`.
    fn free_value(&mut self) -> Result<(), Fault> {
        self.weight.add(FREE_VALUE_BYTES)?;
        match self.scan.peek()? {
            Start::Null => {
                self.scan.null()?;
                wire::put_tag(self.out, 1, wire::VARINT);
                self.out.push(0);
            }
            Start::Number => self.single(2, Kind::Double)?,
            Start::String => self.single(3, Kind::String)?,
            Start::Boolean => self.single(4, Kind::Bool)?,
            Start::Object => {
                let start = wire::open(self.out, 5);
                self.free_object()?;
                wire::close(self.out, start);
            }
            Start::List => {
                let start = wire::open(self.out, 6);
                self.free_list()?;
                wire::close(self.out, start);
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.expect(Start::String)?;
        self.scan.string()
    }

    fn expect(&mut self, wanted: Start) -> Result<(), Fault> {
        let found = self.scan.peek()?;
        if found == wanted {
            return Ok(());
        }
        Err(Fault::new(format!("must be {}, not {}", wanted.describe(), found.describe())))
    }
}

/// Gives the wire bits of a whole number of one of the integer kinds.
pub(crate) fn whole_bits(kind: Kind, text: &str) -> Result<u64, Fault> {
    Ok(match kind {
        Kind::Int32 => i64::from(number::whole::<i32>(text)?) as u64,
        Kind::Int64 => number::whole::<i64>(text)? as u64,
        Kind::Uint32 => u64::from(number::whole::<u32>(text)?),
        _ => number::whole::<u64>(text)?,
    })
}

pub(crate) fn enum_number(schema: &Schema, id: EnumId, name: &str) -> Result<i32, Fault> {
    let known = schema.enumeration(id).number(name);
    known.ok_or_else(|| Fault::new(format!("has no value named \"{}\"", echo(name))))
}
