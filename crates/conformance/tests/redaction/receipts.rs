//! Receipts tell every place and no value; verify looks again.

use hansard_conformance::binary::{Finished, command};
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::residue::{Canaries, Search};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

use crate::ground::Ground;
use crate::jobs;
use crate::residue::ways::{AS_IS, redact};

/// A conversation `a` whose message `m` says a canary, as its metadata, display name and summary do.
fn told(desk: &Desk, canaries: &mut Canaries) -> String {
    let word = canaries.give("told");
    let body = json!({
        "displayName": format!("about {word}"),
        "metadata": {"note": {"values": [word]}},
        "summary": {"summary": format!("It is {word}.")},
    });
    desk.client.post(&format!("{}?{AS_IS}", desk.path("a", ":start")), &body).ok();
    let message =
        json!({"text": format!("so: {word}!"), "textHtml": format!("<b>{word}</b>"), "spokenText": word});
    desk.try_append("a", "m", &message).ok();
    word
}

fn receipt(desk: &Desk, name: &Value) -> Value {
    desk.client.get(&format!("/v1/{}", name.as_str().unwrap())).ok()
}

fn receipts_of(desk: &Desk, conversation: &str) -> Vec<Value> {
    let path = desk.at(&format!("/redactionReceipts?pageSize=1000&conversation={}", desk.name(conversation)));
    desk.client.get(&path).ok()["redactionReceipts"].as_array().unwrap().clone()
}

fn verify(desk: &Desk, receipt: &Value, values: &[&str]) -> Value {
    let path = format!("/v1/{}:verify", receipt["name"].as_str().unwrap());
    desk.client.post(&path, &json!({"values": values})).ok()
}

fn audit(ground: &Ground) -> String {
    ground.desk.client.get("/v1/customers/acme/auditEntries?pageSize=1000").text()
}

/// Demands that nothing that tells of a removal holds what was removed.
#[track_caller]
fn holds_no_value(ground: &Ground, canaries: &Canaries, texts: &[String]) {
    let search = Search::new(canaries.given());
    let told = [texts, &[audit(ground), ground.server.printed()]].concat();
    for text in &told {
        let traces = search.bytes("".as_ref(), text.as_bytes());
        assert!(traces.is_empty(), "{:?} in {text}", traces[0]);
    }
}

#[test]
fn a_receipt_tells_each_place_and_no_value() {
    let ground = Ground::open();
    let desk = &ground.desk;
    let mut canaries = Canaries::default();
    let word = told(desk, &mut canaries);
    let answer = redact(desk, "a", "m", "so: ".len(), &word);
    assert_eq!(answer["conversationMessage"]["text"], "so: [RARE_WORD]!");
    let receipt = receipt(desk, &answer["receipt"]);
    assert_eq!(receipt["conversation"], desk.name("a"));
    assert_eq!(receipt["reason"], "asked for");
    assert!(receipt["actor"].as_str().unwrap().starts_with("customers/acme/apiKeys/"), "{receipt}");
    assert!(receipt["createTime"].is_string());
    let places = receipt["places"].as_array().unwrap();
    let fields: Vec<String> = column(places, "field").iter().map(ToString::to_string).collect();
    assert!(places.len() >= 6, "text, html, spoken text, display name, metadata, summary: {fields:?}");
    let text = places.iter().find(|place| place["field"] == "text").unwrap();
    let offsets = ["start", "end", "originalStart", "originalEnd"].map(|name| text[name].as_u64().unwrap());
    assert_eq!(offsets, [4, 4 + "[RARE_WORD]".len() as u64, 4, 4 + word.len() as u64]);
    assert_eq!(text["entityType"], "RARE_WORD");
    assert_eq!(column(&receipts_of(desk, "a"), "name"), [receipt["name"].clone()]);
    let conversation = desk.conversation("a").to_string();
    holds_no_value(&ground, &canaries, &[answer.to_string(), receipt.to_string(), conversation]);
}

#[test]
fn deletions_leave_receipts() {
    let ground = Ground::open();
    let desk = &ground.desk;
    let mut canaries = Canaries::default();
    told(desk, &mut canaries);
    desk.client.delete(&desk.path("a", "/messages/m")).ok();
    assert_eq!(receipts_of(desk, "a").len(), 1);
    desk.client.delete(&desk.path("a", "")).ok();
    let receipts = receipts_of(desk, "a");
    assert_eq!(receipts.len(), 2, "the receipts outlive the conversation");
    for receipt in &receipts {
        assert_eq!(verify(desk, receipt, &[&canaries.given()[0].text])["clean"], true);
    }
    holds_no_value(
        &ground,
        &canaries,
        &column(&receipts, "places").iter().map(Value::to_string).collect::<Vec<_>>(),
    );
}

