//! Samples of conversations.

use super::Call;
use crate::app::App;
use hansard_domain::{Error, Result, caller::Permission, filter::Filter, name::ProfileName, page::PageSizes};
use hansard_store::{SamplePage, SampleRequest};

/// A page of a sample; of conversations with at most `max_messages` unless that is 0.
pub async fn sample(
    app: &App,
    call: &Call,
    parent: ProfileName,
    filter: Filter,
    max_messages: i32,
    (page_size, page_token): (i32, String),
) -> Result<SamplePage> {
    let scope = call.caller.enter(&parent, &parent, Permission::ReadConversations)?;
    filter.check().map_err(|error| error.within("filter.conversations"))?;
    if max_messages < 0 {
        return Err(Error::invalid("filter.maxMessages", "must not be negative"));
    }
    let max_messages = Some(max_messages).filter(|max| *max > 0);
    let page_size = PageSizes::SAMPLES.effective(page_size)?;
    let request = SampleRequest { filter, max_messages, page_size, page_token };
    app.store
        .read(&scope, "sample_conversations", move |reading| reading.sample_conversations(&request))
        .await
}
