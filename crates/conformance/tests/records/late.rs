//! Steps of a life one by one: who and why is written, and what comes late or twice moves nothing backwards.

use hansard_conformance::house::house;
use hansard_conformance::records::{MIDNIGHT, Records, now_ms, statuses};
use serde_json::{Value, json};

fn last_entry(record: &Value) -> &Value {
    record["state_history"].as_array().unwrap().last().unwrap()
}

fn transfer(status: &str) -> Value {
    json!({"transfer_target": "+12125559876", "transfer_status": status, "transfer_initiated_at": MIDNIGHT + 1000})
}

#[test]
fn an_entry_tells_when_why_and_who() {
    let records = Records::open();
    records.begin("a", &json!({"created_at": MIDNIGHT}));
    let body =
        json!({"status": "ABANDONED", "reason": "hung up", "metadata": {"provider": "telco", "code": 487}});
    let record = records.set_status("a", &body).data(200);
    let entry = last_entry(&record);
    assert_eq!([&entry["status"], &entry["reason"]], ["ABANDONED", "hung up"]);
    assert!((now_ms() - entry["timestamp"].as_i64().unwrap()).abs() < 60_000);
    assert_eq!([&entry["metadata"]["provider"], &entry["metadata"]["code"]], [&json!("telco"), &json!(487)]);
    let actor = entry["metadata"]["actor"].as_str().unwrap_or_else(|| panic!("2: the actor: {entry}"));
    assert!(actor.starts_with("customers/acme/apiKeys/"), "{actor}");
    let seen = records.desk.conversation("a");
    let seen_entry = seen["stateHistory"].as_array().unwrap().last().unwrap();
    assert_eq!([&seen_entry["status"], &seen_entry["reason"]], ["ABANDONED", "hung up"]);
    assert_eq!(seen["statusReason"], "hung up");
    let event = records.desk.events_of("a", "CONVERSATION_STATE").pop().unwrap();
    assert_eq!(event["conversationState"]["status"], "ABANDONED");
}

#[test]
fn the_actor_is_the_user_of_the_key() {
    let records = Records::open();
    let body =
        json!({"role": "WRITER", "profiles": [records.desk.profile], "user": "customers/acme/users/ada"});
    let key = house().admin().post("/v1/customers/acme/apiKeys", &body).ok();
    let ada = records.seen_by(house().client(key["secret"].as_str().unwrap()));
    ada.begin("a", &json!({}));
    let record = ada.set_status("a", &json!({"status": "FAILED"})).data(200);
    assert!(last_entry(&record)["metadata"].to_string().contains("users/ada"), "{record}");
}

#[test]
fn a_step_that_the_table_lacks_names_both_states() {
    let records = Records::open();
    let closed = records.begin("a", &json!({"status": "COMPLETED"}));
    for to in ["ACTIVE", "FAILED", "ABANDONED", "TRANSFERRED"] {
        let refused = records.set_status("a", &json!({"status": to}));
        refused.refused(409);
        assert!(refused.names("COMPLETED") && refused.names(to), "{refused}");
    }
    assert_eq!(records.get("a"), closed);
    records.desk.verb("a", "updateState", &json!({"state": "LIVE"})).ok();
    assert_eq!(
        records.history("a"),
        ["ACTIVE", "COMPLETED", "ACTIVE"],
        "2: reopened only through updateState"
    );
}

#[test]
fn a_transferred_record_comes_back_with_its_transfer_alone() {
    let records = Records::open();
    records.begin("a", &json!({"created_at": MIDNIGHT}));
    records.transfer("a", &transfer("completed")).data(200);
    records.set_status("a", &json!({"status": "ACTIVE"})).refused(409);
    records.set_status("a", &json!({"status": "COMPLETED"})).refused(409);
    assert_eq!(records.get("a")["status"], "TRANSFERRED");
    let returned = records.transfer("a", &transfer("returned")).data(200);
    assert_eq!([&returned["status"], &returned["call_transfer"]["transfer_status"]], ["ACTIVE", "returned"]);
}

