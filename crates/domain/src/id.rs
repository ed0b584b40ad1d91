//! Identifiers: the last segment of every resource name.

use crate::{Error, Result, limits::ID_CHARS_MAX};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// 1 to 128 characters of `A-Z a-z 0-9 . _ ~ @ + = -`, the first a letter or digit. Shared, because names are
/// copied with every write.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(Arc<str>);

impl Id {
    /// Reads an id of a request; `field` is named in the refusal.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        if is_id(text) { Ok(Self(text.into())) } else { Err(refusal(field, text)) }
    }

    /// Takes an id that the service made or stored.
    pub fn known(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= ID_CHARS_MAX
        && bytes[0].is_ascii_alphanumeric()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._~@+=-".contains(byte))
}

fn refusal(field: &str, text: &str) -> Error {
    if text.is_empty() {
        return Error::invalid(field, "has an empty id");
    }
    Error::invalid(
        field,
        format!(
            "an id is 1 to {ID_CHARS_MAX} characters of A-Z a-z 0-9 . _ ~ @ + = - and starts with a letter or digit"
        ),
    )
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_end_at_their_limit() {
        assert!(Id::parse("id", &"a".repeat(128)).is_ok());
        assert!(Id::parse("id", &"a".repeat(129)).is_err());
    }

    #[test]
    fn ids_refuse_what_could_be_mistaken() {
        for text in ["", "-", ".", "..", "-a", "a/b", "a b", "é", "a:start", "a%2Fb", "_x"] {
            assert!(Id::parse("id", text).is_err(), "{text}");
        }
        for text in ["a", "0", "A.b_c~d@e+f=g-h", "2024-03-16"] {
            assert!(Id::parse("id", text).is_ok(), "{text}");
        }
    }
}
