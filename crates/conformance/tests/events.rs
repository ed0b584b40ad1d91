//! Conversation events: sections 2 and 3.4 of the contract.

use std::thread;

use hansard_conformance::client::escape;
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::house::house;
use serde_json::{Value, json};

fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk
}

fn create(desk: &Desk, event: &Value) -> hansard_conformance::answer::Answer {
    desk.client.post(&desk.path("a", "/events"), event)
}

#[test]
fn an_event_is_stored_with_its_payload() {
    let desk = desk();
    let profile = &desk.profile;
    desk.append("a", "m1", "hi");
    let sent = [
        json!({"type": "CALL_REASON_SELECTION", "callReasonSelection": {"selectedMoment": format!("{profile}/moments/refund")}}),
        json!({"type": "ENTITY_FEEDBACK", "entityFeedback": {"isDelete": true, "entity": {
            "start": 1, "end": 4, "entityName": "e", "strValue": "v", "surfaceMode": "s",
            "postRedactionStart": 2, "postRedactionEnd": 5}}}),
        json!({"type": "CONVERSATION_HOLD", "eventTime": "2026-01-05T09:00:00Z"}),
        json!({"type": "CONVERSATION_UNHOLD"}),
        json!({"type": "USED_SUGGESTION", "custom": {"id": "s1"}, "associatedMessage": format!("{}/messages/m1", desk.name("a"))}),
        json!({"type": "CUSTOM", "custom": {"deep": {"list": [1, "two", null, true]}}}),
    ];
    for event in &sent {
        let stored = create(&desk, event).ok()["event"].take();
        for (field, value) in event.as_object().unwrap() {
            assert!(stored[field] == *value || field == "custom", "3.4: {field}: {stored}");
        }
        assert!(stored["createTime"].is_string() && stored["eventTime"].is_string());
        assert!(stored["actor"].as_str().unwrap().starts_with("customers/acme/"), "{stored}");
        assert!(stored["name"].as_str().unwrap().starts_with(&format!("{}/events/", desk.name("a"))));
    }
    let stored = desk.events("a");
    assert_eq!(column(&stored, "sequence"), (1..=stored.len()).collect::<Vec<_>>(), "gapless");
    assert_eq!(stored.last().unwrap()["custom"]["deep"]["list"][1], "two");
}

#[test]
fn an_event_needs_a_type() {
    let desk = desk();
    create(&desk, &json!({})).invalid("type");
    create(&desk, &json!({"type": "NONSENSE"})).invalid("type");
}

#[test]
fn a_batch_is_all_or_nothing_and_keeps_its_order() {
    let desk = desk();
    let before = desk.events("a").len();
    let batch = |events: &[Value]| {
        desk.client.post(&desk.path("a", "/events:batchCreate"), &json!({"events": events}))
    };
    let step = |step: usize| json!({"type": "CUSTOM", "custom": {"step": step.to_string()}});
    batch(&[step(1), json!({})]).invalid("events[1].type");
    assert_eq!(desk.events("a").len(), before);
    let created = batch(&[step(1), step(2), step(3)]).ok();
    assert_eq!(created["events"].as_array().unwrap().len(), 3);
    let steps: Vec<Value> =
        desk.events("a")[before..].iter().map(|event| event["custom"]["step"].clone()).collect();
    assert_eq!(steps, ["1", "2", "3"]);
    batch(&vec![step(0); 1001]).invalid("events");
    batch(&vec![step(0); 1000]).ok();
}

#[test]
fn events_are_listed_by_sequence_and_type() {
    let desk = desk();
    for _ in 0..2 {
        create(&desk, &json!({"type": "CONVERSATION_HOLD"})).ok();
        create(&desk, &json!({"type": "CONVERSATION_UNHOLD"})).ok();
    }
    let list = |query: &str| desk.client.get(&desk.path("a", &format!("/conversationEvents?{query}"))).ok();
    let types = |query: &str| column(list(query)["conversationEvents"].as_array().unwrap(), "type");
    assert_eq!(types("filter.types=CONVERSATION_HOLD"), ["CONVERSATION_HOLD"; 2]);
    let both = types("filter.types=CONVERSATION_HOLD&filter.types=CONVERSATION_UNHOLD");
    assert_eq!(both, ["CONVERSATION_HOLD", "CONVERSATION_UNHOLD"].repeat(2));
    let page = list("filter.types=CONVERSATION_HOLD&pageSize=1");
    let token = escape(page["nextPageToken"].as_str().unwrap());
    assert_eq!(
        types(&format!("filter.types=CONVERSATION_HOLD&pageSize=1&pageToken={token}")),
        ["CONVERSATION_HOLD"]
    );
    let other_filter = format!("/conversationEvents?filter.types=CONVERSATION_UNHOLD&pageToken={token}");
    desk.client.get(&desk.path("a", &other_filter)).invalid("pageToken");
}

#[test]
fn sequences_have_no_gap_under_concurrent_writers() {
    let desk = desk();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    create(&desk, &json!({"type": "CUSTOM"})).ok();
                }
            });
        }
    });
    let events = desk.events("a");
    assert_eq!(column(&events, "sequence"), (1..=events.len()).collect::<Vec<_>>());
    assert!(events.len() >= 80);
}

#[test]
fn an_event_is_a_change_and_a_message_is_not_an_event() {
    let desk = desk();
    let before = desk.events("a").len();
    desk.append("a", "m1", "hi");
    assert_eq!(desk.events("a").len(), before, "3.3");
    let event = create(&desk, &json!({"type": "CUSTOM"})).ok()["event"].take();
    let change = desk.changes().pop().unwrap();
    assert_eq!([&change["kind"], &change["resource"]], [&json!("EVENT_CREATED"), &event["name"]]);
    assert_eq!(change["sequence"], event["sequence"]);
}
