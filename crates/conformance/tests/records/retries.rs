//! `Idempotency-Key` on every writing route: one effect, one outcome; another request with the key is refused.

use hansard_conformance::answer::Answer;
use hansard_conformance::house::unique;
use hansard_conformance::records::{BASE, Records, message, path};
use serde_json::{Value, json};

/// One write: verb, path, the body, and another body that the same key must refuse.
type Write = (&'static str, String, Value, Value);

fn writes(records: &Records) -> Vec<Write> {
    let summary =
        |text: &str| json!({"summary": text, "key_points": [], "action_items": [], "sentiment": "MIXED"});
    let transfer = |target: &str| json!({"transfer_target": target, "transfer_status": "pending"});
    let status = |status: &str| json!({"status": status});
    let decommission = |id: &str| json!({"decommission_service_id": id});
    vec![
        ("POST", BASE.to_owned(), records.minimal("made"), records.minimal("other")),
        ("POST", path("a", "/messages"), message("m1", "hi", 1), message("m2", "ho", 2)),
        ("PUT", path("a", "/summary"), summary("one"), summary("two")),
        ("PUT", path("a", "/call-transfer"), transfer("1234"), transfer("5678")),
        ("PATCH", path("b", "/status"), status("COMPLETED"), status("FAILED")),
        ("POST", path("decommission", ""), decommission("a"), decommission("b")),
    ]
}

fn send(records: &Records, (verb, path, body): (&str, &str, &Value), key: &str) -> Answer {
    records.client.call(verb, path).json(body).header("idempotency-key", key).send()
}

#[test]
fn the_same_key_and_request_has_one_effect_and_one_outcome() {
    let records = Records::open();
    for id in ["a", "b"] {
        records.begin(id, &json!({}));
    }
    for (verb, path, body, other) in writes(&records) {
        let key = unique("key");
        let first = send(&records, (verb, &path, &body), &key);
        let stored = first.data(first.status);
        let log = records.desk.changes();
        let again = send(&records, (verb, &path, &body), &key);
        assert_eq!(again.data(first.status), stored, "{verb} {path}: the first outcome");
        assert_eq!(records.desk.changes(), log, "{verb} {path}: one effect");
        send(&records, (verb, &path, &other), &key).refused(409);
        assert_eq!(records.desk.changes(), log, "{verb} {path}: refused");
    }
    records.try_get("other").refused(404);
}

#[test]
fn a_delete_is_repeated_too() {
    let records = Records::open();
    records.begin("a", &json!({}));
    let delete = || records.client.call("DELETE", &path("a", "")).header("idempotency-key", "once").send();
    let first = delete().data(200);
    let log = records.desk.changes();
    assert_eq!(delete().data(200), first);
    assert_eq!(records.desk.changes(), log);
}

#[test]
fn a_failure_stores_nothing() {
    let records = Records::open();
    let body = json!({"status": "COMPLETED"});
    let status = path("a", "/status");
    send(&records, ("PATCH", &status, &body), "again").refused(404);
    records.begin("a", &json!({}));
    assert_eq!(send(&records, ("PATCH", &status, &body), "again").data(200)["status"], "COMPLETED");
}

#[test]
fn a_key_is_at_most_255_bytes() {
    let records = Records::open();
    send(&records, ("POST", BASE, &records.minimal("a")), &"k".repeat(255)).data(201);
    send(&records, ("POST", BASE, &records.minimal("b")), &"k".repeat(256)).refused(400);
    records.try_get("b").refused(404);
}