#[test]
fn late_news_of_a_transfer_move_nothing_backwards() {
    let records = Records::open();
    let order = ["pending", "completed", "returned"];
    for (id, reached) in [("completed", 1), ("returned", 2)] {
        records.begin(id, &json!({"created_at": MIDNIGHT}));
        for status in &order[..=reached] {
            records.transfer(id, &transfer(status)).data(200);
        }
        let before = (records.get(id), records.desk.changes());
        for late in &order[..=reached] {
            let answer = records.transfer(id, &transfer(late));
            assert!([200, 409].contains(&answer.status), "{late} after {id}: {answer}");
            assert_eq!((records.get(id), records.desk.changes()), before, "{late} after {id}");
        }
    }
}

#[test]
fn news_after_the_end_move_nothing() {
    let records = Records::open();
    for status in ["COMPLETED", "FAILED", "ABANDONED"] {
        records.begin(status, &json!({"created_at": MIDNIGHT}));
        records.transfer(status, &transfer("pending")).data(200);
        records.set_status(status, &json!({"status": status})).data(200);
        let history = records.history(status);
        for late in ["pending", "completed", "failed", "returned"] {
            let answer = records.transfer(status, &transfer(late));
            assert!([200, 409].contains(&answer.status), "{late} after {status}: {answer}");
            let record = records.get(status);
            assert_eq!(record["status"], status, "{late}: never backwards");
            assert_eq!(statuses(&record), history, "{late}");
        }
        assert_eq!(records.desk.conversation(status)["state"], "CLOSED");
    }
}

#[test]
fn a_failed_transfer_leaves_the_record_active_with_the_reason() {
    let records = Records::open();
    records.begin("a", &json!({"created_at": MIDNIGHT}));
    records.transfer("a", &transfer("pending")).data(200);
    let mut failed = transfer("failed");
    failed["transfer_reason"] = json!("no answer");
    let record = records.transfer("a", &failed).data(200);
    assert_eq!(record["status"], "ACTIVE");
    let shown = ["transfer_status", "transfer_reason"].map(|name| &record["call_transfer"][name]);
    assert_eq!(shown, ["failed", "no answer"]);
    assert_eq!(statuses(&record), ["ACTIVE"]);
}

#[test]
fn the_actor_cannot_be_forged() {
    let records = Records::open();
    records.begin("a", &json!({}));
    let body = json!({"status": "FAILED", "metadata": {"actor": "customers/acme/users/somebody", "code": 7}});
    let record = records.set_status("a", &body).data(200);
    let metadata = &last_entry(&record)["metadata"];
    assert!(metadata["actor"].as_str().unwrap().starts_with("customers/acme/apiKeys/"), "{metadata}");
    assert_eq!(metadata["code"], 7);
}

#[test]
fn news_of_an_earlier_transfer_do_not_touch_the_later() {
    let records = Records::open();
    records.begin("a", &json!({"created_at": MIDNIGHT}));
    let news = |number: i64, status: &str| {
        json!({"transfer_target": format!("10{number}"), "transfer_status": status,
            "transfer_initiated_at": MIDNIGHT + number * 1000})
    };
    for (number, status) in
        [(1, "pending"), (1, "completed"), (1, "returned"), (2, "pending"), (2, "completed")]
    {
        records.transfer("a", &news(number, status)).data(200);
    }
    let before = (records.get("a"), records.desk.conversation("a"));
    for status in ["pending", "completed", "failed", "returned"] {
        let late = records.transfer("a", &news(1, status));
        assert!([200, 409].contains(&late.status), "{status}: {late}");
        assert_eq!((records.get("a"), records.desk.conversation("a")), before, "late {status} of the first");
    }
    assert_eq!(before.0["status"], "TRANSFERRED");
}

#[test]
fn callbacks_at_the_same_time_take_one_step() {
    let records = Records::open();
    for round in 0..5 {
        let id = format!("a{round}");
        records.begin(&id, &json!({}));
        let ends = ["COMPLETED", "FAILED", "ABANDONED", "TRANSFERRED"];
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let callbacks = ends.map(|end| {
                scope.spawn({
                    let (records, id) = (&records, &id);
                    move || records.set_status(id, &json!({"status": end})).status
                })
            });
            callbacks.into_iter().map(|callback| callback.join().unwrap()).collect()
        });
        let taken = answers.iter().filter(|status| **status == 200).count();
        assert_eq!((taken, answers.len()), (1, 4), "one wins, the others are refused: {answers:?}");
        assert_eq!(records.history(&id).len(), 2);
    }
}
