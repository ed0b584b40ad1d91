//! Texts whose personal data is known: the shared set, and real dialogs that are taken to hold none.

use std::{fs, ops::Range, path::PathBuf};

use hansard_pii::{Detector, Earlier, Entity};
use serde_json::Value;

/// A text and what is in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marked {
    pub(crate) text: String,
    pub(crate) spans: Vec<Span>,
}

#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// None where a kind has no counterpart here: it counts neither for nor against a hit upon it.
    pub(crate) entity: Option<Entity>,
    pub(crate) range: Range<usize>,
}

/// Kinds of the shared set that are kinds here.
const MAPPED: [(&str, Entity); 9] = [
    ("PERSON", Entity::Person),
    ("STREET_ADDRESS", Entity::Address),
    ("CREDIT_CARD", Entity::CreditCard),
    ("PHONE_NUMBER", Entity::Phone),
    ("EMAIL_ADDRESS", Entity::Email),
    ("IBAN_CODE", Entity::Iban),
    ("US_SSN", Entity::UsSsn),
    ("IP_ADDRESS", Entity::IpAddress),
    ("US_DRIVER_LICENSE", Entity::DriverLicense),
];

/// Kinds that are parts of an address, of a name or of a date, and none by themselves.
const NEUTRAL: [&str; 5] = ["GPE", "ZIP_CODE", "TITLE", "DATE_TIME", "AGE"];

pub(crate) fn shared(path: &str) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    fs::read_to_string(folder.join(path)).ok()
}

/// The marked set, whose places count characters.
pub(crate) fn marked(json: &str) -> Vec<Marked> {
    let samples: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    samples.iter().map(sample).collect()
}

fn sample(sample: &Value) -> Marked {
    let text = sample["full_text"].as_str().unwrap_or_default().to_owned();
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let place = |value: &Value| places[value.as_u64().unwrap_or_default() as usize];
    let spans = sample["spans"].as_array().into_iter().flatten().filter_map(|span| {
        let kind = span["entity_type"].as_str()?;
        let entity = MAPPED.iter().find(|(name, _)| *name == kind).map(|(_, entity)| entity.clone());
        let range = place(&span["start_position"])..place(&span["end_position"]);
        (entity.is_some() || NEUTRAL.contains(&kind)).then_some(Span { entity, range })
    });
    let spans = spans.collect();
    Marked { text, spans }
}

/// The turns of the clean dialogs.
pub(crate) fn dialogs(json_lines: &str) -> Vec<Vec<String>> {
    let turns = |line: &str| {
        let dialog: Value = serde_json::from_str(line).unwrap_or_default();
        let turns = dialog["utterances"].as_array().cloned().unwrap_or_default();
        turns.iter().filter_map(|turn| turn["text"].as_str().map(str::to_owned)).collect()
    };
    json_lines.lines().map(turns).collect()
}

/// How many tokens of clean dialogs are masked, and how many there are; each masked text is shown.
pub(crate) fn masked(detector: &Detector, dialogs: &[Vec<String>], mut show: impl FnMut(&str)) -> (u32, u32) {
    let count = |text: &str| u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX);
    let (mut masked, mut tokens) = (0, 0);
    for dialog in dialogs {
        let mut earlier = Earlier::none();
        for turn in dialog {
            tokens += count(turn);
            for hit in detector.find_next(turn, &mut earlier) {
                masked += count(&turn[hit.range.clone()]);
                show(&turn[hit.range]);
            }
        }
    }
    (masked, tokens)
}
