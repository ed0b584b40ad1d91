//! Language codes: well-formed BCP-47 tags, chosen among a profile's.

use crate::{Error, Result};

/// The languages of a profile; the default is one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Languages<'p> {
    pub supported: &'p [String],
    pub default: &'p str,
}

/// Reads a BCP-47 tag of a directory resource.
pub fn parse(field: &str, text: &str) -> Result<String> {
    if is_tag(text) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(field, "must be a BCP-47 language tag such as en-US"))
}

fn is_tag(text: &str) -> bool {
    oxilangtag::LanguageTag::parse(text).is_ok()
}

impl Languages<'_> {
    /// The profile's own spelling of `wanted`, or its default where `wanted` is not one of its languages.
    pub fn effective(&self, wanted: &str) -> String {
        self.supported
            .iter()
            .find(|supported| supported.eq_ignore_ascii_case(wanted))
            .map_or(self.default, String::as_str)
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsupported_language_falls_back() {
        let supported = ["en-US".to_owned(), "de-DE".to_owned()];
        let languages = Languages { supported: &supported, default: "en-US" };
        assert_eq!(languages.effective("DE-de"), "de-DE");
        assert_eq!(languages.effective("fr-FR"), "en-US");
        assert_eq!(languages.effective("not a tag"), "en-US");
        assert_eq!(languages.effective(""), "en-US");
    }

    #[test]
    fn tags_are_well_formed() {
        assert!(parse("languageCodes[0]", "zh-Hant-TW").is_ok());
        assert!(parse("languageCodes[0]", "english please").is_err());
    }
}
