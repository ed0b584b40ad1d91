//! Pages that are asked for by their number: of conversations, and of the messages of one.
//!
//! A later page costs more than an earlier one; who walks a list to its end does better with tokens.

use crate::Reading;
use hansard_domain::{
    Result,
    conversation::{Conversation, View},
    filter::{Filter, Order},
    message::Message,
};

/// Which conversations, in which order, and which of them.
#[derive(Debug, Clone)]
pub struct NumberedRequest {
    pub filter: Filter,
    pub order: Order,
    /// Those that are deleted and kept as well.
    pub includes_deleted: bool,
    pub stretch: Stretch,
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    pub skip: usize,
    pub take: usize,
}

/// Part of a list, and how long the whole is: exactly.
#[derive(Debug, Clone)]
pub struct Numbered<T> {
    pub items: Vec<T>,
    pub total: i64,
}

impl Reading<'_> {
    pub fn list_numbered(&self, request: &NumberedRequest) -> Result<Numbered<View>> {
        let found = self.find(&request.filter, request.includes_deleted, self.now())?;
        let Stretch { skip, take } = request.stretch;
        let total = self.count_up_to(&found, i64::MAX)?;
        if usize::try_from(total).is_ok_and(|total| skip >= total) {
            return Ok(Numbered { items: Vec::new(), total });
        }
        let page = self.page_of(&found, request.order, None, skip.saturating_add(take))?;
        let numbers: Vec<i64> = page.into_iter().skip(skip).map(|(_, number)| number).collect();
        Ok(Numbered { items: self.views(&numbers)?, total })
    }

    /// Messages by position, without deleted ones.
    pub fn list_numbered_messages(
        &self,
        conversation: &Conversation,
        stretch: Stretch,
    ) -> Result<Numbered<Message>> {
        let (profile, number) = (self.profile_key(), conversation.number);
        let total = self.tx().count_messages(profile, number)?;
        let items = self.tx().list_stretch_of_messages(profile, conversation, stretch)?;
        Ok(Numbered { items, total })
    }
}
