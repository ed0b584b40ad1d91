//! Turns of a transcript's text: who said what, and the notes between.
//!
//! It gives no times of its own: an offset is one that the text states.

use std::{sync::LazyLock, time::Duration};

use hansard_proto::v1::conversation_message::Speaker;
use regex::Regex;

use super::{
    cast::{Cast, Part},
    line::{self, Line},
};

/// One thing said, or one note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Turn {
    pub(in crate::import) speaker: Speaker,
    pub(in crate::import) name: Option<String>,
    pub(in crate::import) text: String,
    /// The stamp right before the turn.
    pub(in crate::import) offset: Option<Duration>,
    /// The last stamp before the turn, its own one included.
    pub(in crate::import) latest_offset: Option<Duration>,
}

/// What a transcript's text tells.
#[derive(Debug, Default)]
pub(in crate::import) struct Turns {
    pub(in crate::import) turns: Vec<Turn>,
    pub(in crate::import) agent_name: Option<String>,
    pub(in crate::import) visitor_name: Option<String>,
    pub(in crate::import) warnings: Vec<String>,
    /// Whether any speaker has a known role.
    pub(in crate::import) has_roles: bool,
}

/// A line that speaks of the transcript itself rather than within it.
#[allow(clippy::unwrap_used, reason = "the pattern is a literal that the tests compile")]
static ABOUT_TRANSCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:end of\b.{0,40}$",
        r"|(?:call|conversation|recording|transcript)\b.{0,30}\b(?:start|begin|end)\w*\W*$",
        r"|(?:total )?(?:word count|transcript length)\W*\d)"
    ))
    .unwrap()
});

/// Reads lines such as `Agent (Ben): Hello.`, stamps such as `00:00:07` and notes such as `[Pause]`.
///
/// A paragraph without a speaker goes on with what was said before it; before anyone has spoken it is a note.
pub(in crate::import) fn read(text: &str) -> Turns {
    let mut lines = line::lex(text);
    while matches!(lines.last(), Some((_, Line::Blank | Line::Rule))) {
        lines.pop();
    }
    let cast = Cast::of(&lines);
    let mut warnings = Vec::new();
    drop_cut_line(&mut lines, &cast, &mut warnings);
    for label in cast.without_role() {
        warnings.push(format!("nothing tells whether {label:?} is the agent or the customer"));
    }
    let mut reader = Reader::new(&cast);
    for (_, line) in lines {
        reader.take(line);
    }
    Turns {
        turns: reader.turns.into_iter().filter(|turn| !turn.text.is_empty()).collect(),
        agent_name: cast.name_of(Speaker::Agent).map(str::to_owned),
        visitor_name: cast.name_of(Speaker::Visitor).map(str::to_owned),
        warnings,
        has_roles: cast.has_roles(),
    }
}

/// A transcript cut off inside a stamp or a label ends with a piece that nobody said.
fn drop_cut_line(lines: &mut Vec<(u64, Line)>, cast: &Cast, warnings: &mut Vec<String>) {
    let stamped = lines.iter().any(|(_, line)| matches!(line, Line::Stamp(_)));
    let cut = match lines.last() {
        Some((_, Line::Text(text))) => {
            (stamped && line::begins_stamp(text))
                || cast.labels().any(|label| label.starts_with(text.as_str()))
        }
        Some((_, Line::Labelled { label, text, .. })) => text.is_empty() && cast.part(label).is_some(),
        _ => false,
    };
    if cut && let Some((number, _)) = lines.pop() {
        warnings.push(format!("the transcript is cut off inside its line {number}, which is left out"));
    }
}

struct Reader<'a> {
    cast: &'a Cast,
    turns: Vec<Turn>,
    /// Who spoke last; nobody at first.
    last: Option<Part>,
    stamp: Option<Duration>,
    latest_stamp: Option<Duration>,
    after_blank: bool,
    after_note: bool,
}

impl<'a> Reader<'a> {
    fn new(cast: &'a Cast) -> Self {
        Self {
            cast,
            turns: Vec::new(),
            last: None,
            stamp: None,
            latest_stamp: None,
            after_blank: false,
            after_note: false,
        }
    }

