//! Reads a value from its packed form.

use super::{
    form::{
        DEPTH_MAX, END, FALSE, MAP, NEGATIVE, NULL, NUMBER, REAL, SEQUENCE, SHORT, SMALL, SPELLED, STRUCT,
        TEXT, TRUE, UNDER_CUSTOMER, UNDER_PROFILE, VARIANT,
    },
    names,
};
use hansard_domain::name::ProfileName;
use serde::{
    Deserializer,
    de::{
        self, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
        value::BorrowedStrDeserializer,
    },
    forward_to_deserialize_any,
};
use std::fmt;

/// The bytes are no packed form of the type. Where is told by [`Reader::at`]; what stands there is not told.
#[derive(Debug)]
pub(super) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

impl de::Error for Broken {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    depth: usize,
    profile: Option<&'b ProfileName>,
}

impl<'b> Reader<'b> {
    pub(super) fn of(bytes: &'b [u8], profile: Option<&'b ProfileName>) -> Self {
        Self { bytes, at: 0, depth: 0, profile }
    }

    /// How far it has read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    fn peek(&self) -> Result<u8, Broken> {
        self.bytes.get(self.at).copied().ok_or(Broken)
    }

    fn byte(&mut self) -> Result<u8, Broken> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], Broken> {
        let taken = self.bytes.get(self.at..).and_then(|left| left.get(..count)).ok_or(Broken)?;
        self.at += count;
        Ok(taken)
    }

    /// A number of so many bytes and one.
    fn number(&mut self, more: u8) -> Result<u64, Broken> {
        let taken = self.take(usize::from(more) + 1)?;
        Ok(taken.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn text(&mut self, form: u8) -> Result<&'b str, Broken> {
        let length = match form {
            SHORT.. => usize::from(form - SHORT),
            TEXT => match self.byte()? {
                form @ NUMBER..NEGATIVE => self.number(form - NUMBER)?.try_into().map_err(|_| Broken)?,
                _ => return Err(Broken),
            },
            _ => return Err(Broken),
        };
        std::str::from_utf8(self.take(length)?).map_err(|_| Broken)
    }

    /// The name of which the text that follows is the end.
    fn name_under(&mut self, form: u8) -> Result<String, Broken> {
        let profile = self.profile.ok_or(Broken)?;
        let rest_form = self.byte()?;
        let rest = self.text(rest_form)?;
        Ok(match form {
            UNDER_PROFILE => format!("{profile}/{rest}"),
            _ => format!("{}/{rest}", profile.owner()),
        })
    }

    fn name(&mut self) -> Result<&'b str, Broken> {
        match self.byte()? {
            SPELLED => {
                let form = self.byte()?;
                self.text(form)
            }
            number => names::name(number).ok_or(Broken),
        }
    }

    fn row<T>(
        &mut self,
        named: bool,
        read: impl FnOnce(&mut Row<'_, 'b>) -> Result<T, Broken>,
    ) -> Result<T, Broken> {
        self.deeper(|reader| {
            let mut row = Row { reader, named, ended: false };
            let value = read(&mut row)?;
            // Who knows how many there are, as of a tuple, does not look for the end.
            if row.ended || row.ends()? { Ok(value) } else { Err(Broken) }
        })
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Broken>) -> Result<T, Broken> {
        if self.depth == DEPTH_MAX {
            return Err(Broken);
        }
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Broken;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        match self.byte()? {
            NULL => visitor.visit_unit(),
            FALSE => visitor.visit_bool(false),
            TRUE => visitor.visit_bool(true),
            STRUCT => self.row(true, |row| visitor.visit_map(row)),
            MAP => self.row(false, |row| visitor.visit_map(row)),
            SEQUENCE => self.row(false, |row| visitor.visit_seq(row)),
            VARIANT => self.deeper(|reader| visitor.visit_enum(Variant(reader))),
            REAL => {
                let bytes = self.take(8)?.try_into().map_err(|_| Broken)?;
                visitor.visit_f64(f64::from_le_bytes(bytes))
            }
            form @ NUMBER..NEGATIVE => visitor.visit_u64(self.number(form - NUMBER)?),
            form @ NEGATIVE..SMALL => {
                let number = self.number(form - NEGATIVE)?;
                visitor.visit_i64(i64::try_from(number).map(|number| !number).map_err(|_| Broken)?)
            }
            form @ SMALL..SHORT => visitor.visit_u64(u64::from(form - SMALL)),
            form @ (UNDER_PROFILE | UNDER_CUSTOMER) => visitor.visit_string(self.name_under(form)?),
            form => visitor.visit_borrowed_str(self.text(form)?),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        match self.peek()? {
            NULL => {
                self.at += 1;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Broken> {
        visitor.visit_newtype_struct(self)
    }

    /// Passes over a value of any type; a variant, too.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        if self.peek()? != VARIANT {
            return self.deserialize_any(visitor);
        }
        self.at += 1;
        self.name()?;
        self.deeper(|reader| reader.deserialize_ignored_any(visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier
    }
}

/// Values up to an end; of a struct the keys are names.
struct Row<'r, 'b> {
    reader: &'r mut Reader<'b>,
    named: bool,
    ended: bool,
}

impl Row<'_, '_> {
    /// Whether the row ends here, as is then read.
    fn ends(&mut self) -> Result<bool, Broken> {
        self.ended = self.reader.peek()? == END;
        self.reader.at += usize::from(self.ended);
        Ok(self.ended)
    }
}

impl<'b> SeqAccess<'b> for Row<'_, 'b> {
    type Error = Broken;

    fn next_element_seed<T: DeserializeSeed<'b>>(&mut self, seed: T) -> Result<Option<T::Value>, Broken> {
        if self.ends()? { Ok(None) } else { seed.deserialize(&mut *self.reader).map(Some) }
    }
}

impl<'b> MapAccess<'b> for Row<'_, 'b> {
    type Error = Broken;

    fn next_key_seed<K: DeserializeSeed<'b>>(&mut self, seed: K) -> Result<Option<K::Value>, Broken> {
        match (self.ends()?, self.named) {
            (true, _) => Ok(None),
            (false, true) => seed.deserialize(BorrowedStrDeserializer::new(self.reader.name()?)).map(Some),
            (false, false) => seed.deserialize(&mut *self.reader).map(Some),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'b>>(&mut self, seed: V) -> Result<V::Value, Broken> {
        seed.deserialize(&mut *self.reader)
    }
}

struct Variant<'r, 'b>(&'r mut Reader<'b>);

impl<'b> EnumAccess<'b> for Variant<'_, 'b> {
    type Error = Broken;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'b>>(self, seed: V) -> Result<(V::Value, Self), Broken> {
        let name = self.0.name()?;
        Ok((seed.deserialize(BorrowedStrDeserializer::new(name))?, self))
    }
}

impl<'b> VariantAccess<'b> for Variant<'_, 'b> {
    type Error = Broken;

    fn unit_variant(self) -> Result<(), Broken> {
        de::Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'b>>(self, seed: T) -> Result<T::Value, Broken> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'b>>(self, _: usize, visitor: V) -> Result<V::Value, Broken> {
        self.0.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'b>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Broken> {
        self.0.deserialize_any(visitor)
    }
}
