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
    schema: Arc<Schema>,
    output: MessageId,
    answer: Answer,
    framing: Framing,
) -> Result<Response<Body>, Status> {
    if let Some(status) = answer.refusal() {
        return Err(status);
    }
    let cursor = schema.message(output).field("cursor").map(|field| field.number);
    let stream = Stream { schema, output, cursor, framing, answer, is_over: false };
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
        let mut chunk = Vec::new();
        loop {
            let next = tokio::select! {
                biased;
                next = self.answer.next() => next,
                () = sleep_until(heartbeat), if self.framing == Framing::Events => {
                    return Some(Bytes::from_static(b": \n\n"));
                }
            };
            match next {
                Some(Ok(message)) => self.put_message(&mut chunk, &message),
                Some(Err(status)) => self.put_error(&mut chunk, &status),
                None => self.is_over = true,
            }
            if self.is_over || chunk.len() >= BATCH_BYTES_MAX || !self.answer.has_buffered() {
                break;
            }
        }
        (!chunk.is_empty()).then(|| chunk.into())
    }

    fn put_message(&mut self, chunk: &mut Vec<u8>, message: &[u8]) {
        let Ok(json) = json::to_json(&self.schema, self.output, message) else {
            return self.put_error(chunk, &unreadable_answer());
        };
        let cursor = self.cursor.filter(|_| self.framing == Framing::Events);
        if let Some(Raw::Bytes(cursor)) = cursor.and_then(|number| wire::find(message, &[number])) {
            chunk.extend_from_slice(b"id: ");
            chunk.extend(cursor.iter().filter(|byte| !byte.is_ascii_control()));
            chunk.push(b'\n');
        }
        self.put_text(chunk, &json);
    }

    fn put_error(&mut self, chunk: &mut Vec<u8>, status: &Status) {
        self.is_over = true;
        let json = error::to_json(status);
        if self.framing == Framing::Events {
            chunk.extend_from_slice(b"event: error\n");
            return self.put_text(chunk, &json);
        }
        let mut line = b"{".to_vec();
        write_string(&mut line, "error");
        line.push(b':');
        line.extend_from_slice(&json);
        line.push(b'}');
        self.put_text(chunk, &line);
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
