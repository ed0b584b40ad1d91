//! Writes a value in its packed form.

use super::{
    form::{
        DEPTH_MAX, END, FALSE, MAP, NEGATIVE, NULL, NUMBER, REAL, SEQUENCE, SHORT, SHORT_MAX, SMALL,
        SMALL_MAX, SPELLED, STRUCT, TEXT, TRUE, UNDER_CUSTOMER, UNDER_PROFILE, VARIANT,
    },
    names,
};
use hansard_domain::{Id, name::ProfileName};
use serde::{Serialize, Serializer, ser};
use std::fmt;

/// Why a value has no packed form.
#[derive(Debug)]
pub(super) enum Unfit {
    TooDeep,
    Bytes,
    Other(String),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep => write!(f, "a body has values more than {DEPTH_MAX} deep in each other"),
            Self::Bytes => f.write_str("a body has bytes that are no text"),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Unfit {}

impl ser::Error for Unfit {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self::Other(reason.to_string())
    }
}

pub(super) struct Writer<'p> {
    bytes: Vec<u8>,
    depth: usize,
    profile: Option<&'p ProfileName>,
}

impl<'p> Writer<'p> {
    pub(super) fn of(profile: Option<&'p ProfileName>) -> Self {
        Self { bytes: Vec::new(), depth: 0, profile }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn begin(&mut self, what: u8) -> Result<&mut Self, Unfit> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Unfit::TooDeep);
        }
        self.bytes.push(what);
        Ok(self)
    }

    fn end(&mut self) {
        self.bytes.push(END);
        self.depth -= 1;
    }

    /// A name that has no number costs its letters each time.
    fn name(&mut self, name: &str) {
        let number = names::number(name);
        debug_assert!(number.is_some(), "packed::names does not have {name:?}");
        match number {
            Some(number) => self.bytes.push(number),
            None => {
                self.bytes.push(SPELLED);
                self.text(name);
            }
        }
    }

    fn text(&mut self, text: &str) {
        match u8::try_from(text.len()) {
            Ok(length) if text.len() <= SHORT_MAX => self.bytes.push(SHORT + length),
            _ => {
                self.bytes.push(TEXT);
                self.number(NUMBER, text.len() as u64);
            }
        }
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A text that may be a resource's name.
    fn name_or_text(&mut self, text: &str) {
        let Some((form, rest)) = self.profile.and_then(|profile| rest_of(text, profile)) else {
            return self.text(text);
        };
        self.bytes.push(form);
        self.text(rest);
    }

    fn number(&mut self, form: u8, number: u64) {
        let bytes = number.to_be_bytes();
        let zeros = (number.leading_zeros() / 8).min(7) as u8;
        self.bytes.push(form + 7 - zeros);
        self.bytes.extend_from_slice(&bytes[usize::from(zeros)..]);
    }
}

/// What of a name is its own.
fn rest_of<'t>(text: &'t str, profile: &ProfileName) -> Option<(u8, &'t str)> {
    let after = |text: &'t str, literal, id: &Id| -> Option<&'t str> {
        text.strip_prefix(literal)?.strip_prefix(id.as_str())?.strip_prefix('/')
    };
    let of_customer = after(text, "customers/", &profile.customer)?;
    let of_profile = after(of_customer, "profiles/", &profile.profile);
    Some(of_profile.map_or((UNDER_CUSTOMER, of_customer), |rest| (UNDER_PROFILE, rest)))
}

impl<'w, 'p> Serializer for &'w mut Writer<'p> {
    type Ok = ();
    type Error = Unfit;
    type SerializeSeq = &'w mut Writer<'p>;
    type SerializeTuple = &'w mut Writer<'p>;
    type SerializeTupleStruct = &'w mut Writer<'p>;
    type SerializeTupleVariant = &'w mut Writer<'p>;
    type SerializeMap = &'w mut Writer<'p>;
    type SerializeStruct = &'w mut Writer<'p>;
    type SerializeStructVariant = &'w mut Writer<'p>;

    fn serialize_bool(self, value: bool) -> Result<(), Unfit> {
        self.bytes.push(if value { TRUE } else { FALSE });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Unfit> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Unfit> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Unfit> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Unfit> {
        match u64::try_from(value) {
            Ok(value) => self.serialize_u64(value),
            Err(_) => {
                self.number(NEGATIVE, !value.cast_unsigned());
                Ok(())
            }
        }
    }

    fn serialize_u8(self, value: u8) -> Result<(), Unfit> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Unfit> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Unfit> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Unfit> {
        match value {
            0..=SMALL_MAX => self.bytes.push(SMALL + value as u8),
            _ => self.number(NUMBER, value),
        }
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Unfit> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Unfit> {
        self.bytes.push(REAL);
        self.bytes.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Unfit> {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Unfit> {
        self.name_or_text(value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unfit> {
        Err(Unfit::Bytes)
    }

    fn serialize_none(self) -> Result<(), Unfit> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unfit> {
        self.bytes.push(NULL);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unfit> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unfit> {
        self.bytes.push(VARIANT);
        self.name(variant);
        self.serialize_unit()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        self.bytes.push(VARIANT);
        self.name(variant);
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Unfit> {
        self.begin(SEQUENCE)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Unfit> {
        self.begin(SEQUENCE)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Unfit> {
        self.begin(SEQUENCE)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, Unfit> {
        self.bytes.push(VARIANT);
        self.name(variant);
        self.begin(SEQUENCE)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Unfit> {
        self.begin(MAP)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unfit> {
        self.begin(STRUCT)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, Unfit> {
        self.bytes.push(VARIANT);
        self.name(variant);
        self.begin(STRUCT)
    }
}

/// What stands in a row up to an end is written in the same way, whatever serde calls the row.
macro_rules! rows {
    ($($of:ident::$one:ident),*) => { $(
        impl ser::$of for &mut Writer<'_> {
            type Ok = ();
            type Error = Unfit;

            fn $one<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Unfit> {
                Writer::end(self);
                Ok(())
            }
        }
    )* };
}

rows! {
    SerializeSeq::serialize_element, SerializeTuple::serialize_element, SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
}

macro_rules! structs {
    ($($of:ident),*) => { $(
        impl ser::$of for &mut Writer<'_> {
            type Ok = ();
            type Error = Unfit;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Unfit> {
                self.name(name);
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Unfit> {
                Writer::end(self);
                Ok(())
            }
        }
    )* };
}

structs! { SerializeStruct, SerializeStructVariant }

impl ser::SerializeMap for &mut Writer<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unfit> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Unfit> {
        Writer::end(self);
        Ok(())
    }
}
