//! StartConversation: section 3.1 of the contract.

use hansard_conformance::desk::column;
use hansard_conformance::house::{house, seconds_ago, unique};
use serde_json::{Value, json};

#[test]
fn the_first_call_creates_and_a_later_one_returns_the_stored_unchanged() {
    let desk = house().desk();
    let first = desk.try_start("a", &json!({"displayName": "Refund"})).ok();
    assert_eq!(first["outcome"], "CREATED");
    let again = desk.try_start("a", &json!({"displayName": "Other", "channel": "VOICE"})).ok();
    assert_eq!(again["outcome"], "ALREADY_EXISTS");
    assert_eq!(again["conversation"], first["conversation"], "3.1: whatever its body holds");
}

#[test]
fn a_closed_conversation_is_not_started_anew() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk.close("a");
    let again = desk.try_start("a", &json!({})).ok();
    assert_eq!(again["outcome"], "ALREADY_EXISTS", "3.1: also after closing");
    assert_eq!(again["conversation"], desk.conversation("a"));
    assert_eq!(again["conversation"]["state"], "CLOSED");
}

#[test]
fn a_repeated_start_leaves_no_trace() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let before = (desk.changes(), desk.events("a"));
    desk.start("a", &json!({"metadata": {"region": {"values": ["US"]}}}));
    assert_eq!((desk.changes(), desk.events("a")), before);
}

#[test]
fn defaults_that_are_not_the_zero_value() {
    let desk = house().desk();
    let before = seconds_ago(1);
    let started = desk.start("a", &json!({}));
    assert_eq!(started["name"], desk.name("a").as_str());
    // 3.2, Defaults.
    assert_eq!(started["state"], "LIVE");
    assert_eq!(started["status"], "ACTIVE");
    assert_eq!(started["audioPersistenceState"], "NOT_PERSISTED");
    assert_eq!(started["raiseHandState"], "RAISE_HAND_ABSENT");
    // 3.1: startTime defaults to the first call's time.
    for time in ["startTime", "createTime", "updateTime"] {
        assert!(started[time].as_str().unwrap() >= before.as_str(), "{time}: {started}");
    }
    assert!(!started["etag"].as_str().unwrap().is_empty());
    for absent in ["endTime", "sharingState", "source", "channel", "deleteTime"] {
        assert!(started.get(absent).is_none(), "{absent} is unset: {started}");
    }
}

#[test]
fn output_only_fields_are_ignored() {
    let desk = house().desk();
    let sent = json!({
        "name": "customers/acme/profiles/support/conversations/elsewhere",
        "participants": [{"role": "AGENT", "displayName": "Eve"}],
        "agentUserName": "Eve",
        "team": "customers/acme/teams/red",
        "endTime": "2026-01-05T09:00:00Z",
        "persistedAudioUri": "s3://calls/1.wav",
        "legacyChatId": 777_777,
        "createTime": "2001-01-01T00:00:00Z",
        "sharingState": "SHARING_STATE_SHARED",
    });
    let started = desk.start("a", &sent);
    assert_eq!(started["name"], desk.name("a").as_str());
    for (field, value) in sent.as_object().unwrap() {
        assert_ne!(started.get(field), Some(value), "3.2, Output only: {field}");
    }
    assert!(started.get("sharingState").is_none(), "3.2: always UNSPECIFIED at first");
    assert!(started.get("endTime").is_none());
}

