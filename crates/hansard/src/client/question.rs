//! Questions about conversations, asked page by page: which there are, how many, and a sample of them.

use std::ops::ControlFlow;

use anyhow::{Error, Result};
use hansard_proto::v1::{
    ConversationFilter, CountConversationsRequest, ListConversationsRequest, SampleConversationsRequest,
    sample_conversations_request::Filter,
};

use super::{
    Conversations, Transport, explain,
    found::{Drawn, Listed},
};

/// Which conversations of a profile; with filter and text, both must hold.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Resource name of the profile.
    pub parent: String,
    pub filter: Option<ConversationFilter>,
    /// After AIP-160.
    pub filter_text: String,
}

/// How many in all and how many at once; what is none is up to the server.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sizes {
    pub limit: Option<u64>,
    pub page: Option<i32>,
}

impl Sizes {
    /// What to ask for where so many are still wanted.
    fn page(self, left: u64) -> i32 {
        let wanted = self.limit.and_then(|_| i32::try_from(left).ok());
        [self.page, wanted].into_iter().flatten().min().unwrap_or_default()
    }
}

/// Hands on one thing after the other, up to a limit.
struct Taker<F> {
    left: u64,
    take: F,
}

impl<F> Taker<F> {
    fn new(sizes: Sizes, take: F) -> Self {
        Self { left: sizes.limit.unwrap_or(u64::MAX), take }
    }

    /// Goes on where there is a next page and more is wanted.
    fn page<T>(&mut self, items: impl IntoIterator<Item = T>, next: &str) -> Result<ControlFlow<()>>
    where
        F: FnMut(T) -> Result<()>,
    {
        for item in items {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            (self.take)(item)?;
        }
        let is_last = next.is_empty() || self.left == 0;
        Ok(if is_last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

impl Question {
    /// Everything of a profile.
    pub fn all(parent: &str) -> Self {
        Self { parent: parent.to_owned(), ..Self::default() }
    }

    /// Lists conversations in an order.
    pub async fn list<T: Transport>(
        &self,
        client: &mut Conversations<T>,
        order_by: &str,
        sizes: Sizes,
        take: impl FnMut(Listed) -> Result<()>,
    ) -> Result<()> {
        let mut taker = Taker::new(sizes, take);
        let mut page_token = String::new();
        loop {
            let request = ListConversationsRequest {
                parent: self.parent.clone(),
                page_size: sizes.page(taker.left),
                page_token,
                filter: self.filter.clone(),
                order_by: order_by.to_owned(),
                filter_text: self.filter_text.clone(),
            };
            let page = client.list_conversations(request).await.map_err(refused)?.into_inner();
            if taker.page(page.conversations.into_iter().map(Listed), &page.next_page_token)?.is_break() {
                return Ok(());
            }
            page_token = page.next_page_token;
        }
    }

    /// Counts exactly.
    pub async fn count<T: Transport>(self, client: &mut Conversations<T>) -> Result<i64> {
        let Self { parent, filter, filter_text } = self;
        let request = CountConversationsRequest { parent, filter, filter_text };
        Ok(client.count_conversations(request).await.map_err(refused)?.into_inner().count)
    }

    /// Draws a sample of conversations with at most `max_messages` messages, 0 being no limit.
    pub async fn sample<T: Transport>(
        &self,
        client: &mut Conversations<T>,
        max_messages: i32,
        sizes: Sizes,
        take: impl FnMut(Drawn) -> Result<()>,
    ) -> Result<()> {
        let mut taker = Taker::new(sizes, take);
        let mut page_token = String::new();
        loop {
            let request = SampleConversationsRequest {
                parent: self.parent.clone(),
                page_size: sizes.page(taker.left),
                page_token,
                filter: Some(Filter { max_messages, conversations: self.filter.clone() }),
                filter_text: self.filter_text.clone(),
                ..Default::default()
            };
            let page = client.sample_conversations(request).await.map_err(refused)?.into_inner();
            if taker.page(page.samples.into_iter().map(Drawn), &page.next_page_token)?.is_break() {
                return Ok(());
            }
            page_token = page.next_page_token;
        }
    }
}

#[allow(clippy::needless_pass_by_value)] // It is what errors are mapped with.
fn refused(status: tonic::Status) -> Error {
    explain(&status)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pages_end_at_the_limit() {
        let sizes = Sizes { limit: Some(5), page: Some(3) };
        let mut taken = Vec::new();
        let mut taker = Taker::new(sizes, |item: i32| {
            taken.push(item);
            Ok(())
        });
        assert_eq!(sizes.page(taker.left), 3);
        assert!(taker.page(vec![1, 2, 3], "more").unwrap().is_continue());
        assert_eq!(sizes.page(taker.left), 2);
        assert!(taker.page(vec![4, 5, 6], "more").unwrap().is_break());
        assert_eq!(taken, [1, 2, 3, 4, 5], "a server may answer more than was asked for");
        assert_eq!(Sizes::default().page(u64::MAX), 0, "the server's own size");
    }
}
