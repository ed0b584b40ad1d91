//! Messages on their way in: each is searched knowing what was said before it.
//!
//! A number that is read out over several messages is known only by the messages before; what is heard is kept in memory
//! alone and never stored.

mod words;

pub use words::MaskedWords;

use super::{Earlier, Redaction, Redactor, SafeJson, SafeText, redactor::strings};
use serde_json::Value;

/// The messages of one conversation, in their order.
#[derive(Debug)]
pub struct Turns<'r> {
    redactor: &'r Redactor,
    earlier: Earlier,
}

impl<'r> Turns<'r> {
    pub fn new(redactor: &'r Redactor, earlier: Earlier) -> Self {
        Self { redactor, earlier }
    }

    pub fn redactor(&self) -> &'r Redactor {
        self.redactor
    }

    /// What the message after these needs to know.
    pub fn into_earlier(self) -> Earlier {
        self.earlier
    }

    /// Masks a message's text, to be remembered if it `is_final`, and begins the masking of its other fields.
    pub fn message(&mut self, text: &str, is_final: bool) -> (SafeText, MessageMask<'r>) {
        let before = self.earlier.clone();
        let (text, redactions) = if is_final && !text.is_empty() {
            self.redactor.mask_next(text, &mut self.earlier)
        } else {
            self.redactor.mask_after(text, &before)
        };
        (text, MessageMask { redactor: self.redactor, before, redactions })
    }

    /// Hears again what was stored, so that the next message can be searched.
    pub fn recall(&mut self, stored: &SafeText) {
        self.redactor.mask_next(stored.as_str(), &mut self.earlier);
    }
}

/// Masks the fields of one message and tells what was masked where.
#[derive(Debug)]
pub struct MessageMask<'r> {
    redactor: &'r Redactor,
    before: Earlier,
    redactions: Vec<Redaction>,
}

impl MessageMask<'_> {
    /// Masks a field that says what the text says in another way.
    pub fn text(&mut self, field: &str, text: &str) -> SafeText {
        let masked = self.redactor.mask_after(text, &self.before);
        self.tell(field, masked)
    }

    fn tell(&mut self, field: &str, (masked, found): (SafeText, Vec<Redaction>)) -> SafeText {
        let told = found.into_iter().map(|found| Redaction { field: field.to_owned(), ..found });
        self.redactions.extend(told);
        masked
    }

    pub fn texts(&mut self, field: &str, texts: &[String]) -> Vec<SafeText> {
        let text = |(index, text): (usize, &String)| self.text(&format!("{field}[{index}]"), text);
        texts.iter().enumerate().map(text).collect()
    }

    /// Masks every string of a JSON value; keys stay.
    pub fn json(&mut self, field: &str, value: Value) -> SafeJson {
        let mut path = field.to_owned();
        SafeJson(strings(value, &mut path, &mut |path, text| {
            let masked = self.redactor.mask_alone(&text, &self.before);
            self.tell(path, masked).0
        }))
    }

    /// Masks the words of a transcription as the sentence that they are; `field` is told with offsets in the words joined
    /// by a space.
    pub fn words(&mut self, field: &str, words: &[&str]) -> Vec<MaskedWords> {
        let joined = words.join(" ");
        let masked = self.redactor.mask_after(&joined, &self.before);
        let masked_words = words::split(words, masked.0.as_str(), &masked.1);
        self.tell(field, masked);
        masked_words
    }

    /// What was masked, the text's first.
    pub fn take_redactions(&mut self) -> Vec<Redaction> {
        std::mem::take(&mut self.redactions)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::redact::RedactionPolicy;

    fn redactor() -> Redactor {
        Redactor::new(&RedactionPolicy::default(), &[], b"").unwrap()
    }

    #[test]
    fn a_number_that_is_read_out_over_messages_is_masked() {
        let redactor = redactor();
        let mut turns = Turns::new(&redactor, Earlier::none());
        let said = ["What is your card number?", "4111 1111", "Go on.", "1111 1111"];
        let masked = said.map(|text| turns.message(text, true).0.into_string());
        assert_eq!(masked[1..], ["[CREDIT_CARD]", "Go on.", "[CREDIT_CARD]"]);
        assert_eq!(redactor.text("4111 1111").as_str(), "4111 1111");
    }

    #[test]
    fn every_field_of_a_message_is_masked_and_told() {
        let redactor = redactor();
        let mut turns = Turns::new(&redactor, Earlier::none());
        let (text, mut mask) = turns.message("my mail is jo@example.com", true);
        assert_eq!(text.as_str(), "my mail is [EMAIL]");
        let json = mask.json("metadata", serde_json::json!({"a": ["x", "jo@example.com"], "n": 1}));
        assert_eq!(json.as_value(), &serde_json::json!({"a": ["x", "[EMAIL]"], "n": 1}));
        mask.texts("email.to", &["jo@example.com".to_owned()]);
        let fields: Vec<_> = mask.take_redactions().into_iter().map(|found| found.field).collect();
        assert_eq!(fields, ["", "metadata.a[1]", "email.to[0]"]);
    }
}
