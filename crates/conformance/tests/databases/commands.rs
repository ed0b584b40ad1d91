//! Every command that takes a folder takes a database, or says what does instead.

use crate::ground::{acme, desk_at, run_at, serve};
use hansard_cluster::Database;
use hansard_conformance::binary::{command, finish};
use serde_json::{Value, json};

#[test]
fn every_command_works_beside_a_running_server() {
    let (database, key) = acme();
    let url = database.url();
    let server = serve(&url, &[]);
    let desk = desk_at(&server, &key);
    desk.start("c", &json!({"channel": "CHAT"}));
    desk.append("c", "m", "hello over there");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.jsonl");
    let at = "--customer acme --profile support";
    let run = |line: &str| run_at(&url, line).ok();
    assert!(run(&format!("list {at}")).contains('c'));
    assert_eq!(run(&format!("count {at} --text hello")).trim(), "1");
    assert!(run(&format!("sample {at} --max-messages 9")).contains("MESSAGES"));
    run(&format!("export {at} --to {}", file.display()));
    run("profile create --customer acme --profile copy --language en-US");
    run(&format!("import --customer acme --profile copy {}", file.display()));
    assert_eq!(run("count --customer acme --profile copy --text hello").trim(), "1");
    assert!(run(&format!("retention {at} --dry-run")).contains("due: 0"));
    assert!(run(&format!("retention {at}")).contains("deleted 0"));
    assert!(
        run(&format!("tail {at} --from beginning --limit 2 --output jsonl")).contains("CONVERSATION_STARTED")
    );
    assert!(run(&format!("redact {at} --dry-run --reason test")).contains("places would be removed"));
    assert!(run("key list --customer acme").contains("admin"));
    assert!(run("fsck").contains("clean"));
    let doctor: Value = serde_json::from_str(&run("doctor --json")).unwrap();
    assert_eq!(doctor["ok"], true, "{doctor:#}");
    assert!(server.terminate().success());
}

#[test]
fn what_a_database_has_no_use_for_says_what_to_do_instead() {
    let (database, _) = acme();
    let url = database.url();
    for (line, remedy) in [
        ("backup --to file.backup", "pg_dump"),
        ("restore --from file.backup", "pg_restore"),
        ("redact verify", "name a receipt"),
        ("doctor --round-trip", "give --server"),
    ] {
        let refused = run_at(&url, line);
        assert_eq!(refused.status, 1, "{line}");
        assert!(refused.stderr.contains(remedy), "{line}: {}", refused.stderr);
    }
}

#[test]
fn a_dump_is_a_backup() {
    let (database, key) = acme();
    let server = serve(&database.url(), &[]);
    let desk = desk_at(&server, &key);
    desk.start("c", &json!({}));
    desk.append("c", "m", "kept");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dump");
    let to = format!("--file={}", file.display());
    hansard_cluster::run("pg_dump", &["--format=custom", &to, &database.url_of_superuser()]);
    desk.append("c", "n", "later");
    let restored = Database::new();
    let into = format!("--dbname={}", restored.url());
    hansard_cluster::run("pg_restore", &["--exit-on-error", &into, file.to_str().unwrap()]);
    let again = serve(&restored.url(), &[]);
    let texts: Vec<_> = desk_at(&again, &key).messages("c").iter().map(|m| m["text"].clone()).collect();
    assert_eq!(texts, ["kept"]);
    run_at(&restored.url(), "fsck").ok();
}

#[test]
fn a_damaged_record_is_found() {
    let (database, key) = acme();
    let server = serve(&database.url(), &[]);
    let desk = desk_at(&server, &key);
    desk.start("c", &json!({}));
    desk.append("c", "m", "one");
    desk.append("c", "n", "two");
    assert!(server.terminate().success());
    database.run(&["delete from message where position = 1"]).unwrap();
    let found = run_at(&database.url(), "fsck --json");
    assert_eq!(found.status, 1);
    let report: Value = serde_json::from_str(&found.stdout).unwrap();
    assert!(report["findings"].to_string().contains("missing before message 2"), "{report:#}");
    assert!(found.stderr.contains("restore the newest dump"), "{}", found.stderr);
}

#[test]
fn folder_and_database_exclude_each_other() {
    let (database, _) = acme();
    let url = database.url();
    let both = |args: &[&str]| finish(command().args(args).env_remove("HANSARD_STORE"));
    for start in
        [vec!["serve"], vec!["demo"], vec!["backup", "--to", "f"], vec!["key", "list", "--customer", "a"]]
    {
        let refused = both(&[&start[..], &["--store", &url, "--data-dir", "d"]].concat());
        assert_eq!(refused.status, 2, "{start:?}");
        assert!(refused.stderr.contains("exclude"), "{start:?}: {}", refused.stderr);
    }
    let listed = both(&["key", "list", "--customer", "acme", "--store", &url]);
    assert!(listed.ok().contains("admin"), "the flag alone");
    let folder = tempfile::tempdir().unwrap();
    let mut nearer = command();
    nearer.args([
        "profile",
        "create",
        "--customer",
        "b",
        "--profile",
        "p",
        "--language",
        "en-US",
        "--data-dir",
    ]);
    finish(nearer.arg(folder.path()).env("HANSARD_STORE", &url)).ok();
    assert!(folder.path().join("hansard.db").exists(), "a flag beats a variable");
}
