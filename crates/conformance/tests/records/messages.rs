//! GET and POST of a record's messages: one by one or as an array, each id once.

use hansard_conformance::desk::column;
use hansard_conformance::records::{MIDNIGHT, Records, message, path};
use serde_json::{Value, json};

fn page(records: &Records, query: &str) -> Value {
    records.client.get(&path("a", &format!("/messages?{query}"))).page()
}

fn contents(record: &Value) -> Vec<Value> {
    column(record["messages"].as_array().unwrap(), "content")
}

#[test]
fn one_or_an_array_is_appended_in_order() {
    let records = Records::open();
    records.begin("a", &json!({"created_at": MIDNIGHT}));
    records.append("a", &message("m1", "one", 1));
    records.append("a", &json!([message("m2", "two", 2), message("m3", "three", 3)]));
    assert_eq!(contents(&records.get("a")), ["one", "two", "three"]);
    let page = page(&records, "");
    assert_eq!(page["data"], records.get("a")["messages"], "the page holds what the record embeds");
    assert_eq!(column(&records.desk.messages("a"), "sequencePosition"), [1, 2, 3]);
}

#[test]
fn a_known_id_is_not_appended_again() {
    let records = Records::open();
    records.begin("a", &json!({}));
    records.append("a", &message("m1", "first", 1));
    let changes = records.desk.changes();
    records.append("a", &message("m1", "other", 9));
    records.append("a", &json!([message("m1", "other", 9)]));
    assert_eq!(contents(&records.get("a")), ["first"]);
    assert_eq!(records.desk.changes(), changes, "the stored one, unchanged");
    records.append("a", &json!([message("m1", "other", 9), message("m2", "second", 2)]));
    assert_eq!(contents(&records.get("a")), ["first", "second"]);
    records.set_status("a", &json!({"status": "COMPLETED"})).data(200);
    let late = records.append("a", &message("m2", "second", 2));
    assert!([200, 201].contains(&late.status), "also after the end: {late}");
}

#[test]
fn an_array_goes_in_whole_or_not_at_all() {
    let records = Records::open();
    records.begin("a", &json!({}));
    let mut bad = message("m2", "two", 2);
    bad["message_type"] = json!("nobody");
    records.append("a", &json!([message("m1", "one", 1), bad])).refused_naming("message_type");
    records.append("a", &json!("hi")).refused(400);
    records.append("a", &json!([7])).refused(400);
    assert_eq!(page(&records, "")["meta"]["totalCount"], 0);
    for name in ["messageId", "content", "message_type", "timestamp", "metadata"] {
        let mut incomplete = message("m1", "one", 1);
        incomplete.as_object_mut().unwrap().remove(name);
        records.append("a", &incomplete).refused_naming(name);
    }
    assert_eq!(page(&records, "")["meta"]["totalCount"], 0, "nothing stored");
}

#[test]
fn a_closed_record_takes_none_but_keeps_what_it_came_with() {
    let records = Records::open();
    records.begin("a", &json!({"status": "COMPLETED", "messages": [message("m1", "one", 1)]}));
    let refused = records.append("a", &message("m2", "late", 2));
    assert!([400, 409].contains(&refused.status), "the service's rule: {refused}");
    refused.refused(refused.status);
    assert_eq!(contents(&records.get("a")), ["one"]);
}

#[test]
fn a_read_embeds_1000_and_the_pages_have_them_all() {
    let records = Records::open();
    let batch = |from: usize| {
        let messages = (from..from + 700).map(|index| message(&format!("m{index}"), &format!("{index}"), 1));
        Value::Array(messages.collect())
    };
    records.begin("a", &json!({"messages": batch(0)}));
    records.append("a", &batch(700));
    let record = records.get("a");
    assert_eq!(record["messages"].as_array().unwrap().len(), 1000);
    assert_eq!(page(&records, "pageSize=20&page=70")["data"][19]["content"], "1399");
    let meta = page(&records, "pageSize=1000&page=2")["meta"].take();
    assert_eq!([&meta["totalCount"], &meta["totalPages"]], [1400, 2]);
}

#[test]
fn a_message_is_the_services_message() {
    let records = Records::open();
    records.begin("a", &json!({}));
    let mut said = message("m1", "Hello", 5);
    said["message_type"] = json!("assistant");
    said["metadata"] = json!({"latency": 0.5, "tool": {"name": "lookup"}});
    records.append("a", &said);
    let stored = records.desk.messages("a").remove(0);
    assert_eq!([&stored["speaker"], &stored["text"]], ["BOT", "Hello"], "1: assistant writes BOT");
    assert_eq!(stored["sendTime"], "2024-03-08T00:00:05Z", "1: timestamp is sendTime");
    assert_eq!(stored["metadata"], said["metadata"]);
    records.desk.append("a", "m2", "and back");
    assert_eq!(contents(&records.get("a")), ["Hello", "and back"]);
    records.desk.client.delete(&records.desk.path("a", "/messages/m2")).ok();
    assert!(!records.try_get("a").text().contains("and back"), "what is deleted there is gone here");
}

#[test]
fn an_id_stands_once_in_an_array() {
    let records = Records::open();
    let twice = json!([message("m1", "one", 1), message("m1", "two", 2)]);
    records
        .try_create(&records.with("b", &json!({"messages": twice})))
        .refused_naming("messages[1].messageId");
    records.try_get("b").refused(404);
    records.begin("a", &json!({}));
    records.append("a", &twice).refused_naming("messageId");
    assert_eq!(page(&records, "")["meta"]["totalCount"], 0);
}

#[test]
fn many_callers_append_each_message_once() {
    let records = Records::open();
    records.begin("a", &json!({}));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let records = &records;
            scope.spawn(move || {
                for index in 0..25 {
                    let answer = records.append("a", &message(&format!("m{index}"), "x", index));
                    assert!([200, 201].contains(&answer.status), "{answer}");
                }
            });
        }
    });
    let stored = records.desk.messages("a");
    let positions: Vec<Value> = (1..=25).map(Value::from).collect();
    assert_eq!(column(&stored, "sequencePosition"), positions, "no gap, no repeat");
}
