//! Closing, reopening and deleting a conversation: section 2 of the contract.

use hansard_conformance::desk::{Desk, column};
use hansard_conformance::house::{house, seconds_ago};
use serde_json::{Value, json};

/// Everything that a no-op must leave as it was.
fn traces(desk: &Desk, id: &str) -> (Value, Vec<Value>, Vec<Value>) {
    (desk.conversation(id), desk.events(id), desk.changes())
}

#[test]
fn closing_sets_end_time_and_status() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let before = seconds_ago(1);
    assert_eq!(desk.verb("a", "updateState", &json!({"state": "CLOSED"})).ok(), json!({}));
    let closed = desk.conversation("a");
    assert_eq!([&closed["state"], &closed["status"]], ["CLOSED", "COMPLETED"]);
    assert!(closed["endTime"].as_str().unwrap() >= before.as_str());
    assert!(closed["endTime"].as_str().unwrap() >= closed["startTime"].as_str().unwrap());
    assert!(column(&desk.changes(), "kind").contains(&json!("CONVERSATION_CLOSED")));
}

#[test]
fn closing_takes_a_status_a_reason_and_an_end_time() {
    let desk = house().desk();
    desk.start("a", &json!({"startTime": seconds_ago(600)}));
    let end = seconds_ago(60);
    let body = json!({"state": "CLOSED", "status": "ABANDONED", "reason": "hung up", "endTime": end});
    desk.verb("a", "updateState", &body).ok();
    let closed = desk.conversation("a");
    assert_eq!(closed["status"], "ABANDONED");
    assert_eq!(closed["statusReason"], "hung up");
    assert_eq!(closed["endTime"], end.as_str());
    assert_eq!(closed["duration"], "540s");
    let last = closed["stateHistory"].as_array().unwrap().last().unwrap();
    assert_eq!([&last["status"], &last["reason"]], ["ABANDONED", "hung up"]);
    let event = desk.events_of("a", "CONVERSATION_STATE").pop().unwrap();
    let change = &event["conversationState"];
    assert_eq!(
        [&change["previousStatus"], &change["status"], &change["reason"]],
        ["ACTIVE", "ABANDONED", "hung up"]
    );
}

#[test]
fn an_end_time_lies_between_start_and_now() {
    let desk = house().desk();
    let start = seconds_ago(600);
    desk.start("a", &json!({"startTime": start}));
    let close_at = |end: &str| desk.verb("a", "updateState", &json!({"state": "CLOSED", "endTime": end}));
    close_at(&seconds_ago(601)).invalid("endTime");
    let tomorrow = jiff::Timestamp::now() + std::time::Duration::from_secs(86_400);
    close_at(&tomorrow.to_string()).invalid("endTime");
    assert_eq!(desk.conversation("a")["state"], "LIVE");
    close_at(&start).ok();
    assert_eq!(desk.conversation("a")["duration"], "0s", "2: the start itself is allowed");
}

#[test]
fn an_unspecified_state_is_invalid() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk.verb("a", "updateState", &json!({})).invalid("state");
    desk.verb("a", "updateState", &json!({"state": "STATE_UNSPECIFIED"})).invalid("state");
}

#[test]
fn closing_twice_is_a_no_op() {
    let desk = house().desk();
    desk.start("a", &json!({"startTime": seconds_ago(600)}));
    desk.close("a");
    let before = traces(&desk, "a");
    desk.close("a");
    assert_eq!(desk.client.post(&desk.path("a", ":close"), &json!({})).ok(), json!({}));
    assert_eq!(traces(&desk, "a"), before, "2: repeating is a no-op");
}

#[test]
fn reopening_clears_the_end_time() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk.close("a");
    desk.verb("a", "updateState", &json!({"state": "LIVE"})).ok();
    let live = desk.conversation("a");
    assert_eq!([&live["state"], &live["status"]], ["LIVE", "ACTIVE"]);
    assert!(live.get("endTime").is_none());
    assert!(column(&desk.changes(), "kind").contains(&json!("CONVERSATION_REOPENED")));

    let before = traces(&desk, "a");
    desk.verb("a", "updateState", &json!({"state": "LIVE"})).ok();
    assert_eq!(traces(&desk, "a"), before, "2: repeating is a no-op");
    let statuses = column(live["stateHistory"].as_array().unwrap(), "status");
    assert!(statuses.ends_with(&[json!("COMPLETED"), json!("ACTIVE")]), "3.2: stateHistory: {statuses:?}");
}

#[test]
fn close_is_the_deprecated_form() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    assert_eq!(desk.verb("a", "close", &json!({})).ok(), json!({}));
    let closed = desk.conversation("a");
    assert_eq!([&closed["state"], &closed["status"]], ["CLOSED", "COMPLETED"]);
}

#[test]
fn a_deleted_conversation_is_gone_with_all_it_held() {
    let desk = house().desk();
    let tag = desk.create_tag("vip");
    desk.start(
        "a",
        &json!({"platformInfo": {"platformConversationId": "gone-1"}, "metadata": {"k": {"values": [1]}}}),
    );
    desk.append("a", "m1", "hello");
    desk.client.post(&desk.path("a", "/tags"), &json!({"tag": tag})).ok();

    assert_eq!(desk.client.delete(&desk.path("a", "")).ok(), json!({}));
    for rest in ["", "/conversationMessages", "/messages/m1", "/conversationEvents", "/tags"] {
        desk.client.get(&desk.path("a", rest)).fails("NOT_FOUND");
    }
    desk.client
        .get(&desk.at("/conversations:fetchByPlatformId?platformConversationId=gone-1"))
        .fails("NOT_FOUND");
    assert_eq!(desk.select(&json!({})), Vec::<String>::new());
    assert_eq!(desk.client.get(&desk.at("/conversations:count")).ok()["count"], "0");
    desk.client.delete(&desk.path("a", "")).fails("NOT_FOUND");

    let anew = desk.try_start("a", &json!({})).ok();
    assert_eq!(anew["outcome"], "CREATED");
    assert!(anew["conversation"].get("metadata").is_none());
    assert!(desk.messages("a").is_empty());
    assert_eq!(desk.append("a", "m1", "again")["sequencePosition"], 1);
    assert_eq!(desk.client.get(&desk.path("a", "/tags")).ok()["tags"], json!([]));
}

#[test]
fn every_verb_on_an_absent_conversation_is_not_found() {
    let desk = house().desk();
    let verbs = [
        ("close", json!({})),
        ("updateState", json!({"state": "CLOSED"})),
        ("updateAudioPersistenceState", json!({"audioPersistenceState": "PERSIST_FAILED"})),
        ("updateDisplayName", json!({"displayName": "x"})),
        ("updateLanguageCode", json!({"languageCode": "en-US"})),
        ("updateSharingState", json!({"sharingState": "SHARING_STATE_SHARED"})),
        ("updateSkill", json!({"skill": "x"})),
        ("upsertMetadata", json!({"metadataValues": {"k": {"values": ["v"]}}})),
    ];
    for (verb, body) in verbs {
        desk.verb("absent", verb, &body).fails("NOT_FOUND");
    }
    desk.client
        .patch(&desk.path("absent", "?updateMask=campaign"), &json!({"campaign": true}))
        .fails("NOT_FOUND");
    desk.client.get(&desk.path("absent", "")).fails("NOT_FOUND");
}
