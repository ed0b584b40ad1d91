//! Texts that the service masks before it stores them: `[CREDIT_CARD]` in the place of a value.

/// Whether a stored text is the given one but for what was masked in it.
pub fn is_masked_form(stored: &str, given: &str) -> bool {
    let literal = literal_parts(stored);
    let (Some((first, rest)), true) = (literal.split_first(), stored.len() < given.len() * 20 + 1) else {
        return false;
    };
    let Some(mut left) = given.strip_prefix(first) else { return false };
    let Some((last, between)) = rest.split_last() else { return left.is_empty() };
    for part in between {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.len() > last.len() && left.ends_with(last)
}

/// Whether something was masked in a stored text.
pub fn has_mask(stored: &str) -> bool {
    literal_parts(stored).len() > 1
}

/// What stands before, between and after the labels.
fn literal_parts(stored: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(open) = stored[at..].find('[').map(|open| at + open) {
        let name = stored[open + 1..].find(']').map(|length| &stored[open + 1..open + 1 + length]);
        match name.filter(|name| is_label(name)) {
            Some(name) => {
                parts.push(&stored[from..open]);
                from = open + name.len() + 2;
                at = from;
            }
            None => at = open + 1,
        }
    }
    parts.push(&stored[from..]);
    parts
}

fn is_label(name: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() >= 3 && name.bytes().all(part)
}

#[cfg(test)]
mod tests {
    use super::is_masked_form;

    #[test]
    fn only_what_is_masked_may_differ() {
        assert!(is_masked_form("plain", "plain"));
        assert!(is_masked_form("I am [PERSON], [PERSON].", "I am Ann, Bob."));
        assert!(is_masked_form("[EMAIL]", "a@b.example"));
        assert!(is_masked_form("a [b] c", "a [b] c"));
        for (stored, given) in [
            ("plain", "plane"),
            ("I am [PERSON]", "I was Ann"),
            ("I am [PERSON].", "I am ."),
            ("a [PERSON] b", "a x"),
            ("", "lost"),
        ] {
            assert!(!is_masked_form(stored, given), "{stored} / {given}");
        }
    }
}
