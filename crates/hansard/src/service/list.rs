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
use hansard_store::{ConversationPage, ListRequest, Reading};

/// A page of conversations with its capped totals, as `show` shows it.
///
/// It is shown where it is read: thousands of small values are given back by the thread that took them.
pub async fn list<T: Send + 'static>(
    app: &App,
    call: &Call,
    (parent, filter, order): (ProfileName, Filter, Order),
    (page_size, page_token): (i32, String),
    show: impl FnOnce(ConversationPage) -> T + Send + 'static,
) -> Result<T> {
    let scope = call.caller.enter(&parent, &parent, Permission::ReadConversations)?;
    filter.check().map_err(|error| error.within("filter"))?;
    let page_size = PageSizes::CONVERSATIONS.effective(page_size)?;
    let request = ListRequest { filter, order, page_size, page_token };
    let read = move |reading: &Reading<'_>| reading.list_conversations(&request).map(show);
    app.store.read(&scope, "list_conversations", read).await
}

/// The exact number of conversations that a filter selects.
pub async fn count(app: &App, call: &Call, parent: ProfileName, filter: Filter) -> Result<i64> {
    let scope = call.caller.enter(&parent, &parent, Permission::ReadConversations)?;
    filter.check().map_err(|error| error.within("filter"))?;
    app.store.read(&scope, "count_conversations", move |reading| reading.count_conversations(&filter)).await
}
