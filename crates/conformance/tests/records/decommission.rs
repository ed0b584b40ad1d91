//! Decommissioning one conversation: section 2.

use hansard_conformance::desk::column;
use hansard_conformance::records::{MIDNIGHT, Records, path};
use serde_json::json;

#[test]
fn an_active_one_ends_with_everything_that_was_pending() {
    let records = Records::open();
    records.begin("a", &json!({"created_at": MIDNIGHT}));
    records.transfer("a", &json!({"transfer_target": "1234", "transfer_status": "pending"})).data(200);
    let before = records.desk.changes().len();
    let ended = records.decommission("a").data(200);
    assert_eq!([&ended["id"], &ended["status"]], ["a", "COMPLETED"]);
    assert_eq!(ended["call_transfer"]["transfer_status"], "failed", "2: pending transfer failed");
    let entry = ended["state_history"].as_array().unwrap().last().unwrap();
    assert_eq!([&entry["status"], &entry["reason"]], ["COMPLETED", "decommissioned"]);
    assert!(entry["metadata"]["actor"].is_string(), "with the actor: {entry}");
    assert_eq!(records.desk.conversation("a")["state"], "CLOSED");
    let kinds = column(&records.desk.changes()[before..], "kind");
    assert!(kinds.contains(&json!("CONVERSATION_CLOSED")), "2: a change for every watcher: {kinds:?}");
}

#[test]
fn repeating_it_answers_the_same() {
    let records = Records::open();
    records.begin("a", &json!({}));
    let first = records.decommission("a").data(200);
    let changes = records.desk.changes();
    for _ in 0..3 {
        assert_eq!(records.decommission("a").data(200), first);
    }
    assert_eq!(records.desk.changes(), changes);
}

#[test]
fn an_ended_one_answers_its_state() {
    let records = Records::open();
    for status in ["COMPLETED", "FAILED", "ABANDONED", "TRANSFERRED"] {
        let ended = records.begin(status, &json!({"status": status}));
        let answered = records.decommission(status).data(200);
        assert_eq!(answered["status"], status);
        assert_eq!(records.get(status), ended, "unchanged");
    }
}

#[test]
fn a_status_may_be_given() {
    let records = Records::open();
    for status in ["FAILED", "ABANDONED"] {
        records.begin(status, &json!({}));
        let body = json!({"decommission_service_id": status, "status": status});
        let ended = records.client.post(&path("decommission", ""), &body).data(200);
        assert_eq!(ended["status"], status, "2: or the one given");
        assert_eq!(ended["state_history"].as_array().unwrap().last().unwrap()["reason"], "decommissioned");
    }
    records.begin("b", &json!({}));
    for status in ["ACTIVE", "NONSENSE"] {
        let body = json!({"decommission_service_id": "b", "status": status});
        records.client.post(&path("decommission", ""), &body).refused_naming("status");
    }
    assert_eq!(records.get("b")["status"], "ACTIVE");
}

#[test]
fn an_unknown_one_is_404() {
    let records = Records::open();
    let absent = records.decommission("absent");
    absent.refused(404);
    assert_eq!(absent.json()["code"], "NOT_FOUND");
}
