//! Who is who in a transcript: which labels are speakers, in which role, by which name.
//!
//! A label tells its role by its words (`Agent (Ben)`), or another line tells it: the same name beside a role,
//! an introduction ("my name is Ben"), the greeting of an agent, or that only the other side is missing.
//! It never gives a role without one of these.

use std::{collections::BTreeMap, sync::LazyLock};

use hansard_proto::v1::conversation_message::Speaker;
use regex::Regex;

use super::line::Line;
use crate::import::speaker::{Label, role_of};

#[allow(clippy::unwrap_used, reason = "the pattern is a literal that the tests compile")]
static GREETING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\bhow (?:may|can) I (?:assist|help) you|\b(?:thank you|thanks) for (?:calling|contacting)",
    )
    .unwrap()
});
const INTRODUCTIONS: [&str; 4] = ["my name is ", "this is ", "i'm ", "i am "];

/// A speaker of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) speaker: Speaker,
    pub(super) name: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Cast {
    parts: BTreeMap<String, Part>,
}

/// A label without a role of its own, and how often it stands before a text.
type Unresolved<'a> = BTreeMap<&'a str, usize>;

impl Cast {
    pub(super) fn of(lines: &[(u64, Line)]) -> Self {
        let mut cast = Self::default();
        let mut unresolved = cast.take_labels_with_roles(lines);
        cast.resolve(&mut unresolved, |name| role_by_name(&cast_names(lines), name));
        cast.resolve(&mut unresolved, |name| role_beside(lines, name));
        let spoken = cast.introductions(lines);
        cast.resolve(&mut unresolved, |name| introduced(&spoken, name));
        cast.resolve(&mut unresolved, |name| greets(lines, name).then_some(Speaker::Agent));
        cast.take_other_side(&mut unresolved);
        cast.take_unknown(&unresolved);
        cast.name_the_nameless();
        cast
    }

    pub(super) fn part(&self, label: &str) -> Option<&Part> {
        self.parts.get(label)
    }

    /// Whether anyone is known as the agent, the customer or a bot.
    pub(super) fn has_roles(&self) -> bool {
        self.parts
            .values()
            .any(|part| matches!(part.speaker, Speaker::Agent | Speaker::Visitor | Speaker::Bot))
    }

    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }

    /// The first name in a role.
    pub(super) fn name_of(&self, speaker: Speaker) -> Option<&str> {
        self.parts.values().find(|part| part.speaker == speaker && part.name.is_some())?.name.as_deref()
    }

    /// Labels that nothing gives a role.
    pub(super) fn without_role(&self) -> Vec<&str> {
        self.parts
            .iter()
            .filter(|(_, part)| part.speaker == Speaker::Unspecified)
            .map(|(label, _)| label.as_str())
            .collect()
    }

    /// Whether the line only declares who takes part: `Agent: Chris`, where Chris speaks elsewhere.
    pub(super) fn declares(&self, label: &str, text: &str) -> bool {
        self.parts.contains_key(text) && role_of(label).is_some()
    }

    fn take_labels_with_roles<'a>(&mut self, lines: &'a [(u64, Line)]) -> Unresolved<'a> {
        let mut unresolved = Unresolved::new();
        for (label, _) in labelled(lines) {
            match Label::parse(label) {
                Label { role: Some(speaker), name } => {
                    self.parts.insert(label.to_owned(), Part { speaker, name });
                }
                Label { role: None, .. } => *unresolved.entry(label).or_default() += 1,
            }
        }
        unresolved
    }

    fn resolve(&mut self, unresolved: &mut Unresolved<'_>, role: impl Fn(&str) -> Option<Speaker>) {
        unresolved.retain(|label, _| match role(label) {
            Some(speaker) => {
                self.insert(label, speaker);
                false
            }
            None => true,
        });
    }

    fn insert(&mut self, name: &str, speaker: Speaker) {
        self.parts.insert(name.to_owned(), Part { speaker, name: Some(name.to_owned()) });
    }

    /// What speakers with a role say, to find who introduces himself.
    fn introductions(&self, lines: &[(u64, Line)]) -> Vec<(Speaker, String)> {
        labelled(lines)
            .filter_map(|(label, text)| Some((self.parts.get(label)?.speaker, text.to_lowercase())))
            .collect()
    }

    /// In a talk of two sides, the only unknown speaker is on the side that is missing.
    fn take_other_side(&mut self, unresolved: &mut Unresolved<'_>) {
        let present = |sides: &[Speaker]| self.parts.values().any(|part| sides.contains(&part.speaker));
        let missing = match (present(&[Speaker::Agent, Speaker::Bot]), present(&[Speaker::Visitor])) {
            (true, false) => Speaker::Visitor,
            (false, true) => Speaker::Agent,
            _ => return,
        };
        let repeated: Vec<&str> =
            unresolved.iter().filter(|(_, count)| **count > 1).map(|(label, _)| *label).collect();
        if let [label] = repeated[..] {
            unresolved.remove(label);
            self.insert(label, missing);
        }
    }

    /// Where fewer than two speakers are known, labels that come back are speakers of an unknown role.
    fn take_unknown(&mut self, unresolved: &Unresolved<'_>) {
        if self.parts.len() < 2 {
            for label in unresolved.iter().filter(|(_, count)| **count > 1).map(|(label, _)| *label) {
                self.insert(label, Speaker::Unspecified);
            }
        }
    }

    /// `Agent` alone is Daleen where the only named agent is Daleen.
    fn name_the_nameless(&mut self) {
        for speaker in [Speaker::Agent, Speaker::Visitor, Speaker::Bot] {
            let mut names: Vec<String> = self
                .parts
                .values()
                .filter(|part| part.speaker == speaker)
                .filter_map(|part| part.name.clone())
                .collect();
            names.sort();
            names.dedup();
            if let [name] = &names[..] {
                for part in self.parts.values_mut().filter(|part| part.speaker == speaker) {
                    part.name.get_or_insert_with(|| name.clone());
                }
            }
        }
    }
}

