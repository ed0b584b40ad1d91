//! Import and export: the main job of issue 2, section 4, on the real data.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use hansard_conformance::binary::{Finished, command, create_key, finish, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::data::{self, Line, Source};
use hansard_conformance::desk::{Desk, id_of};
use hansard_conformance::masks::{has_mask, is_masked_form};
use hansard_conformance::server::Server;
use hansard_conformance::store;
use serde_json::{Value, json};
use tempfile::TempDir;

const SUPPORT: &str = "customers/acme/profiles/support";

/// A stopped folder with the profiles `support` and `copy` of `acme`, and an admin's key.
fn folder() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for profile in ["support", "copy"] {
        run_on(
            folder.path(),
            &format!("profile create --customer acme --profile {profile} --language en-US"),
        )
        .ok();
    }
    let key = create_key(folder.path(), "--customer acme --role admin");
    (folder, key)
}

fn import(data_dir: &Path, sources: &[&Path]) -> Finished {
    let mut import = command();
    import
        .args(["import", "--customer", "acme", "--profile", "support"])
        .args(store::flags(data_dir))
        .args(sources);
    finish(&mut import)
}

fn serve(data_dir: &Path, key: &str, profile: &str) -> (Server, Desk) {
    let server = Server::start(data_dir);
    let desk = Desk::new(Client::new(server.address(), key), &format!("customers/acme/profiles/{profile}"));
    (server, desk)
}

fn lines(messages: &[Value]) -> Vec<Line> {
    let line = |message: &Value| Line {
        by_visitor: message["speaker"] == "VISITOR",
        text: message["text"].as_str().unwrap().to_owned(),
    };
    messages.iter().map(line).collect()
}

fn instant(value: &Value) -> jiff::Timestamp {
    value.as_str().unwrap_or_else(|| panic!("a time: {value}")).parse().unwrap()
}

/// Reads `2024-11-22 21:00:00` as UTC.
fn naive(value: &Value) -> jiff::Timestamp {
    format!("{}Z", value.as_str().unwrap().replace(' ', "T").trim_end_matches('Z')).parse().unwrap()
}

/// Brings all real data in, then reads it back over the wire.
#[test]
fn the_main_job() {
    let Some(data) = data::folder() else { return };
    let (folder, key) = folder();
    let sources = ["vcon", "transcripts", "dialogs"].map(|name| data.join(name));
    import(folder.path(), &sources.each_ref().map(AsRef::as_ref)).ok();
    let (_server, desk) = serve(folder.path(), &key, "support");
    let (vcons, transcripts, dialogs) = (data::vcons(), data::transcripts(), data::dialogs());
    let all = desk.select(&json!({}));
    assert_eq!(all.len(), vcons.len() + transcripts.len() + dialogs.len(), "all of it");
    vcons.iter().for_each(|source| check_vcon(&desk, source));
    transcripts.iter().for_each(|source| check_transcript(&desk, source));
    for source in dialogs.iter().step_by(10) {
        let messages = desk.messages(&source.id);
        check_lines(&lines(&messages), source);
    }
    check_changes(&desk);
}

/// Demands the speakers, their order, and what they said but for what is masked of it.
fn check_lines(stored: &[Line], source: &Source) {
    let speakers = |lines: &[Line]| lines.iter().map(|line| line.by_visitor).collect::<Vec<_>>();
    assert_eq!(speakers(stored), speakers(&source.lines), "{}", source.id);
    for (stored, given) in stored.iter().zip(&source.lines) {
        assert!(is_masked_form(&stored.text, &given.text), "{}: {stored:?} of {given:?}", source.id);
    }
}

fn check_vcon(desk: &Desk, source: &Source) {
    let conversation = desk.conversation(&source.id);
    let recording = &source.record["dialog"][0];
    assert_eq!([&conversation["channel"], &conversation["state"]], ["VOICE", "CLOSED"]);
    let (start, end) = (instant(&conversation["startTime"]), instant(&conversation["endTime"]));
    assert_eq!(start.as_microsecond(), naive(&recording["start"]).as_microsecond(), "naive times are UTC");
    let lasted = end.duration_since(start).as_secs_f64();
    assert!((lasted - recording["duration"].as_f64().unwrap()).abs() < 0.001, "start and end: {lasted}");
    let messages = desk.messages(&source.id);
    check_lines(&lines(&messages), source);
    let facts = conversation.to_string();
    assert!(
        facts.contains(recording["filename"].as_str().unwrap()),
        "the recording's facts are kept: {facts}"
    );
    check_times(&conversation, &messages);
}

