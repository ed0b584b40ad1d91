//! What an organisation looks for itself, and what it lets pass.
//!
//! Expressions are those of the regex crate, whose work is linear in the text; a program that is too large is refused.

use regex::{Regex, RegexBuilder};

use crate::{Entity, SettingsError, label, normal::Normal, scene::Candidate};

const PROGRAM_BYTES_MAX: usize = 1 << 20;

/// An expression whose matches are personal data of the organisation's own kind.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Capitals, digits and underscores, 64 at most.
    pub entity_type: String,
    pub expression: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    entity: Entity,
    expression: Regex,
}

impl Pattern {
    /// Tells whether the detector takes it; an error names the member at fault.
    pub fn check(&self) -> Result<(), SettingsError> {
        Compiled::new(self).map(drop)
    }
}

impl Compiled {
    pub(crate) fn new(pattern: &Pattern) -> Result<Self, SettingsError> {
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let is_name = (1..=label::NAME_MAX).contains(&pattern.entity_type.len());
        if !is_name || !pattern.entity_type.chars().all(is_part) {
            let reason = format!("must be 1 to {} capitals, digits and underscores", label::NAME_MAX);
            return Err(SettingsError::new("entityType", &reason));
        }
        let expression = RegexBuilder::new(&pattern.expression)
            .size_limit(PROGRAM_BYTES_MAX)
            .build()
            .map_err(|error| SettingsError::new("pattern", &error.to_string()))?;
        if expression.is_match("") {
            return Err(SettingsError::new("pattern", "must not match the empty text"));
        }
        Ok(Self { entity: Entity::Custom(pattern.entity_type.as_str().into()), expression })
    }

    pub(crate) fn find(&self, text: &str, found: &mut Vec<Candidate>) {
        let hits = self.expression.find_iter(text).filter(|hit| !hit.is_empty());
        found.extend(hits.map(|hit| Candidate {
            entity: self.entity.clone(),
            range: hit.range(),
            confidence: 1.0,
        }));
    }
}

/// Values that are no secret, such as the company's own hotline: the same value however it is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowed {
    values: Vec<String>,
}

impl Allowed {
    pub(crate) fn new(values: &[String]) -> Self {
        let mut values: Vec<_> = values.iter().map(|value| bare(Normal::of(value).text())).collect();
        values.retain(|value| !value.is_empty());
        values.sort_unstable();
        Self { values }
    }

    pub(crate) fn has(&self, value: &str) -> bool {
        !self.values.is_empty() && self.values.binary_search(&bare(value)).is_ok()
    }
}

/// The letters and digits of a value alone.
fn bare(value: &str) -> String {
    value.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}
