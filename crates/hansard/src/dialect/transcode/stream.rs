//! A streamed answer over HTTP: Server-Sent Events, or one JSON text a line.
//!
//! It pulls: the next message is asked for when the client has taken the one before, so that a slow client holds one
//! batch and no more. A client that is gone drops the stream, and with it the call.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use http::{HeaderValue, Response, header};
use tokio::time::{Instant, sleep_until};
use tonic::Status;

use super::{
    call::Answer,
    frames::Frames,
    json::{self, write_string},
    schema::{MessageId, Schema},
    unreadable_answer,
    wire::{self, Raw},
};
use crate::error;

/// What one stream holds at most before the client takes it.
const BATCH_BYTES_MAX: usize = 256 << 10;
const HEARTBEAT: Duration = Duration::from_secs(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `text/event-stream`
    Events,
    /// `application/x-ndjson`
    Lines,
}

struct Stream {
    schema: Arc<Schema>,
    frames: Arc<Frames>,
    output: MessageId,
    /// The number of the field that names a message, for `id:`.
    cursor: Option<u32>,
    framing: Framing,
    answer: Answer,
    is_over: bool,
}

/// Answers with the messages of a call as they come.
///
/// A call that is refused at once is an ordinary error; a later error is the last thing in the stream.
pub(crate) fn respond(
    (schema, frames): (Arc<Schema>, Arc<Frames>),
    output: MessageId,
    answer: Answer,
    framing: Framing,
) -> Result<Response<Body>, Status> {
    if let Some(status) = answer.refusal() {
        return Err(status);
    }
    let cursor = schema.message(output).field("cursor").map(|field| field.number);
    let stream = Stream { schema, frames, output, cursor, framing, answer, is_over: false };
    let chunks = stream::unfold(stream, |mut stream| async {
        let chunk = stream.next_chunk().await?;
        Some((Ok::<_, Infallible>(chunk), stream))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let content_type = match framing {
        Framing::Events => "text/event-stream",
        Framing::Lines => "application/x-ndjson",
    };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

impl Stream {
    /// Gives what the client gets next: a batch of messages, or a heartbeat.
    async fn next_chunk(&mut self) -> Option<Bytes> {
        if self.is_over {
            return None;
        }
        let heartbeat = Instant::now() + HEARTBEAT;
        let mut frames = Vec::new();
        let mut bytes = 0;
        loop {
            let next = tokio::select! {
                biased;
                next = self.answer.next() => next,
                () = sleep_until(heartbeat), if self.framing == Framing::Events => {
                    return Some(Bytes::from_static(b": \n\n"));
                }
            };
            let frame = match next {
                Some(Ok(message)) => self.frame(&message),
                Some(Err(status)) => self.last_frame(&status),
                None => {
                    self.is_over = true;
                    break;
                }
            };
            bytes += frame.len();
            frames.push(frame);
            if self.is_over || bytes >= BATCH_BYTES_MAX || !self.answer.has_buffered() {
                break;
            }
        }
        match frames.as_slice() {
            [] => None,
            [frame] => Some(frame.clone()),
            frames => Some(frames.concat().into()),
        }
    }

    fn frame(&mut self, message: &Bytes) -> Bytes {
        let form = (self.output, self.framing);
        let printed = self.frames.shared(form, message, || self.print(message));
        printed.unwrap_or_else(|status| self.last_frame(&status))
    }

    fn print(&self, message: &[u8]) -> Result<Bytes, Status> {
        let json = json::to_json(&self.schema, self.output, message).map_err(|_| unreadable_answer())?;
        let mut frame = Vec::with_capacity(json.len() + 64);
        let cursor = self.cursor.filter(|_| self.framing == Framing::Events);
        if let Some(Raw::Bytes(cursor)) = cursor.and_then(|number| wire::find(message, &[number])) {
            frame.extend_from_slice(b"id: ");
            frame.extend(cursor.iter().filter(|byte| !byte.is_ascii_control()));
            frame.push(b'\n');
        }
        self.put_text(&mut frame, &json);
        Ok(frame.into())
    }

    /// The error that ends the stream.
    fn last_frame(&mut self, status: &Status) -> Bytes {
        self.is_over = true;
        let (mut frame, json) = (Vec::new(), error::to_json(status));
        if self.framing == Framing::Events {
            frame.extend_from_slice(b"event: error\n");
            self.put_text(&mut frame, &json);
            return frame.into();
        }
        let mut line = b"{".to_vec();
        write_string(&mut line, "error");
        line.push(b':');
        line.extend_from_slice(&json);
        line.push(b'}');
        self.put_text(&mut frame, &line);
        frame.into()
    }

    fn put_text(&self, chunk: &mut Vec<u8>, json: &[u8]) {
        match self.framing {
            Framing::Events => {
                chunk.extend_from_slice(b"data: ");
                chunk.extend_from_slice(json);
                chunk.extend_from_slice(b"\n\n");
            }
            Framing::Lines => {
                chunk.extend_from_slice(json);
                chunk.push(b'\n');
            }
        }
    }
}
