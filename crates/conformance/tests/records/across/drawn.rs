//! Random records and conversations, of which everything is set that the other dialect can say, or nothing.

use hansard_conformance::desk::Desk;
use hansard_conformance::records::{MIDNIGHT, message};
use serde_json::{Map, Value, json};

use crate::attributes::{DIRECTIONS, SENTIMENTS, SPEAKERS, TRANSFER_TYPES, TYPES};
use crate::dice::Dice;

const TEXTS: [&str; 8] = [
    "plain",
    "two words",
    "\u{fc}ml\u{e4}ut \u{1f468}\u{200d}\u{1f469}",
    "\"quoted\" \\ back",
    "tab\tline\nend",
    "  spaces  ",
    "'; drop table message; --",
    "null",
];
const IDENTIFIERS: [&str; 3] = ["+12125551234", "widget_17", "support@example.com"];

fn text(dice: &mut Dice) -> Value {
    json!(dice.pick(&TEXTS))
}

fn texts(dice: &mut Dice) -> Value {
    (0..dice.below(4)).map(|_| text(dice)).collect()
}

fn free(dice: &mut Dice) -> Value {
    json!({"text": text(dice), "number": dice.below(100), "half": 0.5, "list": [1, "two", null], "deep": {"flag": dice.coin()}})
}

/// Returns a moment so many milliseconds after `after`, within a minute.
fn later(dice: &mut Dice, after: i64) -> i64 {
    after + 1 + i64::try_from(dice.below(60_000)).unwrap()
}

/// Draws a history from the created time on; its steps are of section 2's table.
fn history(dice: &mut Dice, created: i64) -> Vec<Value> {
    let mut entries = vec![json!({"status": "ACTIVE", "timestamp": created})];
    for _ in 0..dice.below(4) {
        let last = entries.last().unwrap();
        let next: &[&str] = match last["status"].as_str().unwrap() {
            "ACTIVE" => &["COMPLETED", "FAILED", "ABANDONED", "TRANSFERRED", "TRANSFERRED"],
            "TRANSFERRED" => &["ACTIVE"],
            _ => break,
        };
        let mut entry =
            json!({"status": dice.pick(next), "timestamp": later(dice, last["timestamp"].as_i64().unwrap())});
        if dice.coin() {
            entry["reason"] = text(dice);
        }
        if dice.coin() {
            entry["metadata"] = free(dice);
        }
        entries.push(entry);
    }
    entries
}

/// Draws the latest transfer of a record in this status.
fn transfer(dice: &mut Dice, status: &str, created: i64) -> Value {
    let told: &[&str] = match status {
        "ACTIVE" => &["pending", "failed", "returned"],
        "TRANSFERRED" => &["completed"],
        _ => &["failed", "returned"],
    };
    let mut transfer = json!({
        "transfer_target": dice.pick(&["+12125559876", "+442079460000", "1234"]),
        "transfer_status": dice.pick(told),
        "transfer_initiated_at": later(dice, created),
    });
    if dice.coin() {
        transfer["transfer_type"] = json!(dice.pick(TRANSFER_TYPES));
    }
    if dice.coin() {
        transfer["transfer_reason"] = text(dice);
    }
    if transfer["transfer_status"] != "pending" {
        transfer["transfer_completed_at"] = json!(later(dice, created + 60_000));
    }
    transfer
}

fn messages(dice: &mut Dice) -> Value {
    (0..dice.below(5))
        .map(|index| {
            let mut message = message(&format!("m{index}"), &format!("{} {index}", dice.pick(&TEXTS)), 0);
            let at = later(dice, MIDNIGHT + i64::try_from(index).unwrap() * 60_000);
            message["timestamp"] = json!(format!("{:.3}", jiff::Timestamp::from_millisecond(at).unwrap()));
            message["message_type"] = json!(dice.pick(SPEAKERS));
            if dice.coin() {
                message["metadata"] = free(dice);
            }
            message
        })
        .collect()
}

fn summary(dice: &mut Dice) -> Value {
    json!({"summary": text(dice), "key_points": texts(dice), "action_items": texts(dice), "sentiment": dice.pick(SENTIMENTS)})
}

