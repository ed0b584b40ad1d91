//! Hostile input: a 4xx that names the field where one is at fault, never a 5xx, bounded memory.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::{House, house};
use hansard_conformance::raw;
use serde_json::json;

const MEMORY_MAX_BYTES: u64 = 512 * 1024 * 1024;

fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk
}

/// Sends a start with this body and returns its answer.
fn start(desk: &Desk, body: impl Into<Vec<u8>>) -> hansard_conformance::answer::Answer {
    desk.client.call("POST", &desk.path("b", ":start")).bytes(body.into()).send()
}

#[test]
fn text_that_is_no_text_is_invalid_in_every_field() {
    let desk = desk();
    // 1, Text: invalid UTF-8, lone surrogates and NUL.
    let bad: [&[u8]; 8] = [
        b"\xff",
        b"\xc0\x80",
        b"\xe0\x80\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\\ud800",
        b"\\udc00\\ud800",
        b"\\u0000",
    ];
    for text in bad {
        for (open, close) in [
            (r#"{"displayName":""#, r#""}"#),
            (r#"{"metadata":{""#, r#"":{"values":["x"]}}}"#),
            (r#"{"summary":{"keyPoints":[""#, r#""]}}"#),
        ] {
            let body = [open.as_bytes(), text, close.as_bytes()].concat();
            let answer = start(&desk, body);
            answer.fails("INVALID_ARGUMENT");
        }
    }
    start(&desk, r#"{"displayName":"a\u0000b"}"#).invalid("displayName");
    start(&desk, r#"{"platformInfo":{"originalEventData":{"deep":["a\u0000b"]}}}"#).fails("INVALID_ARGUMENT");
    desk.try_append("a", "m", &json!({"text": "a\u{0}b"})).invalid("text");
    desk.try_append("a", "m", &json!({"metadata": {"k\u{0}": 1}})).fails("INVALID_ARGUMENT");
    desk.client.get(&desk.at("/conversations:count?filter.skills=%00")).fails("INVALID_ARGUMENT");
    desk.client.get(&desk.at("/conversations:count?filter.skills=%ff%fe")).fails("INVALID_ARGUMENT");
    desk.client.get(&desk.path("b", "")).fails("NOT_FOUND");
}

#[test]
fn json_that_never_ends_or_repeats_itself() {
    let desk = desk();
    let deep = 100_000;
    let bodies = [
        "[".repeat(deep),
        format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("{}1{}", r#"{"a":"#.repeat(deep), "}".repeat(deep)),
        format!(
            r#"{{"platformInfo":{{"originalEventData":{}1{}}}}}"#,
            r#"{"a":"#.repeat(deep),
            "}".repeat(deep)
        ),
        format!(
            r#"{{"platformInfo":{{"originalEventData":{{"a":{}{}}}}}}}"#,
            "[".repeat(deep),
            "]".repeat(deep)
        ),
        r#"{"displayName":"a","displayName":"b"}"#.to_owned(),
        r#"{"displayName":"a","display_name":"b"}"#.to_owned(),
        r#"{"metadata":{"k":{"values":["a"]},"k":{"values":["b"]}}}"#.to_owned(),
        r#"{"displayName":"a""#.to_owned(),
        r#"{"displayName":"a"}trailing"#.to_owned(),
        r#"{"campaign":tru}"#.to_owned(),
        r#"{"audioAnalysis":{"agentAudioEnergy":[1e999]}}"#.to_owned(),
        r#"{"audioAnalysis":{"agentAudioEnergy":[NaN]}}"#.to_owned(),
        "\u{feff}{}x".to_owned(),
    ];
    for body in bodies {
        let shown: String = body.chars().take(60).collect();
        let answer = start(&desk, body);
        assert_eq!(answer.code(), "INVALID_ARGUMENT", "{shown}: {answer}");
    }
}

#[test]
fn odd_numbers_are_refused_and_named() {
    let desk = desk();
    for bad in ["-1", "-2147483648", "2147483648", "99999999999999999999", "1e3x", "0x10"] {
        let answer = desk.client.get(&desk.path("a", &format!("/conversationMessages?pageSize={bad}")));
        answer.invalid("pageSize");
    }
    assert_eq!(
        desk.try_list(&json!({"pageSize": 2_147_483_647})).status,
        200,
        "1: above the maximum = the maximum"
    );
    desk.try_list(&json!({"pageSize": -1})).invalid("pageSize");
    desk.try_list(&json!({"pageSize": 4_294_967_296_i64})).invalid("pageSize");
    for bad in ["1", "s", "1m", "-", "1e9s", "999999999999999999999s"] {
        desk.try_list(&json!({"filter": {"minConversationDuration": bad}}))
            .invalid("minConversationDuration");
    }
    for bad in
        ["0000-00-00T00:00:00Z", "10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "9".repeat(5000).as_str()]
    {
        desk.try_list(&json!({"filter": {"rangeStartTime": bad}})).invalid("rangeStartTime");
    }
}

#[test]
fn ids_that_try_to_climb() {
    let desk = desk();
    let client = &desk.client;
    let tails = [
        "..",
        "%2e%2e",
        "%2E%2E%2Fa",
        "a%2F..%2Fb",
        "a%2Fmessages%2Fm",
        "%00",
        "a%00",
        "%FF",
        "%",
        "%zz",
        "a%0d%0ax",
        "*",
        "-",
        "%2A",
        "a'--",
        "a%22",
        "a%5Cb",
        "\\..\\",
        "a;b",
        "a%3Fx",
        "a%23x",
        "%E2%80%8B",
    ];
    for tail in tails {
        for path in [
            desk.path(tail, ""),
            desk.path(tail, ":start"),
            desk.path("a", &format!("/messages/{tail}")),
            format!("/v1/customers/{tail}/profiles/support"),
        ] {
            let verb = if path.ends_with(":start") { "POST" } else { "GET" };
            let head = format!("{verb} {path} HTTP/1.1\r\nauthorization: ApiKey {}", house().keys.admin);
            let status = raw::status(&raw::request(client.address(), &head, b""));
            assert!((400..500).contains(&status), "{verb} {path}: {status}");
        }
    }
    assert_eq!(desk.select(&json!({})), ["a"]);
}

#[test]
fn broken_http_does_no_harm() {
    let address = house().server.address();
    let key = &house().keys.admin;
    let requests: Vec<Vec<u8>> = vec![
        b"GET".to_vec(),
        b"\0\0\0\0\0\0\0\0\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"POST /v1/customers/acme/profiles/support/conversations HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{".to_vec(),
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello".to_vec(),
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZZ\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n".to_vec(),
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(200_000)).into_bytes(),
        format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-flood: y\r\n".repeat(20_000)).into_bytes(),
        format!("GET / HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "y".repeat(2_000_000)).into_bytes(),
        format!("GET /v1/customers HTTP/1.1\r\nhost: x\r\nauthorization: ApiKey {key}\r\nauthorization: ApiKey wrong\r\nconnection: close\r\n\r\n").into_bytes(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
    ];
    for request in requests {
        let status = raw::status(&raw::truncated(address, &request));
        let shown = String::from_utf8_lossy(&request[..request.len().min(80)]).into_owned();
        assert!(status < 500, "{shown:?}: {status}");
    }
    house().admin().get("/v1/customers/acme").ok();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_compressed_body_is_bounded_by_what_it_unfolds_to() {
    let house = House::build();
    let desk = house.desk();
    let send = |body: Vec<u8>, encoding: &str| {
        desk.client
            .call("POST", &desk.path("b", ":start"))
            .header("content-encoding", encoding)
            .bytes(body)
            .send()
    };
    let mut bomb = gzip(&vec![b' '; 300 * 1024 * 1024]);
    assert!((400..500).contains(&send(bomb.clone(), "gzip").status));
    bomb.truncate(bomb.len() / 2);
    assert!((400..500).contains(&send(bomb, "gzip").status));
    assert!((400..500).contains(&send(gzip(&gzip(&vec![b' '; 20_000_000])), "gzip, gzip").status));
    assert!((400..500).contains(&send(b"not compressed".to_vec(), "gzip").status));
    assert!((400..500).contains(&send(b"{}".to_vec(), "nonsense").status));
    assert_eq!(send(gzip(br#"{"displayName":"small"}"#), "gzip").ok()["outcome"], "CREATED");
    let peak = house.server.peak_memory_bytes();
    assert!(peak < MEMORY_MAX_BYTES / 2, "bounded memory: {peak}");
}

#[test]
fn large_bodies_from_many_clients_keep_memory_bounded() {
    let house = House::build();
    let desk = house.desk();
    let body = format!("{{\"displayName\":\"{}\"}}", "x".repeat(20 * 1024 * 1024));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let answer = start(&desk, body.clone());
                assert_eq!(answer.status, 413, "1: the client sees the answer: {answer}");
            });
        }
    });
    let peak = house.server.peak_memory_bytes();
    assert!(peak < MEMORY_MAX_BYTES, "bounded memory: {peak}");
    desk.start("healthy", &json!({}));
}

#[test]
fn many_idle_connections_and_slow_heads_leave_the_server_answering() {
    let address = house().server.address();
    let idle: Vec<_> = (0..300).map(|_| std::net::TcpStream::connect(address).unwrap()).collect();
    let slow: Vec<_> = (0..50)
        .map(|_| {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(b"GET /v1/customers HTTP/1.1\r\nhost:").unwrap();
            stream
        })
        .collect();
    house().admin().get("/v1/customers/acme").ok();
    drop((idle, slow));
}
