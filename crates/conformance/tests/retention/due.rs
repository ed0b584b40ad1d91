//! What a sweep deletes, and what it does not.

use hansard_conformance::desk::Desk;
use serde_json::{Value, json};

use crate::world::{
    Folder, PROFILE, audited, await_left, await_sweep, bring, deletions, ended, metric, set_policy,
};

fn fill(desk: &Desk) {
    let plain = json!({});
    bring(
        desk,
        &[
            ended(desk, "old", 40, &plain),
            ended(desk, "young", 10, &plain),
            ended(desk, "failed", 3, &json!({"status": "FAILED"})),
            ended(desk, "bot", 40, &json!({"source": "BOT"})),
            ended(desk, "voice", 40, &json!({"channel": "VOICE"})),
            ended(desk, "own-short", 3, &json!({"retentionDays": 2})),
            ended(desk, "own-long", 400, &json!({"retentionDays": 1000})),
            ended(desk, "held", 400, &json!({"legalHold": true})),
            ended(
                desk,
                "held-and-marked",
                1,
                &json!({"legalHold": true, "persistenceState": "TO_BE_DELETED"}),
            ),
            ended(desk, "marked", 1, &json!({"persistenceState": "TO_BE_DELETED"})),
        ],
    );
    let start = json!({"startTime": "2020-01-01T00:00:00Z"});
    desk.start("live", &start);
    desk.start(
        "live-marked",
        &json!({"startTime": "2020-01-01T00:00:00Z", "persistenceState": "TO_BE_DELETED"}),
    );
}

fn lift(desk: &Desk, id: &str) {
    desk.client.patch(&desk.path(id, "?updateMask=legalHold"), &json!({"legalHold": false})).ok();
}

#[test]
fn what_is_due_goes_and_what_is_held_or_goes_on_stays() {
    let folder = Folder::new();
    let (_server, desk) = folder.serve("1s");
    fill(&desk);
    let kept = [
        "bot",
        "failed",
        "held",
        "held-and-marked",
        "live",
        "live-marked",
        "old",
        "own-long",
        "voice",
        "young",
    ];
    await_left(&desk, &kept);
    await_sweep(&desk);
    await_left(&desk, &kept);

    set_policy(
        &desk,
        &json!([
            {"days": 2, "statuses": ["FAILED", "ABANDONED"]},
            {"days": 365, "sources": ["BOT", "OPERA_PREVIEW"]},
            {"days": 30, "sources": ["SOURCE_UNSPECIFIED"], "channels": ["CHANNEL_UNSPECIFIED", "CHAT"]},
        ]),
    );
    let kept = ["bot", "held", "held-and-marked", "live", "live-marked", "own-long", "voice", "young"];
    await_left(&desk, &kept);
    await_sweep(&desk);
    await_left(&desk, &kept);
    assert_eq!(metric(&desk, "hansard_retention_held_conversations"), 2.0);
    assert_eq!(metric(&desk, "hansard_retention_deleted_total"), 4.0);
    assert_eq!(metric(&desk, "hansard_retention_due_conversations"), 0.0);
    desk.client.get(&desk.path("old", "")).fails("NOT_FOUND");
    assert_eq!(desk.select(&json!({"messageKeyword": "zqxjkv old"})), [""; 0]);

    for held in ["held", "held-and-marked"] {
        lift(&desk, held);
    }
    desk.close("live-marked");
    await_left(&desk, &["bot", "live", "own-long", "voice", "young"]);
    check_traces(&desk);
}

/// Each deletion is in the log once; batches are audited, with no names.
fn check_traces(desk: &Desk) {
    let mut deleted = deletions(desk);
    deleted.sort();
    let gone = ["failed", "held", "held-and-marked", "live-marked", "marked", "old", "own-short"];
    assert_eq!(deleted, gone.map(|id| desk.name(id)));
    let entries = audited(desk, "conversation.expire");
    assert!((3..=7).contains(&entries.len()), "one a batch: {entries:?}");
    for entry in &entries {
        assert_eq!([&entry["resource"], &entry["actor"]], [PROFILE, "system"], "{entry}");
    }
    assert_eq!(audited(desk, "profile.change_retention").len(), 1);
    assert_eq!(audited(desk, "conversation.place_legal_hold").len(), 2, "also of an import");
    assert_eq!(audited(desk, "conversation.lift_legal_hold").len(), 2);
}

#[test]
fn a_changed_policy_counts_at_once_in_both_directions() {
    let folder = Folder::new();
    let (_server, desk) = folder.serve("1s");
    set_policy(&desk, &json!([{"days": 30}]));
    bring(&desk, &[ended(&desk, "a", 20, &json!({})), ended(&desk, "b", 60, &json!({}))]);
    await_left(&desk, &["a"]);
    set_policy(&desk, &json!([]));
    bring(&desk, &[ended(&desk, "c", 60, &json!({}))]);
    await_sweep(&desk);
    await_left(&desk, &["a", "c"]);
    set_policy(&desk, &json!([{"days": 10}]));
    await_left(&desk, &[]);
}

#[test]
fn never_is_never() {
    let folder = Folder::new();
    let (_server, desk) = folder.serve("never");
    bring(&desk, &[ended(&desk, "marked", 1, &json!({"persistenceState": "TO_BE_DELETED"}))]);
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(desk.select(&json!({})), ["marked"]);
    assert_eq!(metric(&desk, "hansard_retention_last_sweep_timestamp_seconds"), 0.0);
}

#[test]
fn policies_that_cannot_be_meant_are_refused_by_field() {
    let folder = Folder::new();
    let (_server, desk) = folder.serve("never");
    let cases: [(Value, &str); 4] = [
        (json!([{"days": 0}]), "profile.retention.rules[0].days"),
        (json!([{"days": 1}, {"days": 40000}]), "profile.retention.rules[1].days"),
        (json!([{"days": 1, "statuses": ["ACTIVE"]}]), "profile.retention.rules[0].statuses[0]"),
        (json!([{"days": 1, "channels": [99]}]), "profile.retention.rules[0].channels[0]"),
    ];
    for (rules, field) in cases {
        let body = json!({"retention": {"rules": rules}});
        desk.client.patch(&desk.at("?updateMask=retention"), &body).invalid(field);
    }
    desk.try_start("a", &json!({"retentionDays": -1})).invalid("conversation.retentionDays");
    desk.start("a", &json!({}));
    let body = json!({"retentionDays": 36526});
    desk.client
        .patch(&desk.path("a", "?updateMask=retentionDays"), &body)
        .invalid("conversation.retentionDays");
}
