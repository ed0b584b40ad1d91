//! The shared sample data, counted here without the importer and compared with what it reads.

use std::{
    fs,
    path::{Path, PathBuf},
};

use hansard::import::{Context, Item, format};
use hansard_proto::v1::{
    ConversationMessage,
    conversation::{AudioPersistenceState, Channel, Direction, Source, State},
    conversation_message::Speaker,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

/// The sample data, or `None` with a printed line where it is absent outside CI.
pub(crate) fn data(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").is_err(), "the sample data is missing: {}", path.display());
    println!("skipped: no sample data at {}", path.display());
    None
}

pub(crate) fn context() -> Context {
    Context { parent: "customers/acme/profiles/support".into(), time_zone: TimeZone::UTC }
}

fn items(path: &Path) -> Vec<(Value, Item)> {
    let text = fs::read_to_string(path).unwrap();
    let lines = if path.extension().is_some_and(|end| end == "jsonl") {
        text.lines().collect()
    } else {
        vec![&*text]
    };
    let parse = |line: &str| {
        format::parse_json(line.as_bytes(), &context()).unwrap_or_else(|e| panic!("{}", e.reason()))
    };
    lines.into_iter().map(|line| (serde_json::from_str(line).unwrap(), parse(line))).collect()
}

fn vcons() -> Vec<(Value, Item)> {
    let Some(folder) = data("vcon") else { return Vec::new() };
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    assert_eq!(paths.len(), 11);
    paths.iter().flat_map(|path| items(path)).collect()
}

fn micros(time: Option<&prost_types::Timestamp>) -> i64 {
    let time = time.unwrap();
    time.seconds * 1_000_000 + i64::from(time.nanos) / 1000
}

fn spoken(item: &Item) -> Vec<&ConversationMessage> {
    let messages = item.archive.messages.iter();
    messages.filter(|message| matches!(message.speaker(), Speaker::Agent | Speaker::Visitor)).collect()
}

#[test]
fn every_vcon_becomes_the_call_that_it_holds() {
    for (vcon, item) in vcons() {
        assert_eq!(item.warnings, Vec::<String>::new());
        let conversation = item.archive.conversation.as_ref().unwrap();
        let uuid = vcon["uuid"].as_str().unwrap();
        let recording = &vcon["dialog"][0];
        assert_eq!(conversation.name, format!("customers/acme/profiles/support/conversations/{uuid}"));
        assert_eq!(conversation.channel(), Channel::Voice);
        assert_eq!(conversation.source(), Source::IngestionPipeline);
        assert_eq!(conversation.state(), State::Closed);
        assert_eq!(conversation.direction(), Direction::Inbound);
        let start: Timestamp = format!("{}Z", recording["start"].as_str().unwrap()).parse().unwrap();
        let duration = (recording["duration"].as_f64().unwrap() * 1e6).round() as i64;
        assert_eq!(micros(conversation.start_time.as_ref()), start.as_microsecond());
        assert_eq!(micros(conversation.end_time.as_ref()), start.as_microsecond() + duration);
        assert_eq!(conversation.persisted_audio_uri, recording["url"].as_str().unwrap());
        assert_eq!(conversation.audio_persistence_state(), AudioPersistenceState::Persisted);
        let audio = conversation.persisted_audio_duration.as_ref().unwrap();
        assert_eq!(audio.seconds * 1_000_000 + i64::from(audio.nanos) / 1000, duration);
        assert_parties(&vcon, &item);
        assert_turns(&vcon, &item, start);
        assert_nothing_lost(&vcon, &item);
    }
}

fn assert_parties(vcon: &Value, item: &Item) {
    let conversation = item.archive.conversation.as_ref().unwrap();
    for party in vcon["parties"].as_array().unwrap() {
        let name = party["name"].as_str().unwrap();
        let tel = party["tel"].as_str().unwrap();
        match party["meta"]["role"].as_str().unwrap() {
            "agent" => {
                let info = conversation.agent_info.as_ref().unwrap();
                assert_eq!((info.display_name.as_str(), info.platform_speaker_id.as_str()), (name, tel));
            }
            _ => {
                let visitor = conversation.visitor.as_ref().unwrap();
                assert_eq!(
                    (visitor.display_name.as_str(), visitor.platform_visitor_id.as_str()),
                    (name, tel)
                );
            }
        }
    }
}

fn assert_turns(vcon: &Value, item: &Item, start: Timestamp) {
    let turns = vcon["analysis"][0]["body"].as_array().unwrap();
    assert_eq!(item.archive.messages.len(), turns.len());
    for (message, turn) in item.archive.messages.iter().zip(turns) {
        let role = turn["speaker"].as_str().unwrap();
        let expected = if role == "Agent" { Speaker::Agent } else { Speaker::Visitor };
        let party = vcon["parties"]
            .as_array()
            .unwrap()
            .iter()
            .find(|party| party["meta"]["role"] == role.to_lowercase());
        assert_eq!(message.text, turn["message"].as_str().unwrap());
        assert_eq!(message.speaker(), expected);
        assert_eq!(
            message.speaker_info.as_ref().unwrap().display_name,
            party.unwrap()["name"].as_str().unwrap()
        );
        assert_eq!(micros(message.send_time.as_ref()), start.as_microsecond());
        assert_eq!(message.audio_start_offset, None);
    }
}

fn assert_nothing_lost(vcon: &Value, item: &Item) {
    let conversation = item.archive.conversation.as_ref().unwrap();
    let platform = conversation.platform_info.as_ref().unwrap();
    let kept = platform.original_event_data.as_ref().unwrap();
    let mut rest = vcon.clone();
    rest["analysis"][0].as_object_mut().unwrap().remove("body");
    let Value::Object(rest) = rest else { panic!() };
    assert_eq!(kept.fields.keys().collect::<Vec<_>>().len(), rest.len());
    for (key, value) in &rest {
        assert_eq!(&to_json(&kept.fields[key]), value, "{key}");
    }
    let recording = &vcon["dialog"][0];
    for (key, path) in
        [("filename", "filename"), ("alg", "alg"), ("signature", "signature"), ("mediatype", "mimetype")]
    {
        let values = &conversation.metadata[&format!("recording.{key}")].values;
        let value =
            hansard_proto::v1::metadata_value::Value::StringValue(recording[path].as_str().unwrap().into());
        assert_eq!(values[0].value.as_ref(), Some(&value));
    }
    assert!(conversation.metadata.contains_key("call.disposition"));
}

/// Numbers of the sample are whole or short, so a double prints them as they stood.
fn to_json(value: &prost_types::Value) -> Value {
    use prost_types::value::Kind;
    match value.kind.as_ref().unwrap() {
        Kind::NullValue(_) => Value::Null,
        Kind::BoolValue(flag) => Value::from(*flag),
        Kind::NumberValue(number) if number.fract() == 0.0 => Value::from(*number as i64),
        Kind::NumberValue(number) => Value::from(*number),
        Kind::StringValue(text) => Value::from(text.as_str()),
        Kind::ListValue(list) => list.values.iter().map(to_json).collect(),
        Kind::StructValue(object) => {
            object.fields.iter().map(|(key, value)| (key.clone(), to_json(value))).collect()
        }
    }
}

fn calls() -> Vec<(Value, Item)> {
    data("transcripts/contact-centre-calls.jsonl").map(|path| items(&path)).unwrap_or_default()
}

#[test]
fn every_transcript_becomes_a_call_with_its_times() {
    let calls = calls();
    for (record, item) in &calls {
        let conversation = item.archive.conversation.as_ref().unwrap();
        let id = record["ConversationId"].as_str().unwrap();
        assert!(conversation.name.ends_with(&format!("/conversations/{id}")));
        assert_eq!(conversation.channel(), Channel::Voice);
        for (field, time) in [("StartTime", &conversation.start_time), ("EndTime", &conversation.end_time)] {
            let expected: Timestamp = record[field]
                .as_str()
                .unwrap()
                .replace(' ', "T")
                .parse::<jiff::civil::DateTime>()
                .unwrap()
                .to_zoned(TimeZone::UTC)
                .unwrap()
                .timestamp();
            assert_eq!(micros(time.as_ref()), expected.as_microsecond());
        }
    }
    if !calls.is_empty() {
        assert_eq!(calls.len(), 53);
    }
}

/// Of every line, whatever its form, each word is in some message or was part of a label, in the same order.
#[test]
fn no_word_of_a_transcript_is_lost_or_moved() {
    for (record, item) in calls() {
        let content = record["Content"].as_str().unwrap();
        let cut_off = item.warnings.iter().any(|warning| warning.contains("cut off"));
        let kept: Vec<&str> =
            item.archive.messages.iter().flat_map(|message| message.text.split_whitespace()).collect();
        let lines: Vec<&str> = content.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = if cut_off { lines.len() - 1 } else { lines.len() };
        let mut kept = kept.into_iter().peekable();
        for line in &lines[..last] {
            let words = line.split_whitespace();
            let mut unspoken = Vec::new();
            for word in words {
                match kept.next_if_eq(&word) {
                    Some(_) => {}
                    None => unspoken.push(word),
                }
            }
            let unspoken = unspoken.join(" ");
            let label = unspoken.trim_matches('*').ends_with(':') && unspoken.split(' ').count() <= 5;
            let stamp = unspoken.len() == 8 && unspoken.chars().all(|c| c.is_ascii_digit() || c == ':');
            let ruler = !unspoken.contains(char::is_alphanumeric);
            assert!(label || stamp || ruler, "{}: {unspoken:?} of {line:?}", record["ConversationId"]);
        }
        assert_eq!(kept.next(), None, "{}", record["ConversationId"]);
    }
}

/// Lines that begin with a role's word or with a first name of the sample, sorted into two sides by hand.
#[test]
fn every_speaker_of_a_transcript_has_the_right_role() {
    const AGENTS: [&str; 7] = ["Agent", "Operator", "Representative", "Ben", "Chris", "Daleen", "Jannie"];
    const CUSTOMERS: [&str; 15] = [
        "Customer",
        "Adam",
        "Alex",
        "Ana",
        "Andrea",
        "Annemarie",
        "Clara",
        "Dani",
        "Daniel",
        "Eden",
        "Helena",
        "Joana",
        "Juan",
        "Louis",
        "Susan",
    ];
    for (record, item) in calls() {
        let mut expected = Vec::new();
        for line in record["Content"].as_str().unwrap().lines() {
            let Some((label, text)) = line.split_once(':') else { continue };
            let words: Vec<&str> =
                label.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
            let named = text.trim_matches(['*', ' ']);
            let declares = named.is_empty() || AGENTS.contains(&named) || CUSTOMERS.contains(&named);
            let of = |names: &[&str]| words.iter().any(|word| names.contains(word));
            if words.len() > 3 || declares {
                continue;
            }
            match (of(&AGENTS), of(&CUSTOMERS)) {
                (true, false) => expected.push(Speaker::Agent),
                (false, true) => expected.push(Speaker::Visitor),
                _ => {}
            }
        }
        let mut found: Vec<Speaker> = spoken(&item).iter().map(|message| message.speaker()).collect();
        assert!(expected.len() > 10 && found.len() >= expected.len(), "{}", record["ConversationId"]);
        found.dedup();
        expected.dedup();
        assert_eq!(found, expected, "{}", record["ConversationId"]);
    }
}

#[test]
fn stamps_give_times_and_offsets() {
    for (record, item) in calls() {
        let content = record["Content"].as_str().unwrap();
        let is_stamp = |line: &str| {
            line.len() == 8 && line.split(':').filter(|part| part.parse::<u8>().is_ok()).count() == 3
        };
        let offsets: Vec<i64> = content
            .lines()
            .filter(|line| is_stamp(line))
            .map(|line| line.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap()))
            .collect();
        let start = micros(item.archive.conversation.as_ref().unwrap().start_time.as_ref());
        let stamped: Vec<&ConversationMessage> =
            item.archive.messages.iter().filter(|message| message.audio_start_offset.is_some()).collect();
        assert_eq!(stamped.len(), offsets.len(), "{}", record["ConversationId"]);
        for (message, offset) in stamped.iter().zip(&offsets) {
            assert_eq!(message.audio_start_offset.as_ref().unwrap().seconds, *offset);
            assert_eq!(micros(message.send_time.as_ref()), start + offset * 1_000_000);
        }
        assert!(item.archive.messages.is_sorted_by_key(|message| micros(message.send_time.as_ref())));
    }
}

