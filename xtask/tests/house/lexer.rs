//! Tells Rust's code from its comments and string literals; it understands nothing more.

/// A file's text in two layers, each of the same length in characters with the rest blanked out.
pub(crate) struct Layers {
    /// Everything but comments and the insides of literals.
    pub(crate) code: String,
    /// The insides of string literals.
    pub(crate) strings: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// Splits the text; new lines stay in both layers, so that line numbers hold.
pub(crate) fn layers(text: &str) -> Layers {
    let chars: Vec<char> = text.chars().collect();
    let mut layers = Layers { code: String::new(), strings: String::new() };
    let mut at = 0;
    while at < chars.len() {
        let (kind, length) = token(&chars[at..], at.checked_sub(1).map(|before| chars[before]));
        for &c in &chars[at..at + length] {
            layers.code.push(if kind == Kind::Code || c == '\n' { c } else { ' ' });
            layers.strings.push(if kind == Kind::Text || c == '\n' { c } else { ' ' });
        }
        at += length;
    }
    layers
}

/// The kind and length of what starts here, given the character before it.
fn token(rest: &[char], before: Option<char>) -> (Kind, usize) {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    match rest {
        ['/', '/', ..] => (Kind::Comment, line_length(rest)),
        ['/', '*', ..] => (Kind::Comment, block_length(rest)),
        ['r', '"' | '#', ..] if !in_word => {
            raw_string_length(rest).map_or((Kind::Code, 1), |length| (Kind::Text, length))
        }
        ['"', ..] => (Kind::Text, quoted_length(rest, '"')),
        ['\'', '\\', ..] => (Kind::Text, quoted_length(rest, '\'')),
        ['\'', _, '\'', ..] => (Kind::Text, 3),
        _ => (Kind::Code, 1),
    }
}

fn line_length(rest: &[char]) -> usize {
    rest.iter().position(|&c| c == '\n').unwrap_or(rest.len())
}

fn block_length(rest: &[char]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn quoted_length(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

fn raw_string_length(rest: &[char]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|&&c| c == '#').count();
    let start = 1 + hashes;
    if rest.get(start) != Some(&'"') {
        return None;
    }
    let mut end = vec!['"'];
    end.extend(std::iter::repeat_n('#', hashes));
    let length = rest[start + 1..].windows(end.len()).position(|window| window == end);
    Some(length.map_or(rest.len(), |inside| start + 1 + inside + end.len()))
}

#[test]
fn code_comments_and_strings_come_apart() {
    let text = "let a = \"x // {\"; // b {\nlet c = '{'; /* { /* { */ */ let d: &'static str = r#\"\"{\"#; fn r() {}";
    let Layers { code, strings } = layers(text);
    assert_eq!(code.matches('{').count(), 1, "{code}");
    assert!(code.contains("&'static str") && code.contains("fn r() {}"), "{code}");
    assert!(strings.contains("x // {") && strings.contains("\"\"{\""), "{strings}");
    assert!(!strings.contains("b {"), "{strings}");
    assert_eq!(code.lines().count(), 2);
}
