//! Transcripts in a vCon's analysis, in the shapes that vendors give them.
//!
//! It takes a list of turns, a list of words with speakers, or a text. Offsets are those that the body states.

use std::time::Duration;

use hansard_proto::v1::{
    SpeakerInfo, TranscriptionInfo, conversation_message::Speaker, transcription_info::Word,
};
use serde_json::{Map, Value};

use super::party::{self, Party};
use crate::import::{time, transcript::turns};

/// Keys that hold the list of turns, in the order in which they are looked for.
const TURN_LISTS: [&str; 8] =
    ["utterances", "segments", "turns", "entries", "messages", "transcript", "paragraphs", "results"];
const SPEAKERS: [&str; 5] = ["speaker", "role", "speaker_label", "name", "channel"];
const TEXTS: [&str; 7] = ["message", "text", "transcript", "content", "body", "punctuated_word", "word"];
const STARTS: [&str; 5] = ["start", "start_time", "startTime", "startOffset", "offset"];
const ENDS: [&str; 4] = ["end", "end_time", "endTime", "endOffset"];

#[derive(Debug, Default)]
pub(super) struct Turn {
    pub(super) speaker: Speaker,
    pub(super) speaker_info: Option<SpeakerInfo>,
    pub(super) text: String,
    pub(super) start: Option<Duration>,
    pub(super) end: Option<Duration>,
    pub(super) transcription: Option<TranscriptionInfo>,
}

/// Reads a transcript's body; `None` where it has no shape that is known.
pub(super) fn read(body: &Value, recording: Option<Duration>, parties: &[Party]) -> Option<Vec<Turn>> {
    if let Value::String(text) = body {
        return match serde_json::from_str::<Value>(text) {
            Ok(nested @ (Value::Array(_) | Value::Object(_))) => read(&nested, recording, parties),
            _ => Some(from_text(text, parties)),
        };
    }
    let entries = find_turns(body)?;
    let scale = seconds_per_unit(&entries, recording);
    let turns = entries.iter().filter_map(|entry| from_entry(entry, scale, parties));
    Some(turns.filter(|turn| !turn.text.is_empty()).collect())
}

fn from_text(text: &str, parties: &[Party]) -> Vec<Turn> {
    let read = turns::read(text);
    if !read.has_roles {
        let whole = text.lines().map(str::trim).filter(|line| !line.is_empty());
        return whole.map(|line| Turn { text: line.to_owned(), ..Turn::default() }).collect();
    }
    let turn = |turn: turns::Turn| {
        let (_, speaker_info) = turn.name.map(|name| party::of_label(&name, parties)).unwrap_or_default();
        Turn { speaker: turn.speaker, speaker_info, text: turn.text, start: turn.offset, ..Turn::default() }
    };
    read.turns.into_iter().map(turn).collect()
}

fn find_turns(body: &Value) -> Option<Vec<Map<String, Value>>> {
    match body {
        Value::Array(list) => {
            let turns: Vec<_> = list.iter().filter_map(Value::as_object).cloned().collect();
            (turns.len() == list.len()).then_some(turns)
        }
        Value::Object(object) => {
            let listed = TURN_LISTS.iter().filter_map(|key| object.get(*key)).find_map(find_turns);
            listed.filter(|turns| !turns.is_empty()).or_else(|| by_words(object)).or_else(|| {
                let text = first(object, &TEXTS)?.as_str().filter(|text| !text.is_empty())?;
                Some(vec![Map::from_iter([("text".to_owned(), Value::from(text))])])
            })
        }
        _ => None,
    }
}

/// Turns from words that each name their speaker.
fn by_words(object: &Map<String, Value>) -> Option<Vec<Map<String, Value>>> {
    let words = object.get("words")?.as_array().filter(|words| !words.is_empty())?;
    let mut turns: Vec<Map<String, Value>> = Vec::new();
    for word in words {
        let speaker = word.get("speaker").cloned().unwrap_or_default();
        match turns.last_mut().filter(|turn| turn.get("speaker") == Some(&speaker)) {
            Some(turn) => {
                if let Some(Value::Array(words)) = turn.get_mut("words") {
                    words.push(word.clone());
                }
            }
            None => turns.push(Map::from_iter([
                ("speaker".to_owned(), speaker),
                ("words".to_owned(), Value::Array(vec![word.clone()])),
            ])),
        }
    }
    Some(turns)
}

fn from_entry(entry: &Map<String, Value>, scale: f64, parties: &[Party]) -> Option<Turn> {
    let words = entry.get("words").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = first(entry, &TEXTS)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .or_else(|| joined(entry.get("sentences")?.as_array()?))
        .or_else(|| joined(words))?;
    let (speaker, speaker_info) = who(entry, parties);
    let bound = |keys: &[&str], word: Option<&Value>| {
        offset(entry, keys, scale).or_else(|| offset(word?.as_object()?, keys, scale))
    };
    let start = bound(&STARTS, words.first());
    Some(Turn {
        speaker,
        speaker_info,
        text: text.trim().to_owned(),
        start,
        // An end before its start is no fact about the recording.
        end: bound(&ENDS, words.last()).filter(|end| start.is_none_or(|start| start <= *end)),
        transcription: transcription(entry, words, scale),
    })
}

