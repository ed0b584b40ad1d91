//! A reader of a profile's changes as Server-Sent Events, which looks for appended messages only.

use std::{cell::RefCell, rc::Rc, time::Instant};

use anyhow::Context;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::{
    hansard::PROFILE,
    http::{Http, Post, Target},
    random::Random,
};

/// What the ids of messages begin with; their number follows.
const ID: &str = "/messages/n";

/// Numbers the messages that are sent and knows when each was.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent(Rc<RefCell<Vec<Instant>>>);

impl Sent {
    /// Makes the next message, for a conversation below the profile.
    pub(crate) fn append(&self, conversation: &str, random: &mut Random) -> Post {
        let mut times = self.0.borrow_mut();
        let path = format!("/v1/{conversation}/messages?messageId=n{}", times.len());
        let body = format!(r#"{{"speaker": "VISITOR", "text": "{}"}}"#, random.text());
        times.push(Instant::now());
        Post { path, body, idempotency_key: None }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    pub(crate) fn at(&self, number: usize) -> Option<Instant> {
        self.0.borrow().get(number).copied()
    }
}

/// An open stream.
#[derive(Debug)]
pub(crate) struct Watcher {
    body: Incoming,
    unread: Vec<u8>,
}

impl Watcher {
    /// Watches all changes of the profile, or those that a query selects, from the oldest on.
    pub(crate) async fn open(target: &Target, query: &str) -> anyhow::Result<Self> {
        let path = format!("/v1/{PROFILE}/changes{query}");
        let body = Http::connect(target).await?.events(&path).await?;
        Ok(Self { body, unread: Vec::new() })
    }

    /// Waits for what comes next and returns the numbers of the messages in it.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Vec<usize>> {
        let frame = self.body.frame().await.context("the server ended the stream")??;
        if let Some(data) = frame.data_ref() {
            self.unread.extend_from_slice(data);
        }
        let whole = self.unread.windows(2).rposition(|pair| pair == b"\n\n").map_or(0, |at| at + 2);
        let numbers = numbers_in(&String::from_utf8_lossy(&self.unread[..whole]));
        self.unread.drain(..whole);
        Ok(numbers)
    }
}

fn numbers_in(events: &str) -> Vec<usize> {
    let number = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    };
    events.split(ID).skip(1).filter_map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_by_their_numbers() {
        let events = "id: 7\ndata: {\"kind\":\"MESSAGE_CREATED\",\"resource\":\"c/messages/n12\"}\n\n: \n\n\
                      data: {\"resource\":\"c/events/n3\"}\n\ndata: {\"resource\":\"c/messages/n0\"}\n\n";
        assert_eq!(numbers_in(events), [12, 0]);
    }
}
