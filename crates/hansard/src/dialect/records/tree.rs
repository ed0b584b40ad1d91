//! A request's body as a tree of JSON values.
//!
//! Stricter than the parser: no key twice, no NUL, no more than a record can hold.

use std::{cell::Cell, fmt};

use hansard_domain::{Error, Result, limits::JSON_DEPTH_MAX};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Values of one body; a thousand messages with a hundred entries of metadata each.
const VALUES_MAX: usize = 120_000;

/// Reads a body; an empty one is an empty object.
pub(super) fn parse(body: &[u8]) -> Result<Value> {
    let body = body.trim_ascii();
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let left = Cell::new(VALUES_MAX);
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = Seed { left: &left, depth: 0 }.deserialize(&mut reader);
    let value = read.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| Error::invalid("body", format!("is not taken as JSON: {error}")))
}

/// The same bytes for requests that say the same: keys in order, no space.
pub(super) fn canonical(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_canonical(value, &mut bytes);
    bytes
}

fn write_canonical(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Object(entries) => {
            let mut keys: Vec<&String> = entries.keys().collect();
            keys.sort_unstable();
            bytes.push(b'{');
            for key in keys {
                bytes.extend(Value::String(key.clone()).to_string().into_bytes());
                bytes.push(b':');
                write_canonical(&entries[key], bytes);
                bytes.push(b',');
            }
            bytes.push(b'}');
        }
        Value::Array(items) => {
            bytes.push(b'[');
            for item in items {
                write_canonical(item, bytes);
                bytes.push(b',');
            }
            bytes.push(b']');
        }
        single => bytes.extend(single.to_string().into_bytes()),
    }
}

#[derive(Clone, Copy)]
struct Seed<'b> {
    left: &'b Cell<usize>,
    depth: usize,
}

impl Seed<'_> {
    fn inside<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= JSON_DEPTH_MAX {
            return Err(E::custom(format!("it is nested deeper than {JSON_DEPTH_MAX} levels")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

fn text<E: de::Error>(text: &str) -> Result<String, E> {
    if text.contains('\0') {
        return Err(E::custom("a text holds a NUL character"));
    }
    Ok(text.to_owned())
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1);
        let left =
            left.ok_or_else(|| de::Error::custom(format!("it holds more than {VALUES_MAX} values")))?;
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        text(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let seed = self.inside()?;
        let mut found = Vec::new();
        while let Some(item) = items.next_element_seed(seed)? {
            found.push(item);
        }
        Ok(Value::Array(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let seed = self.inside()?;
        let mut found = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let key = text(&key)?;
            let value = entries.next_value_seed(seed)?;
            if found.contains_key(&key) {
                return Err(de::Error::custom("an object has a key twice"));
            }
            found.insert(key, value);
        }
        Ok(Value::Object(found))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_has_no_one_meaning_is_refused() {
        let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
        let wide = format!("[{}0]", "0,".repeat(VALUES_MAX));
        let bad = [
            r#"{"a":1,"a":2}"#,
            r#"{"a":"\u0000"}"#,
            r#"{"a":"\ud800"}"#,
            "{",
            "{} {}",
            "1e999",
            &deep,
            &wide,
        ];
        for body in bad {
            assert_eq!(parse(body.as_bytes()).unwrap_err().field(), Some("body"));
        }
        assert!(parse(b"\xff").is_err());
    }

    #[test]
    fn requests_that_say_the_same_are_the_same() {
        let one = parse(br#"{"b": [1, {"d": null, "c": "x"}], "a": 1.5}"#).unwrap();
        let other = parse(br#" {"a":1.5,"b":[1,{"c":"x","d":null}]}"#).unwrap();
        assert_eq!(canonical(&one), canonical(&other));
        assert_ne!(canonical(&one), canonical(&parse(br#"{"b":[1],"a":1.5}"#).unwrap()));
    }

    #[test]
    fn nothing_is_an_empty_object() {
        assert_eq!(parse(b"  ").unwrap(), Value::Object(Map::new()));
    }
}
