//! Every length of section 1, exactly at the limit and one past it.

use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use serde_json::{Value, json};

const SHORT: usize = 8 * 1024;
const TEXT: usize = 64 * 1024;
const EVENT: usize = 256 * 1024;
const REQUEST: usize = 8 * 1024 * 1024;

fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk
}

#[test]
fn short_strings_of_a_conversation() {
    let desk = house().desk();
    type Body = fn(&str) -> Value;
    let fields: [(&str, Body); 11] = [
        ("displayName", |text| json!({"displayName": text})),
        ("skill", |text| json!({"skill": text})),
        ("conversationCorrelationId", |text| json!({"conversationCorrelationId": text})),
        ("visitor.displayName", |text| json!({"visitor": {"displayName": text}})),
        ("agentInfo.displayName", |text| json!({"agentInfo": {"displayName": text}})),
        (
            "platformInfo.platformConversationUri",
            |text| json!({"platformInfo": {"platformConversationUri": text}}),
        ),
        ("summary.keyPoints[0]", |text| json!({"summary": {"keyPoints": [text]}})),
        ("deployment.channelId", |text| json!({"deployment": {"channelId": text}})),
        ("models.modelId", |text| json!({"models": {"modelId": text}})),
        ("party.recordId", |text| json!({"party": {"recordId": text}})),
        ("policyOverride.policyIds[0]", |text| json!({"policyOverride": {"policyIds": [text]}})),
    ];
    for (index, (field, body)) in fields.iter().enumerate() {
        desk.start(&format!("a{index}"), &body(&"x".repeat(SHORT)));
        desk.try_start(&format!("b{index}"), &body(&"x".repeat(SHORT + 1))).invalid(field);
    }
}

#[test]
fn a_limit_counts_bytes() {
    let desk = house().desk();
    desk.start("a", &json!({"displayName": "\u{e9}".repeat(SHORT / 2)}));
    desk.try_start("b", &json!({"displayName": "\u{e9}".repeat(SHORT / 2 + 1)})).invalid("displayName");
}

#[test]
fn the_verbs_obey_the_same_limits() {
    let desk = desk();
    let long = |size: usize| "x".repeat(size);
    for (verb, field) in [("updateDisplayName", "displayName"), ("updateSkill", "skill")] {
        desk.verb("a", verb, &json!({field: long(SHORT)})).ok();
        desk.verb("a", verb, &json!({field: long(SHORT + 1)})).invalid(field);
    }
    desk.verb("a", "updateState", &json!({"state": "CLOSED", "reason": long(SHORT + 1)})).invalid("reason");
    desk.verb("a", "updateState", &json!({"state": "CLOSED", "reason": long(SHORT)})).ok();
    let audio = |size| json!({"audioPersistenceState": "PERSISTED", "persistedAudioUri": long(size)});
    desk.verb("a", "updateAudioPersistenceState", &audio(SHORT)).ok();
    desk.verb("a", "updateAudioPersistenceState", &audio(SHORT + 1)).invalid("persistedAudioUri");
    let metadata = |value: String| {
        desk.verb("a", "upsertMetadata", &json!({"metadataValues": {"k": {"values": [value]}}}))
    };
    metadata(long(SHORT)).ok();
    metadata(long(SHORT + 1)).fails("INVALID_ARGUMENT");
}

#[test]
fn a_messages_text() {
    let desk = desk();
    let append = |id: &str, message: Value| desk.try_append("a", id, &message);
    let stored = append("m1", json!({"text": "x".repeat(TEXT)})).ok();
    assert_eq!(stored["conversationMessage"]["text"].as_str().unwrap().len(), TEXT);
    append("m2", json!({"text": "x".repeat(TEXT + 1)})).invalid("text");
    append("m3", json!({"text": "\u{20ac}".repeat(TEXT / 3 + 1)})).invalid("text");
    append("m4", json!({"speakerInfo": {"displayName": "x".repeat(SHORT + 1)}}))
        .invalid("speakerInfo.displayName");
    append("m5", json!({"email": {"subject": "x".repeat(SHORT + 1)}})).invalid("email.subject");
    assert_eq!(desk.messages("a").len(), 1);
}

#[test]
fn original_event_data() {
    let desk = desk();
    let data = |size: usize| json!({"originalEventData": {"x": "x".repeat(size)}});
    let envelope = json!({"x": ""}).to_string().len();
    desk.try_append("a", "m1", &data(EVENT - envelope)).ok();
    desk.try_append("a", "m2", &data(EVENT + 1)).invalid("originalEventData");
    let of_platform = |size: usize| json!({"platformInfo": data(size)});
    desk.start("b", &of_platform(EVENT - envelope));
    desk.try_start("c", &of_platform(EVENT + 1)).invalid("platformInfo.originalEventData");
}

#[test]
fn a_request() {
    let desk = desk();
    let start = |id: &str, size: usize| {
        let body = format!("{{}}{}", " ".repeat(size - 2));
        desk.client.call("POST", &desk.path(id, ":start")).bytes(body).send()
    };
    assert_eq!(start("b", REQUEST).ok()["outcome"], "CREATED");
    let refused = start("c", REQUEST + 1);
    assert_eq!((refused.status, refused.json()["code"].clone()), (413, json!(8)), "1: too large a body");
}

#[test]
fn names_in_the_directory() {
    let desk = house().desk();
    let create = |id: &str, size: usize| {
        desk.client.post(&desk.at(&format!("/tags?tagId={id}")), &json!({"displayName": "x".repeat(size)}))
    };
    create("a", SHORT).ok();
    create("b", SHORT + 1).invalid("displayName");
    create(&"t".repeat(128), 1).ok();
    create(&"t".repeat(129), 1).invalid("tagId");
}

#[test]
fn message_ids() {
    let desk = desk();
    desk.append("a", &"m".repeat(128), "x");
    desk.try_append("a", &"m".repeat(129), &json!({"text": "x"})).invalid("messageId");
    for bad in ["-", "a%20b", "a%2Fb", "..", "%00"] {
        desk.try_append("a", bad, &json!({"text": "x"})).invalid("messageId");
    }
}