fn check_transcript(desk: &Desk, source: &Source) {
    let conversation = desk.conversation(&source.id);
    assert_eq!([&conversation["channel"], &conversation["state"]], ["VOICE", "CLOSED"]);
    assert_eq!(instant(&conversation["startTime"]), naive(&source.record["StartTime"]));
    assert_eq!(instant(&conversation["endTime"]), naive(&source.record["EndTime"]));
    let messages = desk.messages(&source.id);
    let mut stored = lines(&messages).into_iter();
    for line in &source.lines {
        let found = stored.any(|stored| {
            stored.by_visitor == line.by_visitor
                && (stored.text.contains(&line.text) || has_mask(&stored.text))
        });
        assert!(found, "{}: {line:?} in its place", source.id);
    }
    check_times(&conversation, &messages);
}

/// Demands send times in order, none before the start.
fn check_times(conversation: &Value, messages: &[Value]) {
    let times: Vec<_> = messages.iter().map(|message| instant(&message["sendTime"])).collect();
    assert!(times.is_sorted(), "{}", conversation["name"]);
    assert!(times.first().is_none_or(|first| *first >= instant(&conversation["startTime"])));
}

fn check_changes(desk: &Desk) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let changes = desk.changes();
    for change in changes.iter().filter(|change| change["kind"] == "MESSAGE_CREATED") {
        *counts.entry(change["conversation"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for source in data::dialogs() {
        assert_eq!(counts.get(&desk.name(&source.id)), Some(&source.lines.len()), "{}", source.id);
    }
    let started = changes.iter().filter(|change| change["kind"] == "CONVERSATION_STARTED").count();
    assert_eq!(started, desk.select(&json!({})).len());
}

#[test]
fn a_transcripts_time_stamps_become_send_times() {
    let Some(data) = data::folder() else { return };
    let (folder, key) = folder();
    import(folder.path(), &[&data.join("transcripts")]).ok();
    let (_server, desk) = serve(folder.path(), &key, "support");
    let first = &data::transcripts()[0];
    let start = naive(&first.record["StartTime"]);
    let messages = desk.messages(&first.id);
    let spoken = messages
        .iter()
        .filter(|message| ["AGENT", "VISITOR"].contains(&message["speaker"].as_str().unwrap()));
    let offset = |message: &Value| instant(&message["sendTime"]).duration_since(start).as_secs_f64();
    let offsets: Vec<f64> = spoken.take(4).map(offset).collect();
    assert_eq!(offsets, [0.0, 7.0, 15.0, 25.0], "issue 2: telephone transcripts with time stamps");
}

#[test]
fn importing_twice_brings_no_duplicates() {
    let Some(data) = data::folder() else { return };
    let (folder, key) = folder();
    let vcon = data.join("vcon");
    import(folder.path(), &[&vcon]).ok();
    let content = |desk: &Desk| {
        desk.select(&json!({}))
            .iter()
            .map(|id| (desk.conversation(id), desk.messages(id)))
            .collect::<Vec<_>>()
    };
    let (server, desk) = serve(folder.path(), &key, "support");
    let first = (content(&desk), desk.changes());
    assert!(server.terminate().success());
    import(folder.path(), &[&vcon]).ok();
    let (_server, desk) = serve(folder.path(), &key, "support");
    assert_eq!((content(&desk), desk.changes()), first);
}

#[test]
fn a_bad_item_is_reported_and_the_others_go_in() {
    let (folder, key) = folder();
    let good = |id: &str| {
        json!({"conversation_id": id, "utterances": [{"index": 0, "speaker": "user", "text": "hi"}]})
            .to_string()
    };
    let file = folder.path().with_extension("jsonl");
    std::fs::write(
        &file,
        [&good("first"), "{\"conversation_id\": \"cut", &good("third"), "{\"nonsense\": 1}", &good("fifth")]
            .join("\n"),
    )
    .unwrap();
    let finished = import(folder.path(), &[&file]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(finished.status, 2, "issue 2: exit status 2: {}", finished.stderr);
    for line in [2, 4] {
        let named = format!("{}:{line}", file.file_name().unwrap().to_str().unwrap());
        assert!(finished.stderr.contains(&named), "file, line and reason: {}", finished.stderr);
    }
    let (_server, desk) = serve(folder.path(), &key, "support");
    assert_eq!(desk.select(&json!({})), ["fifth", "first", "third"]);
}

#[test]
fn standard_input_and_a_running_server() {
    let (folder, key) = folder();
    let (server, desk) = serve(folder.path(), &key, "support");
    let dialog =
        json!({"conversation_id": "piped", "utterances": [{"index": 0, "speaker": "user", "text": "hi"}]})
            .to_string();
    let mut import = command();
    import.args([
        "import",
        "--customer",
        "acme",
        "--profile",
        "support",
        "--server",
        &server.url(),
        "--key",
        &key,
        "-",
    ]);
    let mut child =
        import.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), dialog.as_bytes()).unwrap();
    Finished::from(child.wait_with_output().unwrap()).ok();
    assert_eq!(desk.messages("piped")[0]["text"], "hi");
}

/// A conversation with something in every corner.
fn rich(desk: &Desk) {
    let tag = desk.create_tag("vip");
    let body = json!({
        "channel": "VOICE", "startTime": "2026-01-05T09:00:00.123456Z", "skill": "billing", "displayName": "Stra\u{df}e",
        "metadata": {"a.b": {"values": ["x", 1.5, true], "source": "PLATFORM"}}, "direction": "OUTBOUND",
        "platformInfo": {"platformConversationId": "p", "originalEventData": {"n": [1, {"deep": null}]}},
        "summary": {"summary": "s", "keyPoints": ["k"], "sentiment": "MIXED"},
    });
    desk.start("rich", &body);
    for (id, speaker) in [("m1", "VISITOR"), ("m2", "AGENT"), ("m3", "BOT")] {
        let message = json!({"text": format!("{id} e\u{301}"), "speaker": speaker, "sendTime": "2026-01-05T09:00:01Z", "metadata": {"k": id}});
        desk.try_append("rich", id, &message).ok();
    }
    desk.client.delete(&desk.path("rich", "/messages/m2")).ok();
    desk.client.post(&desk.path("rich", "/events"), &json!({"type": "CUSTOM", "custom": {"k": "v"}})).ok();
    desk.client.post(&desk.path("rich", "/tags"), &json!({"tag": tag})).ok();
    desk.verb(
        "rich",
        "updateState",
        &json!({"state": "CLOSED", "status": "FAILED", "endTime": "2026-01-05T09:10:00Z"}),
    )
    .ok();
}

/// Returns a conversation with all it holds, without what an import gives anew.
fn content(desk: &Desk, id: &str) -> Value {
    let mut conversation = desk.conversation(id);
    for anew in ["etag", "updateTime", "legacyChatId"] {
        conversation.as_object_mut().unwrap().remove(anew);
    }
    let all = desk.client.get(&desk.path(id, "/conversationMessages?showDeleted=true")).ok();
    let everything = json!([conversation, all["conversationMessages"], desk.events(id)]).to_string();
    serde_json::from_str(&everything.replace(&desk.profile, "P")).unwrap()
}

#[test]
fn an_export_comes_back_with_nothing_lost() {
    let (folder, key) = folder();
    let (server, desk) = serve(folder.path(), &key, "support");
    rich(&desk);
    desk.start("live", &json!({}));
    let before = ["rich", "live"].map(|id| content(&desk, id));
    assert!(server.terminate().success());

    let exported = run_on(folder.path(), "export --customer acme --profile support --to -").ok();
    assert_eq!(exported.lines().count(), 2, "JSONL");
    let (other, other_key) = self::folder();
    let file = other.path().with_extension("jsonl");
    std::fs::write(&file, exported).unwrap();
    let mut import = command();
    import
        .args(["import", "--customer", "acme", "--profile", "copy"])
        .args(store::flags(other.path()))
        .arg(&file);
    finish(&mut import).ok();
    std::fs::remove_file(&file).unwrap();
    let (_server, copy) = serve(other.path(), &other_key, "copy");
    for (id, before) in ["rich", "live"].iter().zip(before) {
        let after = content(&copy, id);
        for (before, after) in before.as_array().unwrap().iter().zip(after.as_array().unwrap()) {
            assert_eq!(after, before, "nothing lost of {id}");
        }
    }
}

#[test]
fn a_kill_leaves_never_half_a_conversation() {
    let Some(data) = data::folder() else { return };
    let (folder, key) = folder();
    let expected: BTreeMap<String, usize> =
        data::dialogs().into_iter().map(|source| (source.id, source.lines.len())).collect();
    let dialogs = data.join("dialogs");
    for patience in [20, 60, 120, 200] {
        let mut import = command();
        import
            .args(["import", "--customer", "acme", "--profile", "support"])
            .args(store::flags(folder.path()))
            .arg(&dialogs);
        let mut child = import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(patience));
        child.kill().unwrap();
        child.wait().unwrap();
        let (_server, desk) = serve(folder.path(), &key, "support");
        whole(&desk, &expected);
    }
    import(folder.path(), &[&dialogs]).ok();
    let (_server, desk) = serve(folder.path(), &key, "support");
    assert_eq!(whole(&desk, &expected), expected.len(), "repeatable to the end");
}

/// Demands that each conversation present has all its messages, and returns how many are present.
fn whole(desk: &Desk, expected: &BTreeMap<String, usize>) -> usize {
    let page = |token: &Value| desk.try_list(&json!({"pageSize": 1000, "pageToken": token})).ok();
    let listed = page(&json!(""));
    let rows = listed["metadata"].as_object().unwrap();
    for (name, row) in rows {
        let id = id_of(&json!({"name": name}));
        assert_eq!(row["messageCount"], expected[&id], "{id}");
    }
    assert!(
        listed["conversations"]
            .as_array()
            .unwrap()
            .iter()
            .all(|conversation| conversation["name"].as_str().unwrap().starts_with(SUPPORT))
    );
    rows.len()
}