#[test]
fn verify_is_clean_until_a_value_is_put_back() {
    let ground = Ground::open();
    let desk = &ground.desk;
    let mut canaries = Canaries::default();
    let word = told(desk, &mut canaries);
    let receipt = receipt(desk, &redact(desk, "a", "m", "so: ".len(), &word)["receipt"]);
    let clean = verify(desk, &receipt, &[&word]);
    assert_eq!([&clean["clean"], &clean["findings"]], [&json!(true), &json!([])], "{clean}");
    assert!(clean["checkedPlaces"].as_u64().unwrap() >= 6, "{clean}");

    let back = json!({"metadataValues": {"note": {"values": [format!("again {word}")]}}});
    desk.verb("a", "upsertMetadata", &back).ok();
    let found = verify(desk, &receipt, &[&word]);
    assert_eq!(found["clean"], false, "{found}");
    let findings = column(found["findings"].as_array().unwrap(), "resource");
    assert!(findings.contains(&json!(desk.name("a"))), "{found}");
    assert_eq!(verify(desk, &receipt, &["somebody else"])["clean"], true, "another value is not there");
    holds_no_value(&ground, &canaries, &[clean.to_string(), found.to_string()]);
}

/// Runs `hansard redact verify` on the folder of a running server, with values on standard input.
fn verify_folder(ground: &Ground, values: &[&str]) -> Finished {
    let mut verify = command();
    verify.args(["redact", "verify", "--data-dir"]).arg(ground.data());
    let mut child =
        verify.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(values.join("\n").as_bytes()).unwrap();
    Finished::from(child.wait_with_output().unwrap())
}

#[test]
fn verify_of_a_folder_finds_what_is_there() {
    let ground = Ground::open();
    let desk = &ground.desk;
    let mut canaries = Canaries::default();
    let word = told(desk, &mut canaries);
    let found = verify_folder(&ground, &[&word]);
    assert_ne!(found.status, 0, "{}", found.stdout);
    redact(desk, "a", "m", "so: ".len(), &word);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let mut clean = verify_folder(&ground, &[&word]);
    while clean.status != 0 && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(500));
        clean = verify_folder(&ground, &[&word]);
    }
    let printed = [found.stdout, found.stderr, clean.stdout.clone(), clean.stderr.clone()];
    assert_eq!(clean.status, 0, "{}{}", clean.stdout, clean.stderr);
    holds_no_value(&ground, &canaries, &printed);
}

#[test]
fn a_dry_run_counts_exactly_what_the_job_does() {
    let ground = Ground::open();
    let desk = &ground.desk;
    let mut canaries = Canaries::default();
    let patterns = json!({"redactionPatterns": [{"entityType": "CANARY", "pattern": Canaries::PATTERN}]});
    desk.client.patch(&desk.at("?updateMask=redactionPatterns"), &patterns).ok();
    for index in 0..7 {
        let id = format!("c{index}");
        desk.client.post(&format!("{}?{AS_IS}", desk.path(&id, ":start")), &json!({"skill": "told"})).ok();
        for number in 0..index {
            let text = format!("one {} two {}", canaries.give("one"), canaries.give("two"));
            desk.append(&id, &format!("m{number}"), &text);
        }
    }
    let body = json!({"filter": {"skills": ["told"]}, "entityTypes": ["CANARY"], "reason": "asked for"});
    let counted = jobs::dry_run(desk, "/conversations:redact", &body);
    assert_eq!(counted["typeCounts"]["CANARY"], canaries.given().len().to_string(), "{counted}");
    assert_eq!(counted["messages"], "21");
    let done = jobs::run(desk, "/conversations:redact", &body);
    for field in ["totalConversations", "messages", "places", "typeCounts"] {
        assert_eq!(done[field], counted[field], "{field}");
    }
    assert!(!done["sample"].as_array().unwrap().is_empty());
    holds_no_value(&ground, &canaries, &[counted.to_string(), done.to_string()]);
    let again = jobs::run(desk, "/conversations:redact", &body);
    assert_eq!(
        again["typeCounts"].as_object().map_or(0, serde_json::Map::len),
        0,
        "nothing is left: {again}"
    );
    let texts: Vec<Value> =
        (0..7).flat_map(|index| column(&desk.messages(&format!("c{index}")), "text")).collect();
    assert!(texts.iter().all(|text| text == "one [CANARY] two [CANARY]"), "{texts:?}");
}

#[test]
fn a_span_is_checked() {
    let ground = Ground::open();
    let desk = &ground.desk;
    let mut canaries = Canaries::default();
    let word = told(desk, &mut canaries);
    let before = desk.messages("a");
    let moment = format!("{}/moments/rare_word", desk.profile);
    let path = desk.path("a", "/messages/m:redact");
    let length = "so: !".len() + word.len();
    for (start, end) in [(0, length + 1), (4, 4), (6, 4), (-1, 4), (4, 5), (5, 7)] {
        let body = json!({"moment": moment, "startIndex": start, "endIndex": end});
        let answer = desk.client.post(&path, &body);
        assert_eq!(answer.code(), "INVALID_ARGUMENT", "{start}..{end}: {answer}");
    }
    desk.client.post(&path, &json!({"startIndex": 0, "endIndex": 2})).invalid("moment");
    assert_eq!(desk.messages("a"), before);
    assert!(receipts_of(desk, "a").is_empty());
}
