//! How a record is read on create and what the service fills in: sections 1 and 2, Details.

use hansard_conformance::records::{MIDNIGHT, Records, message, now_ms, statuses};
use serde_json::{Value, json};

/// Returns where the conversation ended, as the Conversation Service says it.
fn end_ms(records: &Records, id: &str) -> i64 {
    let end: jiff::Timestamp = records.desk.conversation(id)["endTime"].as_str().unwrap().parse().unwrap();
    end.as_millisecond()
}

#[test]
fn a_minimal_record_gets_what_is_always_present() {
    let records = Records::open();
    let stored = records.create(&records.minimal("a"));
    for (name, value) in records.minimal("a").as_object().unwrap() {
        assert_eq!(&stored[name], value);
    }
    assert_eq!([&stored["is_campaign"], &stored["durationInSeconds"]], [&json!(false), &json!(15)]);
    assert!((now_ms() - stored["created_at"].as_i64().unwrap()).abs() < 60_000);
    assert_eq!(stored["status"], "ACTIVE");
    assert_eq!(statuses(&stored), ["ACTIVE"], "1: without a history the service writes an ACTIVE entry");
    for name in ["record_id", "direction", "customer_id", "resource_url", "call_transfer", "deleted_at"] {
        assert_eq!(stored.get(name), None, "1: optional fields without a value are left out");
    }
    assert_eq!(records.get("a"), stored);
}

#[test]
fn a_sent_status_is_written_into_a_history_of_the_services_own() {
    let records = Records::open();
    for status in ["COMPLETED", "FAILED", "ABANDONED", "TRANSFERRED"] {
        let stored = records.begin(status, &json!({"status": status, "created_at": MIDNIGHT}));
        assert_eq!(stored["status"], status);
        assert_eq!(statuses(&stored), ["ACTIVE", status], "1: a second one when it is a closed one");
        assert_eq!(records.desk.conversation(status)["state"], "CLOSED");
    }
    let stored = records.begin("active", &json!({"status": "ACTIVE"}));
    assert_eq!(statuses(&stored), ["ACTIVE"]);
}

#[test]
fn a_sent_history_decides_the_status() {
    let records = Records::open();
    let history = json!([
        {"status": "ACTIVE", "timestamp": MIDNIGHT},
        {"status": "ABANDONED", "timestamp": MIDNIGHT + 5000, "reason": "hung up"},
    ]);
    let fields = json!({"created_at": MIDNIGHT, "state_history": history});
    let stored = records.begin("a", &fields);
    assert_eq!([&stored["status"], &stored["state_history"]], [&json!("ABANDONED"), &history]);
    assert_eq!(end_ms(&records, "a"), MIDNIGHT + 5000, "1: the time of the last closing entry");
    let mut disagreeing = records.with("b", &fields);
    disagreeing["status"] = json!("COMPLETED");
    let refused = records.try_create(&disagreeing);
    refused.refused(400);
    assert!(refused.names("status") || refused.names("state_history"), "{refused}");
    records.try_get("b").refused(404);
}

#[test]
fn the_end_is_the_best_that_the_record_says() {
    let records = Records::open();
    let ended = |id: &str, fields: Value| {
        let mut record = records.with(id, &json!({"status": "COMPLETED", "created_at": MIDNIGHT}));
        record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let stored = records.create(&record);
        (end_ms(&records, id) - MIDNIGHT, stored["durationInSeconds"].clone())
    };
    let updated = MIDNIGHT + 90_000;
    let by_duration = ended("duration", json!({"durationInSeconds": 61.5, "updated_at": updated}));
    assert_eq!(by_duration, (61_500, json!(61.5)), "created_at + a sent durationInSeconds");
    let by_update = ended("update", json!({"updated_at": updated}));
    assert_eq!(by_update, (90_000, json!(90)), "else updated_at; the measured duration");
    let (by_now, _) = ended("now", json!({}));
    assert!((now_ms() - MIDNIGHT - by_now).abs() < 60_000, "else now: {by_now}");
    let history = json!([{"status": "COMPLETED", "timestamp": MIDNIGHT + 30_000}]);
    let by_history = ended("history", json!({"state_history": history, "durationInSeconds": 20}));
    assert_eq!(by_history, (30_000, json!(20)), "the history first; a duration that was sent stands");
}

