//! Masks texts by one profile's policy. What turns of a conversation have to do with each other is in `turns`.

use super::{
    MaskStyle, Redaction, RedactionPattern, RedactionPolicy, SafeJson, SafeText, SecondOpinion, policy,
};
use crate::Result;
use hansard_pii::{Detector, Earlier, Entity, Hit, Key, Style, mask};
use serde_json::Value;
use std::sync::Arc;

/// Masks what a profile's policy has masked.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    rules: Option<Arc<Rules>>,
    /// Of the draft in hand.
    opinion: Option<Arc<SecondOpinion>>,
}

#[derive(Debug)]
struct Rules {
    detector: Detector,
    style: Style,
    mask_display_names: bool,
}

impl Redactor {
    /// Masks nothing: for a conversation that was exempted, and for a profile that looks for nothing.
    pub const NONE: Self = Self { rules: None, opinion: None };

    /// Compiles a profile's policy. `secret` is the profile's own, for pseudonyms. Errors name the field.
    pub fn new(policy: &RedactionPolicy, patterns: &[RedactionPattern], secret: &[u8]) -> Result<Self> {
        let settings = policy.settings(patterns)?;
        if patterns.is_empty() && policy.external.is_none() && policy.disables_all() {
            return Ok(Self::NONE);
        }
        let style = match policy.style {
            MaskStyle::Unspecified | MaskStyle::Label => Style::Label,
            MaskStyle::SameLength => Style::SameLength,
            MaskStyle::LastFour => Style::LastFour,
            MaskStyle::Pseudonym => Style::Pseudonym(Key::new(secret)),
        };
        let detector = Detector::new(&settings).map_err(|error| policy::unforeseen(&error))?;
        let mask_display_names = policy.mask_display_names;
        Ok(Self { rules: Some(Arc::new(Rules { detector, style, mask_display_names })), opinion: None })
    }

    /// The same, with what another detector says of the texts of a draft.
    #[must_use]
    pub fn consulting(&self, opinion: &Arc<SecondOpinion>) -> Self {
        Self { rules: self.rules.clone(), opinion: Some(Arc::clone(opinion)) }
    }

    pub fn masks_nothing(&self) -> bool {
        self.rules.is_none()
    }

    /// Masks a text that stands by itself and tells what was masked where.
    pub fn mask(&self, text: &str) -> (SafeText, Vec<Redaction>) {
        self.mask_after(text, &Earlier::none())
    }

    /// Masks a text whose redactions nobody asks for.
    pub fn text(&self, text: &str) -> SafeText {
        self.mask(text).0
    }

    /// Masks a display name as the profile says.
    pub fn display_name(&self, name: &str) -> SafeText {
        match &self.rules {
            Some(rules) if rules.mask_display_names => self.text(name),
            _ => self.label(name),
        }
    }

    /// Masks what is a word of the organisation's own, such as the name of a behavior: it may be called like a person or
    /// a street.
    pub fn label(&self, label: &str) -> SafeText {
        let Some(rules) = &self.rules else { return SafeText(label.to_owned()) };
        let mut hits = rules.detector.find(label, &Earlier::none());
        hits.retain(|hit| !matches!(hit.entity, Entity::Person | Entity::Address));
        rules.replace(label, &hits).0
    }

    /// Masks every string of a JSON value; keys stay, and no other detector is asked.
    pub fn json(&self, value: Value) -> SafeJson {
        let none = Earlier::none();
        SafeJson(strings(value, &mut String::new(), &mut |_, text| self.mask_alone(&text, &none).0.0))
    }

    pub(super) fn mask_after(&self, text: &str, earlier: &Earlier) -> (SafeText, Vec<Redaction>) {
        self.replace(text, |rules| rules.detector.find(text, earlier), self.opinion_of(text))
    }

    pub(super) fn mask_next(&self, text: &str, earlier: &mut Earlier) -> (SafeText, Vec<Redaction>) {
        self.replace(text, |rules| rules.detector.find_next(text, earlier), self.opinion_of(text))
    }

    /// Masks what our own detector finds.
    pub(super) fn mask_alone(&self, text: &str, earlier: &Earlier) -> (SafeText, Vec<Redaction>) {
        self.replace(text, |rules| rules.detector.find(text, earlier), &[])
    }

    fn opinion_of(&self, text: &str) -> &[Hit] {
        self.opinion.as_ref().map_or(&[], |opinion| opinion.of(text))
    }

    fn replace(
        &self,
        text: &str,
        find: impl FnOnce(&Rules) -> Vec<Hit>,
        others: &[Hit],
    ) -> (SafeText, Vec<Redaction>) {
        match &self.rules {
            Some(rules) => rules.replace(text, &rules.detector.join(text, find(rules), others)),
            None => (SafeText(text.to_owned()), Vec::new()),
        }
    }
}

impl Rules {
    fn replace(&self, text: &str, hits: &[Hit]) -> (SafeText, Vec<Redaction>) {
        if hits.is_empty() {
            return (SafeText(text.to_owned()), Vec::new());
        }
        let (masked, places) = mask(text, hits, &self.style);
        let redaction = |place: hansard_pii::Masked| Redaction {
            entity_type: place.entity.name().to_owned(),
            start: byte(place.after.start),
            end: byte(place.after.end),
            original_start: byte(place.before.start),
            original_end: byte(place.before.end),
            ..Redaction::default()
        };
        (SafeText(masked), places.into_iter().map(redaction).collect())
    }
}

/// Offsets of texts, which are shorter by far.
fn byte(offset: usize) -> i32 {
    i32::try_from(offset).unwrap_or(i32::MAX)
}

