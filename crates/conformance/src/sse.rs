//! A reader of Server-Sent Events.

use std::collections::VecDeque;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use crate::client::{Broken, Call, runtime};

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: String,
    pub data: Value,
}

/// An open stream.
pub struct Stream {
    pub status: u16,
    pub content_type: String,
    body: Incoming,
    unread: Vec<u8>,
    events: VecDeque<Event>,
    is_over: bool,
}

impl Stream {
    /// Opens the stream that a call asks for.
    pub fn open(call: Call) -> Self {
        Self::try_open(call).unwrap_or_else(|broken| panic!("{broken:?}"))
    }

    /// Opens it at a server that may be going down.
    pub fn try_open(call: Call) -> Result<Self, Broken> {
        let call = call.header("accept", "text/event-stream");
        let (head, body) = runtime().block_on(call.stream())?;
        let content_type =
            head.headers.get("content-type").map_or("", |value| value.to_str().unwrap()).to_owned();
        let (status, unread, events) = (head.status.as_u16(), Vec::new(), VecDeque::new());
        Ok(Self { status, content_type, body, unread, events, is_over: false })
    }

    /// Returns the next event, or none when nothing comes for so long or the stream ends.
    pub fn next(&mut self, patience: Duration) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let frame = runtime().block_on(async { tokio::time::timeout(patience, self.body.frame()).await });
            let Ok(frame) = frame else { return None };
            let Some(data) = frame.and_then(Result::ok).and_then(|frame| frame.into_data().ok()) else {
                self.is_over = true;
                return None;
            };
            self.unread.extend_from_slice(&data);
            self.split();
        }
    }

    /// Returns whether nothing can come any more.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Returns the next `count` events.
    pub fn take(&mut self, count: usize) -> Vec<Event> {
        (0..count)
            .map(|index| self.next(Duration::from_secs(20)).unwrap_or_else(|| panic!("no event {index}")))
            .collect()
    }

    fn split(&mut self) {
        while let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
            let block: Vec<u8> = self.unread.drain(..end + 2).collect();
            let block = String::from_utf8(block).unwrap();
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                self.events.push_back(Event { id: id.to_owned(), data: serde_json::from_str(data).unwrap() });
            }
        }
    }
}
