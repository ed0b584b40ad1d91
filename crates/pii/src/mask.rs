//! Writes a text anew with something else in the place of what was found.

use std::{fmt, ops::Range};

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{Entity, Hit, label, normal::Normal};

const PSEUDONYM_BYTES: usize = label::PSEUDONYM_DIGITS / 2;
const KEPT: usize = 4;

/// What stands in the place of a value.
#[derive(Clone, Default)]
pub enum Style {
    /// `[CREDIT_CARD]`
    #[default]
    Label,
    /// A star for each character, separators kept: the text keeps its length in characters.
    SameLength,
    /// As many stars, but the last four letters or digits stay; of a shorter value nothing.
    LastFour,
    /// `[PERSON_9f86d081884c]`: the same value has the same name under the same key.
    Pseudonym(Key),
}

/// A secret of pseudonyms.
#[derive(Clone)]
pub struct Key(Vec<u8>);

/// A place that was masked: bytes of the text before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    pub entity: Entity,
    pub before: Range<usize>,
    pub after: Range<usize>,
}

impl Key {
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        Self(secret.into())
    }
}

/// Masks what was found, which must be sorted and disjoint as [`crate::Detector::find`] answers it.
pub fn mask(text: &str, hits: &[Hit], style: &Style) -> (String, Vec<Masked>) {
    let mut written = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(hits.len());
    let mut copied = 0;
    for hit in hits {
        written.push_str(&text[copied..hit.range.start]);
        let start = written.len();
        write(&mut written, &text[hit.range.clone()], &hit.entity, style);
        let (before, after) = (hit.range.clone(), start..written.len());
        places.push(Masked { entity: hit.entity.clone(), before, after });
        copied = hit.range.end;
    }
    written.push_str(&text[copied..]);
    (written, places)
}

fn write(written: &mut String, value: &str, entity: &Entity, style: &Style) {
    match style {
        Style::Label => written.extend(["[", entity.name(), "]"]),
        Style::SameLength => stars(written, value, 0),
        Style::LastFour => {
            let characters = value.chars().filter(|c| c.is_alphanumeric()).count();
            stars(written, value, if characters > 2 * KEPT { KEPT } else { 0 });
        }
        Style::Pseudonym(key) => {
            written.extend(["[", entity.name(), "_", &pseudonym(value, entity, key), "]"]);
        }
    }
}

fn stars(written: &mut String, value: &str, kept: usize) {
    let mut hidden = value.chars().filter(|c| c.is_alphanumeric()).count().saturating_sub(kept);
    for c in value.chars() {
        let hides = hidden > 0 && c.is_alphanumeric();
        hidden -= usize::from(hides);
        written.push(if hides { '*' } else { c });
    }
}

fn pseudonym(value: &str, entity: &Entity, key: &Key) -> String {
    let normal = Normal::of(value);
    let bare = normal.text().bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    let bare: Vec<u8> = bare.collect();
    let Ok(mut code) = Hmac::<Sha256>::new_from_slice(&key.0) else { return String::new() };
    code.update(entity.name().as_bytes());
    code.update(&[0]);
    code.update(if bare.is_empty() { normal.text().as_bytes() } else { &bare });
    code.finalize().into_bytes()[..PSEUDONYM_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Debug for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Label => "Label",
            Self::SameLength => "SameLength",
            Self::LastFour => "LastFour",
            Self::Pseudonym(_) => "Pseudonym",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(style: &Style) -> String {
        let hits = [Hit { entity: Entity::CreditCard, range: 3..22, confidence: 0.9 }];
        let (text, places) = mask("é: 4111-1111-1111-1111.", &hits[..0], style);
        assert!(places.is_empty() && text.starts_with("é: 4111"));
        let (text, places) = mask("x: 4111-1111-1111-1111.", &hits, style);
        assert_eq!(places[0].before, 3..22);
        assert_eq!(&text[places[0].after.end..], ".");
        text
    }

    #[test]
    fn each_style() {
        assert_eq!(masked(&Style::Label), "x: [CREDIT_CARD].");
        assert_eq!(masked(&Style::SameLength), "x: ****-****-****-****.");
        assert_eq!(masked(&Style::LastFour), "x: ****-****-****-1111.");
        let first = masked(&Style::Pseudonym(Key::new("a")));
        assert_eq!(first, masked(&Style::Pseudonym(Key::new("a"))));
        assert_ne!(first, masked(&Style::Pseudonym(Key::new("b"))));
        assert_eq!(first.len(), "x: [CREDIT_CARD_012345678901].".len());
    }

    #[test]
    fn a_pseudonym_is_of_the_value_not_of_its_writing() {
        let key = Key::new("k");
        let of = |value| pseudonym(value, &Entity::Phone, &key);
        assert_eq!(of("+44 20 7946 0018"), of("＋44 (20) 7946-0018"));
        assert_ne!(of("+44 20 7946 0018"), pseudonym("+44 20 7946 0018", &Entity::Person, &key));
    }
}
