//! The dialect by itself: its tables against its types, and what is read and written.
#![allow(clippy::unwrap_used)]

mod mapped;

use hansard_domain::{
    Time,
    conversation::{Channel, Direction, Sentiment, Status, TransferStatus, TransferType},
    language::Languages,
    message::Speaker,
    name::ConversationName,
    redact::Redactor,
};
use serde_json::{Map, Value, json};

use super::{
    from_record, read,
    schema::{self, Kind, Need, SCHEMAS, Schema},
    to_record, wire,
    words::Words,
};
use crate::service::record::Record;

const MIDNIGHT: i64 = 1_709_856_000_000;

/// A value that the kind takes, written as it comes back.
fn good(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!("text"),
        Kind::Number => json!(61.5),
        Kind::Boolean => json!(true),
        Kind::Object => json!({"a": [1, null]}),
        Kind::Millis | Kind::MomentInMillis => json!(MIDNIGHT),
        Kind::Day => json!("2024-03-08"),
        Kind::Moment => json!("2024-03-08T00:00:00.000Z"),
        Kind::Word(words) => json!(words[words.len() - 1]),
        Kind::Texts => json!(["one", "two"]),
        Kind::Part(schema) => whole(schema),
        Kind::Parts(schema) => json!([whole(schema)]),
    }
}

/// Values that the kind does not take.
fn bad(kind: Kind) -> Vec<Value> {
    let all = [json!(7), json!("x"), json!(true), json!({}), json!([1])];
    let is_taken = |value: &Value| match kind {
        Kind::Text => value.is_string(),
        Kind::Number | Kind::Millis | Kind::Moment | Kind::MomentInMillis => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Object => value.is_object(),
        Kind::Day | Kind::Word(_) | Kind::Texts | Kind::Part(_) | Kind::Parts(_) => false,
    };
    all.into_iter().filter(|value| !is_taken(value)).collect()
}

/// An object of the schema with every attribute set.
pub(super) fn whole(schema: &Schema) -> Value {
    let entries = schema.attributes.iter().map(|one| (one.name.to_owned(), good(one.kind)));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn faults(schema: &Schema, mut value: Value) -> Vec<String> {
    let faults = read::object(schema, "", &mut value).err().unwrap_or_default();
    faults.into_iter().map(|fault| fault.path).collect()
}

#[test]
fn every_attribute_has_its_place_in_the_wire_types() {
    fn same<T: serde::de::DeserializeOwned + serde::Serialize>(schema: &Schema) {
        let mut value = whole(schema);
        read::object(schema, "", &mut value).unwrap();
        let typed: T = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(typed).unwrap(), value, "{}", schema.name);
    }
    same::<wire::Record>(&schema::RECORD);
    same::<wire::Message>(&schema::MESSAGE);
    same::<wire::Summary>(&schema::SUMMARY);
    same::<wire::StateHistory>(&schema::STATE_HISTORY);
    same::<wire::CallTransfer>(&schema::TRANSFER);
}

#[test]
fn every_attribute_is_checked_alone() {
    for schema in SCHEMAS {
        assert_eq!(faults(schema, whole(schema)), [""; 0], "{}", schema.name);
        for attribute in schema.attributes {
            let with = |value: Option<Value>| {
                let mut object = whole(schema);
                let entries = object.as_object_mut().unwrap();
                entries.remove(attribute.name);
                entries.extend(value.map(|value| (attribute.name.to_owned(), value)));
                faults(schema, object)
            };
            let named = [attribute.name];
            let when = |refused: bool| if refused { &named[..] } else { &[] };
            assert_eq!(with(None), when(attribute.need == Need::Required), "{}", attribute.name);
            assert_eq!(with(Some(Value::Null)), when(attribute.need != Need::Nullable), "{}", attribute.name);
            for value in bad(attribute.kind) {
                let refused = with(Some(value.clone()));
                assert!(!refused.is_empty(), "{}: {value}", attribute.name);
                assert!(refused.iter().all(|path| path.starts_with(attribute.name)), "{refused:?}");
            }
        }
    }
}

