//! Start, get, fetch, close, reopen, delete.

use crate::{
    app::App,
    dialect::service::{
        from_proto::{self, names},
        to_proto,
    },
    service::{
        Call, conversation,
        start::{self, Start},
        state,
    },
};
use hansard_domain::{Id, Result, conversation::StateChange, redact::Redactor};
use hansard_proto::v1 as pb;
use std::sync::Arc;

pub(super) async fn start_conversation(
    app: &Arc<App>,
    call: &Call,
    given: pb::StartConversationRequest,
) -> Result<pb::StartConversationResponse> {
    use pb::start_conversation_response::Outcome;
    let parent = names::profile("parent", &given.parent)?;
    let id = Id::parse("conversationId", &given.conversation_id)?;
    let flags = from_proto::conversation::flags(
        given.feature_override.as_ref(),
        given.close_agent_other_conversations,
    );
    let (customer, new) = (parent.customer.clone(), given.conversation.unwrap_or_default());
    let draft =
        |redactor: &Redactor| from_proto::conversation::new_conversation(new.clone(), &customer, redactor);
    let started = start::start(app, call, Start { parent, id, flags, draft }).await?;
    let outcome = if started.created { Outcome::Created } else { Outcome::AlreadyExists };
    let conversation = Some(to_proto::conversation(started.view));
    Ok(pb::StartConversationResponse { conversation, outcome: outcome.into() })
}

pub(super) async fn get_conversation(
    app: &Arc<App>,
    call: &Call,
    given: pb::GetConversationRequest,
) -> Result<pb::GetConversationResponse> {
    let name = names::conversation("name", &given.name)?;
    let view = conversation::get(app, call, name).await?;
    Ok(pb::GetConversationResponse { conversation: Some(to_proto::conversation(view)) })
}

pub(super) async fn fetch_conversation_by_platform_id(
    app: &Arc<App>,
    call: &Call,
    given: pb::FetchConversationByPlatformIdRequest,
) -> Result<pb::FetchConversationByPlatformIdResponse> {
    let parent = names::profile("parent", &given.parent)?;
    let (id, account) = (given.platform_conversation_id, given.platform_account_id);
    let view = conversation::fetch_by_platform_id(app, call, parent, id, account).await?;
    Ok(pb::FetchConversationByPlatformIdResponse { conversation: Some(to_proto::conversation(view)) })
}

pub(super) async fn fetch_conversation_by_legacy_id(
    app: &Arc<App>,
    call: &Call,
    given: pb::FetchConversationByLegacyIdRequest,
) -> Result<pb::FetchConversationByLegacyIdResponse> {
    let parent = names::profile("parent", &given.parent)?;
    let view = conversation::fetch_by_legacy_id(app, call, parent, given.legacy_chat_id).await?;
    Ok(pb::FetchConversationByLegacyIdResponse { conversation: Some(to_proto::conversation(view)) })
}

pub(super) async fn close_conversation(
    app: &Arc<App>,
    call: &Call,
    given: pb::CloseConversationRequest,
) -> Result<pb::CloseConversationResponse> {
    let name = names::conversation("name", &given.name)?;
    let close = |_: &Redactor| Ok(StateChange::close());
    state::change_state(app, call, &name, close).await?;
    Ok(pb::CloseConversationResponse {})
}

pub(super) async fn update_conversation_state(
    app: &Arc<App>,
    call: &Call,
    given: pb::UpdateConversationStateRequest,
) -> Result<pb::UpdateConversationStateResponse> {
    let name = names::conversation("conversation", &given.conversation)?;
    let change = |redactor: &Redactor| from_proto::conversation::state_change(&given, redactor);
    state::change_state(app, call, &name, change).await?;
    Ok(pb::UpdateConversationStateResponse {})
}

pub(super) async fn delete_conversation(
    app: &Arc<App>,
    call: &Call,
    given: pb::DeleteConversationRequest,
) -> Result<pb::DeleteConversationResponse> {
    let name = names::conversation("name", &given.name)?;
    conversation::delete(app, call, name).await?;
    Ok(pb::DeleteConversationResponse {})
}
