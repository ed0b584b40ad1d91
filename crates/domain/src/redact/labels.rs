//! What stands in the place of a masked value: `[CREDIT_CARD]`, or with a pseudonym `[PERSON_9f86d081884c]`.
//!
//! A label is no text: nothing is looked for in it, and it is not masked again.

use super::RedactionPattern;
use hansard_pii::Entity;
use std::{collections::BTreeSet, ops::Range};

/// Longer ones are text.
const LABEL_BYTES_MAX: usize = 160;
const PSEUDONYM_DIGITS: usize = 12;

/// Names that labels bear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(BTreeSet<String>);

impl Labels {
    pub const NONE: Self = Self(BTreeSet::new());

    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(names.into_iter().map(str::to_owned).collect())
    }

    /// The names of every kind that is built in, and of a profile's own.
    pub fn known(patterns: &[RedactionPattern]) -> Self {
        let built_in = Entity::ALL.iter().map(Entity::name);
        Self::new(
            built_in.chain(patterns.iter().map(|pattern| pattern.entity_type.as_str())).chain(["VISITOR_ID"]),
        )
    }

    #[must_use]
    pub fn and<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.0.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// Where the label that begins here ends.
    pub fn end_of(&self, text: &str, at: usize) -> Option<usize> {
        let inner = text[at..].strip_prefix('[')?;
        let length = inner.bytes().take(LABEL_BYTES_MAX).position(|byte| byte == b']')?;
        self.has(&inner[..length]).then_some(at + length + 2)
    }

    /// Whether labels bear this name.
    pub fn has(&self, name: &str) -> bool {
        let of_pseudonym = name.rsplit_once('_').filter(|(_, digits)| {
            digits.len() == PSEUDONYM_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        self.0.contains(name) || of_pseudonym.is_some_and(|(name, _)| self.0.contains(name))
    }

    /// Every label of a text, in order.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let starts = text.match_indices('[');
        starts.filter_map(|(at, _)| Some(at..self.end_of(text, at)?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_names_are_labels() {
        let labels = Labels::new(["CREDIT_CARD", "PERSON"]);
        let text = "[CREDIT_CARD] [Smith] [PERSON_9f86d081884c] [PERSON_x] [é";
        assert_eq!(labels.find(text), [0..13, 22..43]);
        assert!(Labels::NONE.find(text).is_empty());
    }
}
