//! What a profile has masked, and how. Compiling it is the redactor's matter.

use crate::{Error, Result, conversation::is_default, limits};
use hansard_pii::{Entity, Pattern, Settings, SettingsError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PATTERNS_MAX: usize = 100;

/// How a profile's texts are masked before they are stored; the default looks for every kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RedactionPolicy {
    /// Kinds of personal data that are let pass; `*` is every kind.
    #[serde(skip_serializing_if = "is_default")]
    pub disabled_entity_types: Vec<String>,
    /// Confidences, from 0 to 1, from which a hit of a kind counts.
    #[serde(skip_serializing_if = "is_default")]
    pub thresholds: BTreeMap<String, f64>,
    /// Values that are never masked, however they are written.
    #[serde(skip_serializing_if = "is_default")]
    pub allowed: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub style: MaskStyle,
    /// Display names are masked like every text; else persons and addresses stay in them.
    #[serde(skip_serializing_if = "is_default")]
    pub mask_display_names: bool,
    /// Another detector beside ours.
    #[serde(skip_serializing_if = "is_default")]
    pub external: Option<ExternalDetector>,
}

/// A detector that is asked over the network beside ours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExternalDetector {
    /// One that the server was started with.
    pub name: String,
    /// The language that it is told; empty = `en`.
    #[serde(skip_serializing_if = "is_default")]
    pub language_code: String,
    #[serde(skip_serializing_if = "is_default")]
    pub on_failure: OnFailure,
}

crate::codes! {
    /// What stands in the place of a value; unspecified means Label.
    MaskStyle { Unspecified = 0, Label = 1, SameLength = 2, LastFour = 3, Pseudonym = 4 }
}

crate::codes! {
    /// What becomes of a text while the external detector fails; unspecified means Hold.
    OnFailure { Unspecified = 0, Hold = 1, StoreWithout = 2 }
}

/// What a profile masks besides: every match of `pattern` is of the kind `entity_type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactionPattern {
    pub entity_type: String,
    pub pattern: String,
}

/// Stands for every kind.
const ALL: &str = "*";
/// A confidence that no hit has.
const OFF: f32 = 2.0;

impl RedactionPolicy {
    /// Turns the policy into the detector's settings. Errors name the field.
    pub(super) fn settings(&self, patterns: &[RedactionPattern]) -> Result<Settings> {
        limits::items_at_most("redactionPatterns", patterns.len(), PATTERNS_MAX)?;
        limits::items_at_most("redaction.allowed", self.allowed.len(), limits::LIST_ITEMS_MAX)?;
        for (index, value) in self.allowed.iter().enumerate() {
            limits::short(&format!("redaction.allowed[{index}]"), value)?;
        }
        let patterns = patterns.iter().enumerate().map(|(index, pattern)| {
            pattern.checked().map_err(|error| error.within(&format!("redactionPatterns[{index}]")))
        });
        Ok(Settings {
            thresholds: self.thresholds()?,
            patterns: patterns.collect::<Result<_>>()?,
            allowed: self.allowed.clone(),
        })
    }

    fn thresholds(&self) -> Result<BTreeMap<Entity, f32>> {
        let mut thresholds = BTreeMap::new();
        for (name, value) in &self.thresholds {
            let field = format!("redaction.thresholds.{name}");
            if !(0.0..=1.0).contains(value) {
                return Err(Error::invalid(field, "must be from 0 to 1"));
            }
            thresholds.insert(known(&field, name)?, *value as f32);
        }
        if self.disables_all() {
            thresholds.extend(Entity::ALL.iter().map(|entity| (entity.clone(), OFF)));
        }
        let named = self.disabled_entity_types.iter().enumerate().filter(|(_, name)| *name != ALL);
        for (index, name) in named {
            let field = format!("redaction.disabledEntityTypes[{index}]");
            thresholds.insert(known(&field, name)?, OFF);
        }
        Ok(thresholds)
    }

    /// Whether every kind that is built in is let pass.
    pub(super) fn disables_all(&self) -> bool {
        self.disabled_entity_types.iter().any(|name| name == ALL)
    }
}

impl RedactionPattern {
    fn checked(&self) -> Result<Pattern> {
        limits::short("pattern", &self.pattern)?;
        let pattern = Pattern { entity_type: self.entity_type.clone(), expression: self.pattern.clone() };
        pattern.check().map_err(|error| Error::invalid(error.setting, error.reason))?;
        Ok(pattern)
    }
}

fn known(field: &str, name: &str) -> Result<Entity> {
    Entity::known(name).ok_or_else(|| {
        let names: Vec<_> = Entity::ALL.iter().map(Entity::name).collect();
        Error::invalid(field, format!("names no kind of personal data; there are {}", names.join(", ")))
    })
}

/// The settings were checked field by field.
pub(super) fn unforeseen(error: &SettingsError) -> Error {
    Error::invalid("redaction", error.to_string())
}
