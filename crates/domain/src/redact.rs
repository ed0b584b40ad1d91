//! Text that may be stored: it has been through the profile's redaction.
//!
//! [`SafeText`] and [`SafeJson`] can be made only by a [`Redactor`] or read back from the store. What is looked for, and
//! how it is masked, is the profile's [`RedactionPolicy`]; finding it is the detector's matter, a crate of its own.

mod detected;
mod job;
mod labels;
mod needle;
mod opinion;
mod policy;
mod receipt;
mod redactor;
mod removal;
mod subject;
mod turns;

pub use detected::Detected;
pub use hansard_pii::{Earlier, Entity, Hit};
pub use job::{HELD_MAX, JobBody, JobKind, JobState, RedactionJob, SAMPLE_MAX, Tally};
pub use labels::Labels;
pub use needle::{Markup, Needles, is_common};
pub use opinion::SecondOpinion;
pub use policy::{ExternalDetector, MaskStyle, OnFailure, RedactionPattern, RedactionPolicy};
pub use receipt::RedactionReceipt;
pub use redactor::Redactor;
pub use removal::{Cut, Edits, FieldEdits, Find, Found, Parts, Place, Removal, Remover, Values};
pub use subject::{Search, Subject, reason_without};
pub use turns::{MaskedWords, MessageMask, Turns};

use crate::name::ProfileName;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// Text after redaction, the only text that the store accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SafeText(String);

/// Free JSON whose every string has been through redaction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SafeJson(Value);

/// A masked span of a message: bytes, end exclusive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    pub entity_type: String,
    /// In what is stored.
    pub start: i32,
    pub end: i32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub moment: String,
    /// Path of the field in the message, such as `email.to[1]`; empty = the text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// In what was given; both 0 where that is not known.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub original_start: i32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub original_end: i32,
}

impl Redaction {
    /// Whether it is in the field of an update's path, such as `text_html`.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        let root = self.field.split(['.', '[']).next().unwrap_or_default();
        let plain = path.bytes().filter(|byte| *byte != b'_');
        match root {
            "" => path == "text",
            _ => plain.eq(root.bytes().map(|byte| byte.to_ascii_lowercase())),
        }
    }

    /// Resource name of the moment that stands for its kind.
    pub fn entity_moment(&self, profile: &ProfileName) -> SafeText {
        if !self.moment.is_empty() {
            return SafeText(self.moment.clone());
        }
        SafeText(format!("{profile}/moments/{}", self.entity_type.to_ascii_lowercase()))
    }

    /// Whether it was masked on its way into the store, as against by request.
    pub fn is_found(&self) -> bool {
        self.original_end > self.original_start
    }
}

fn is_zero(offset: &i32) -> bool {
    *offset == 0
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

    pub fn into_value(self) -> Value {
        self.0
    }

    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }
}
