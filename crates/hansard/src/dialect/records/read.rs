//! Checks a tree against a schema and brings it to the one spelling that the wire types read.
//!
//! Every fault is told with its full path, not only the first. What values mean together is not looked at.

use hansard_domain::Time;
use serde_json::{Map, Value};

use super::{
    schema::{Attribute, Kind, Need, Schema},
    time,
};

/// Faults that one answer tells.
const FAULTS_TOLD: usize = 50;

/// Something in a request that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Checks an object; `path` is where it stands in the record, empty for the record itself.
pub(super) fn object(schema: &Schema, path: &str, value: &mut Value) -> Result<(), Vec<Fault>> {
    let mut faults = Faults(Vec::new());
    faults.object(schema, path, value);
    if faults.0.is_empty() { Ok(()) } else { Err(faults.0) }
}

/// Checks the elements of a list.
pub(super) fn list(schema: &Schema, path: &str, values: &mut [Value]) -> Result<(), Vec<Fault>> {
    let mut faults = Faults(Vec::new());
    faults.parts(schema, path, values);
    if faults.0.is_empty() { Ok(()) } else { Err(faults.0) }
}

struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, path: &str, text: impl Into<String>) {
        if self.0.len() < FAULTS_TOLD {
            let path = if path.is_empty() { "body" } else { path };
            self.0.push(Fault { path: path.to_owned(), text: text.into() });
        }
    }

    fn object(&mut self, schema: &Schema, path: &str, value: &mut Value) {
        let Value::Object(entries) = value else {
            return self.add(path, format!("must be an object, not {}", kind_of(value)));
        };
        let known = |name: &str| schema.attributes.iter().any(|attribute| attribute.name == name);
        for name in entries.keys().filter(|name| !known(name)) {
            let shown: String = name.chars().take(128).flat_map(char::escape_default).collect();
            self.add(&inside(path, &shown), "is unknown");
        }
        for attribute in schema.attributes {
            self.attribute(attribute, &inside(path, attribute.name), entries);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, path: &str, entries: &mut Map<String, Value>) {
        match entries.get_mut(attribute.name) {
            None if attribute.need == Need::Required => self.add(path, "is required"),
            None => {}
            Some(Value::Null) if attribute.need == Need::Nullable => {
                entries.remove(attribute.name);
            }
            Some(Value::Null) => self.add(path, "must not be null"),
            Some(value) => self.value(attribute.kind, path, value),
        }
    }

    fn value(&mut self, kind: Kind, path: &str, value: &mut Value) {
        match kind {
            Kind::Text if value.is_string() => {}
            Kind::Number if value.is_number() => {}
            Kind::Boolean if value.is_boolean() => {}
            Kind::Object if value.is_object() => {}
            Kind::Millis if value.is_number() => self.time(path, time::of_millis(value)),
            Kind::Day if value.is_string() => {
                if time::day(value).is_none() {
                    self.add(path, "must be a day as YYYY-MM-DD");
                }
            }
            Kind::Moment | Kind::MomentInMillis if value.is_number() || value.is_string() => {
                self.time(path, time::of_any(value));
            }
            Kind::Word(words) => self.word(words, path, value),
            Kind::Texts => self.texts(path, value),
            Kind::Part(schema) => self.object(schema, path, value),
            Kind::Parts(schema) => match value {
                Value::Array(items) => self.parts(schema, path, items),
                other => self.add(path, format!("must be a list, not {}", kind_of(other))),
            },
            kind => self.add(path, format!("must be {}, not {}", expected(kind), kind_of(value))),
        }
    }

    fn parts(&mut self, schema: &Schema, path: &str, items: &mut [Value]) {
        for (index, item) in items.iter_mut().enumerate() {
            self.object(schema, &format!("{path}[{index}]"), item);
        }
    }

    fn texts(&mut self, path: &str, value: &Value) {
        let Value::Array(items) = value else {
            return self.add(path, format!("must be a list, not {}", kind_of(value)));
        };
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_string()) {
            self.add(&format!("{path}[{index}]"), format!("must be a text, not {}", kind_of(item)));
        }
    }

    fn word(&mut self, words: &[&str], path: &str, value: &mut Value) {
        let Some(given) = value.as_str() else {
            return self.add(path, format!("must be a text, not {}", kind_of(value)));
        };
        match words.iter().find(|word| word.eq_ignore_ascii_case(given)) {
            Some(word) => *value = Value::from(*word),
            None => self.add(path, format!("must be one of {}", words.join(", "))),
        }
    }

    fn time(&mut self, path: &str, time: Option<Time>) {
        if time.is_none() {
            self.add(path, "must be a time between the years 1 and 9999");
        }
    }
}

fn inside(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "a number",
        Kind::Millis => "a number of Unix milliseconds",
        Kind::Boolean => "true or false",
        Kind::Object | Kind::Part(_) => "an object",
        Kind::Moment | Kind::MomentInMillis => "an ISO time or a number of Unix seconds or milliseconds",
        Kind::Texts | Kind::Parts(_) => "a list",
        Kind::Text | Kind::Day | Kind::Word(_) => "a text",
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
