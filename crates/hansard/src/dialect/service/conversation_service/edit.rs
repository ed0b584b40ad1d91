//! Changes field by field.

use crate::{
    app::App,
    dialect::service::{
        from_proto::{self, names},
        to_proto,
    },
    service::{Call, edit},
};
use hansard_domain::{Result, redact::Redactor};
use hansard_proto::v1 as pb;
use std::sync::Arc;

pub(super) async fn update_conversation_audio_persistence_state(
    app: &Arc<App>,
    call: &Call,
    given: pb::UpdateConversationAudioPersistenceStateRequest,
) -> Result<pb::UpdateConversationAudioPersistenceStateResponse> {
    let name = names::conversation("conversation", &given.conversation)?;
    let report = from_proto::conversation::audio_report(given)?;
    edit::report_audio(app, call, &name, report).await?;
    Ok(pb::UpdateConversationAudioPersistenceStateResponse {})
}

pub(super) async fn update_conversation_display_name(
    app: &Arc<App>,
    call: &Call,
    given: pb::UpdateConversationDisplayNameRequest,
) -> Result<pb::UpdateConversationDisplayNameResponse> {
    let name = names::conversation("conversation", &given.conversation)?;
    edit::set_display_name(app, call, &name, given.display_name).await?;
    Ok(pb::UpdateConversationDisplayNameResponse {})
}

pub(super) async fn update_conversation_language_code(
    app: &Arc<App>,
    call: &Call,
    given: pb::UpdateConversationLanguageCodeRequest,
) -> Result<pb::UpdateConversationLanguageCodeResponse> {
    let name = names::conversation("conversation", &given.conversation)?;
    let language_code = edit::set_language(app, call, &name, given.language_code).await?;
    Ok(pb::UpdateConversationLanguageCodeResponse { language_code })
}

pub(super) async fn update_conversation_sharing_state(
    app: &Arc<App>,
    call: &Call,
    given: pb::UpdateConversationSharingStateRequest,
) -> Result<pb::UpdateConversationSharingStateResponse> {
    let name = names::conversation("conversation", &given.conversation)?;
    let sharing = from_proto::code("sharingState", given.sharing_state)?;
    edit::set_sharing_state(app, call, &name, sharing).await?;
    Ok(pb::UpdateConversationSharingStateResponse {})
}

pub(super) async fn update_conversation_skill(
    app: &Arc<App>,
    call: &Call,
    given: pb::UpdateConversationSkillRequest,
) -> Result<pb::UpdateConversationSkillResponse> {
    let name = names::conversation("conversation", &given.conversation)?;
    edit::set_skill(app, call, &name, given.skill).await?;
    Ok(pb::UpdateConversationSkillResponse {})
}

pub(super) async fn upsert_conversation_metadata(
    app: &Arc<App>,
    call: &Call,
    given: pb::UpsertConversationMetadataRequest,
) -> Result<pb::UpsertConversationMetadataResponse> {
    let name = names::conversation("conversation", &given.conversation)?;
    let source = from_proto::code("source", given.source)?;
    let draft = |redactor: &Redactor| {
        from_proto::metadata("metadataValues", given.metadata_values.clone(), source, redactor)
    };
    edit::upsert_metadata(app, call, &name, draft).await?;
    Ok(pb::UpsertConversationMetadataResponse {})
}

pub(super) async fn update_conversation(
    app: &Arc<App>,
    call: &Call,
    given: pb::UpdateConversationRequest,
) -> Result<pb::UpdateConversationResponse> {
    let name = given.conversation.as_ref().map(|conversation| conversation.name.as_str());
    let name = names::conversation("conversation.name", name.unwrap_or_default())?;
    let draft = |redactor: &Redactor| {
        from_proto::conversation::patch(given.clone(), &name.profile.customer, redactor)
    };
    let view = edit::patch(app, call, &name, draft).await?;
    Ok(pb::UpdateConversationResponse { conversation: Some(to_proto::conversation(view)) })
}
