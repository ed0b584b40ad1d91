//! Calls the gRPC services in process: one framed message in, framed messages and a status out.
//!
//! The services cannot tell such a call from one over the network; no socket and no copy of a rule is between.

use bytes::{Buf, Bytes, BytesMut};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, header, request};
use http_body_util::BodyExt;
use tonic::{Code, Status};

use super::routes::Rpc;
use crate::layers;

/// The flag byte and the length in front of each message.
pub(crate) const FRAME_HEADER_BYTES: usize = 5;

/// The header of a message of so many bytes, less than 4 GiB.
pub(crate) fn frame_header(length: usize) -> [u8; FRAME_HEADER_BYTES] {
    let [a, b, c, d] = (length as u32).to_be_bytes();
    [0, a, b, c, d]
}

/// What a service may read of the caller's headers.
const PASSED_HEADERS: [HeaderName; 3] = [
    header::AUTHORIZATION,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("x-request-id"),
];

/// The messages of one answer, in order.
pub(crate) struct Answer {
    body: axum::body::Body,
    frames: BytesMut,
    /// The status where the headers held it already.
    status: Option<Status>,
    /// What the service says beside the answer.
    pub(crate) extensions: Extensions,
}

/// Starts a call. The extensions of the HTTP request go with it: the authenticated caller is among them.
pub(crate) async fn call(
    services: &axum::Router,
    rpc: &Rpc,
    parts: request::Parts,
    message: Vec<u8>,
) -> Answer {
    let mut frame = BytesMut::with_capacity(FRAME_HEADER_BYTES + message.len());
    frame.extend_from_slice(&frame_header(message.len()));
    frame.extend_from_slice(&message);
    drop(message);
    let mut request = Request::new(axum::body::Body::from(frame.freeze()));
    *request.method_mut() = Method::POST;
    *request.version_mut() = http::Version::HTTP_2;
    *request.uri_mut() = rpc.path.parse().unwrap_or_default();
    *request.headers_mut() = call_headers(&parts.headers);
    *request.extensions_mut() = parts.extensions;
    let response = layers::call(services, request).await;
    let status = Status::from_header_map(response.headers());
    let (parts, body) = response.into_parts();
    Answer { body, frames: BytesMut::new(), status, extensions: parts.extensions }
}

fn call_headers(from: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    for name in PASSED_HEADERS {
        if let Some(value) = from.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    headers
}

impl Answer {
    /// Gives the error of a call that was refused before it gave anything.
    pub(crate) fn refusal(&self) -> Option<Status> {
        self.status.clone().filter(|status| status.code() != Code::Ok)
    }

    /// Gives the one message of a call that does not stream.
    pub(crate) async fn single(mut self) -> Result<Bytes, Status> {
        let message =
            self.next().await.unwrap_or_else(|| Err(Status::internal("an answer without message")))?;
        match self.next().await {
            None => Ok(message),
            Some(Err(status)) => Err(status),
            Some(Ok(_)) => Err(Status::internal("an answer with more than one message")),
        }
    }

    /// Gives the next message; nothing after the last one. After an error the answer is over.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, Status>> {
        loop {
            if let Some(message) = self.take_frame() {
                return Some(Ok(message));
            }
            match &self.status {
                Some(status) if status.code() == Code::Ok => return None,
                Some(status) => return Some(Err(status.clone())),
                None => self.read().await,
            }
        }
    }

    /// Tells whether another message can be had without waiting.
    pub(crate) fn has_buffered(&self) -> bool {
        self.frame_bytes().is_some_and(|bytes| self.frames.len() >= bytes)
    }

    async fn read(&mut self) {
        let frame = match self.body.frame().await {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => {
                self.status = Some(Status::internal(error.to_string()));
                return;
            }
            None => {
                self.status = Some(Status::internal("an answer without status"));
                return;
            }
        };
        match frame.into_data() {
            Ok(data) if self.frames.is_empty() => self.frames = BytesMut::from(data),
            Ok(data) => self.frames.extend_from_slice(&data),
            Err(frame) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                self.status = Some(Status::from_header_map(&trailers).unwrap_or_else(|| Status::ok("")));
            }
        }
    }

    fn frame_bytes(&self) -> Option<usize> {
        let length = self.frames.get(1..FRAME_HEADER_BYTES)?;
        let length = u32::from_be_bytes(length.try_into().ok()?);
        Some(FRAME_HEADER_BYTES + length as usize)
    }

    fn take_frame(&mut self) -> Option<Bytes> {
        if !self.has_buffered() {
            return None;
        }
        let mut frame = self.frames.split_to(self.frame_bytes()?);
        frame.advance(FRAME_HEADER_BYTES);
        if self.frames.is_empty() {
            // What is kept would keep all that it was split from.
            self.frames = BytesMut::new();
        }
        Some(frame.freeze())
    }
}
