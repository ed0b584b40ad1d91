//! `hansard list`, `count`, `sample`, `tail` and `export` of what is asked for, on a server and on a folder.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use hansard_conformance::binary::{Finished, command, create_key, finish, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use hansard_conformance::server::Server;
use hansard_conformance::store;
use serde_json::{Value, json};

fn world() -> Desk {
    let desk = house().desk();
    let tag = desk.create_tag("vip");
    desk.start(
        "a",
        &json!({"channel": "CHAT", "agent": "customers/acme/users/ada", "displayName": "Überweisung"}),
    );
    desk.start("b", &json!({"channel": "SMS", "skill": "it's \"quoted\""}));
    desk.start("c", &json!({"channel": "VOICE", "startTime": "2020-01-01T00:00:00Z"}));
    desk.client.post(&desk.path("b", "/tags"), &json!({"tag": tag})).ok();
    desk.append("a", "m", "hello");
    desk.verb("c", "updateState", &json!({"state": "CLOSED", "endTime": "2020-01-01T00:10:00Z"})).ok();
    desk
}

/// Runs a command for the profile of a desk on its server.
fn run_at(desk: &Desk, args: &[&str]) -> Finished {
    let mut asked = command();
    asked.args(args).args(["--customer", "acme", "--profile", desk.profile.rsplit('/').next().unwrap()]);
    finish(asked.args(["--server", &house().server.url()]).env("HANSARD_KEY", &house().keys.admin))
}

/// The ids that a command prints as names, in order.
fn ids(desk: &Desk, args: &[&str]) -> String {
    let printed = run_at(desk, &[args, &["--output", "names"]].concat()).ok();
    let mut ids: Vec<&str> = printed
        .lines()
        .map(|line| line.strip_prefix(&format!("{}/conversations/", desk.profile)).unwrap())
        .collect();
    ids.sort_unstable();
    ids.concat()
}

