//! Random conversations written in one dialect and read in the other, and back: nothing that either can say is lost.

mod drawn;

use hansard_conformance::desk::Desk;
use hansard_conformance::grpc;
use hansard_conformance::house::house;
use hansard_conformance::records::{MIDNIGHT, Records, message, path};
use hansard_proto::v1::{ExportConversationsRequest, ImportConversationsRequest};
use serde_json::{Value, json};

use super::dice::Dice;
use super::mapping::seen_as_record;
use drawn::{draw_conversation, draw_record};

const CONVERSATIONS: u64 = 40;

/// Demands that a record holds what was sent; null is unset, and words may have been sent in any case.
#[track_caller]
fn holds(read: &Value, sent: &Value) {
    for (name, value) in sent.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
        let mut value = value.clone();
        if let Some(messages) = value.as_array_mut().filter(|_| name == "messages") {
            for message in messages {
                // The id is the messageId, and when it was stored is the service's to say.
                message["id"] = message["messageId"].clone();
                let index =
                    read["messages"].as_array().unwrap().iter().position(|read| read["id"] == message["id"]);
                message["created_at"] = read["messages"][index.unwrap()]["created_at"].clone();
            }
        }
        assert_eq!(read[name], value, "{name}: sent {sent}, read {read}");
    }
}

fn of_project(record: &Value, records: &Records) -> Value {
    let mut record = record.clone();
    record["project_id"] = json!(records.project);
    record
}

#[test]
fn what_a_record_says_the_service_says() {
    let (records, elsewhere) = (Records::open(), Records::open());
    for seed in 0..CONVERSATIONS {
        let id = format!("r{seed}");
        let sent = draw_record(&mut Dice::new(seed), &records.minimal(&id));
        let written = records.create(&sent);
        holds(&written, &sent);
        let read = records.get(&id);
        assert_eq!(read, written, "seed {seed}");
        assert_eq!(read, seen_as_record(&records, &id), "seed {seed}: the mapping table");
        let again = elsewhere.create(&of_project(&read, &elsewhere));
        holds(&again, &of_project(&read, &elsewhere));
        assert_eq!(again, seen_as_record(&elsewhere, &id), "seed {seed}: what is read can be written");
    }
}

#[test]
fn what_the_service_says_the_record_says() {
    let (records, elsewhere) = (Records::open(), Records::open());
    for seed in 0..CONVERSATIONS {
        let id = format!("s{seed}");
        draw_conversation(&mut Dice::new(seed), &records.desk, &id);
        let read = records.get(&id);
        assert_eq!(read, seen_as_record(&records, &id), "seed {seed}: the mapping table");
        let again = elsewhere.create(&of_project(&read, &elsewhere));
        holds(&again, &of_project(&read, &elsewhere));
    }
}

/// Moves all conversations of a desk to another as archives.
fn move_all(from: &Desk, to: &Desk) {
    let mut client = grpc::conversations(from.client.address(), &house().keys.admin);
    hansard_conformance::client::runtime().block_on(async {
        let request = ExportConversationsRequest { parent: from.profile.clone(), ..Default::default() };
        let mut stream = client.export_conversations(request).await.unwrap().into_inner();
        let mut conversations = Vec::new();
        while let Some(archive) = stream.message().await.unwrap() {
            conversations.push(archive);
        }
        let request = ImportConversationsRequest { parent: to.profile.clone(), conversations };
        let results = client.import_conversations(request).await.unwrap().into_inner().results;
        assert!(results.iter().all(|result| result.outcome().as_str_name() == "CREATED"), "{results:?}");
    });
}

#[test]
fn an_archive_holds_all_of_a_record() {
    let (records, elsewhere) = (Records::open(), Records::open());
    let ids: Vec<String> = (0..CONVERSATIONS).map(|seed| format!("r{seed}")).collect();
    for (seed, id) in (1000..).zip(&ids) {
        records.create(&draw_record(&mut Dice::new(seed), &records.minimal(id)));
    }
    move_all(&records.desk, &elsewhere.desk);
    for id in &ids {
        assert_eq!(elsewhere.get(id), of_project(&records.get(id), &elsewhere));
    }
}

