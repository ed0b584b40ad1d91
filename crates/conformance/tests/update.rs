//! The update verbs and PATCH of a conversation: section 2 of the contract.

use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use serde_json::json;

/// A desk with one conversation, `a`.
fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk
}

#[test]
fn display_name() {
    let desk = desk();
    assert_eq!(desk.verb("a", "updateDisplayName", &json!({"displayName": "Refund"})).ok(), json!({}));
    assert_eq!(desk.conversation("a")["displayName"], "Refund");
    desk.verb("a", "updateDisplayName", &json!({})).invalid("displayName");
    assert_eq!(desk.conversation("a")["displayName"], "Refund");
}

#[test]
fn skill() {
    let desk = desk();
    assert_eq!(desk.verb("a", "updateSkill", &json!({"skill": "billing"})).ok(), json!({}));
    assert_eq!(desk.conversation("a")["skill"], "billing");
}

#[test]
fn language_code_answers_the_language_in_effect() {
    let desk = desk();
    let set = |language: &str| desk.verb("a", "updateLanguageCode", &json!({"languageCode": language})).ok();
    // 2: not valid, or not among the profile's languages = the default, not an error.
    for (sent, effective) in [("de-DE", "de-DE"), ("fr-FR", "en-US"), ("de-DE", "de-DE"), ("!", "en-US")] {
        assert_eq!(set(sent), json!({"languageCode": effective}), "{sent}");
        assert_eq!(desk.conversation("a")["languageCode"], effective);
    }
    desk.verb("a", "updateLanguageCode", &json!({})).invalid("languageCode");
}

#[test]
fn only_some_sources_can_be_shared() {
    let desk = house().desk();
    let share = json!({"sharingState": "SHARING_STATE_SHARED"});
    for source in ["SOURCE_UNSPECIFIED", "OPERA_SYNTHETIC", "INGESTION_PIPELINE", "BOT"] {
        desk.start(source, &json!({"source": source}));
        assert_eq!(desk.verb(source, "updateSharingState", &share).ok(), json!({}), "{source}");
        assert_eq!(desk.conversation(source)["sharingState"], "SHARING_STATE_SHARED");
    }
    let unshareable = [
        "STUDIO_SYNTHETIC_ANNOTATION",
        "STUDIO_USER_DEFINED",
        "STUDIO_SCRAPED_FROM_PLATFORM",
        "OPERA_SIMULATION",
        "OPERA_PREVIEW",
        "KA_SIMULATION",
        "VA_SIMULATION",
    ];
    for source in unshareable {
        desk.start(source, &json!({"source": source}));
        desk.verb(source, "updateSharingState", &share).fails("FAILED_PRECONDITION");
        assert!(desk.conversation(source).get("sharingState").is_none());
    }
}

#[test]
fn audio_persistence_state() {
    let desk = house().desk();
    desk.start("a", &json!({"channel": "VOICE"}));
    let update = |body: serde_json::Value| desk.verb("a", "updateAudioPersistenceState", &body);
    update(json!({})).invalid("audioPersistenceState");
    update(json!({"audioPersistenceState": "PERSISTED"})).invalid("persistedAudioUri");
    let body = json!({
        "audioPersistenceState": "PERSISTED",
        "persistedAudioUri": "s3://calls/a.wav",
        "audioAnalysis": {"agentAudioEnergy": [0.5], "visitorAudioEnergy": [0.25]},
        "audioDuration": "61.500s",
    });
    assert_eq!(update(body).ok(), json!({}));
    let stored = desk.conversation("a");
    assert_eq!(stored["audioPersistenceState"], "PERSISTED");
    assert_eq!(stored["persistedAudioUri"], "s3://calls/a.wav");
    assert_eq!(stored["audioAnalysis"]["agentAudioEnergy"], json!([0.5]));
    assert_eq!(stored["persistedAudioDuration"], "61.5s", "2: audioDuration is kept under this name");
}

#[test]
fn audio_may_be_reported_on_any_channel() {
    let desk = house().desk();
    desk.start("a", &json!({"channel": "CHAT"}));
    let body = json!({"audioPersistenceState": "PERSISTED", "persistedAudioUri": "s3://calls/a.wav"});
    desk.verb("a", "updateAudioPersistenceState", &body).ok();
    assert_eq!(desk.conversation("a")["audioPersistenceState"], "PERSISTED", "3.2: until audio is reported");
}

