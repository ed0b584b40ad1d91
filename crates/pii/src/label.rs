//! What a mask writes in the place of a value, `[CREDIT_CARD]` or `[PERSON_9f86d081884c]`, so that it is never searched.
//!
//! A label is of a known kind or has the form of one; a number or a name between brackets is none.

use std::sync::Arc;

use crate::Entity;

/// The longest name of a kind of an organisation's own.
pub(crate) const NAME_MAX: usize = 64;
/// The hexadecimal digits of a pseudonym.
pub(crate) const PSEUDONYM_DIGITS: usize = 12;

/// The length of the label that a text begins with, 0 if it begins with none; `own` are the organisation's own kinds.
#[cold]
#[inline(never)]
pub(crate) fn len(text: &[u8], own: &[Arc<str>]) -> usize {
    let [b'[', inner @ ..] = text else { return 0 };
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let len = inner.iter().take(NAME_MAX + 1 + PSEUDONYM_DIGITS).take_while(is_part).count();
    let (content, rest) = inner.split_at(len);
    if rest.first() == Some(&b']') && is_content(content, own) { len + 2 } else { 0 }
}

fn is_content(content: &[u8], own: &[Arc<str>]) -> bool {
    let name = without_pseudonym(content);
    let is_known = |name: &[u8]| {
        Entity::ALL.iter().any(|entity| entity.name().as_bytes() == name)
            || own.iter().any(|own| own.as_bytes() == name)
    };
    is_known(content) || name.is_some_and(|name| is_known(name) || is_name(name)) || is_spelled(content)
}

/// The name before `_` and the digits of a pseudonym.
fn without_pseudonym(content: &[u8]) -> Option<&[u8]> {
    let (name, digits) = content.split_at_checked(content.len().checked_sub(PSEUDONYM_DIGITS + 1)?)?;
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let [b'_', digits @ ..] = digits else { return None };
    digits.iter().all(is_digit).then_some(name)
}

fn is_name(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_uppercase) && !name.iter().any(u8::is_ascii_lowercase)
}

/// Capitals with an underscore between them, of a kind that may be unknown by now.
fn is_spelled(content: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_';
    is_name(content) && content.iter().all(is_part) && content[1..].contains(&b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_known_and_nothing_else() {
        let own = ["VIP".into(), "7".into()];
        for text in
            ["[PERSON]", "[UK_NHS]x", "[VIP]", "[7]", "[ORDER_ID]", "[VIP_0123456789ab]", "[X9_0123456789ab]"]
        {
            assert_eq!(len(text.as_bytes(), &own), text.find(']').unwrap_or_default() + 1, "{text}");
        }
        for text in [
            "[",
            "[]",
            "[4111111111111111]",
            "[AB123456C]",
            "[MARIA]",
            "[PERSON",
            "[person]",
            "PERSON]",
            "[8]",
            "[_]",
            "[A_é]",
            "[0123456789ab]",
            "[_0123456789ab]",
            "[PERSON_0123456789AB]",
            "[A_1]",
        ] {
            assert_eq!(len(text.as_bytes(), &own), 0, "{text}");
        }
    }
}
