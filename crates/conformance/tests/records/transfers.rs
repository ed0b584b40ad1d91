//! Transfers: targets, sequences of them, and both ends of one in the Conversation Service.

use hansard_conformance::desk::column;
use hansard_conformance::records::{MIDNIGHT, Records};
use serde_json::{Value, json};

use super::attributes::TRANSFER_TYPES;

fn transfer(target: &str, status: &str, second: i64) -> Value {
    json!({"transfer_target": target, "transfer_status": status, "transfer_type": "warm",
        "transfer_initiated_at": MIDNIGHT + second * 1000})
}

#[test]
fn a_target_is_a_number_that_exists_or_an_extension() {
    let records = Records::open();
    let targets = [
        "+12125559876",
        "+442079460000",
        "+4930123456",
        "+81312345678",
        "+5511987654321",
        "42",
        "12345678",
        "007",
    ];
    for target in targets {
        let fields = json!({"call_transfer": {"transfer_target": target, "transfer_status": "pending"}});
        let id = format!("t{}", target.trim_start_matches('+'));
        assert_eq!(records.begin(&id, &fields)["call_transfer"]["transfer_target"], target);
    }
}

#[test]
fn any_other_target_is_refused_by_its_path() {
    let records = Records::open();
    let before = records.begin("a", &json!({}));
    let targets = [
        "",
        "5",
        "123456789",
        "12125559876",
        "+",
        "+1",
        "+1212555987",
        "+121255598760",
        "+99912345678",
        "+0123456789",
        "+1 212 555 9876",
        "+1-212-555-9876",
        " +12125559876",
        "+1212555ABCD",
        "sip:desk@example.com",
        "desk",
        "4a",
        "\u{ff0b}12125559876",
        "+\u{661}2125559876",
        "tel:+12125559876",
        "+12125559876;ext=5",
    ];
    for target in targets {
        let body = transfer(target, "pending", 1);
        let fields = json!({"call_transfer": body});
        records.try_create(&records.with("b", &fields)).refused_naming("call_transfer.transfer_target");
        records.transfer("a", &body).refused_naming("transfer_target");
    }
    records.try_get("b").refused(404);
    assert_eq!(records.get("a"), before, "nothing stored");
}

#[test]
fn many_in_sequence_are_all_kept() {
    let records = Records::open();
    records.begin("a", &json!({"created_at": MIDNIGHT}));
    let story = [
        (1, "pending"),
        (1, "failed"),
        (2, "pending"),
        (2, "completed"),
        (2, "returned"),
        (3, "completed"),
        (3, "returned"),
        (4, "pending"),
    ];
    for (number, status) in story {
        let kind = TRANSFER_TYPES[number % 2];
        let mut news = transfer(&format!("10{number}"), status, i64::try_from(number).unwrap() * 60);
        news["transfer_type"] = json!(kind);
        let record = records.transfer("a", &news).data(200);
        for (name, value) in news.as_object().unwrap() {
            assert_eq!(
                &record["call_transfer"][name], value,
                "1: the latest: {name} after {number} {status}"
            );
        }
    }
    let transfers = records.desk.conversation("a")["transfers"].take();
    let transfers = transfers.as_array().unwrap();
    assert_eq!(column(transfers, "target"), ["101", "102", "103", "104"]);
    assert_eq!(column(transfers, "status"), ["FAILED", "RETURNED", "RETURNED", "PENDING"]);
    assert_eq!(column(transfers, "type"), ["WARM", "BLIND", "WARM", "BLIND"]);
    assert_eq!(transfers[0]["initiateTime"], "2024-03-08T00:01:00Z");
    let history = ["ACTIVE", "TRANSFERRED", "ACTIVE", "TRANSFERRED", "ACTIVE"];
    assert_eq!(records.history("a"), history, "2: completed and returned move it");
}

#[test]
fn a_record_may_come_with_its_transfer() {
    let records = Records::open();
    for (status, expected) in
        [("pending", "ACTIVE"), ("completed", "TRANSFERRED"), ("failed", "ACTIVE"), ("returned", "ACTIVE")]
    {
        let fields = json!({"created_at": MIDNIGHT, "call_transfer": transfer("1234", status, 9)});
        let record = records.begin(status, &fields);
        assert_eq!([&record["status"], &record["call_transfer"]["transfer_status"]], [expected, status]);
        let seen = records.desk.conversation(status);
        assert_eq!(column(seen["transfers"].as_array().unwrap(), "status"), [status.to_uppercase()]);
    }
}

#[test]
fn both_ends_of_a_completed_transfer_are_found() {
    let records = Records::open();
    let desk = &records.desk;
    records.begin("first", &json!({"created_at": MIDNIGHT}));
    let correlation = json!({"conversationCorrelationId": "call-7"});
    desk.client.patch(&desk.path("first", "?updateMask=conversationCorrelationId"), &correlation).ok();
    let moved = records.transfer("first", &transfer("+12125559876", "completed", 60)).data(200);
    assert_eq!(moved["status"], "TRANSFERRED", "here");
    let seen = desk.conversation("first");
    assert_eq!([&seen["state"], &seen["status"]], ["CLOSED", "TRANSFERRED"], "and there");

    let info =
        json!({"previousConversation": desk.name("first"), "participantInteractionType": "WARM_TRANSFER"});
    desk.start("second", &json!({"conversationCorrelationId": "call-7", "transferInfo": info}));
    desk.start("stranger", &json!({"conversationCorrelationId": "call-8"}));
    assert_eq!(desk.conversation("second")["transferInfo"]["previousConversation"], desk.name("first"));
    assert_eq!(desk.select(&json!({"conversationCorrelationId": "call-7"})), ["first", "second"]);
    assert_eq!(records.get("second")["status"], "ACTIVE", "the successor goes on as a record too");
}

#[test]
fn a_transfer_needs_a_record_that_is_active() {
    let records = Records::open();
    let closed = records.begin("a", &json!({"status": "COMPLETED"}));
    let refused = records.transfer("a", &transfer("1234", "completed", 60));
    refused.refused(409);
    assert!(refused.names("COMPLETED") && refused.names("TRANSFERRED"), "names both states: {refused}");
    assert_eq!(records.get("a"), closed);
}
