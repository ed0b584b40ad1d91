//! The contract's mapping table: how each attribute of a record is read off the conversation that it is.

use hansard_conformance::records::Records;
use serde_json::{Map, Value, json};

use super::attributes::{TYPES, schema};

/// Reads an attribute off the value that the Conversation Service shows; none leaves the attribute out.
type Read = fn(&Value) -> Option<Value>;

/// Record attribute, JSON pointer into the conversation, and how the value is read.
const ROWS: [(&str, &str, Read); 28] = [
    ("id", "/name", |name| part(name, 5)),
    ("organization_id", "/name", |name| part(name, 1)),
    ("project_id", "/name", |name| part(name, 3)),
    ("channel_id", "/deployment/channelId", text),
    ("deployment_config_id", "/deployment/deploymentConfigId", text),
    ("channel_identifier", "/deployment/channelIdentifier", text),
    ("instruction_config_id", "/deployment/instructionConfigId", same),
    ("conversation_type", "/channel", channel),
    ("record_id", "/party/recordId", same),
    ("provider_message_id", "/party/providerMessageId", same),
    ("partner_user_id", "/party/partnerUserId", same),
    ("user_id", "/party/platformUserId", same),
    ("customer_id", "/party/crmCustomerId", same),
    ("direction", "/direction", lower),
    ("model_id", "/models/modelId", same),
    ("stt_model_id", "/models/sttModelId", same),
    ("tts_model_id", "/models/ttsModelId", same),
    ("status", "/status", same),
    ("state_history", "/stateHistory", |entries| each(entries, entry)),
    ("is_campaign", "/campaign", |campaign| Some(json!(campaign == true))),
    ("durationInSeconds", "/duration", seconds),
    ("resource_url", "/persistedAudioUri", same),
    ("conversationSummary", "/summary", summary),
    ("call_transfer", "/transfers", |transfers| transfer(transfers.as_array()?.last()?)),
    ("created_at", "/startTime", millis),
    ("created_day", "/startTime", |time| Some(json!(time.as_str()?[..10]))),
    ("updated_at", "/updateTime", millis),
    ("deleted_at", "/deleteTime", millis),
];

/// Returns the record that a conversation with these messages must read as.
pub(crate) fn as_record(conversation: &Value, messages: &[Value]) -> Value {
    let read = |(name, pointer, read): &(&str, &str, Read)| {
        let value = conversation.pointer(pointer).unwrap_or(&Value::Null);
        Some(((*name).to_owned(), read(value)?))
    };
    let mut record: Map<String, Value> = ROWS.iter().filter_map(read).collect();
    if !messages.is_empty() {
        record.insert("messages".to_owned(), messages.iter().map(message).collect());
    }
    Value::Object(record)
}

/// Returns the record that the Conversation Service's view of a conversation says it is.
#[track_caller]
pub(crate) fn seen_as_record(records: &Records, id: &str) -> Value {
    as_record(&records.desk.conversation(id), &records.desk.messages(id))
}

fn same(value: &Value) -> Option<Value> {
    (!value.is_null()).then(|| value.clone())
}

/// A required text: empty where the conversation lacks it.
fn text(value: &Value) -> Option<Value> {
    Some(json!(value.as_str().unwrap_or_default()))
}

fn lower(value: &Value) -> Option<Value> {
    Some(json!(value.as_str()?.to_lowercase()))
}

fn part(name: &Value, index: usize) -> Option<Value> {
    name.as_str()?.split('/').nth(index).map(Value::from)
}

fn channel(value: &Value) -> Option<Value> {
    let channels = ["CHAT", "VOICE", "SMS", "EMAIL", "WHATSAPP"];
    let index = channels.iter().position(|channel| value == channel).unwrap_or_default();
    Some(json!(TYPES[index]))
}

pub(crate) fn millis(time: &Value) -> Option<Value> {
    let time: jiff::Timestamp = time.as_str()?.parse().unwrap();
    Some(json!(time.as_millisecond()))
}

/// A duration as a number: whole where it is whole; the default of 15 where there is none yet.
fn seconds(duration: &Value) -> Option<Value> {
    let Some(duration) = duration.as_str() else { return Some(json!(15)) };
    let digits = duration.trim_end_matches('s');
    Some(digits.parse::<i64>().map_or_else(|_| json!(digits.parse::<f64>().unwrap()), Value::from))
}

fn each(items: &Value, read: fn(&Value) -> Value) -> Option<Value> {
    Some(items.as_array()?.iter().map(read).collect())
}

/// Builds an object of the attributes that have a value.
fn object(attributes: &[(&str, Option<Value>)]) -> Value {
    let set = attributes.iter().filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?)));
    Value::Object(set.collect())
}

fn entry(entry: &Value) -> Value {
    object(&[
        ("status", same(&entry["status"])),
        ("timestamp", millis(&entry["timestamp"])),
        ("reason", same(&entry["reason"])),
        ("metadata", same(&entry["metadata"])),
    ])
}

fn summary(summary: &Value) -> Option<Value> {
    let texts = |name: &str| Some(same(&summary[name]).unwrap_or_else(|| json!([])));
    summary.is_object().then(|| {
        object(&[
            ("summary", text(&summary["summary"])),
            ("key_points", texts("keyPoints")),
            ("action_items", texts("actionItems")),
            ("sentiment", same(&summary["sentiment"])),
        ])
    })
}

fn transfer(transfer: &Value) -> Option<Value> {
    Some(object(&[
        ("transfer_target", text(&transfer["target"])),
        ("transfer_status", lower(&transfer["status"])),
        ("transfer_type", lower(&transfer["type"])),
        ("transfer_initiated_at", millis(&transfer["initiateTime"])),
        ("transfer_completed_at", millis(&transfer["completeTime"])),
        ("transfer_reason", same(&transfer["reason"])),
    ]))
}

fn message(message: &Value) -> Value {
    let id = part(&message["name"], 7);
    let sent = message.get("sendTime").or(message.get("createTime")).unwrap();
    let sent: jiff::Timestamp = sent.as_str().unwrap().parse().unwrap();
    let speaker = if message["speaker"] == "VISITOR" { "user" } else { "assistant" };
    object(&[
        ("messageId", id.clone()),
        ("content", text(&message["text"])),
        ("message_type", Some(json!(speaker))),
        ("timestamp", Some(json!(format!("{sent:.3}")))),
        ("metadata", Some(same(&message["metadata"]).unwrap_or_else(|| json!({})))),
        ("id", id),
        ("created_at", millis(&message["createTime"])),
    ])
}

#[test]
fn the_table_has_a_row_for_every_attribute() {
    let mut mapped: Vec<&str> = ROWS.iter().map(|(name, ..)| *name).chain(["messages"]).collect();
    let table = schema("ServiceConversationConfig").attributes;
    let mut all: Vec<&str> = table.iter().map(|attribute| attribute.name).collect();
    mapped.sort_unstable();
    all.sort_unstable();
    assert_eq!(mapped, all);
}
