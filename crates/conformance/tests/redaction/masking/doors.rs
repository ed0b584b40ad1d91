//! Every door through which a message comes in.

use std::io::Write;
use std::process::Stdio;

use hansard_conformance::binary::{Finished, command};
use hansard_conformance::client::runtime;
use hansard_conformance::desk::Desk;
use hansard_conformance::grpc;
use hansard_conformance::house::house;
use hansard_conformance::records::{MIDNIGHT, Records, message};
use hansard_conformance::secret::{Kind, holds};
use hansard_proto::v1 as pb;
use serde_json::json;

const ID: &str = "told";

/// Brings a text into the conversation `told` by one door.
type Door = fn(&Desk, &str);

const DOORS: [(&str, Door); 9] = [
    ("create", |desk, text| {
        desk.start(ID, &json!({}));
        desk.append(ID, "m", text);
    }),
    ("batch", |desk, text| {
        desk.start(ID, &json!({}));
        let body = json!({"messages": [{"text": text}]});
        desk.client.post(&desk.path(ID, "/messages:batchCreate"), &body).ok();
    }),
    ("import", |desk, text| import(desk, text)),
    ("gRPC create", |desk, text| grpc_create(desk, text)),
    ("gRPC update", |desk, text| grpc_update(desk, text)),
    ("record with messages", |desk, text| {
        let records = Records::at(desk.clone());
        records.begin(ID, &json!({"created_at": MIDNIGHT, "messages": [message("m", text, 1)]}));
    }),
    ("message of a record", |desk, text| {
        let records = Records::at(desk.clone());
        records.begin(ID, &json!({"created_at": MIDNIGHT}));
        records.append(ID, &message("m", text, 1)).data(200);
    }),
    ("late message of a closed one", |desk, text| {
        desk.start(ID, &json!({"state": "CLOSED"}));
        let path = desk.path(ID, "/messages?messageId=m&allowClosed=true");
        desk.client.post(&path, &json!({"text": text})).ok();
    }),
    ("command line", |desk, text| command_line(desk, text)),
];

fn import(desk: &Desk, text: &str) {
    let archive = json!({
        "conversation": {"name": desk.name(ID), "startTime": "2026-01-05T09:00:00Z"},
        "messages": [{"text": text, "speaker": "VISITOR"}],
    });
    let answer = desk.client.post(&desk.at("/conversations:import"), &json!({"conversations": [archive]}));
    assert_eq!(answer.ok()["results"][0]["outcome"], "CREATED", "{answer}");
}

fn grpc_create(desk: &Desk, text: &str) {
    desk.start(ID, &json!({}));
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let request = pb::CreateConversationMessageRequest {
        parent: desk.name(ID),
        conversation_message: Some(pb::ConversationMessage { text: text.to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let answer = runtime().block_on(client.create_conversation_message(request)).unwrap().into_inner();
    assert!(!holds(&format!("{answer:?}"), text));
}

fn grpc_update(desk: &Desk, text: &str) {
    desk.start(ID, &json!({}));
    desk.try_append(ID, "m", &json!({"text": "told", "state": "PARTIAL"})).ok();
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let mut grown = pb::ConversationMessage {
        name: format!("{}/messages/m", desk.name(ID)),
        text: text.to_owned(),
        ..Default::default()
    };
    grown.set_state(pb::conversation_message::State::Final);
    let mask = prost_types::FieldMask { paths: vec!["text".to_owned(), "state".to_owned()] };
    let request =
        pb::UpdateConversationMessageRequest { conversation_message: Some(grown), update_mask: Some(mask) };
    runtime().block_on(client.update_conversation_message(request)).unwrap();
}

fn command_line(desk: &Desk, text: &str) {
    let dialog =
        json!({"conversation_id": ID, "utterances": [{"index": 0, "speaker": "user", "text": text}]});
    let profile = desk.profile.rsplit('/').next().unwrap();
    let mut import = command();
    import.args(["import", "--customer", "acme", "--profile", profile, "--server", &house().server.url()]);
    import.args(["--key", &house().keys.writer, "-"]).stdin(Stdio::piped());
    let mut child = import.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(dialog.to_string().as_bytes()).unwrap();
    Finished::from(child.wait_with_output().unwrap()).ok();
}

#[test]
fn no_door_lets_personal_data_in() {
    for (name, door) in DOORS {
        let desk = house().desk();
        let value = Kind::Card.value(1);
        door(&desk, &Kind::Card.told(&value));
        let stored = desk.messages(ID).remove(0);
        assert_eq!(stored["text"], Kind::Card.masked(), "{name}");
        assert_eq!(stored["redactions"][0]["entityType"], "CREDIT_CARD", "{name}");
        let record = Records::at(desk.clone()).try_get(ID).text();
        assert!(!holds(&record, &value), "{name}: as a record");
    }
}

#[test]
fn a_record_is_masked_in_what_is_no_message() {
    let records = Records::open();
    let [card, email, phone] = [Kind::Card, Kind::Email, Kind::Phone].map(|kind| (kind.value(2), kind));
    let told = |(value, kind): &(String, Kind)| kind.told(value);
    let mut spoken = message("m", "hi", 1);
    spoken["metadata"] = json!({"note": told(&card), "deep": {"list": [told(&email)]}});
    records.begin("a", &json!({
        "created_at": MIDNIGHT,
        "messages": [spoken],
        "conversationSummary": {"summary": told(&card), "key_points": [told(&email)], "action_items": [told(&phone)], "sentiment": "NEUTRAL"},
    }));
    records.begin("b", &json!({}));
    let summary = json!({"summary": told(&phone), "key_points": [told(&card)], "action_items": [], "sentiment": "MIXED"});
    records.summarize("b", &summary).data(200);
    for id in ["a", "b"] {
        let read = [records.try_get(id).text(), records.desk.client.get(&records.desk.path(id, "")).text()];
        for (value, kind) in [&card, &email, &phone] {
            let leaks = read.iter().any(|answer| holds(answer, value));
            assert!(!leaks, "{kind:?} in {id}: {read:?}");
        }
    }
}
