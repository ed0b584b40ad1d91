//! One document for each schema with every attribute set, as the seed spells it; each goes in and comes back.

use hansard_conformance::records::Records;
use serde_json::{Value, json};

use super::attributes::{SCHEMAS, Schema};

/// Returns the schema's document.
pub(crate) fn golden(schema: &Schema) -> Value {
    let text = match schema.name {
        "ServiceConversationConfig" => include_str!("testdata/record.json"),
        "ConversationSummary" => include_str!("testdata/conversation_summary.json"),
        "Message" => include_str!("testdata/message.json"),
        "ConversationStateHistory" => include_str!("testdata/state_history.json"),
        "CallTransfer" => include_str!("testdata/call_transfer.json"),
        "DecommissionConfig" => include_str!("testdata/decommission.json"),
        other => panic!("no document of {other}"),
    };
    serde_json::from_str(text).unwrap()
}

/// Returns the whole record of the documents, as one of this project.
pub(crate) fn whole(records: &Records, id: &str) -> Value {
    let mut record = golden(&SCHEMAS[0]);
    record["id"] = json!(id);
    record["organization_id"] = json!(records.organization);
    record["project_id"] = json!(records.project);
    record
}

/// Returns a minimal record of the seed's day that holds the schema's document in its place.
pub(crate) fn holder(records: &Records, id: &str, schema: &Schema) -> Value {
    let mut record = records.with(id, &json!({"created_at": hansard_conformance::records::MIDNIGHT}));
    let document = golden(schema);
    match schema.name {
        "ConversationSummary" => record["conversationSummary"] = document,
        "Message" => record["messages"] = json!([document]),
        "ConversationStateHistory" => record["state_history"] = json!([document]),
        "CallTransfer" => record["call_transfer"] = document,
        _ => {}
    }
    record
}

#[test]
fn the_documents_set_every_attribute() {
    for schema in SCHEMAS {
        let document = golden(schema);
        let mut set: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
        let mut all: Vec<&str> = schema.attributes.iter().map(|attribute| attribute.name).collect();
        // A record that says so itself is deleted; what DELETE writes is another test's.
        all.retain(|name| *name != "deleted_at");
        set.sort_unstable();
        all.sort_unstable();
        assert_eq!(set, all, "{}", schema.name);
    }
}

#[test]
fn the_whole_record_comes_back_as_it_went_in() {
    let records = Records::open();
    let record = whole(&records, "whole");
    assert_eq!(records.create(&record), record, "the answer to the write");
    assert_eq!(records.get("whole"), record, "the read");
    assert_eq!(records.page("")["data"][0]["conversationSummary"], record["conversationSummary"], "the list");
}

#[test]
fn each_part_comes_back_as_it_went_in() {
    let records = Records::open();
    for schema in SCHEMAS.iter().filter(|schema| schema.place.is_some_and(|(pointer, _)| !pointer.is_empty()))
    {
        let (pointer, _) = schema.place.unwrap();
        let record = holder(&records, schema.name, schema);
        records.create(&record);
        let read = records.get(schema.name);
        assert_eq!(read.pointer(pointer), Some(&golden(schema)), "{}: {read}", schema.name);
    }
}

#[test]
fn the_decommission_request_is_taken() {
    let records = Records::open();
    records.begin("conv_abc123", &json!({}));
    let request = golden(super::attributes::schema("DecommissionConfig"));
    let ended = records.client.post("/v1/conversations/decommission", &request).data(200);
    assert_eq!([&ended["id"], &ended["status"]], ["conv_abc123", "COMPLETED"]);
}