#[test]
fn a_patch_changes_what_the_mask_names_and_nothing_else() {
    let desk = house().desk();
    let before =
        desk.start("a", &json!({"campaign": true, "visitor": {"displayName": "V"}, "direction": "INBOUND"}));
    let body = json!({"summary": {"summary": "Refund", "sentiment": "POSITIVE"}, "direction": "OUTBOUND", "campaign": false});
    let patched =
        desk.client.patch(&desk.path("a", "?updateMask=summary,campaign"), &body).ok()["conversation"].take();
    assert_eq!(patched, desk.conversation("a"), "2: the answer is the conversation");
    assert_eq!(patched["summary"]["summary"], "Refund");
    assert!(patched.get("campaign").is_none(), "in the mask, so cleared");
    assert_eq!(patched["direction"], "INBOUND", "not in the mask");
    assert_eq!(patched["visitor"], before["visitor"]);
    assert_ne!(patched["etag"], before["etag"]);
    let updated = desk.events_of("a", "CONVERSATION_UPDATED");
    assert_eq!(updated.len(), 1, "3.4");
}

#[test]
fn a_patch_takes_nested_and_snake_case_paths() {
    let desk = house().desk();
    desk.start("a", &json!({"platformInfo": {"platformConversationId": "p1", "platformAccountId": "a1"}}));
    let body = json!({"platformInfo": {"platformAccountId": "a2"}, "raiseHandState": "RAISE_HAND_ACTIVE"});
    let mask = "?updateMask=platformInfo.platformAccountId,raise_hand_state";
    let patched = desk.client.patch(&desk.path("a", mask), &body).ok()["conversation"].take();
    assert_eq!(patched["platformInfo"], json!({"platformConversationId": "p1", "platformAccountId": "a2"}));
    assert_eq!(patched["raiseHandState"], "RAISE_HAND_ACTIVE");
    let raised = desk.events_of("a", "RAISE_HAND");
    assert_eq!(raised[0]["raiseHand"]["state"], "RAISE_HAND_ACTIVE", "3.4");
}

#[test]
fn a_patch_refuses_unknown_and_output_only_paths() {
    let desk = desk();
    let before = desk.conversation("a");
    let output_only = [
        "name",
        "participants",
        "agentUserName",
        "team",
        "endTime",
        "persistedAudioUri",
        "legacyChatId",
        "createTime",
    ];
    let ours = ["stateHistory", "duration", "updateTime", "deleteTime", "tags", "messageCount"];
    let have_a_verb = ["state", "displayName", "languageCode", "skill", "sharingState", "metadata"];
    for path in ["nonsense", "summary.nonsense", "campaign,nonsense"]
        .iter()
        .chain(&output_only)
        .chain(&ours)
        .chain(&have_a_verb)
    {
        desk.client
            .patch(&desk.path("a", &format!("?updateMask={path}")), &json!({"campaign": true}))
            .invalid("updateMask");
    }
    assert_eq!(desk.conversation("a"), before);
}

#[test]
fn a_patch_with_a_stale_etag_is_aborted() {
    let desk = desk();
    let stale = desk.conversation("a")["etag"].clone();
    desk.verb("a", "updateSkill", &json!({"skill": "x"})).ok();
    let patch = |etag: &serde_json::Value| {
        desk.client.patch(&desk.path("a", "?updateMask=campaign"), &json!({"campaign": true, "etag": etag}))
    };
    patch(&stale).fails("ABORTED");
    patch(&desk.conversation("a")["etag"]).ok();
    assert_eq!(desk.conversation("a")["campaign"], true);
}

#[test]
fn a_new_agent_brings_the_name_of_the_user() {
    let desk = desk();
    let body = json!({"agent": "customers/acme/users/someone"});
    let patched = desk.client.patch(&desk.path("a", "?updateMask=agent"), &body).ok();
    assert_eq!(patched["conversation"]["agentUserName"], "someone");
    desk.client.patch(&desk.path("a", "?updateMask=agent"), &json!({"agent": "someone"})).invalid("agent");
}

#[test]
fn messages_do_not_change_the_conversations_own_times() {
    let desk = desk();
    let before = desk.conversation("a");
    desk.append("a", "m1", "hello");
    let after = desk.conversation("a");
    assert_eq!([&after["updateTime"], &after["etag"]], [&before["updateTime"], &before["etag"]]);
    assert_eq!(after["messageCount"], 1);
}
