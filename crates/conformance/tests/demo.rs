//! `hansard demo`: a house that talks, and six commands that work as printed.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use hansard_conformance::binary::command;
use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::server::Server;
use serde_json::{Value, json};

/// Returns the printed commands, their continuation lines joined.
fn commands(printed: &str) -> Vec<String> {
    let joined = printed.replace("\\\n", " ");
    let lines = joined.lines().map(|line| line.trim().trim_start_matches("$ ").to_owned());
    lines.filter(|line| line.starts_with("curl ") || line.starts_with("grpcurl ")).collect()
}

#[test]
fn the_demo_keeps_its_word() {
    let mut demo = command();
    demo.args(["demo", "--listen", "127.0.0.1:0"]);
    let server = Server::spawn(demo);
    let key = server.printed_key();
    let printed = server
        .await_printed("six commands", |text| Some(commands(text)).filter(|commands| commands.len() >= 6));
    assert_eq!(printed.len(), 6, "{printed:#?}");
    let curls: Vec<&String> = printed.iter().filter(|line| line.starts_with("curl ")).collect();
    assert!(curls.len() >= 3 && curls.len() < 6, "curl and grpcurl: {printed:#?}");
    let mut records = 0;
    for line in curls {
        let limited = format!("{} --max-time 5", line.replacen("curl ", "curl --silent --show-error ", 1));
        let output = Command::new("sh").arg("-c").arg(&limited).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let streams = line.contains("text/event-stream");
        assert!(
            streams || output.status.success(),
            "{line}: {text} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!text.trim().is_empty() && !text.contains("\"code\":"), "{line}: {text}");
        records += usize::from(line.contains("/v1/conversations/") && text.starts_with("{\"success\":true"));
    }
    assert_eq!(records, 1, "one reads a record: {printed:#?}");

    let client = Client::new(server.address(), &key);
    let desk = Desk::new(client, &profile_in(&printed));
    let page = desk.try_list(&json!({"pageSize": 1000})).ok();
    let conversations = page["conversations"].as_array().unwrap();
    assert!((150..=300).contains(&conversations.len()), "about 200: {}", conversations.len());
    let channels: BTreeSet<&str> =
        conversations.iter().filter_map(|conversation| conversation["channel"].as_str()).collect();
    assert_eq!(channels.len(), 5, "the five channels: {channels:?}");
    let some =
        |field: &str| conversations.iter().filter(|conversation| conversation.get(field).is_some()).count();
    for field in ["tags", "metadata", "transfers", "endTime"] {
        assert!(some(field) > 0, "{field}");
    }
    keeps_talking(&desk, conversations);
    assert_eq!(server.terminate().code(), Some(0));
}

/// Returns the profile that the printed commands name.
fn profile_in(commands: &[String]) -> String {
    let line = commands.iter().find(|line| line.contains("customers/")).unwrap();
    let start = line.find("customers/").unwrap();
    line[start..].split(['/', ':', '"', '\'', ' ', '?']).take(4).collect::<Vec<_>>().join("/")
}

fn keeps_talking(desk: &Desk, conversations: &[Value]) {
    let messages = || desk.changes().len();
    assert!(conversations.iter().any(|conversation| conversation["state"] == "LIVE"));
    let before = messages();
    let deadline = Instant::now() + Duration::from_secs(30);
    while messages() == before {
        assert!(Instant::now() < deadline, "one LIVE conversation keeps talking");
        std::thread::sleep(Duration::from_millis(200));
    }
}
