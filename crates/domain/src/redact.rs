//! Text that may be stored: it has been through the profile's redaction.
//!
//! [`SafeText`] and [`SafeJson`] can be made only by a [`Redactor`] or read back from the store.
//! Patterns are the profile's own; nothing is looked for that a profile does not configure.

use crate::{Error, Result, limits};
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{borrow::Cow, fmt};

const PATTERN_PROGRAM_BYTES_MAX: usize = 1 << 20;
const PATTERNS_MAX: usize = 100;

/// Text after redaction, the only text that the store accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SafeText(String);

/// Free JSON whose every string has been through redaction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SafeJson(Value);

/// A masked span: bytes of the masked text, end exclusive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    pub entity_type: String,
    pub start: i32,
    pub end: i32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub moment: String,
}

/// What a profile masks: every match of `pattern` becomes `[entity_type]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactionPattern {
    pub entity_type: String,
    pub pattern: String,
}

/// Masks text by the patterns of one profile.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    patterns: Vec<(String, Regex)>,
}

impl SafeText {
    /// Takes back text that the store holds. For the store alone.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl SafeJson {
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }
}

impl Redactor {
    /// Compiles a profile's patterns. Errors name the pattern at fault.
    pub fn new(patterns: &[RedactionPattern]) -> Result<Self> {
        limits::items_at_most("redactionPatterns", patterns.len(), PATTERNS_MAX)?;
        let compiled = patterns.iter().enumerate().map(|(index, pattern)| {
            compile(pattern).map_err(|error| error.within(&format!("redactionPatterns[{index}]")))
        });
        Ok(Self { patterns: compiled.collect::<Result<_>>()? })
    }

    /// Masks nothing: for a profile without patterns, and for a conversation that was exempted.
    pub const NONE: Self = Self { patterns: Vec::new() };

    pub fn masks_nothing(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Masks a text and tells what was masked where.
    pub fn mask(&self, text: &str) -> (SafeText, Vec<Redaction>) {
        let (masked, redactions) = self.replace(text);
        (SafeText(masked.into_owned()), redactions)
    }

    /// Masks a text whose redactions nobody asks for.
    pub fn text(&self, text: &str) -> SafeText {
        self.mask(text).0
    }

    /// Masks every string of a JSON value; keys stay.
    pub fn json(&self, value: Value) -> SafeJson {
        SafeJson(self.value(value))
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.replace(&text).0.into_owned()),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(entries) => {
                entries.into_iter().map(|(key, value)| (key, self.value(value))).collect()
            }
            other => other,
        }
    }

    fn replace<'t>(&self, text: &'t str) -> (Cow<'t, str>, Vec<Redaction>) {
        let spans = self.spans(text);
        if spans.is_empty() {
            return (Cow::Borrowed(text), Vec::new());
        }
        let mut masked = String::with_capacity(text.len());
        let mut redactions = Vec::with_capacity(spans.len());
        let mut copied = 0;
        for (start, end, entity_type) in spans {
            masked.push_str(&text[copied..start]);
            let from = masked.len();
            masked.extend(["[", entity_type, "]"]);
            redactions.push(redaction(entity_type, from, masked.len()));
            copied = end;
        }
        masked.push_str(&text[copied..]);
        (Cow::Owned(masked), redactions)
    }

    /// Matches of all patterns from left to right; overlapping ones are one span of the first one's type.
    fn spans(&self, text: &str) -> Vec<(usize, usize, &str)> {
        let found = self.patterns.iter().flat_map(|(entity_type, regex)| {
            regex.find_iter(text).map(|hit| (hit.start(), hit.end(), entity_type.as_str()))
        });
        let mut spans: Vec<_> = found.filter(|(start, end, _)| start < end).collect();
        spans.sort_by_key(|&(start, end, _)| (start, std::cmp::Reverse(end)));
        let mut merged: Vec<(usize, usize, &str)> = Vec::with_capacity(spans.len());
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.0 < last.1 => last.1 = last.1.max(span.1),
                _ => merged.push(span),
            }
        }
        merged
    }
}

fn redaction(entity_type: &str, start: usize, end: usize) -> Redaction {
    let byte = |offset| i32::try_from(offset).unwrap_or(i32::MAX);
    Redaction {
        entity_type: entity_type.to_owned(),
        start: byte(start),
        end: byte(end),
        moment: String::new(),
    }
}

fn compile(pattern: &RedactionPattern) -> Result<(String, Regex)> {
    let named = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if pattern.entity_type.is_empty() || !pattern.entity_type.chars().all(named) {
        return Err(Error::invalid("entityType", "must be capitals, digits and underscores"));
    }
    limits::short("pattern", &pattern.pattern)?;
    let regex = RegexBuilder::new(&pattern.pattern)
        .size_limit(PATTERN_PROGRAM_BYTES_MAX)
        .build()
        .map_err(|error| Error::invalid("pattern", error.to_string()))?;
    if regex.is_match("") {
        return Err(Error::invalid("pattern", "must not match the empty text"));
    }
    Ok((pattern.entity_type.clone(), regex))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn redactor(patterns: &[(&str, &str)]) -> Redactor {
        let patterns: Vec<_> = patterns
            .iter()
            .map(|(entity_type, pattern)| RedactionPattern {
                entity_type: (*entity_type).into(),
                pattern: (*pattern).into(),
            })
            .collect();
        Redactor::new(&patterns).unwrap()
    }

    #[test]
    fn every_match_is_masked_and_told() {
        let (text, redactions) = redactor(&[("ACCOUNT", r"\d{9}"), ("ZIP", r"\b\d{5}\b")])
            .mask("Über 123456789 and 94110, then 987654321");
        assert_eq!(text.as_str(), "Über [ACCOUNT] and [ZIP], then [ACCOUNT]");
        for redaction in redactions {
            let span = &text.as_str()[redaction.start as usize..redaction.end as usize];
            assert_eq!(span, format!("[{}]", redaction.entity_type));
        }
    }

    #[test]
    fn overlapping_matches_leave_nothing_behind() {
        let redactor = redactor(&[("LONG", "abcdef"), ("TAIL", "defghi")]);
        assert_eq!(redactor.text("xabcdefghiz").as_str(), "x[LONG]z");
    }

    #[test]
    fn json_is_masked_in_depth() {
        let redactor = redactor(&[("N", r"\d+")]);
        let json = redactor.json(serde_json::json!({"a1": ["x 12", {"b": "3"}], "n": 4}));
        assert_eq!(json.as_value(), &serde_json::json!({"a1": ["x [N]", {"b": "[N]"}], "n": 4}));
    }

    #[test]
    fn a_bad_pattern_is_named() {
        let bad = RedactionPattern { entity_type: "X".into(), pattern: "(".into() };
        let error = Redactor::new(&[bad]).unwrap_err();
        assert_eq!(error.field(), Some("redactionPatterns[0].pattern"));
    }
}
