//! The change log of a profile: read to its end, or followed across lost connections.

use std::{ops::ControlFlow, time::Duration};

use anyhow::Result;
use hansard_proto::v1::{ListChangesRequest, WatchChangesRequest};
use tonic::{Code, Status};

use super::{Conversations, Transport, explain, found::Changed, question::Question};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(15);
const PAGE_SIZE: i32 = 1000;
/// The cursor of the last change at the time of the call.
const NOW: &str = "now";

/// Where reading begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    Beginning,
    Now,
    /// After this change.
    After(String),
}

/// Hands on each change; `Break` ends the reading.
pub trait Take: FnMut(&Changed) -> Result<ControlFlow<()>> {}

impl<F: FnMut(&Changed) -> Result<ControlFlow<()>>> Take for F {}

/// A reader at its place in the log.
pub struct Follower<T> {
    client: Conversations<T>,
    question: Question,
    cursor: String,
}

impl<T: Transport> Follower<T> {
    /// Goes to where reading begins.
    pub async fn new(client: Conversations<T>, question: Question, start: Start) -> Result<Self> {
        let cursor = match start {
            Start::Beginning => String::new(),
            Start::After(cursor) => cursor,
            Start::Now => NOW.to_owned(),
        };
        let mut follower = Self { client, question, cursor };
        if follower.cursor == NOW {
            follower.cursor = follower.page().await?.1;
        }
        Ok(follower)
    }

    async fn page(&mut self) -> Result<(Vec<Changed>, String)> {
        let Question { parent, filter, filter_text } = self.question.clone();
        let cursor = self.cursor.clone();
        let request = ListChangesRequest { parent, cursor, page_size: PAGE_SIZE, filter, filter_text };
        let page = self.client.list_changes(request).await.map_err(|status| explain(&status))?.into_inner();
        Ok((page.changes.into_iter().map(Changed).collect(), page.next_cursor))
    }

    /// Reads what is there.
    pub async fn catch_up(&mut self, mut take: impl Take) -> Result<()> {
        loop {
            let (changes, next) = self.page().await?;
            for change in &changes {
                if take(change)?.is_break() {
                    return Ok(());
                }
            }
            if next == self.cursor {
                return Ok(());
            }
            self.cursor = next;
        }
    }

    /// Reads what is there and waits for what comes. A lost connection is taken up again after the last change, until the server refuses.
    pub async fn follow(&mut self, mut take: impl Take, lost: impl Fn(&Status, Duration)) -> Result<()> {
        let mut pause = FIRST_PAUSE;
        loop {
            let before = self.cursor.clone();
            let status = match self.watch(&mut take).await? {
                ControlFlow::Break(()) => return Ok(()),
                ControlFlow::Continue(status) => status,
            };
            if !is_passing(&status) {
                return Err(explain(&status));
            }
            if before != self.cursor {
                pause = FIRST_PAUSE;
            }
            lost(&status, pause);
            tokio::time::sleep(pause).await;
            pause = PAUSE_MAX.min(pause * 2);
        }
    }

    /// Follows one stream to its end, and answers why it ended.
    async fn watch(&mut self, take: &mut impl Take) -> Result<ControlFlow<(), Status>> {
        let Question { parent, filter, filter_text } = self.question.clone();
        let cursor = self.cursor.clone();
        let request = WatchChangesRequest { parent, cursor, page_size: 0, filter, filter_text };
        let mut changes = match self.client.watch_changes(request).await {
            Ok(changes) => changes.into_inner(),
            Err(status) => return Ok(ControlFlow::Continue(status)),
        };
        loop {
            match changes.message().await {
                Ok(Some(change)) => {
                    let change = Changed(change);
                    let taken = take(&change)?;
                    change.cursor().clone_into(&mut self.cursor);
                    if taken.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(None) => {
                    return Ok(ControlFlow::Continue(Status::unavailable("the server ended the stream")));
                }
                Err(status) => return Ok(ControlFlow::Continue(status)),
            }
        }
    }
}

/// Whether the same request may do later.
fn is_passing(status: &Status) -> bool {
    let is_broken = std::error::Error::source(status).is_some();
    let code = status.code();
    is_broken
        || matches!(
            code,
            Code::Unavailable | Code::Cancelled | Code::DeadlineExceeded | Code::ResourceExhausted
        )
}