/// Fills a minimal record with a random choice of everything else.
pub(super) fn draw_record(dice: &mut Dice, minimal: &Value) -> Value {
    let mut record = minimal.as_object().unwrap().clone();
    let created = later(dice, MIDNIGHT);
    let entries = history(dice, created);
    let last = entries.last().unwrap().clone();
    let status = last["status"].as_str().unwrap();
    record.insert("conversation_type".to_owned(), json!(dice.pick(TYPES)));
    record.insert("channel_identifier".to_owned(), json!(dice.pick(&IDENTIFIERS)));
    record.insert("created_at".to_owned(), json!(created));
    record.insert("state_history".to_owned(), json!(entries));
    let optional: [(&str, Value); 19] = [
        ("record_id", text(dice)),
        ("provider_message_id", text(dice)),
        ("direction", json!(dice.pick(DIRECTIONS))),
        ("instruction_config_id", text(dice)),
        ("customer_id", text(dice)),
        ("stt_model_id", text(dice)),
        ("tts_model_id", text(dice)),
        ("resource_url", text(dice)),
        ("messages", messages(dice)),
        ("conversationSummary", summary(dice)),
        ("call_transfer", transfer(dice, status, created)),
        ("status", json!(status)),
        ("updated_at", json!(later(dice, last["timestamp"].as_i64().unwrap()))),
        ("partner_user_id", text(dice)),
        ("model_id", text(dice)),
        ("user_id", json!(1 + dice.below(1_000_000_000))),
        ("is_campaign", json!(dice.coin())),
        ("durationInSeconds", json!(dice.below(10_000))),
        ("created_day", json!("2024-03-08")),
    ];
    for (index, (name, value)) in optional.into_iter().enumerate() {
        match dice.below(4) {
            0 => {}
            1 if index < 13 => drop(record.insert(name.to_owned(), Value::Null)),
            _ => drop(record.insert(name.to_owned(), value)),
        }
    }
    if record.get("messages").is_some_and(|messages| *messages == json!([])) {
        record.remove("messages");
    }
    Value::Object(record)
}

/// Starts a random conversation in the service, talks in it, and perhaps ends it.
pub(super) fn draw_conversation(dice: &mut Dice, desk: &Desk, id: &str) {
    let start = MIDNIGHT + i64::try_from(dice.below(60_000)).unwrap();
    let at = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap().to_string();
    let parts: [(&str, Value); 8] = [
        ("channel", json!(dice.pick(&["CHAT", "VOICE", "SMS", "EMAIL", "WHATSAPP"]))),
        ("direction", json!(dice.pick(&["INBOUND", "OUTBOUND"]))),
        ("campaign", json!(true)),
        (
            "deployment",
            part(dice, &["channelId", "deploymentConfigId", "channelIdentifier", "instructionConfigId"]),
        ),
        ("models", part(dice, &["modelId", "sttModelId", "ttsModelId"])),
        ("party", part(dice, &["recordId", "providerMessageId", "partnerUserId", "crmCustomerId"])),
        (
            "summary",
            json!({"summary": text(dice), "keyPoints": texts(dice), "sentiment": dice.pick(SENTIMENTS)}),
        ),
        ("skill", text(dice)),
    ];
    let chosen = parts.into_iter().filter(|_| dice.below(3) > 0);
    let mut body: Map<String, Value> = chosen.map(|(name, value)| (name.to_owned(), value)).collect();
    body.insert("startTime".to_owned(), json!(at(start)));
    if body.contains_key("party") {
        body["party"]["platformUserId"] = json!(1 + dice.below(1000));
    }
    desk.start(id, &Value::Object(body));
    for index in 0..dice.below(4) {
        let mut message =
            json!({"text": text(dice), "speaker": dice.pick(&["VISITOR", "AGENT", "BOT", "SYSTEM"])});
        if dice.coin() {
            message["sendTime"] = json!(at(later(dice, start)));
            message["metadata"] = free(dice);
        }
        desk.try_append(id, &format!("m{index}"), &message).ok();
    }
    if dice.coin() {
        let status = dice.pick(&["COMPLETED", "FAILED", "ABANDONED", "TRANSFERRED"]);
        let end = json!({"state": "CLOSED", "status": status, "reason": text(dice), "endTime": at(later(dice, start))});
        desk.verb(id, "updateState", &end).ok();
    }
}

/// Draws an object of texts.
fn part(dice: &mut Dice, names: &[&str]) -> Value {
    Value::Object(names.iter().map(|name| ((*name).to_owned(), text(dice))).collect())
}
