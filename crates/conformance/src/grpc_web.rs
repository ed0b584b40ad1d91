//! A gRPC-Web client that makes and reads the frames itself, over HTTP/1.1 or HTTP/2, binary or as text.
//!
//! It knows the protocol from its description, and none of the server's libraries for it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::http::response::Parts;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::TokioExecutor;
use prost::Message;

use crate::client::runtime;

const PATIENCE: Duration = Duration::from_secs(20);
const HEADER_BYTES: usize = 5;
/// The bit of a frame's first byte that says trailers.
const TRAILERS: u8 = 0x80;

/// How a call goes over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    pub text: bool,
    pub http2: bool,
}

/// All four ways.
pub const MODES: [Mode; 4] = [
    Mode { text: false, http2: false },
    Mode { text: false, http2: true },
    Mode { text: true, http2: false },
    Mode { text: true, http2: true },
];

/// A frame of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    Message(Bytes),
    Trailers(BTreeMap<String, String>),
}

/// An answer whose frames are still to come.
pub struct Stream {
    pub head: Parts,
    body: Incoming,
    text: bool,
    encoded: Vec<u8>,
    unread: Vec<u8>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub head: Parts,
    pub messages: Vec<Bytes>,
    pub trailers: BTreeMap<String, String>,
}

/// Calls a method; `headers` come beside those of the protocol.
pub fn open(
    address: SocketAddr,
    mode: Mode,
    method: &str,
    message: &[u8],
    headers: &[(&str, &str)],
) -> Stream {
    let mut frame = vec![0];
    frame.extend_from_slice(&u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(message);
    let (media, body) = match mode.text {
        true => ("application/grpc-web-text", STANDARD.encode(frame).into_bytes()),
        false => ("application/grpc-web+proto", frame),
    };
    let mut request = hyper::Request::post(format!("http://{address}/{method}"))
        .header("content-type", media)
        .header("x-grpc-web", "1");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::from(body))).unwrap();
    let (head, body) = runtime().block_on(async {
        let pool: Pool<_, Full<Bytes>> =
            Pool::builder(TokioExecutor::new()).http2_only(mode.http2).build_http();
        tokio::time::timeout(PATIENCE, pool.request(request)).await.unwrap().unwrap().into_parts()
    });
    let version = if mode.http2 { hyper::Version::HTTP_2 } else { hyper::Version::HTTP_11 };
    assert_eq!(head.version, version);
    Stream { head, body, text: mode.text, encoded: Vec::new(), unread: Vec::new() }
}

/// Calls a method with a key and reads the answer to its end.
pub fn call(address: SocketAddr, mode: Mode, method: &str, message: &impl Message, key: &str) -> Reply {
    let authorization = format!("ApiKey {key}");
    open(address, mode, method, &message.encode_to_vec(), &[("authorization", &authorization)]).finish()
}

impl Stream {
    /// Returns the next frame; none at the end.
    pub fn next_frame(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.take_frame() {
                return Some(frame);
            }
            let frame = runtime().block_on(async { tokio::time::timeout(PATIENCE, self.body.frame()).await });
            let Some(frame) = frame.expect("a frame in time") else {
                assert!(self.unread.is_empty() && self.encoded.is_empty(), "cut short: {:?}", self.unread);
                return None;
            };
            let data = frame.unwrap().into_data().expect("gRPC-Web has its trailers in the body");
            self.read(&data);
        }
    }

    /// Reads all frames that are left.
    pub fn finish(mut self) -> Reply {
        let (mut messages, mut trailers) = (Vec::new(), BTreeMap::new());
        while let Some(frame) = self.next_frame() {
            match frame {
                Frame::Message(message) => messages.push(message),
                Frame::Trailers(found) => trailers = found,
            }
        }
        Reply { head: self.head, messages, trailers }
    }

    /// Text comes in pieces that are each base64 with its padding.
    fn read(&mut self, data: &[u8]) {
        if !self.text {
            self.unread.extend_from_slice(data);
            return;
        }
        self.encoded.extend_from_slice(data);
        let whole = self.encoded.len() / 4 * 4;
        for quantum in self.encoded.drain(..whole).collect::<Vec<u8>>().chunks(4) {
            self.unread.extend(STANDARD.decode(quantum).unwrap());
        }
    }

    fn take_frame(&mut self) -> Option<Frame> {
        let header: &[u8; HEADER_BYTES] = self.unread.first_chunk()?;
        let [flag, length @ ..] = *header;
        let end = HEADER_BYTES + u32::from_be_bytes(length) as usize;
        if self.unread.len() < end {
            return None;
        }
        let frame: Vec<u8> = self.unread.drain(..end).skip(HEADER_BYTES).collect();
        if flag & TRAILERS == 0 {
            return Some(Frame::Message(frame.into()));
        }
        let text = String::from_utf8(frame).unwrap();
        let trailers = text.lines().map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_owned(), value.trim().to_owned())
        });
        Some(Frame::Trailers(trailers.collect()))
    }
}

impl Reply {
    /// Returns the status, wherever the protocol lets it be: in the trailers, or in the head of an answer without any.
    pub fn status(&self) -> u32 {
        let header = self.head.headers.get("grpc-status").map(|value| value.to_str().unwrap());
        let status = self.trailers.get("grpc-status").map(String::as_str).or(header);
        status.unwrap_or_else(|| panic!("no status: {self:?}")).parse().unwrap()
    }

    /// Demands success and the one message of a unary answer.
    #[track_caller]
    pub fn ok<M: Message + Default>(&self) -> M {
        assert_eq!((self.status(), self.messages.len()), (0, 1), "{self:?}");
        assert!(self.trailers.contains_key("grpc-status"), "in the body: {self:?}");
        M::decode(self.messages[0].clone()).unwrap()
    }
}
