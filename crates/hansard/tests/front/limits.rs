use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use http::header;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::fixture::{KEY, PROFILE, Server};

const MIB: usize = 1 << 20;

fn start_body(bytes: usize) -> String {
    let (head, tail) = (r#"{"displayName":""#, r#""}"#);
    format!("{head}{}{tail}", "x".repeat(bytes - head.len() - tail.len()))
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_body_is_limited_at_its_edge() {
    let server = Server::start().await;
    let start = || server.request("POST", &format!("{PROFILE}/conversations/c1:start"));
    assert_eq!(server.send(start(), start_body(8 * MIB)).await.status, 200);
    for bytes in [8 * MIB + 1, 20 * MIB] {
        let answer = server.send(start(), start_body(bytes)).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_i64()), (413, Some(8)), "{bytes}");
    }
}

/// Many clients read nothing before they have sent everything.
#[tokio::test]
async fn a_client_that_sends_it_all_first_still_sees_its_answer() {
    let server = Server::start().await;
    for (key, status) in [("ApiKey wrong", "401"), (KEY, "413")] {
        let head = format!(
            "POST {PROFILE}/conversations/c1:start HTTP/1.1\r\nhost: x\r\nauthorization: {key}\r\n\
             content-length: {}\r\n\r\n",
            20 * MIB
        );
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(start_body(20 * MIB).as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"));
    }
}

#[tokio::test]
async fn a_compressed_body_is_limited_by_what_it_holds() {
    let server = Server::start().await;
    let start = || {
        let request = server.request("POST", &format!("{PROFILE}/conversations/c1:start"));
        request.header(header::CONTENT_ENCODING, "gzip")
    };
    let answer = server.send(start(), gzip(br#"{"displayName":"small"}"#)).await;
    assert_eq!(answer.json()["conversation"]["displayName"], "small");
    let answer = server.send(start(), gzip(&vec![b' '; 200 * MIB])).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_i64()), (413, Some(8)));
    assert_eq!(server.send(start(), "{}").await.status, 400);
}

#[tokio::test]
async fn many_large_requests_at_once_are_all_answered() {
    let server = std::sync::Arc::new(Server::start().await);
    let sends = (0..40).map(|_| {
        let server = server.clone();
        tokio::spawn(async move {
            let request = server.request("POST", &format!("{PROFILE}/conversations/c1:start"));
            server.send(request, start_body(MIB)).await.status
        })
    });
    for status in futures::future::join_all(sends).await {
        assert_eq!(status.unwrap(), 200);
    }
}