#[test]
fn every_fault_is_told_with_its_full_path() {
    let mut record = whole(&schema::RECORD);
    record["status"] = json!("DONE");
    record["colour"] = json!("red");
    record["messages"][0]["metadata"] = Value::Null;
    record["conversationSummary"]["key_points"][1] = json!(2);
    record["call_transfer"]["transfer_target"] = json!(5);
    record["state_history"][0]["timestamp"] = json!("noon");
    let mut told = faults(&schema::RECORD, record);
    told.sort();
    let expected = [
        "call_transfer.transfer_target",
        "colour",
        "conversationSummary.key_points[1]",
        "messages[0].metadata",
        "state_history[0].timestamp",
        "status",
    ];
    assert_eq!(told, expected);
}

#[test]
fn words_are_those_of_the_schema() {
    fn same<W: Words>(words: &[&str]) {
        for word in words {
            assert_eq!(W::of(word).and_then(W::written).as_deref(), Some(*word));
        }
        assert!(W::WORDS.iter().all(|(word, _)| words.contains(word)), "{words:?}");
    }
    same::<Channel>(schema::CONVERSATION_TYPES);
    same::<Status>(schema::STATUSES);
    same::<Direction>(schema::DIRECTIONS);
    same::<Sentiment>(schema::SENTIMENTS);
    same::<Speaker>(schema::MESSAGE_TYPES);
    same::<TransferStatus>(schema::TRANSFER_STATUSES);
    same::<TransferType>(schema::TRANSFER_TYPES);
}

/// What a store would answer for a record that was sent.
fn there_and_back(sent: &Value) -> Value {
    let mut value = sent.clone();
    read::object(&schema::RECORD, "", &mut value).unwrap();
    let given: wire::Record = serde_json::from_value(value).unwrap();
    let name = format!(
        "customers/{}/profiles/{}/conversations/{}",
        given.organization_id, given.project_id, given.id
    );
    let name = ConversationName::parse("name", &name).unwrap();
    let new = from_record::record(given, &Redactor::NONE).unwrap();
    let languages = Languages { supported: &[], default: "en-US" };
    let mut conversation = new.new.start_with(new.past, name, 1, &languages, Time(0)).unwrap();
    let messages = new.messages.into_iter().map(|new| {
        let message = conversation.append(new.id.unwrap(), new.content, true, Time(0)).unwrap();
        message.created_at(new.create_time)
    });
    let messages = messages.collect();
    let view = hansard_domain::conversation::View {
        conversation,
        agent_user_name: String::new(),
        team: None,
        tags: Vec::new(),
    };
    serde_json::to_value(to_record::record(Record { view, messages })).unwrap()
}

#[test]
fn a_whole_record_comes_back_as_it_went_in() {
    let mut sent = whole(&schema::RECORD);
    // Of a message the two are one, and what comes back is in words of its own.
    sent["messages"][0]["id"] = sent["messages"][0]["messageId"].clone();
    sent["call_transfer"]["transfer_target"] = json!("+12125559876");
    assert_eq!(there_and_back(&sent), sent);
}

#[test]
fn an_unset_attribute_is_left_out_and_a_default_is_written() {
    let sent = json!({
        "id": "c1", "organization_id": "o", "project_id": "p", "channel_id": "", "deployment_config_id": "",
        "channel_identifier": "", "conversation_type": "sms", "record_id": null, "created_at": MIDNIGHT,
    });
    let expected = json!({
        "id": "c1", "organization_id": "o", "project_id": "p", "channel_id": "", "deployment_config_id": "",
        "channel_identifier": "", "conversation_type": "SMS", "status": "ACTIVE", "is_campaign": false,
        "durationInSeconds": 15, "state_history": [{"status": "ACTIVE", "timestamp": MIDNIGHT}],
        "created_day": "2024-03-08", "created_at": MIDNIGHT, "updated_at": 0,
    });
    assert_eq!(there_and_back(&sent), expected);
}