#[test]
fn the_default_duration_stands_until_the_end() {
    let records = Records::open();
    let created = now_ms() - 600_000;
    let live = records.begin("measured", &json!({"created_at": created}));
    assert_eq!(live["durationInSeconds"], 15);
    let closed = records.set_status("measured", &json!({"status": "COMPLETED"})).data(200);
    let duration = closed["durationInSeconds"].as_f64().unwrap();
    assert!((600.0..660.0).contains(&duration), "then the measured duration: {duration}");
    let sent = records.begin("sent", &json!({"created_at": created, "durationInSeconds": 7}));
    assert_eq!(sent["durationInSeconds"], 7);
    let closed = records.set_status("sent", &json!({"status": "COMPLETED"})).data(200);
    assert_eq!(closed["durationInSeconds"], 7, "one that was sent stands");
}

#[test]
fn a_messages_timestamp_is_read_in_every_form_and_written_in_one() {
    let records = Records::open();
    let forms = [
        (json!("2024-03-08T00:00:05Z"), "2024-03-08T00:00:05.000Z"),
        (json!("2024-03-08T00:00:05.250Z"), "2024-03-08T00:00:05.250Z"),
        (json!("2024-03-08T01:00:05.25+01:00"), "2024-03-08T00:00:05.250Z"),
        (json!(1_709_856_005), "2024-03-08T00:00:05.000Z"),
        (json!(1_709_856_005_250_i64), "2024-03-08T00:00:05.250Z"),
    ];
    let sent: Vec<Value> = forms
        .iter()
        .enumerate()
        .map(|(index, (form, _))| {
            let mut message = message(&format!("m{index}"), "hi", 0);
            message["timestamp"] = form.clone();
            message
        })
        .collect();
    let stored = records.begin("a", &json!({"created_at": MIDNIGHT, "messages": sent}));
    for (index, (form, written)) in forms.iter().enumerate() {
        assert_eq!(stored["messages"][index]["timestamp"], *written, "{form}");
    }
}

#[test]
fn the_same_id_again_returns_the_stored_one() {
    let records = Records::open();
    let stored = records.begin("a", &json!({"record_id": "first"}));
    let changes = records.desk.changes();
    let again = records.try_create(&records.with("a", &json!({"record_id": "second"})));
    assert_eq!(again.data(200), stored, "3: 200 instead of 201, unchanged");
    assert_eq!(records.desk.changes(), changes);
}

#[test]
fn a_conversation_born_in_the_service_reads_as_a_record() {
    let records = Records::open();
    records.desk.start("bare", &json!({}));
    let bare = records.get("bare");
    for name in ["channel_id", "deployment_config_id", "channel_identifier"] {
        assert_eq!(bare[name], "", "1: an empty text for required strings that it lacks");
    }
    assert_eq!([&bare["conversation_type"], &bare["status"]], ["OTT_CHAT", "ACTIVE"]);
    assert_eq!([&bare["organization_id"], &bare["project_id"]], [&records.organization, &records.project]);
    assert_eq!([&bare["is_campaign"], &bare["durationInSeconds"]], [&json!(false), &json!(15)]);
    records.desk.start("closed", &json!({"state": "CLOSED"}));
    assert_eq!(records.get("closed")["status"], "COMPLETED");
    for (id, speaker, read) in [
        ("m1", "VISITOR", "user"),
        ("m2", "AGENT", "assistant"),
        ("m3", "BOT", "assistant"),
        ("m4", "SYSTEM", "assistant"),
    ] {
        records.desk.try_append("bare", id, &json!({"text": id, "speaker": speaker})).ok();
        let messages = records.get("bare")["messages"].take();
        let last = messages.as_array().unwrap().last().unwrap();
        assert_eq!([&last["messageId"], &last["id"], &last["message_type"]], [id, id, read]);
        assert_eq!(last["metadata"], json!({}), "1: empty when there is none");
    }
}
