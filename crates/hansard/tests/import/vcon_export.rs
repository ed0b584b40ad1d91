//! What export writes as a vCon, import takes back with nothing lost, and others can read.

use std::fs;

use hansard::{
    demo::generator,
    export::vcon,
    import::{Context, archive, format},
};
use hansard_proto::v1::{
    Attachment, Conversation, ConversationArchive, ConversationMessage, SpeakerInfo, Summary, Visitor,
    conversation::Channel, conversation_message::Speaker,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::real_data::{context, data};

const PARENT: &str = "customers/acme/profiles/support";

fn exported(archive: &ConversationArchive) -> Value {
    vcon::from_archive(archive).unwrap()
}

fn read(vcon: &Value, context: &Context) -> ConversationArchive {
    let text = serde_json::to_vec(vcon).unwrap();
    let item =
        format::parse_json(&text, context).unwrap_or_else(|error| panic!("{}: {vcon}", error.reason()));
    assert_eq!(item.warnings, Vec::<String>::new());
    item.archive
}

fn generated() -> Vec<ConversationArchive> {
    generator::conversations(PARENT, 3, "2025-03-01T12:00:00Z".parse().unwrap())
}

/// Every real conversation as the importer reads it.
fn real() -> Vec<ConversationArchive> {
    let Some(folder) = data("vcon") else { return Vec::new() };
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    let vcons = paths.len();
    let mut texts: Vec<String> = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for file in ["transcripts/contact-centre-calls.jsonl", "dialogs/taskmaster4.jsonl"] {
        let lines = fs::read_to_string(data(file).unwrap()).unwrap();
        texts.extend(lines.lines().map(str::to_owned));
    }
    assert!(vcons == 11 && texts.len() > 64, "{vcons} vCons, {} conversations", texts.len());
    texts.iter().map(|text| format::parse_json(text.as_bytes(), &context()).unwrap().archive).collect()
}

#[test]
fn every_real_and_generated_conversation_reads_back_equal() {
    for archive in real().into_iter().chain(generated()) {
        let vcon = exported(&archive);
        assert!(read(&vcon, &context()) == archive, "{vcon}");
    }
}

/// What a reader who knows nothing of us finds: the same texts, speakers and times, in the same order.
#[test]
fn others_read_the_conversation_too() {
    for archive in generated() {
        let mut vcon = exported(&archive);
        vcon.as_object_mut().unwrap().remove("hansard");
        let seen = read(&vcon, &context());
        let said = |archive: &ConversationArchive| {
            let spoken = archive.messages.iter().filter(|message| !message.text.is_empty());
            spoken.map(|message| (message.speaker(), message.text.trim().to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(said(&seen), said(&archive), "{vcon}");
        let (seen, own) = (seen.conversation.unwrap(), archive.conversation.unwrap());
        assert_eq!((seen.channel(), seen.display_name), (own.channel(), own.display_name));
    }
}

#[test]
fn the_form_is_that_of_the_draft() {
    for archive in generated() {
        let vcon = exported(&archive);
        assert_eq!((&vcon["vcon"], &vcon["extensions"]), (&json!("0.3.0"), &json!(["hansard"])));
        let uuid = uuid::Uuid::parse_str(vcon["uuid"].as_str().unwrap()).unwrap();
        assert!(matches!(uuid.get_version_num(), 4 | 7 | 8), "{uuid}");
        let is_time = |value: &Value| value.as_str().unwrap().parse::<jiff::Timestamp>().is_ok();
        assert!(is_time(&vcon["created_at"]));
        let parties = vcon["parties"].as_array().unwrap().len() as u64;
        for dialog in vcon["dialog"].as_array().unwrap() {
            assert!(is_time(&dialog["start"]), "{dialog}");
            assert!(
                dialog["parties"].as_array().unwrap().iter().all(|party| party.as_u64().unwrap() < parties)
            );
            match dialog["type"].as_str().unwrap() {
                "text" => {
                    assert!(dialog["body"].is_string() && dialog["mediatype"] == "text/plain", "{dialog}");
                }
                kind => assert_eq!(kind, "recording"),
            }
        }
        assert_eq!(exported(&archive), vcon, "the same conversation always gives the same vCon");
    }
}

fn spoken(text: &str, speaker: Speaker, name: &str) -> ConversationMessage {
    let speaker_info = SpeakerInfo { display_name: name.into(), platform_speaker_id: String::new() };
    ConversationMessage {
        text: text.into(),
        speaker: speaker.into(),
        speaker_info: Some(speaker_info),
        ..ConversationMessage::default()
    }
}

fn conversation(channel: Channel, messages: Vec<ConversationMessage>) -> ConversationArchive {
    let conversation = Conversation {
        name: format!("{PARENT}/conversations/one"),
        channel: channel.into(),
        display_name: "subjectword".into(),
        summary: Some(Summary { summary: "summaryword".into(), ..Summary::default() }),
        visitor: Some(Visitor { platform_visitor_id: "+4930123".into(), display_name: "nameword".into() }),
        ..Conversation::default()
    };
    ConversationArchive { conversation: Some(conversation), messages, ..ConversationArchive::default() }
}

/// Whoever redacts a vCon by its standard members has redacted it.
#[test]
fn each_text_stands_once() {
    for channel in [Channel::Chat, Channel::Voice] {
        let archive = conversation(channel, vec![spoken("saidword", Speaker::Visitor, "nameword")]);
        let vcon = exported(&archive);
        for word in ["subjectword", "summaryword", "saidword"] {
            assert_eq!(vcon.to_string().matches(word).count(), 1, "{word}: {vcon}");
        }
        assert!(!vcon["hansard"].to_string().contains("nameword"), "{vcon}");
        let mut redacted = vcon;
        redacted["subject"] = json!("[MASKED]");
        for party in redacted["parties"].as_array_mut().unwrap() {
            party.as_object_mut().unwrap().remove("name");
        }
        let item = format::parse_json(redacted.to_string().as_bytes(), &context()).unwrap();
        assert_eq!(item.warnings.len(), 1, "{:?}", item.warnings);
        let seen = item.archive.conversation.unwrap();
        assert_eq!(
            (seen.display_name.as_str(), seen.visitor.unwrap().display_name.as_str()),
            ("[MASKED]", "")
        );
        assert_eq!(item.archive.messages[0].text, "saidword");
    }
}

#[test]
fn another_profile_gets_names_of_its_own() {
    let other = Context { parent: "customers/other/profiles/sales".into(), ..context() };
    for original in generated().into_iter().take(20) {
        let line = archive::to_line(&read(&exported(&original), &other)).unwrap();
        let through_jsonl = format::parse_json(&archive::to_line(&original).unwrap(), &other).unwrap();
        assert_eq!(line, archive::to_line(&through_jsonl.archive).unwrap());
        assert!(!String::from_utf8(line).unwrap().contains("customers/acme"));
    }
}

#[test]
fn what_was_tampered_with_is_refused_by_name() {
    let vcon = exported(&conversation(Channel::Chat, vec![spoken("hi", Speaker::Agent, "Ada")]));
    let refusal = |change: &dyn Fn(&mut Value)| {
        let mut vcon = vcon.clone();
        change(&mut vcon);
        format::parse_json(vcon.to_string().as_bytes(), &context()).unwrap_err().reason().to_owned()
    };
    assert!(refusal(&|vcon| vcon["hansard"]["version"] = json!(2)).contains("hansard.version"));
    assert!(refusal(&|vcon| vcon["hansard"]["record"] = json!([])).contains("hansard"));
    assert!(
        refusal(&|vcon| vcon["hansard"]["texts"]["/nowhere/else"] = json!("/subject"))
            .contains("/nowhere/else")
    );
    assert!(refusal(&|vcon| vcon["dialog"][0]["body"] = json!(7)).contains("not an exported conversation"));
    assert!(refusal(&|vcon| vcon["hansard"] = json!("x")).contains("hansard"));
}

fn message() -> impl Strategy<Value = ConversationMessage> {
    let words = || "\\PC{0,12}";
    let info = proptest::option::of((
        words(),
        prop_oneof![Just("+49 30 1234"), Just("a@b.c"), Just("x/1~0"), Just("")],
    ));
    let attachments = proptest::collection::vec(words(), 0..3);
    (words(), words(), 0..5_i32, info, attachments, proptest::option::of(-3_i64..4_000_000_000)).prop_map(
        |(text, html, speaker, info, uris, sent)| ConversationMessage {
            text,
            text_html: html,
            speaker,
            speaker_info: info
                .map(|(display_name, id)| SpeakerInfo { display_name, platform_speaker_id: id.into() }),
            attachments: uris.into_iter().map(|uri| Attachment { uri, ..Attachment::default() }).collect(),
            send_time: sent.map(|seconds| prost_types::Timestamp { seconds, nanos: 1_000 }),
            ..ConversationMessage::default()
        },
    )
}

fn any_archive() -> impl Strategy<Value = ConversationArchive> {
    let messages = proptest::collection::vec(message(), 0..8);
    (0..6_i32, "\\PC{0,20}", proptest::option::of("\\PC{0,8}"), any::<bool>(), messages).prop_map(
        |(channel, display_name, summary, with_visitor, messages)| {
            let mut archive = conversation(Channel::Chat, messages);
            let conversation = archive.conversation.as_mut().unwrap();
            conversation.channel = channel;
            conversation.display_name = display_name;
            conversation.summary = summary.map(|summary| Summary { summary, ..Summary::default() });
            conversation.persisted_audio_uri =
                if with_visitor { "https://x/a.wav".into() } else { String::new() };
            conversation.visitor = conversation.visitor.take().filter(|_| with_visitor);
            archive
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_conversation_reads_back_equal(archive in any_archive()) {
        prop_assert_eq!(read(&exported(&archive), &context()), archive);
    }
}