#[test]
fn flags_text_and_json_select_and_all_of_them_hold() {
    let desk = world();
    for (args, expected) in [
        (&[][..], "abc"),
        (&["--state", "closed"], "c"),
        (&["--channel", "CHAT,SMS"], "ab"),
        (&["--channel", "CHAT", "--channel", "VOICE"], "ac"),
        (&["--agent", "ada"], "a"),
        (&["--tag", "vip"], "b"),
        (&["--skill", "it's \"quoted\""], "b"),
        (&["--since", "2020-01-01T00:05:00Z"], "abc"),
        (&["--since", "2020-01-02"], "ab"),
        (&["--since", "1h"], "ab"),
        (&["--until", "2020-01-01"], "c"),
        (&["--filter-text", "channel != CHAT AND NOT tags:vip OR tags:vip"], "error"),
        (&["--filter-text", "channel != CHAT"], "bc"),
        (&["--filter-text", "channel != CHAT", "--state", "LIVE"], "b"),
        (&["--filter", r#"{"displayNameContains": "üBER"}"#], "a"),
        (
            &[
                "--filter",
                r#"{"channels": ["SMS", "VOICE"]}"#,
                "--filter-text",
                "state = LIVE",
                "--tag",
                "vip",
            ],
            "b",
        ),
        (&["--limit", "0"], "abc"),
    ] {
        if expected == "error" {
            let refused = run_at(&desk, &[&["list"], args].concat());
            assert!(
                refused.status == 1 && refused.stderr.contains("filterText: column "),
                "{}",
                refused.stderr
            );
            continue;
        }
        assert_eq!(ids(&desk, &[&["list"], args].concat()), expected, "{args:?}");
        assert_eq!(ids(&desk, &[&["sample"], args].concat()), expected, "{args:?}");
        if !args.contains(&"--limit") {
            let count = run_at(&desk, &[&["count"], args].concat()).ok();
            assert_eq!(count.trim_end(), expected.len().to_string(), "{args:?}");
            let exported = run_at(&desk, &[&["export"], args].concat()).ok();
            assert_eq!(exported.lines().count(), expected.len(), "{args:?}");
        }
    }
}

#[test]
fn lists_print_in_four_forms_and_in_pages() {
    let desk = world();
    let list = |args: &[&str]| run_at(&desk, &[&["list", "--order-by", "start_time"], args].concat()).ok();
    let table = list(&[]);
    let rows: Vec<&str> = table.lines().collect();
    assert!(rows[0].starts_with("CONVERSATION_ID  STATE   CHANNEL"), "{table}");
    assert!(rows[1].starts_with("c                CLOSED  VOICE    2020-01-01T00:00:00Z  10m"), "{table}");
    assert!(
        rows[2].contains("LIVE") && rows[2].contains("ada") && rows[2].contains("Überweisung"),
        "{table}"
    );
    let listed: Value = serde_json::from_str(&list(&["--output", "json"])).unwrap();
    let lines: Vec<Value> = list(&["--output", "jsonl", "--page-size", "1"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(listed, Value::Array(lines));
    assert_eq!(listed[0]["name"], desk.name("c").as_str());
    assert_eq!(
        serde_json::from_str::<Value>(&list(&["--output", "json", "--tag", "none"])).unwrap(),
        json!([])
    );
    assert_eq!(list(&["--output", "names", "--limit", "1"]).trim_end(), desk.name("c"));
    let samples = run_at(&desk, &["sample", "--output", "jsonl", "--max-messages", "1", "--limit", "2"]).ok();
    assert_eq!(samples.lines().count(), 2, "{samples}");
}

#[test]
fn what_is_wrong_is_told_in_a_sentence() {
    let desk = world();
    for (args, part) in [
        (
            &["list", "--filter-text", "stat = LIVE"][..],
            "column 1: unknown field \"stat\"; did you mean state?",
        ),
        (&["count", "--filter", "{\"stat\": 1}"], "--filter: stat"),
        (&["list", "--order-by", "name"], "orderBy"),
        (&["tail", "--from", "nowhere"], "cursor"),
        (&["list", "--since", "yesterday"], "7d"),
        (&["list", "--output", "xml"], "names"),
    ] {
        let refused = run_at(&desk, args);
        assert_ne!(refused.status, 0, "{args:?}");
        assert!(refused.stderr.contains(part) && refused.stdout.is_empty(), "{args:?}: {}", refused.stderr);
    }
}

#[test]
fn a_folder_is_asked_like_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    run_on(dir, "profile create --customer acme --profile support --language en-US").ok();
    let key = create_key(dir, "--customer acme --role admin");
    let server = Server::start(dir);
    let desk = Desk::new(Client::new(server.address(), &key), "customers/acme/profiles/support");
    desk.start("a", &json!({"channel": "CHAT"}));
    desk.append("a", "m", "hello");
    desk.start("b", &json!({"channel": "SMS"}));
    let changes = desk.changes();
    assert!(server.terminate().success());
    let ask = |line: &str| run_on(dir, &format!("{line} --customer acme --profile support")).ok();
    assert_eq!(ask("list --channel CHAT --output names").trim_end(), desk.name("a"));
    assert_eq!(ask("count --filter-text channel=SMS").trim_end(), "1");
    assert!(ask("sample").contains("MESSAGES"));
    assert_eq!(
        ask("tail --output jsonl").lines().count(),
        changes.len(),
        "to the end of the log, and no further"
    );
    assert_eq!(ask("tail --from now"), "");
    let after = changes[0]["cursor"].as_str().unwrap();
    assert_eq!(ask(&format!("tail --from {after} --output names --limit 1")).lines().count(), 1);
}

/// A tail that runs, and its lines as they come.
struct Tail {
    child: std::process::Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Tail {
    fn start(url: &str, key: &str, profile: &str, args: &[&str]) -> Self {
        let mut tail = command();
        tail.args(["tail", "--customer", "acme", "--profile", profile, "--output", "jsonl", "--server", url])
            .args(args);
        let mut child =
            tail.env("HANSARD_KEY", key).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_tail_goes_on_across_a_restart_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    run_on(dir, "profile create --customer acme --profile support --language en-US").ok();
    let key = create_key(dir, "--customer acme --role admin");
    let server = Server::start(dir);
    let (url, address) = (server.url(), server.address());
    let desk = Desk::new(Client::new(address, &key), "customers/acme/profiles/support");
    desk.start("a", &json!({"channel": "CHAT"}));
    desk.start("other", &json!({"channel": "SMS"}));
    let mut tail = Tail::start(&url, &key, "support", &["--from", "beginning", "--channel", "CHAT"]);
    let mut seen = vec![tail.next(), tail.next()];
    desk.append("a", "m1", "hello");
    seen.push(tail.next());
    server.kill();
    let mut again = command();
    again.arg("serve").args(store::flags(dir)).args(["--listen", &address.to_string()]);
    let server = Server::spawn(again);
    desk.append("other", "m1", "not asked for");
    desk.append("a", "m2", "hello again");
    seen.push(tail.next());
    let of_a: Vec<Value> =
        desk.changes().into_iter().filter(|one| one["conversation"] == desk.name("a").as_str()).collect();
    let cursors = |changes: &[Value]| changes.iter().map(|one| one["cursor"].clone()).collect::<Vec<_>>();
    assert_eq!(cursors(&seen), cursors(&of_a), "nothing missed, nothing repeated");
    drop(server);
}

#[test]
fn a_tail_begins_now_and_ends_at_its_limit() {
    let desk = world();
    let url = house().server.url();
    let profile = desk.profile.rsplit('/').next().unwrap();
    let now = desk.client.get(&desk.at("/changes?cursor=now")).ok();
    assert_eq!(now["changes"], json!([]));
    let last = desk.changes().last().unwrap()["cursor"].clone();
    assert_eq!(now["nextCursor"], last, "after the last there is");
    let from = now["nextCursor"].as_str().unwrap();
    let mut tail = Tail::start(&url, &house().keys.admin, profile, &["--from", from, "--limit", "2"]);
    desk.append("a", "m2", "one");
    desk.append("a", "m3", "two");
    assert_eq!([tail.next()["sequence"].clone(), tail.next()["sequence"].clone()], [2, 3]);
    assert!(tail.lines.next().is_none(), "and there it ends");
    assert!(tail.child.wait().unwrap().success());
}
