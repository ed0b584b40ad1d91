//! PreviewRetention and `hansard retention`: what would go, and nothing goes.

use hansard_conformance::binary::{command, finish, run_on};
use serde_json::json;

use crate::world::{Folder, bring, ended, preview, set_policy};

#[test]
fn a_preview_counts_exactly_and_deletes_nothing() {
    let folder = Folder::new();
    let (server, desk) = folder.serve("never");
    let of = |prefix: &str, days: u64, count: usize, fields: &serde_json::Value| -> Vec<serde_json::Value> {
        (0..count)
            .map(|number| ended(&desk, &format!("{prefix}-{number}"), days + number as u64, fields))
            .collect()
    };
    let archives = [
        of("old", 50, 7, &json!({})),
        of("young", 5, 4, &json!({})),
        of("bot", 5, 3, &json!({"source": "BOT"})),
        of("own", 5, 2, &json!({"retentionDays": 5})),
        of("held", 90, 2, &json!({"legalHold": true})),
        of("marked", 1, 1, &json!({"persistenceState": "TO_BE_DELETED"})),
    ];
    bring(&desk, &archives.concat());
    let tried = json!([{"days": 3, "sources": ["BOT"]}, {"days": 30}]);
    assert_eq!(preview(&desk, &json!({}))["dueCount"], "3", "without a policy: what says so itself");

    let found = preview(&desk, &json!({"retention": {"rules": tried}, "sampleSize": 2}));
    assert_eq!(found["dueCount"], "13", "{found}");
    assert_eq!(found["rules"][0]["dueCount"], "3", "{found}");
    assert_eq!([&found["rules"][1]["dueCount"], &found["rules"][1]["waitingCount"]], ["7", "4"], "{found}");
    assert_eq!(found["rules"][1]["rule"]["days"], 30);
    let others = ["ownRetentionCount", "toBeDeletedCount", "heldCount"].map(|field| found[field].clone());
    assert_eq!(others, ["2", "1", "2"], "{found}");
    assert_eq!(found["sample"], json!([desk.name("old-6"), desk.name("old-5")]), "due for longest");
    let end = desk.conversation("old-6")["endTime"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let due = found["earliestDueTime"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(due.duration_since(end).as_hours(), 30 * 24);
    assert_eq!(preview(&desk, &json!({}))["dueCount"], "3", "what is tried is not kept");

    for (body, field) in [
        (json!({"sampleSize": -1}), "sampleSize"),
        (json!({"retention": {"rules": [{"days": 0}]}}), "retention.rules[0].days"),
    ] {
        desk.client.post(&desk.at(":previewRetention"), &body).invalid(field);
    }
    set_policy(&desk, &tried);
    check_command(&folder, &server.url());
    assert_eq!(desk.select(&json!({})).len(), 19, "nothing was deleted");
    drop(desk);
    assert!(server.terminate().success());
    sweep_folder(&folder);
}

fn check_command(folder: &Folder, url: &str) {
    let at_server = |args: &[&str]| {
        let mut asked = command();
        asked.args(["retention", "--customer", "acme", "--profile", "support", "--server", url]).args(args);
        finish(asked.env("HANSARD_KEY", &folder.key))
    };
    let printed = at_server(&["--dry-run"]).ok();
    for line in
        ["3 days, BOT", "30 days", "retentionDays", "TO_BE_DELETED", "due: 13, kept by a legal hold: 2"]
    {
        assert!(printed.contains(line), "{line}: {printed}");
    }
    let refused = at_server(&[]);
    assert_ne!(refused.status, 0);
    assert!(refused.stderr.contains("--dry-run"), "{}", refused.stderr);
}

fn sweep_folder(folder: &Folder) {
    let line = "retention --customer acme --profile support";
    assert!(run_on(folder.path(), &format!("{line} --dry-run")).ok().contains("due: 13"));
    assert!(run_on(folder.path(), line).ok().contains("deleted 13, 2 kept by a legal hold"));
    assert!(run_on(folder.path(), line).ok().contains("deleted 0"));
    let count = run_on(folder.path(), "count --customer acme --profile support").ok();
    assert_eq!(count.trim(), "6");
    run_on(folder.path(), "fsck").ok();
}