#[test]
fn every_dialog_keeps_its_utterances() {
    let Some(path) = data("dialogs/taskmaster4.jsonl") else { return };
    let dialogs = items(&path);
    assert_eq!(dialogs.len(), 710);
    let mut messages = 0;
    for (dialog, item) in &dialogs {
        let conversation = item.archive.conversation.as_ref().unwrap();
        let utterances = dialog["utterances"].as_array().unwrap();
        assert_eq!(conversation.channel(), Channel::Chat);
        assert!(conversation.name.ends_with(dialog["conversation_id"].as_str().unwrap()));
        assert_eq!(item.archive.messages.len(), utterances.len());
        for (message, utterance) in item.archive.messages.iter().zip(utterances) {
            assert_eq!(message.text, utterance["text"].as_str().unwrap());
            let user = utterance["speaker"] == "user";
            assert_eq!(message.speaker(), if user { Speaker::Visitor } else { Speaker::Agent });
        }
        for key in ["vertical", "scenario"] {
            let value =
                hansard_proto::v1::metadata_value::Value::StringValue(dialog[key].as_str().unwrap().into());
            assert_eq!(conversation.metadata[key].values[0].value.as_ref(), Some(&value));
        }
        messages += utterances.len();
    }
    assert_eq!(messages, 2640);
}