/// Writes every string of a JSON value anew, given its path: `.key` and `[index]` after what `path` begins with.
pub(super) fn strings(
    value: Value,
    path: &mut String,
    write: &mut impl FnMut(&str, String) -> String,
) -> Value {
    let length = path.len();
    match value {
        Value::String(text) => Value::String(write(path, text)),
        Value::Array(items) => {
            let item = |(index, item)| {
                path.push_str(&format!("[{index}]"));
                let item = strings(item, path, write);
                path.truncate(length);
                item
            };
            items.into_iter().enumerate().map(item).collect()
        }
        Value::Object(entries) => {
            let entry = |(key, value): (String, Value)| {
                path.extend([".", key.as_str()]);
                let value = strings(value, path, write);
                path.truncate(length);
                (key, value)
            };
            entries.into_iter().map(entry).collect()
        }
        other => other,
    }
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
        Redactor::new(&RedactionPolicy::default(), &patterns, b"secret").unwrap()
    }

    #[test]
    fn every_match_is_masked_and_told() {
        let given = "Über A12345 and Z94, then A98765";
        let (text, redactions) = redactor(&[("ACCOUNT", r"\bA\d{5}\b"), ("ZONE", r"\bZ\d\d\b")]).mask(given);
        assert_eq!(text.as_str(), "Über [ACCOUNT] and [ZONE], then [ACCOUNT]");
        assert_eq!(redactions.len(), 3);
        for redaction in redactions {
            let span = &text.as_str()[redaction.start as usize..redaction.end as usize];
            assert_eq!(span, format!("[{}]", redaction.entity_type));
            let before = &given[redaction.original_start as usize..redaction.original_end as usize];
            assert!(before.starts_with(['A', 'Z']), "{before}");
        }
    }

    #[test]
    fn overlapping_matches_leave_nothing_behind() {
        let redactor = redactor(&[("LONG", "abcdef"), ("TAIL", "defghi")]);
        assert_eq!(redactor.text("xabcdefghiz").as_str(), "x[LONG]z");
    }

    #[test]
    fn a_pattern_sees_the_text_as_it_is_written_and_in_its_normal_form() {
        let redactor = redactor(&[("KUNDE", r"Kündigung \d+"), ("CODE", r"Q\d{4}")]);
        assert_eq!(redactor.text("Kündigung 7, Ｑ１２３４").as_str(), "[KUNDE], [CODE]");
    }

    #[test]
    fn json_is_masked_in_depth() {
        let redactor = redactor(&[("N", r"n\d+")]);
        let json = redactor.json(serde_json::json!({"a1": ["x n12", {"b": "n3"}], "n": 4}));
        assert_eq!(json.as_value(), &serde_json::json!({"a1": ["x [N]", {"b": "[N]"}], "n": 4}));
    }

    #[test]
    fn a_display_name_keeps_its_person_unless_the_profile_says_so() {
        let name = "Maria Schmidt, 4111 1111 1111 1111";
        assert_eq!(redactor(&[]).display_name(name).as_str(), "Maria Schmidt, [CREDIT_CARD]");
        let policy = RedactionPolicy { mask_display_names: true, ..RedactionPolicy::default() };
        let masked = Redactor::new(&policy, &[], b"").unwrap().display_name(name);
        assert_eq!(masked.as_str(), "[PERSON], [CREDIT_CARD]");
    }

    #[test]
    fn a_policy_says_what_is_let_pass_and_how_it_is_masked() {
        let card = "card 4111 1111 1111 1111, mail jo@example.com";
        let policy = RedactionPolicy {
            disabled_entity_types: vec!["EMAIL".into()],
            style: MaskStyle::LastFour,
            ..RedactionPolicy::default()
        };
        let masked = Redactor::new(&policy, &[], b"").unwrap().text(card);
        assert_eq!(masked.as_str(), "card **** **** **** 1111, mail jo@example.com");
        let policy = RedactionPolicy { allowed: vec!["4111-1111-1111-1111".into()], ..Default::default() };
        let masked = Redactor::new(&policy, &[], b"").unwrap().text(card);
        assert_eq!(masked.as_str(), "card 4111 1111 1111 1111, mail [EMAIL]");
        let policy = RedactionPolicy { disabled_entity_types: vec!["*".into()], ..Default::default() };
        assert!(Redactor::new(&policy, &[], b"").unwrap().masks_nothing());
        let pattern = RedactionPattern { entity_type: "EMAIL".into(), pattern: "mail [a-z]+".into() };
        let masked = Redactor::new(&policy, &[pattern], b"").unwrap().text(card);
        assert_eq!(masked.as_str(), "card 4111 1111 1111 1111, [EMAIL]@example.com");
    }

    #[test]
    fn a_bad_setting_is_named() {
        let bad = RedactionPattern { entity_type: "X".into(), pattern: "(".into() };
        let error = Redactor::new(&RedactionPolicy::default(), &[bad], b"").unwrap_err();
        assert_eq!(error.field(), Some("redactionPatterns[0].pattern"));
        let policy = RedactionPolicy { disabled_entity_types: vec!["CARD".into()], ..Default::default() };
        let error = Redactor::new(&policy, &[], b"").unwrap_err();
        assert_eq!(error.field(), Some("redaction.disabledEntityTypes[0]"));
        let policy = RedactionPolicy { thresholds: [("EMAIL".into(), 7.0)].into(), ..Default::default() };
        let error = Redactor::new(&policy, &[], b"").unwrap_err();
        assert_eq!(error.field(), Some("redaction.thresholds.EMAIL"));
    }
}
