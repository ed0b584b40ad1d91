//! Removal from free JSON and from metadata: strings, numbers and keys, in depth.

use super::{At, Edits, Remover};
use crate::{
    metadata::{Metadata, MetadataValue},
    redact::{Markup, SafeJson, SafeText},
};
use serde_json::{Map, Value};

/// From here on a float has no place for every whole number.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
/// Nothing is masked in keys on the way in, so that their edits move nothing.
const KEYS: &str = "(keys)";

impl Remover<'_> {
    pub(super) fn json(&mut self, field: &str, json: &mut SafeJson) {
        self.value(At { path: field, told: field }, &mut json.0);
    }

    fn value(&mut self, at: At<'_>, value: &mut Value) {
        match value {
            Value::String(text) => self.edit_at(at, text, markup_of(text)),
            Value::Number(number) => {
                if let Some(label) = self.number(at, number.to_string()) {
                    *value = Value::String(label);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let (path, told) = (format!("{}[{index}]", at.path), format!("{}/{index}", at.told));
                    self.value(At { path: &path, told: &told }, item);
                }
            }
            Value::Object(entries) => {
                for (index, (key, entry)) in entries.iter_mut().enumerate() {
                    let (path, told) = (format!("{}.{key}", at.path), format!("{}/{index}", at.told));
                    self.value(At { path: &path, told: &told }, entry);
                }
                self.keys(at.told, entries);
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Writes an object anew where something is to go from a key.
    fn keys(&mut self, told: &str, entries: &mut Map<String, Value>) {
        if !entries.keys().any(|key| self.is_in(key)) {
            return;
        }
        let before = std::mem::take(entries);
        for (index, (key, value)) in before.into_iter().enumerate() {
            let key = self.key(&format!("{told}/{index}"), key, |key| entries.contains_key(key));
            entries.insert(key, value);
        }
    }

    fn is_in(&self, text: &str) -> bool {
        !self.find.find(text, Markup::Plain).is_empty()
    }

    /// A key without what is to go; numbered where there is one of that name.
    fn key(&mut self, told: &str, mut key: String, is_taken: impl Fn(&str) -> bool) -> String {
        self.edit_at(At { path: KEYS, told }, &mut key, Markup::Plain);
        let mut free = key.clone();
        for number in 2.. {
            if !is_taken(&free) {
                break;
            }
            free = format!("{key}#{number}");
        }
        free
    }

    /// The label that a number becomes.
    fn number(&mut self, at: At<'_>, mut digits: String) -> Option<String> {
        let found = self.find.find(&digits, Markup::Plain);
        if found.is_empty() {
            return None;
        }
        let edits = Edits::new(found, &digits, Markup::Plain);
        self.apply(at, &mut digits, edits);
        Some(digits)
    }

    pub(super) fn metadata(&mut self, field: &str, metadata: &mut Metadata) {
        for (member, values) in metadata.values_mut().enumerate() {
            for (index, value) in values.values.iter_mut().enumerate() {
                let path = format!("{field}/{member}/{index}");
                match value {
                    MetadataValue::Text(text) => self.text(&path, text),
                    MetadataValue::Number(number) => {
                        if let Some(label) = self.number(At { path: &path, told: &path }, digits(*number)) {
                            *value = MetadataValue::Text(SafeText(label));
                        }
                    }
                    MetadataValue::Boolean(_) => {}
                }
            }
        }
        if !metadata.keys().any(|key| self.is_in(key)) {
            return;
        }
        for (member, (key, values)) in std::mem::take(metadata).into_iter().enumerate() {
            let key = self.key(&format!("{field}/{member}"), key, |key| metadata.contains_key(key));
            metadata.insert(key, values);
        }
    }
}

/// A number as people write it.
pub(in crate::redact) fn digits(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < WHOLE_MAX {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

/// Free JSON does not say which of its strings are HTML.
fn markup_of(text: &str) -> Markup {
    if text.contains('<') && text.contains('>') { Markup::Html } else { Markup::Plain }
}
