//! Metadata of a conversation: flat keys, each with a list of values.

use crate::{Error, Result, codes, limits, redact::SafeText};
use serde::{Deserialize, Deserializer, Serialize, de::Visitor};
use std::{collections::BTreeMap, fmt};

codes! {
    /// Who set a metadata key.
    MetadataSource { Unspecified = 0, Client = 1, Platform = 2, Ingestion = 3, Agent = 4, Model = 5 }
}

pub type Metadata = BTreeMap<String, MetadataValues>;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MetadataValues {
    pub values: Vec<MetadataValue>,
    #[serde(default)]
    pub source: MetadataSource,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum MetadataValue {
    Boolean(bool),
    Number(f64),
    Text(SafeText),
}

impl<'de> Deserialize<'de> for MetadataValue {
    /// Goes by the type that is found; the derived form makes an error of each that is not.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Found;

        impl Visitor<'_> for Found {
            type Value = MetadataValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean, a number or a text")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(MetadataValue::Boolean(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                Ok(MetadataValue::Number(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(MetadataValue::Number(value as f64))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
                Ok(MetadataValue::Number(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
                Ok(MetadataValue::Text(SafeText::stored(value.to_owned())))
            }
        }

        deserializer.deserialize_any(Found)
    }
}

/// Checks keys and sizes of a metadata map.
pub fn check(field: &str, metadata: &Metadata) -> Result<()> {
    limits::items_at_most(field, metadata.len(), limits::METADATA_KEYS_MAX)?;
    for (key, values) in metadata {
        if key.is_empty() {
            return Err(Error::invalid(field, "has an empty key"));
        }
        limits::short(field, key)?;
        let path = format!("{field}[\"{key}\"]");
        limits::items_at_most(&path, values.values.len(), limits::METADATA_VALUES_MAX)?;
        for value in &values.values {
            if let MetadataValue::Text(text) = value {
                limits::short(&path, text.as_str())?;
            }
        }
    }
    Ok(())
}

/// Puts `given` over `present` and answers only the keys that changed, with their new values.
pub fn upsert(present: &mut Metadata, given: Metadata) -> Metadata {
    let changed: Metadata =
        given.into_iter().filter(|(key, values)| present.get(key) != Some(values)).collect();
    present.extend(changed.clone());
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(key: &str, number: f64) -> Metadata {
        let values = MetadataValues { values: vec![MetadataValue::Number(number)], ..Default::default() };
        Metadata::from([(key.to_owned(), values)])
    }

    #[test]
    fn values_come_back_from_what_is_stored() {
        let text = MetadataValue::Text(SafeText::stored("1".to_owned()));
        for value in [MetadataValue::Boolean(false), MetadataValue::Number(-2.5), text] {
            let stored = serde_json::to_string(&value).ok();
            assert_eq!(stored.and_then(|stored| serde_json::from_str(&stored).ok()), Some(value));
        }
        let whole = |stored: &str| serde_json::from_str::<MetadataValue>(stored).ok();
        assert_eq!(whole("7"), Some(MetadataValue::Number(7.0)));
        assert_eq!(whole("-7"), Some(MetadataValue::Number(-7.0)));
        assert_eq!(whole("null"), None);
        assert_eq!(whole("[]"), None);
    }

    #[test]
    fn upsert_answers_only_what_changed() {
        let mut present = one("a", 1.0);
        assert_eq!(upsert(&mut present, one("a", 1.0)), Metadata::new());
        assert_eq!(upsert(&mut present, one("a", 2.0)), one("a", 2.0));
        assert_eq!(upsert(&mut present, one("b", 3.0)), one("b", 3.0));
        assert_eq!(present.len(), 2);
    }
}
