//! What export writes, import takes back with nothing lost.

use std::fs;

use hansard::{
    client::question::Question,
    demo::generator,
    export::{self, Output},
    import::{self, Context, Input, archive, format},
};
use hansard_proto::v1::{
    Attachment, Conversation, ConversationArchive, ConversationMessage, FeatureOverride, ToolCall,
    TranscriptionInfo, conversation::Channel, transcription_info::Word,
};
use prost_types::{Duration, ListValue, Struct, Timestamp, Value, value::Kind};
use tonic::Status;

use crate::{
    fake::{self, Shared},
    real_data::{context, data},
};

const PARENT: &str = "customers/acme/profiles/support";

fn generated() -> Vec<ConversationArchive> {
    generator::conversations(PARENT, 11, "2025-03-01T12:00:00Z".parse().unwrap())
}

/// Fields and values that generated conversations do not have.
fn unusual() -> ConversationArchive {
    let values =
        [Kind::NullValue(0), Kind::NumberValue(1.7e12), Kind::NumberValue(-0.125), Kind::BoolValue(true)];
    let values = values.into_iter().map(|kind| Value { kind: Some(kind) }).collect();
    let list = Value { kind: Some(Kind::ListValue(ListValue { values })) };
    let data = Struct { fields: [("list \u{1F600} \"quoted\"".to_owned(), list)].into() };
    let word = Word {
        word: "zwölf".into(),
        start_offset: Some(Duration { seconds: 0, nanos: 1_000 }),
        end_offset: Some(Duration { seconds: 1, nanos: 500_000_000 }),
        confidence: 0.1 + 0.2,
    };
    let message = ConversationMessage {
        name: format!("{PARENT}/conversations/unusual/messages/m"),
        text: "line\nbreak \t \u{2028} \u{7f} e\u{301} <b> \\".into(),
        transcription_info: Some(TranscriptionInfo { words: vec![word], ..TranscriptionInfo::default() }),
        attachments: vec![Attachment { size_bytes: i64::MAX, ..Attachment::default() }],
        tool_calls: vec![ToolCall { id: "t".into(), arguments: Some(data.clone()), ..ToolCall::default() }],
        original_event_data: Some(data),
        send_time: Some(Timestamp { seconds: -62_135_596_800, nanos: 1 }),
        sequence_position: 1,
        ..ConversationMessage::default()
    };
    ConversationArchive {
        conversation: Some(Conversation {
            name: format!("{PARENT}/conversations/unusual"),
            legacy_chat_id: i32::MIN,
            end_time: Some(Timestamp { seconds: 253_402_300_799, nanos: 999_999_000 }),
            ..Conversation::default()
        }),
        feature_override: Some(FeatureOverride { skip_pii_redation: true, ..FeatureOverride::default() }),
        messages: vec![message],
        ..ConversationArchive::default()
    }
}

#[test]
fn every_line_reads_back_equal() {
    let mut archives = generated();
    archives.push(unusual());
    for archive in archives {
        let line = archive::to_line(&archive).unwrap();
        assert!(!line.contains(&b'\n'));
        let item = format::parse_json(&line, &context()).unwrap();
        assert!(item.archive == archive, "{}", String::from_utf8_lossy(&line));
    }
}

#[test]
fn imported_sample_data_survives_an_export() {
    let Some(path) = data("vcon/05cec3d4-0561-4010-9fb8-23cc7edef146.vcon.json") else { return };
    let item = format::parse_json(&fs::read(path).unwrap(), &context()).unwrap();
    let line = archive::to_line(&item.archive).unwrap();
    assert_eq!(format::parse_json(&line, &context()).unwrap().archive, item.archive);
}

/// Others read the lines as well: enums by name, 64-bit numbers as text, times by RFC 3339.
#[test]
fn a_line_is_canonical_proto_json() {
    let mut archive = unusual();
    archive.conversation.as_mut().unwrap().channel = Channel::Whatsapp.into();
    let line: serde_json::Value = serde_json::from_slice(&archive::to_line(&archive).unwrap()).unwrap();
    assert_eq!(line["conversation"]["channel"], "WHATSAPP");
    assert_eq!(line["conversation"]["endTime"], "9999-12-31T23:59:59.999999Z");
    assert_eq!(line["messages"][0]["attachments"][0]["sizeBytes"], i64::MAX.to_string());
    assert_eq!(line["featureOverride"]["skipPiiRedation"], true);
}

#[test]
fn another_profile_gets_names_of_its_own() {
    let archive = generated().into_iter().find(|archive| !archive.events.is_empty()).unwrap();
    let line = archive::to_line(&archive).unwrap();
    let other = Context { parent: "customers/other/profiles/sales".into(), ..context() };
    let moved = archive::to_line(&format::parse_json(&line, &other).unwrap().archive).unwrap();
    let expected = String::from_utf8(line)
        .unwrap()
        .replace(PARENT, "customers/other/profiles/sales")
        .replace("customers/acme/", "customers/other/");
    assert_eq!(String::from_utf8(moved).unwrap(), expected);
}

#[tokio::test]
async fn an_export_file_fills_another_service() {
    let from = Shared::default();
    from.lock().unwrap().stored = generated();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.jsonl");
    let options = export::Options { quiet: true, ..export::Options::default() };
    let output = Output::File(path.clone());
    let summary = export::run(fake::client(&from), Question::all(PARENT), output, options).await.unwrap();
    let into = Shared::default();
    let options = import::Options { quiet: true, ..import::Options::default() };
    let report = import::run(fake::client(&into), PARENT.into(), vec![Input::Path(path)], options).await;
    assert_eq!((report.created, report.refused), (summary.conversations, 0));
    assert_eq!(report.messages, summary.messages);
    assert!(from.lock().unwrap().stored == into.lock().unwrap().stored);
}

#[tokio::test]
async fn a_broken_export_leaves_the_old_file() {
    let fake = Shared::default();
    fake.lock().unwrap().stored = vec![unusual()];
    fake.lock().unwrap().failures = vec![Status::unavailable("gone")];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.jsonl");
    fs::write(&path, "old").unwrap();
    let options = export::Options { quiet: true, ..export::Options::default() };
    let outcome =
        export::run(fake::client(&fake), Question::all(PARENT), Output::File(path.clone()), options).await;
    assert!(outcome.unwrap_err().to_string().contains("broke off"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
