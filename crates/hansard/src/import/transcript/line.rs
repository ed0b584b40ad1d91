//! The lines of a transcript: stamps, labels, notes, text.
//!
//! It looks at one line at a time; whether a label names a speaker is for `cast.rs`.

use std::{sync::LazyLock, time::Duration};

use regex::Regex;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Blank,
    /// Nothing but punctuation, such as a ruler.
    Rule,
    /// How far into the call the next line was said.
    Stamp(Duration),
    /// A stage direction or a heading: wholly in brackets or emphasised.
    Note(String),
    /// Something before a colon that may be a speaker. `whole` is the line with both.
    Labelled {
        label: String,
        text: String,
        whole: String,
    },
    Text(String),
}

#[allow(clippy::unwrap_used, reason = "the patterns are literals that the tests compile")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[\[(]?(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,6}))?[\])]?(?:\s+-)?(?:\s+|$)")
});
/// Up to five words, each with a capital, before a colon; or one lower-case word.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^((?:[\p{Lu}\p{Lo}][^\s:()]*(?:\s+(?:-\s+)?[\p{Lu}\p{Lo}\d][^\s:()]*){0,4}(?:\s*\([^():]{1,60}\))?)|\p{Ll}+(?:\s*\([^():]{1,60}\))?)\s*:(?:\s+|$)(.*)$",
    )
});
static EMPHASISED_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:\*{1,3}|_{1,3})([^*_:]+)(?::(?:\*{1,3}|_{1,3})|(?:\*{1,3}|_{1,3}):)\s*(.*)$")
});

/// Cuts a text into lines, each with its number from 1.
pub(super) fn lex(text: &str) -> Vec<(u64, Line)> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        let mut line = line.trim();
        while let Some(found) = STAMP.captures(line) {
            lines.push((number, Line::Stamp(offset(&found))));
            line = &line[found[0].len()..];
            if line.is_empty() {
                break;
            }
        }
        let only_stamps = line.is_empty() && lines.last().is_some_and(|(last, _)| *last == number);
        if !only_stamps {
            lines.push((number, classify(line)));
        }
    }
    lines
}

fn offset(found: &regex::Captures<'_>) -> Duration {
    let number =
        |group: usize| found.get(group).and_then(|text| text.as_str().parse::<u64>().ok()).unwrap_or(0);
    let fraction = found.get(4).map_or("", |text| text.as_str());
    let micros = format!("{fraction:0<6}").parse().unwrap_or(0);
    Duration::from_secs(number(1) * 3600 + number(2) * 60 + number(3)) + Duration::from_micros(micros)
}

fn classify(line: &str) -> Line {
    if line.is_empty() {
        return Line::Blank;
    }
    if !line.contains(char::is_alphanumeric) {
        return Line::Rule;
    }
    if is_note(line) {
        return Line::Note(line.to_owned());
    }
    match EMPHASISED_LABEL.captures(line).or_else(|| LABEL.captures(line)) {
        Some(found) => Line::Labelled {
            label: found[1].trim().to_owned(),
            text: found[2].trim().to_owned(),
            whole: line.to_owned(),
        },
        None => Line::Text(line.to_owned()),
    }
}

/// Whether the line is one pair of brackets or one emphasis; the closing bracket may be cut off.
fn is_note(line: &str) -> bool {
    let inside = |open: &str, close: &str| line.strip_prefix(open)?.strip_suffix(close);
    let bracketed = [("[", "]", '['), ("(", ")", '(')].into_iter().any(|(open, close, again)| {
        inside(open, close).is_some_and(|text| !text.contains(again))
            || (line.starts_with(open) && !line.contains(close))
    });
    let emphasised = ["***", "**", "*", "_"]
        .into_iter()
        .any(|mark| inside(mark, mark).is_some_and(|text| !text.contains(mark) && !text.is_empty()));
    bracketed || emphasised
}

/// Whether a last line is the beginning of a stamp whose rest was cut off.
pub(super) fn begins_stamp(text: &str) -> bool {
    text.len() < "00:00:00".len() && text.chars().all(|c| c.is_ascii_digit() || c == ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(line: &str) -> Option<(String, String)> {
        match classify(line) {
            Line::Labelled { label, text, .. } => Some((label, text)),
            _ => None,
        }
    }

    #[test]
    fn stamps_stand_alone_or_before_a_line() {
        let seconds = |line: &str| match lex(line).first() {
            Some((1, Line::Stamp(offset))) => Some(offset.as_millis()),
            _ => None,
        };
        assert_eq!(seconds("00:02:07"), Some(127_000));
        assert_eq!(seconds("[01:05] Agent: Hello."), Some(65_000));
        assert_eq!(seconds("(1:00:00.5)"), Some(3_600_500));
        assert_eq!(seconds("10:75 is no time"), None);
        assert_eq!(lex("[01:05] Agent: Hello.").len(), 2);
        assert_eq!(lex("00:00:01").len(), 1);
    }

    #[test]
    fn labels_look_like_names() {
        let expect = |label: &str, text: &str| Some((label.to_owned(), text.to_owned()));
        assert_eq!(labelled("Agent (Ben): Hello: you"), expect("Agent (Ben)", "Hello: you"));
        assert_eq!(labelled("**Chris:** Good afternoon"), expect("Chris", "Good afternoon"));
        assert_eq!(labelled("*Agent*: Chris"), expect("Agent", "Chris"));
        assert_eq!(
            labelled("Contoso Inc. Representative: Hello!"),
            expect("Contoso Inc. Representative", "Hello!")
        );
        assert_eq!(labelled("Ana (Customer):"), expect("Ana (Customer)", ""));
        assert_eq!(labelled("agent: hello"), expect("agent", "hello"));
        assert_eq!(labelled("We offer the following: calls, texts"), None);
        assert_eq!(labelled("See http://example.com"), None);
    }

    #[test]
    fn notes_are_wholly_bracketed_or_emphasised() {
        for line in
            ["[Phone rings]", "(Pause)", "**Call ends**", "_Agent Chris_", "**[search]**", "[End of Call"]
        {
            assert_eq!(classify(line), Line::Note(line.to_owned()));
        }
        for line in ["(123) 456-7890 (home)", "[a] and [b]", "**a** and **b**"] {
            assert_eq!(classify(line), Line::Text(line.to_owned()));
        }
        assert_eq!(classify("-----"), Line::Rule);
    }
}