    fn take(&mut self, line: Line) {
        let blank = matches!(line, Line::Blank | Line::Rule);
        match line {
            Line::Blank | Line::Rule => {}
            Line::Stamp(offset) => {
                self.stamp = Some(offset);
                self.latest_stamp = Some(offset);
            }
            Line::Note(text) => self.note(text),
            Line::Labelled { label, text, whole } => match self.cast.part(&label) {
                Some(_) if self.cast.declares(&label, &text) => self.note(whole),
                Some(part) => self.say(part.clone(), text),
                None => self.unlabelled(whole),
            },
            Line::Text(text) => self.unlabelled(text),
        }
        self.after_blank = blank;
    }

    fn unlabelled(&mut self, text: String) {
        let about_transcript = ABOUT_TRANSCRIPT.is_match(&text);
        match self.last.clone() {
            Some(part) if !about_transcript => self.go_on(part, &text),
            _ => self.note(text),
        }
    }

    fn go_on(&mut self, part: Part, text: &str) {
        let apart = self.after_note || self.stamp.is_some();
        match self.turns.last_mut().filter(|_| !apart) {
            Some(turn) => {
                if !turn.text.is_empty() {
                    turn.text.push_str(if self.after_blank { "\n\n" } else { "\n" });
                }
                turn.text.push_str(text);
            }
            None => self.say(part, text.to_owned()),
        }
    }

    fn say(&mut self, part: Part, text: String) {
        self.push(part.speaker, part.name.clone(), text);
        self.last = Some(part);
        self.after_note = false;
    }

    fn note(&mut self, text: String) {
        self.push(Speaker::System, None, text);
        self.after_note = true;
    }

    fn push(&mut self, speaker: Speaker, name: Option<String>, text: String) {
        let offset = self.stamp.take();
        self.turns.push(Turn { speaker, name, text, offset, latest_offset: self.latest_stamp });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Speaker, String)> {
        read(text).turns.into_iter().map(|turn| (turn.speaker, turn.text)).collect()
    }

    #[test]
    fn paragraphs_go_on_with_what_was_said() {
        let turns = said(
            "Title\n\nAgent: Two ways:\n\n1. By card\n2. By mail\n\nCustomer: Card.\nEnd of transcript.",
        );
        assert_eq!(
            turns,
            [
                (Speaker::System, "Title".into()),
                (Speaker::Agent, "Two ways:\n\n1. By card\n2. By mail".into()),
                (Speaker::Visitor, "Card.".into()),
                (Speaker::System, "End of transcript.".into()),
            ]
        );
    }

    #[test]
    fn a_note_parts_what_one_speaker_says() {
        let turns = said("Agent: One moment.\n(Pause)\nHere it is.\nCustomer: Good.");
        assert_eq!(turns[1], (Speaker::System, "(Pause)".into()));
        assert_eq!(turns[2], (Speaker::Agent, "Here it is.".into()));
    }

    #[test]
    fn stamps_hold_for_the_line_after_them() {
        let turns = read("00:00:05\nAgent: Hello.\n[Typing]\n00:00:09\nCustomer: Hi.").turns;
        let offsets: Vec<_> = turns
            .iter()
            .map(|turn| {
                (
                    turn.offset.map(|offset| offset.as_secs()),
                    turn.latest_offset.map(|offset| offset.as_secs()),
                )
            })
            .collect();
        assert_eq!(offsets, [(Some(5), Some(5)), (None, Some(5)), (Some(9), Some(9))]);
    }

    #[test]
    fn a_piece_of_a_cut_off_line_is_nobodys() {
        for tail in ["0", "00:00:1", "Cus", "Customer:"] {
            let read = read(&format!("00:00:05\nAgent: Hello.\n\n00:00:09\n\nCustomer: Hi.\n\n{tail}"));
            assert_eq!(read.turns.len(), 2, "{tail}");
            assert_eq!(read.warnings.len(), 1, "{tail}");
        }
    }

    #[test]
    fn a_label_alone_speaks_the_lines_below() {
        assert_eq!(said("Agent:\nHello there.\nCustomer:\nHi.")[0], (Speaker::Agent, "Hello there.".into()));
    }
}
