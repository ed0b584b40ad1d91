//! An external detector of personal data, as the operator names it.

use std::str::FromStr;

/// A service that speaks the API of Presidio's analyzer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedDetector {
    /// What profiles call it.
    pub name: String,
    /// Where texts are sent.
    pub url: http::Uri,
}

impl FromStr for NamedDetector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected NAME=URL, such as presidio=http://127.0.0.1:5002/analyze";
        let (name, url) = text.split_once('=').ok_or(expected)?;
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let url: http::Uri = url.parse().map_err(|_| expected)?;
        let is_web = url.host().is_some() && matches!(url.scheme_str(), Some("http" | "https"));
        if name.is_empty() || !name.chars().all(is_part) || !is_web {
            return Err(expected.to_owned());
        }
        Ok(Self { name: name.to_owned(), url })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_detector_has_a_name_and_a_place() {
        let detector: NamedDetector = "presidio=http://127.0.0.1:5002/analyze?x=1".parse().unwrap();
        assert_eq!((detector.name.as_str(), detector.url.path()), ("presidio", "/analyze"));
        for wrong in
            ["", "presidio", "=http://a/b", "a b=http://a/b", "a=ftp://a/b", "a=/analyze", "a=http://"]
        {
            assert!(wrong.parse::<NamedDetector>().is_err(), "{wrong}");
        }
    }
}