#[test]
fn every_field_a_caller_may_set_comes_back() {
    let desk = house().desk();
    let profile = &desk.profile;
    let sent = json!({
        "agent": "customers/acme/users/ada",
        "agentInfo": {"displayName": "Ada", "platformSpeakerId": "s-1"},
        "visitor": {"platformVisitorId": "v-1", "displayName": "Visitor 1"},
        "conversationCorrelationId": "corr-1",
        "skill": "billing",
        "platformInfo": {
            "platformConversationId": "pc-1",
            "platformAccountId": "pa-1",
            "originalEventData": {"ts": 1_700_000_000_000_i64, "nested": [1.5, null, true, "x"]},
            "platformConversationUri": "https://platform.example/pc-1",
            "platformIntegration": "genesys",
        },
        "startTime": "2026-01-05T09:00:00.250Z",
        "audioPersistenceState": "PERSIST_FAILED",
        "audioAnalysis": {"agentAudioEnergy": [0.25, 0.5], "visitorAudioEnergy": [1.0]},
        "raiseHandState": "RAISE_HAND_ACTIVE",
        "languageCode": "de-DE",
        "channel": "VOICE",
        "source": "BOT",
        "metadata": {"cart.total": {"values": [{"numberValue": 12.5}], "source": "PLATFORM"}},
        "displayName": "Refund of order 7",
        "policyOverride": {"policyIds": ["p1"], "respectLanguageCodeFilter": true, "policyHistoryIds": ["h1"]},
        "usecase": format!("{profile}/usecases/refunds"),
        "corruptionState": "CORRUPTED_STITCH",
        "virtualAgent": format!("{profile}/virtualAgents/va"),
        "ingestedByJob": format!("{profile}/jobs/j1"),
        "transferInfo": {
            "previousConversation": format!("{profile}/conversations/previous"),
            "participantInteractionType": "WARM_TRANSFER",
        },
        "persistenceState": "TO_BE_DELETED",
        "multiLanguageMode": "LANGUAGE_DETECTION",
        "direction": "INBOUND",
        "summary": {"summary": "s", "keyPoints": ["k"], "actionItems": ["a"], "sentiment": "MIXED", "revision": 1},
        "deployment": {"channelId": "c", "deploymentConfigId": "d", "channelIdentifier": "i", "instructionConfigId": "n"},
        "models": {"modelId": "m", "sttModelId": "s", "ttsModelId": "t"},
        "party": {"recordId": "r", "providerMessageId": "p", "partnerUserId": "u", "platformUserId": 3.5, "crmCustomerId": "c"},
        "campaign": true,
    });
    desk.start("a", &sent);
    let stored = desk.conversation("a");
    for (field, value) in sent.as_object().unwrap() {
        assert!(same(&stored[field], value), "3.2: {field}: sent {value}, got {}", stored[field]);
    }
}

/// Compares JSON with numbers by value: 1 and 1.0 are one number.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

#[test]
fn closed_on_start_means_started_and_closed_at_once() {
    let desk = house().desk();
    let started = desk.start("a", &json!({"state": "CLOSED"}));
    assert_eq!(started["state"], "CLOSED");
    assert_eq!(started["status"], "COMPLETED");
    assert!(started["endTime"].as_str().unwrap() >= started["startTime"].as_str().unwrap());
    let kinds = column(&desk.changes(), "kind");
    let at = |kind: &str| {
        kinds.iter().position(|found| found == kind).unwrap_or_else(|| panic!("{kind}: {kinds:?}"))
    };
    assert!(at("CONVERSATION_STARTED") < at("CONVERSATION_CLOSED"));
}

#[test]
fn the_agents_other_live_conversations_are_closed_and_nothing_elsewhere() {
    let desk = house().desk();
    let elsewhere = house().desk();
    let of = |user: &str| json!({"agent": format!("customers/acme/users/{user}")});
    desk.start("same", &of("carol"));
    desk.start("closed", &of("carol"));
    desk.close("closed");
    desk.start("colleague", &of("dave"));
    elsewhere.start("same", &of("carol"));
    let closed_before = desk.conversation("closed");

    let path = desk.path("new", ":start?closeAgentOtherConversations=true");
    desk.client.post(&path, &of("carol")).ok();

    let state = |id: &str| desk.conversation(id)["state"].clone();
    assert_eq!([state("same"), state("new"), state("colleague")], ["CLOSED", "LIVE", "LIVE"]);
    assert_eq!(desk.conversation("closed"), closed_before);
    assert_eq!(elsewhere.conversation("same")["state"], "LIVE", "3.1: the same profile only");
}

