//! What a profile's redactor masks, as something to remove from what is stored already.
//!
//! Messages are read in the light of those before, as on their way in. What is found is remembered: a value that is
//! unmistakable is then looked for wherever else it stands, also where no detector would know it.

use super::{Earlier, Find, Found, Labels, Markup, Needles, Redactor};
use crate::Result;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// Letters and digits of a value that stands for nothing else.
const UNMISTAKABLE: usize = 6;

/// Finds what a redactor masks, of some kinds or of all.
pub struct Detected {
    redactor: Redactor,
    entity_types: Vec<String>,
    labels: Labels,
    earlier: RefCell<Earlier>,
    values: RefCell<BTreeMap<String, BTreeSet<String>>>,
}

impl Detected {
    /// Of all kinds where `entity_types` is empty. What stands in `labels` is masked already.
    pub fn new(redactor: Redactor, entity_types: Vec<String>, labels: Labels) -> Self {
        let (earlier, values) = (RefCell::new(Earlier::none()), RefCell::default());
        Self { redactor, entity_types, labels, earlier, values }
    }

    /// The unmistakable values that were found so far, by kind, to be looked for everywhere.
    pub fn values(&self) -> Result<Vec<super::Values>> {
        let values = self.values.take();
        let values = values.iter().map(|(entity_type, values)| {
            let needles = Needles::new(values.iter().map(String::as_str), self.labels.clone())?;
            Ok(super::Values::of_needles(needles, entity_type))
        });
        values.collect()
    }

    fn remember(&self, entity_type: &str, value: &str) {
        let letters = value.chars().filter(|c| c.is_alphanumeric()).count();
        let is_code = value.chars().any(|c| c.is_numeric() || c == '@');
        if letters >= UNMISTAKABLE && is_code {
            self.values.borrow_mut().entry(entity_type.to_owned()).or_default().insert(value.to_owned());
        }
    }
}

impl Find for Detected {
    fn find(&self, text: &str, _: Markup) -> Vec<Found> {
        let (_, redactions) = self.redactor.mask_after(text, &self.earlier.borrow());
        let masked = self.labels.find(text);
        let mut found = Vec::with_capacity(redactions.len());
        for redaction in redactions {
            let offset = |offset: i32| usize::try_from(offset).unwrap_or_default();
            let range = offset(redaction.original_start)..offset(redaction.original_end);
            let is_wanted =
                self.entity_types.is_empty() || self.entity_types.contains(&redaction.entity_type);
            let is_masked = masked.iter().any(|label| label.start < range.end && range.start < label.end);
            if is_wanted && !is_masked {
                self.remember(&redaction.entity_type, &text[range.clone()]);
                found.push(Found { range, entity_type: redaction.entity_type });
            }
        }
        found
    }

    fn heard(&self, text: &str) {
        self.redactor.mask_next(text, &mut self.earlier.borrow_mut());
    }

    fn forget(&self) {
        self.earlier.replace(Earlier::none());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::redact::RedactionPolicy;

    fn detected(entity_types: &[&str]) -> Detected {
        let redactor = Redactor::new(&RedactionPolicy::default(), &[], b"").unwrap();
        let entity_types = entity_types.iter().map(|name| (*name).to_owned()).collect();
        Detected::new(redactor, entity_types, Labels::known(&[]))
    }

    #[test]
    fn what_is_masked_already_is_not_found_again() {
        let text = "card [CREDIT_CARD], mail jo@example.com, [PERSON_9f86d081884c]";
        let found = detected(&[]).find(text, Markup::Plain);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(&text[found[0].range.clone()], "jo@example.com");
        assert!(detected(&["CREDIT_CARD"]).find(text, Markup::Plain).is_empty());
    }

    #[test]
    fn unmistakable_values_are_remembered() {
        let detected = detected(&[]);
        detected.find("mail jo@example.com", Markup::Plain);
        let values = detected.values().unwrap();
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].find("<b>jo</b>@example.com", Markup::Html).len(), 1);
    }
}