fn joined(parts: &[Value]) -> Option<String> {
    let texts: Vec<&str> =
        parts.iter().filter_map(|part| first(part.as_object()?, &TEXTS)?.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// Who speaks: the party that `party` indexes, or whom a label means. A bare number is only a voice told apart.
fn who(entry: &Map<String, Value>, parties: &[Party]) -> (Speaker, Option<SpeakerInfo>) {
    let index = entry.get("party").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
    if let Some(party) = index.and_then(|index| parties.get(index)) {
        return (party.role.unwrap_or_default(), party.speaker_info());
    }
    match first(entry, &SPEAKERS) {
        Some(Value::String(label)) => party::of_label(label, parties),
        Some(Value::Number(voice)) => {
            let info = SpeakerInfo { platform_speaker_id: voice.to_string(), ..SpeakerInfo::default() };
            (Speaker::Unspecified, Some(info))
        }
        _ => (Speaker::Unspecified, None),
    }
}

fn transcription(entry: &Map<String, Value>, words: &[Value], scale: f64) -> Option<TranscriptionInfo> {
    let confidence = entry.get("confidence").and_then(Value::as_f64).unwrap_or_default();
    let words: Vec<Word> = words
        .iter()
        .filter_map(|word| {
            let word = word.as_object()?;
            Some(Word {
                word: first(word, &TEXTS)?.as_str()?.to_owned(),
                start_offset: offset(word, &STARTS, scale).map(time::span_to_proto),
                end_offset: offset(word, &ENDS, scale).map(time::span_to_proto),
                confidence: word.get("confidence").and_then(Value::as_f64).unwrap_or_default(),
            })
        })
        .collect();
    (confidence != 0.0 || !words.is_empty()).then(|| TranscriptionInfo {
        words,
        confidence,
        ..TranscriptionInfo::default()
    })
}

fn first<'a>(object: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().find_map(|key| object.get(*key).filter(|value| !value.is_null()))
}

fn offset(object: &Map<String, Value>, keys: &[&str], scale: f64) -> Option<Duration> {
    time::span(first(object, keys)?.as_f64()? * scale)
}

/// Offsets are seconds, or milliseconds where as seconds they would lie beyond the recording and so they do not.
fn seconds_per_unit(entries: &[Map<String, Value>], recording: Option<Duration>) -> f64 {
    let ends =
        entries.iter().filter_map(|entry| first(entry, &ENDS).or_else(|| first(entry, &STARTS))?.as_f64());
    let last = ends.fold(0.0, f64::max);
    let limit = recording.map_or(f64::INFINITY, |recording| recording.as_secs_f64() + 1.0);
    if last > limit && last / 1000.0 <= limit { 0.001 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn turns(body: &Value) -> Vec<(String, Option<u128>)> {
        let read = read(body, Some(Duration::from_secs(60)), &[]).unwrap();
        read.into_iter().map(|turn| (turn.text, turn.start.map(|start| start.as_millis()))).collect()
    }

    #[test]
    fn the_shapes_of_vendors_are_known() {
        let hello = [("Hello there.".to_owned(), Some(1500)), ("Hi.".to_owned(), Some(3000))];
        let bodies = [
            json!({"utterances": [{"speaker": 0, "transcript": "Hello there.", "start": 1.5, "end": 2.5},
                                  {"speaker": 1, "transcript": "Hi.", "start": 3.0, "end": 3.5}]}),
            json!({"utterances": [{"speaker": "A", "text": "Hello there.", "start": 1500, "end": 2500},
                                  {"speaker": "B", "text": "Hi.", "start": 3000, "end": 3500}]}),
            json!({"text": "Hello there. Hi.", "segments": [{"start": 1.5, "end": 2.5, "text": " Hello there."},
                                                            {"start": 3, "end": 3.5, "text": " Hi."}]}),
            json!({"transcript": "all", "words": [
                {"word": "hello", "punctuated_word": "Hello", "start": 1.5, "end": 2.0, "speaker": 0},
                {"word": "there", "punctuated_word": "there.", "start": 2.0, "end": 2.5, "speaker": 0},
                {"word": "hi", "punctuated_word": "Hi.", "start": 3.0, "end": 3.5, "speaker": 1}]}),
            json!({"transcript": "all", "paragraphs": {"transcript": "all", "paragraphs": [
                {"speaker": 0, "start": 1.5, "sentences": [{"text": "Hello"}, {"text": "there."}]},
                {"speaker": 1, "start": 3.0, "sentences": [{"text": "Hi."}]}]}}),
        ];
        for body in bodies {
            assert_eq!(turns(&body), hello, "{body}");
            assert_eq!(turns(&Value::String(body.to_string())), hello, "as text: {body}");
        }
    }

    #[test]
    fn an_end_before_its_start_is_left_out() {
        let body = json!([{"speaker": "Agent", "text": "Hello.", "start": 5.0, "end": 4.0}]);
        let turn = &read(&body, None, &[]).unwrap()[0];
        assert_eq!((turn.start, turn.end), (Some(Duration::from_secs(5)), None));
    }

    #[test]
    fn a_text_is_read_line_by_line() {
        assert_eq!(turns(&json!("Agent: Hello.\nCustomer: Hi.")).len(), 2);
        assert_eq!(turns(&json!("Just what was said.")), [("Just what was said.".to_owned(), None)]);
        assert_eq!(turns(&json!({"text": "One text."})), [("One text.".to_owned(), None)]);
    }

    #[test]
    fn an_unknown_shape_is_none() {
        for body in [json!(null), json!(7), json!({}), json!([1, 2]), json!({"words": []})] {
            assert!(read(&body, None, &[]).is_none(), "{body}");
        }
    }
}
