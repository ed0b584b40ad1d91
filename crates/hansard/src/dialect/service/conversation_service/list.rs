//! Lists and counts.

use crate::{
    app::App,
    dialect::service::{
        encoded::Encoded,
        from_proto::{self, names},
        to_proto,
    },
    service::{Call, list},
};
use hansard_domain::{Result, filter::Order};
use hansard_proto::v1 as pb;
use hansard_store::ConversationPage;
use std::sync::Arc;

pub(super) async fn list_conversations(
    app: &Arc<App>,
    call: &Call,
    given: pb::ListConversationsRequest,
) -> Result<Encoded<pb::ListConversationsResponse>> {
    let parent = names::profile("parent", &given.parent)?;
    let filter = from_proto::filter::filter(given.filter, &given.filter_text, &parent)?;
    let order = Order::parse(&given.order_by)?;
    let page = (given.page_size, given.page_token);
    list::list(app, call, (parent, filter, order), page, |page| Encoded::of(&show(page))).await
}

fn show(page: ConversationPage) -> pb::ListConversationsResponse {
    let snippets = page.snippets.into_iter().chain(std::iter::repeat(None));
    let metadata =
        page.conversations.iter().zip(snippets).map(|(view, snippet)| {
            (view.conversation.name.to_string(), to_proto::list_metadata(view, snippet))
        });
    pb::ListConversationsResponse {
        metadata: metadata.collect(),
        conversations: page.conversations.into_iter().map(to_proto::conversation).collect(),
        total_conversations: page.total,
        filtered_conversations: page.filtered,
        next_page_token: page.next_page_token,
    }
}

pub(super) async fn count_conversations(
    app: &Arc<App>,
    call: &Call,
    given: pb::CountConversationsRequest,
) -> Result<pb::CountConversationsResponse> {
    let parent = names::profile("parent", &given.parent)?;
    let filter = from_proto::filter::filter(given.filter, &given.filter_text, &parent)?;
    let count = list::count(app, call, parent, filter).await?;
    Ok(pb::CountConversationsResponse { count })
}