#[test]
fn what_only_the_service_can_say_survives_the_records_writes() {
    let records = Records::open();
    let desk = &records.desk;
    let said = json!({
        "agent": "customers/acme/users/ada", "skill": "billing", "languageCode": "de-DE", "displayName": "Order 17",
        "conversationCorrelationId": "call-7", "channel": "VOICE", "startTime": "2024-03-08T00:00:00Z",
        "visitor": {"platformVisitorId": "v1"}, "platformInfo": {"platformConversationId": "p1", "originalEventData": {"a": 1}},
        "metadata": {"region": {"values": ["eu", 1, true]}}, "policyOverride": {"policyIds": ["p"]},
        "raiseHandState": "RAISE_HAND_ACTIVE", "multiLanguageMode": "LANGUAGE_DETECTION", "source": "BOT",
    });
    desk.start("a", &said);
    desk.try_append(
        "a",
        "m1",
        &json!({"text": "hi", "textHtml": "<b>hi</b>", "speaker": "AGENT", "spokenText": "h"}),
    )
    .ok();
    let (before, first) = (desk.conversation("a"), desk.messages("a"));
    let summary = json!({"summary": "s", "key_points": [], "action_items": [], "sentiment": "MIXED"});
    records.summarize("a", &summary).data(200);
    records.append("a", &message("m2", "ho", 1));
    let transfer =
        json!({"transfer_target": "1234", "transfer_status": "completed", "transfer_initiated_at": MIDNIGHT});
    records.transfer("a", &transfer).data(200);
    let after = desk.conversation("a");
    let changed = [
        "summary",
        "transfers",
        "status",
        "state",
        "stateHistory",
        "statusReason",
        "endTime",
        "duration",
        "updateTime",
        "etag",
        "messageCount",
        "participants",
    ];
    for (name, value) in
        before.as_object().unwrap().iter().filter(|(name, _)| !changed.contains(&name.as_str()))
    {
        assert_eq!(&after[name], value, "{name}");
    }
    assert_eq!(desk.messages("a")[0], first[0]);
}

#[test]
fn a_zero_is_a_value() {
    let records = Records::open();
    let zeros = json!({"created_at": MIDNIGHT, "user_id": 0, "durationInSeconds": 0, "is_campaign": false});
    let read = records.begin("a", &zeros);
    holds(&read, &zeros);
    assert_eq!(records.get("a"), read);
    let epoch = records.begin(
        "b",
        &json!({"created_at": 0, "created_day": "1970-01-01", "state_history": [
        {"status": "ACTIVE", "timestamp": 0}]}),
    );
    assert_eq!([&epoch["created_at"], &epoch["state_history"][0]["timestamp"]], [0, 0]);
}

#[test]
fn what_is_written_in_one_dialect_is_read_in_the_other_at_once() {
    let records = Records::open();
    let desk = &records.desk;
    records.begin("a", &json!({}));
    for turn in 0..10 {
        records.append("a", &message(&format!("r{turn}"), &format!("by record {turn}"), turn));
        assert_eq!(desk.messages("a").len() as i64, turn * 2 + 1);
        desk.append("a", &format!("s{turn}"), "by service");
        let page = records.client.get(&path("a", "/messages")).page();
        assert_eq!(page["meta"]["totalCount"], turn * 2 + 2);
        let deployment = json!({"deployment": {"channelId": format!("chan-{turn}")}});
        desk.client.patch(&desk.path("a", "?updateMask=deployment.channelId"), &deployment).ok();
        assert_eq!(records.get("a")["channel_id"], format!("chan-{turn}"));
        assert_eq!(records.select(&format!("channel_id=chan-{turn}")), ["a"]);
    }
}
