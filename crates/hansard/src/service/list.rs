//! Listing and counting conversations.

use super::Call;
use crate::app::App;
use hansard_domain::{
    Result,
    caller::Permission,
    filter::{Filter, Order},
    name::ProfileName,
    page::PageSizes,
};
use hansard_store::{ConversationPage, ListRequest};

/// A page of conversations with its capped totals.
pub async fn list(
    app: &App,
    call: &Call,
    parent: ProfileName,
    filter: Filter,
    order: Order,
    (page_size, page_token): (i32, String),
) -> Result<ConversationPage> {
    let scope = call.caller.enter(&parent, &parent, Permission::ReadConversations)?;
    filter.check().map_err(|error| error.within("filter"))?;
    let page_size = PageSizes::CONVERSATIONS.effective(page_size)?;
    let request = ListRequest { filter, order, page_size, page_token };
    app.store.read(&scope, "list_conversations", move |reading| reading.list_conversations(&request)).await
}

/// The exact number of conversations that a filter selects.
pub async fn count(app: &App, call: &Call, parent: ProfileName, filter: Filter) -> Result<i64> {
    let scope = call.caller.enter(&parent, &parent, Permission::ReadConversations)?;
    filter.check().map_err(|error| error.within("filter"))?;
    app.store.read(&scope, "count_conversations", move |reading| reading.count_conversations(&filter)).await
}
