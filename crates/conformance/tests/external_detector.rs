//! A detector beside the built-in one, over the API of Presidio's analyzer.

use hansard_conformance::binary::{create_key, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::server::Server;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Finds the word "Zyx" and calls it a person; refuses while it is told to fail.
struct Analyzer {
    url: String,
    fails: Arc<AtomicBool>,
}

impl Analyzer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/analyze", listener.local_addr().unwrap());
        let fails = Arc::<AtomicBool>::default();
        let told = Arc::clone(&fails);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let told = Arc::clone(&told);
                std::thread::spawn(move || answer(&stream.unwrap(), told.load(Ordering::Relaxed)));
            }
        });
        Self { url, fails }
    }
}

fn answer(stream: &TcpStream, fails: bool) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let text: Vec<char> = asked["text"].as_str().unwrap().chars().collect();
    let hits = text.windows(3).enumerate().filter(|(_, word)| word.iter().collect::<String>() == "Zyx");
    let found: Vec<Value> = hits
        .map(|(at, _)| json!({"entity_type": "PERSON", "start": at, "end": at + 3, "score": 0.85}))
        .collect();
    let (status, body) = if fails {
        ("500 Internal Server Error", String::new())
    } else {
        ("200 OK", json!(found).to_string())
    };
    write!(
        &mut &*stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
}

fn served(analyzer: &Analyzer) -> (tempfile::TempDir, Server, Desk) {
    let folder = tempfile::tempdir().unwrap();
    run_on(folder.path(), "profile create --customer acme --profile support --language en-US").ok();
    let key = create_key(folder.path(), "--customer acme --role admin");
    let named = format!("second={}", analyzer.url);
    let server = Server::start_with(folder.path(), &["--external-detectors", &named]);
    let desk = Desk::new(Client::new(server.address(), &key), "customers/acme/profiles/support");
    (folder, server, desk)
}

fn set(desk: &Desk, detector: &Value) -> hansard_conformance::answer::Answer {
    desk.client
        .patch(&desk.at("?updateMask=redaction"), &json!({"redaction": {"externalDetector": detector}}))
}

#[test]
fn what_it_finds_is_masked_beside_ours() {
    let analyzer = Analyzer::start();
    let (_folder, _server, desk) = served(&analyzer);
    desk.start("a", &json!({}));
    assert_eq!(desk.append("a", "m0", "ask Zyx")["text"], "ask Zyx", "nobody asked it");
    set(&desk, &json!({"name": "second"})).ok();
    let message = json!({
        "text": "é Zyx, card 4111 1111 1111 1111", "spokenText": "Zyx", "metadata": {"who": "Zyx"},
    });
    let stored = desk.try_append("a", "m1", &message).ok()["conversationMessage"].clone();
    assert_eq!(stored["text"], "é [PERSON], card [CREDIT_CARD]");
    assert_eq!(stored["redactions"][0], json!({"entityType": "PERSON", "start": 3, "end": 11}));
    assert_eq!(stored["spokenText"], "[PERSON]");
    assert_eq!(stored["metadata"]["who"], "Zyx", "free JSON is not shown to it");
    let metadata = json!({"metadataValues": {"who": {"values": ["Zyx"]}}});
    desk.verb("a", "upsertMetadata", &metadata).ok();
    assert_eq!(desk.conversation("a")["metadata"]["who"]["values"][0]["stringValue"], "[PERSON]");
}

#[test]
fn while_it_fails_the_profile_decides() {
    let analyzer = Analyzer::start();
    let (_folder, server, desk) = served(&analyzer);
    desk.start("a", &json!({}));
    set(&desk, &json!({"name": "second"})).ok();
    analyzer.fails.store(true, Ordering::Relaxed);
    desk.try_append("a", "m1", &json!({"text": "Zyx 4111 1111 1111 1111"})).fails("UNAVAILABLE");
    assert!(desk.messages("a").is_empty(), "held back");
    set(&desk, &json!({"name": "second", "onFailure": "STORE_WITHOUT"})).ok();
    assert_eq!(desk.append("a", "m1", "Zyx 4111 1111 1111 1111")["text"], "Zyx [CREDIT_CARD]");
    let metrics = desk.client.get("/metrics").text();
    assert!(metrics.contains("hansard_external_detector_failures_total 2"), "{metrics}");
    assert!(!server.printed().contains("Zyx"), "no text in the log");
}

#[test]
fn only_the_operators_detectors_are_asked() {
    let analyzer = Analyzer::start();
    let (_folder, _server, desk) = served(&analyzer);
    let wanted = "profile.redaction.externalDetector.name";
    set(&desk, &json!({"name": "first"})).invalid(wanted);
    set(&desk, &json!({"name": analyzer.url})).invalid(wanted);
}