#[test]
fn an_unknown_profile_is_not_found() {
    let absent = format!("/v1/customers/acme/profiles/{}/conversations/a:start", unique("absent"));
    house().admin().post(&absent, &json!({})).fails("NOT_FOUND");
}

#[test]
fn an_unsupported_language_falls_back_to_the_profiles_default() {
    let desk = house().desk();
    for (index, language) in ["fr-FR", "not a tag", "xx_YY_ZZ"].iter().enumerate() {
        let started = desk.start(&format!("a{index}"), &json!({"languageCode": language}));
        assert_eq!(started["languageCode"], "en-US", "{language}");
    }
    assert_eq!(desk.start("b", &json!({"languageCode": "de-DE"}))["languageCode"], "de-DE");
}

#[test]
fn a_start_event_is_inserted_and_one_for_the_metadata() {
    let desk = house().desk();
    desk.start("a", &json!({"metadata": {"region": {"values": ["US"]}}}));
    assert_eq!(desk.events("a")[0]["type"], "CONVERSATION_START");
    let metadata = desk.events_of("a", "CONVERSATION_METADATA");
    assert_eq!(metadata.len(), 1);
    let held = &metadata[0]["conversationMetadata"]["metadataValues"]["region"]["values"];
    assert_eq!(held, &json!([{"stringValue": "US"}]));

    desk.start("b", &json!({}));
    assert!(desk.events_of("b", "CONVERSATION_METADATA").is_empty());
}

#[test]
fn team_and_agent_user_name_come_from_the_directory() {
    let desk = house().desk();
    let user = unique("user");
    let team =
        house().admin().post(&format!("/v1/customers/acme/teams?teamId={}", unique("team")), &json!({})).ok();
    let body = json!({"displayName": "Grace H.", "team": team["name"]});
    house().admin().post(&format!("/v1/customers/acme/users?userId={user}"), &body).ok();

    let known = desk.start("a", &json!({"agent": format!("customers/acme/users/{user}")}));
    assert_eq!(known["agentUserName"], "Grace H.");
    assert_eq!(known["team"], team["name"]);

    let stranger = desk.start("b", &json!({"agent": "customers/acme/users/no-such-user"}));
    assert_eq!(stranger["agentUserName"], "no-such-user", "3.2: without one, the id");
    assert!(stranger.get("team").is_none());
}

#[test]
fn references_are_well_formed_and_of_the_callers_customer() {
    let desk = house().desk();
    let refused = [
        ("agent", "ada"),
        ("agent", "customers/globex/users/ada"),
        ("agent", "customers/acme/teams/red"),
        ("usecase", "refunds"),
        ("virtualAgent", "customers/globex/profiles/support/virtualAgents/v"),
        ("ingestedByJob", "customers/acme/jobs/j"),
    ];
    for (field, value) in refused {
        desk.try_start("a", &json!({field: value})).invalid(field);
    }
    desk.client.get(&desk.path("a", "")).fails("NOT_FOUND");
}

#[test]
fn audio_is_not_persisted_on_other_channels_than_voice() {
    let desk = house().desk();
    for channel in ["CHAT", "EMAIL", "SMS", "WHATSAPP"] {
        let started =
            desk.start(channel, &json!({"channel": channel, "audioPersistenceState": "PERSIST_FAILED"}));
        assert_eq!(started["audioPersistenceState"], "NOT_PERSISTED", "3.2: until audio is reported");
    }
}

#[test]
fn conversation_ids_keep_to_the_alphabet() {
    let desk = house().desk();
    for id in ["a", "Z9", "a._~@+=-z", &"x".repeat(128)] {
        assert_eq!(desk.try_start(id, &json!({})).ok()["outcome"], "CREATED", "1, Ids: {id}");
    }
    for id in ["-", "-a", ".a", "a%20b", "a*", "%C3%A9", &"x".repeat(129)] {
        let refused = desk.try_start(id, &json!({}));
        assert_eq!(refused.code(), "INVALID_ARGUMENT", "1, Ids: {refused}");
    }
}
