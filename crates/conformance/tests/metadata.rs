//! UpsertConversationMetadata: section 2 of the contract.

use hansard_conformance::answer::Answer;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use serde_json::{Value, json};

fn desk(metadata: &Value) -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({"metadata": metadata}));
    desk
}

fn upsert(desk: &Desk, values: &Value) -> Answer {
    desk.verb("a", "upsertMetadata", &json!({"metadataValues": values}))
}

fn values(desk: &Desk, key: &str) -> Value {
    desk.conversation("a")["metadata"][key]["values"].clone()
}

#[test]
fn values_may_be_bare_or_typed() {
    let desk = desk(&json!({}));
    let sent = json!({
        "bare": {"values": ["US", 2, 2.5, true, false]},
        "typed": {"values": [{"stringValue": "US"}, {"numberValue": 2}, {"booleanValue": false}]},
        "snake": {"values": [{"string_value": "US"}]},
    });
    assert_eq!(upsert(&desk, &sent).ok(), json!({}));
    let number = |index: usize| values(&desk, "bare")[index]["numberValue"].as_f64();
    assert_eq!(values(&desk, "bare")[0], json!({"stringValue": "US"}));
    assert_eq!([number(1), number(2)], [Some(2.0), Some(2.5)]);
    assert_eq!(values(&desk, "bare")[3], json!({"booleanValue": true}));
    assert_eq!(values(&desk, "bare")[4], json!({"booleanValue": false}));
    assert_eq!(values(&desk, "typed")[2], json!({"booleanValue": false}));
    assert_eq!(values(&desk, "snake"), json!([{"stringValue": "US"}]));
}

#[test]
fn present_keys_are_replaced_and_others_untouched() {
    let desk = desk(&json!({"kept.as.it.is": {"values": ["a"]}, "replaced": {"values": ["b", "c"]}}));
    upsert(&desk, &json!({"replaced": {"values": ["d"]}, "added": {"values": ["e"]}})).ok();
    let string = |text: &str| json!([{"stringValue": text}]);
    assert_eq!(values(&desk, "kept.as.it.is"), string("a"));
    assert_eq!(values(&desk, "replaced"), string("d"), "2: its value list is replaced");
    assert_eq!(values(&desk, "added"), string("e"));
}

#[test]
fn the_event_holds_only_what_changed() {
    let desk = desk(&json!({"same": {"values": ["a"]}, "changed": {"values": ["b"]}}));
    let before = desk.events_of("a", "CONVERSATION_METADATA").len();
    upsert(&desk, &json!({"same": {"values": ["a"]}, "changed": {"values": ["c"]}})).ok();
    let events = desk.events_of("a", "CONVERSATION_METADATA");
    assert_eq!(events.len(), before + 1, "2: one event");
    let held = events.last().unwrap()["conversationMetadata"]["metadataValues"].as_object().unwrap().clone();
    assert_eq!(held.keys().collect::<Vec<_>>(), ["changed"]);
    assert_eq!(held["changed"]["values"], json!([{"stringValue": "c"}]));
}

#[test]
fn an_upsert_that_changes_nothing_leaves_no_trace() {
    let desk = desk(&json!({"same": {"values": ["a"]}}));
    let before = (desk.conversation("a"), desk.events("a"), desk.changes());
    upsert(&desk, &json!({"same": {"values": ["a"]}})).ok();
    assert_eq!((desk.conversation("a"), desk.events("a"), desk.changes()), before);
}

#[test]
fn the_source_is_of_the_key_or_else_of_the_call() {
    let desk = desk(&json!({}));
    let body = json!({
        "source": "MODEL",
        "metadataValues": {"own": {"values": ["a"], "source": "AGENT"}, "calls": {"values": ["b"]}},
    });
    desk.verb("a", "upsertMetadata", &body).ok();
    let metadata = desk.conversation("a")["metadata"].take();
    assert_eq!([&metadata["own"]["source"], &metadata["calls"]["source"]], ["AGENT", "MODEL"]);
}

#[test]
fn what_is_no_value_is_refused_and_named() {
    let desk = desk(&json!({}));
    for bad in
        [json!([[1]]), json!([{"nonsense": 1}]), json!([{"stringValue": "a", "numberValue": 1}]), json!("US")]
    {
        assert_eq!(upsert(&desk, &json!({"k": {"values": bad}})).code(), "INVALID_ARGUMENT", "{bad}");
    }
    assert!(desk.conversation("a").get("metadata").is_none());
}