fn labelled(lines: &[(u64, Line)]) -> impl Iterator<Item = (&str, &str)> {
    lines.iter().filter_map(|(_, line)| match line {
        Line::Labelled { label, text, .. } => Some((label.as_str(), text.as_str())),
        _ => None,
    })
}

/// Names that labels put beside a role, or that a label with a role declares.
fn cast_names(lines: &[(u64, Line)]) -> Vec<(Speaker, String)> {
    labelled(lines)
        .filter_map(|(label, text)| {
            let Label { role, name } = Label::parse(label);
            let declared = || Some(text.to_owned()).filter(|text| text.split_whitespace().count() <= 3);
            Some((role?, name.or_else(declared)?))
        })
        .collect()
}

fn role_by_name(names: &[(Speaker, String)], name: &str) -> Option<Speaker> {
    names.iter().find(|(_, known)| known == name).map(|(speaker, _)| *speaker)
}

/// The role beside a name in what is not said: `Louis (Customer)`, `Agent (Chris)`, `Agent Chris`.
fn role_beside(lines: &[(u64, Line)], name: &str) -> Option<Speaker> {
    let outside = lines.iter().filter_map(|(_, line)| match line {
        Line::Note(text) | Line::Text(text) => Some(text.as_str()),
        _ => None,
    });
    outside.into_iter().find_map(|text| {
        let at = text.find(name)?;
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let parenthesis = after.trim_start().strip_prefix('(').and_then(|rest| rest.split(')').next());
        let word_before = before.trim_end_matches([' ', '(']).rsplit(char::is_whitespace).next();
        parenthesis.and_then(role_of).or_else(|| word_before.and_then(role_of))
    })
}

fn introduced(spoken: &[(Speaker, String)], name: &str) -> Option<Speaker> {
    let name = name.to_lowercase();
    let introduces = |text: &str| {
        INTRODUCTIONS.iter().any(|phrase| {
            text.match_indices(phrase).any(|(at, _)| {
                text[at + phrase.len()..]
                    .strip_prefix(&name)
                    .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            })
        })
    };
    spoken.iter().find(|(_, text)| introduces(text)).map(|(speaker, _)| *speaker)
}

fn greets(lines: &[(u64, Line)], name: &str) -> bool {
    labelled(lines).any(|(label, text)| label == name && GREETING.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::{super::line::lex, *};

    fn roles(text: &str) -> Vec<(String, Speaker, Option<String>)> {
        let cast = Cast::of(&lex(text));
        cast.parts.into_iter().map(|(label, part)| (label, part.speaker, part.name)).collect()
    }

    fn role(text: &str, label: &str) -> Option<Speaker> {
        Cast::of(&lex(text)).part(label).map(|part| part.speaker)
    }

    #[test]
    fn a_name_keeps_the_role_that_another_label_gave_it() {
        let text = "Agent (Ben): Hello.\nCustomer (Ana): Hi.\nBen: Yes?\nAna: No.\nOption 1: 5 GB";
        assert_eq!(role(text, "Ben"), Some(Speaker::Agent));
        assert_eq!(role(text, "Ana"), Some(Speaker::Visitor));
        assert_eq!(role(text, "Option 1"), None);
    }

    #[test]
    fn a_heading_tells_roles() {
        for heading in [
            "Call between Ana (Customer) and Ben (Agent)",
            "Of Customer Service Agent (Ben) and Customer (Ana)",
            "Agent Ben and Customer Ana:",
        ] {
            let text = format!("{heading}\nBen: Hello.\nAna: Hi.\nBen: Yes?\nAna: No.");
            assert_eq!(
                (role(&text, "Ben"), role(&text, "Ana")),
                (Some(Speaker::Agent), Some(Speaker::Visitor)),
                "{heading}"
            );
        }
    }

    #[test]
    fn an_introduction_or_a_greeting_tells_the_agent() {
        let introduced = "Operator: Hello, my name is Ben.\nAna: Hi.\nBen: Yes?\nAna: No.";
        assert_eq!(
            (role(introduced, "Ben"), role(introduced, "Ana")),
            (Some(Speaker::Agent), Some(Speaker::Visitor))
        );
        let greeted = "Ana: Hello?\nBen: How may I assist you today?\nAna: Hi.\nBen: Yes?";
        assert_eq!(
            (role(greeted, "Ben"), role(greeted, "Ana")),
            (Some(Speaker::Agent), Some(Speaker::Visitor))
        );
    }

    #[test]
    fn without_a_sign_no_role_is_given() {
        let text = "Ana: Hi.\nBen: Ho.\nAna: Hi.\nBen: Ho.";
        assert_eq!(
            (role(text, "Ana"), role(text, "Ben")),
            (Some(Speaker::Unspecified), Some(Speaker::Unspecified))
        );
    }

    #[test]
    fn a_bare_role_takes_the_only_name() {
        let known = roles("Agent (Daleen): Hello.\nAgent: Again.\nCustomer: Hi.");
        assert_eq!(known[0], ("Agent".into(), Speaker::Agent, Some("Daleen".into())));
        assert_eq!(known[2], ("Customer".into(), Speaker::Visitor, None));
    }
}
