//! Samples of conversations.

use crate::{
    app::App,
    dialect::service::from_proto::{self, names},
    service::{Call, sample},
};
use hansard_domain::{Error, Result};
use hansard_proto::v1 as pb;
use std::sync::Arc;

pub(super) async fn sample_conversations(
    app: &Arc<App>,
    call: &Call,
    given: pb::SampleConversationsRequest,
) -> Result<pb::SampleConversationsResponse> {
    let parent = names::profile("parent", &given.parent)?;
    let selection = given.filter.unwrap_or_default();
    let filter = from_proto::filter::inside(
        "filter.conversations",
        selection.conversations,
        &given.filter_text,
        &parent,
    )?;
    // There is one method, and no method is that one.
    pb::sample_conversations_request::SamplingMethod::try_from(given.sampling_method).map_err(|_| {
        Error::invalid("samplingMethod", format!("has no value number {}", given.sampling_method))
    })?;
    let page = (given.page_size, given.page_token);
    let page = sample::sample(app, call, parent, filter, selection.max_messages, page).await?;
    let samples = page.samples.into_iter().map(|sample| pb::sample_conversations_response::Sample {
        conversation: sample.conversation.to_string(),
        message_count: if given.disable_message_counts { 0 } else { sample.messages },
    });
    Ok(pb::SampleConversationsResponse { samples: samples.collect(), next_page_token: page.next_page_token })
}
