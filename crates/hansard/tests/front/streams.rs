use http::header;
use http_body_util::BodyExt;
use tokio::time::{Duration, Instant};

use crate::fixture::{PROFILE, Server, call};

const EVENTS: &str = "text/event-stream";

fn changes(profile: &str) -> String {
    format!("/v1/customers/acme/profiles/{profile}/changes?cursor=query")
}

#[tokio::test]
async fn changes_come_as_events_where_events_are_accepted() {
    let server = Server::start().await;
    let request = server
        .request("GET", &changes("support"))
        .header(header::ACCEPT, "text/html, text/event-stream;q=0.9");
    let answer = server.send(request, "").await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], EVENTS);
    let event = |cursor: &str| {
        format!(
            "id: {cursor}\ndata: {{\"cursor\":\"{cursor}\",\"conversation\":\"\",\"kind\":\"KIND_UNSPECIFIED\",\
             \"resource\":\"\",\"sequence\":0}}\n\n"
        )
    };
    assert_eq!(answer.text(), event("after-query") + &event("b"));
    let request = server
        .request("GET", &changes("support"))
        .header(header::ACCEPT, EVENTS)
        .header("last-event-id", "mine");
    assert!(server.send(request, "").await.text().starts_with("id: after-mine\n"));
}

#[tokio::test]
async fn the_same_path_is_a_page_where_events_are_not_accepted() {
    let server = Server::start().await;
    // The page is a method that the fixture does not pretend.
    assert_eq!(server.get(&changes("support")).await.status, 501);
    let request = server.request("GET", &changes("support")).header(header::ACCEPT, "*/*");
    assert_eq!(server.send(request, "").await.status, 501);
}

#[tokio::test]
async fn an_error_is_the_last_event() {
    let server = Server::start().await;
    for (profile, code) in [("broken", 14), ("panics", 13)] {
        let request = server.request("GET", &changes(profile)).header(header::ACCEPT, EVENTS);
        let answer = server.send(request, "").await;
        assert_eq!(answer.status, 200);
        let (_, error) = answer.text().split_once("event: error\ndata: ").unwrap();
        assert!(error.starts_with(&format!("{{\"code\":{code},")) && error.ends_with("}\n\n"), "{error}");
    }
}

#[tokio::test]
async fn a_stream_that_only_streams_comes_as_lines() {
    let server = Server::start().await;
    let answer = server.get(&format!("{PROFILE}/conversations:export")).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/x-ndjson");
    let lines: Vec<serde_json::Value> =
        answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2000);
    assert_eq!(lines[1999]["conversation"]["name"], "c1999");
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_beats_every_15_seconds() {
    let mut body = call(&changes("quiet"), EVENTS, true).await.into_body();
    let started = Instant::now();
    for beat in 1..=3 {
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), ": \n\n");
        assert_eq!(started.elapsed().as_secs(), beat * 15);
    }
}

#[tokio::test]
async fn a_slow_reader_does_not_make_the_server_read_ahead() {
    let server = Server::start().await;
    let path = format!("{PROFILE}/conversations:export");
    let mut body = server.open(server.request("GET", &path), "").await.into_body();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.len() <= 300 << 10, "{}", first.len());
}
