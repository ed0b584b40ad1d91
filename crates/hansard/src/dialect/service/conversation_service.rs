//! `hansard.v1.ConversationService`: each method translates, calls its operation, translates back.

mod archive;
mod change;
mod edit;
mod event;
mod life;
mod list;
mod message;
mod sample;
mod tag;

use super::{
    Server,
    call::{answer, call, status},
    encoded,
};
use crate::{dialect::NotModified, service::validator::Valid};
use futures::{Stream, StreamExt};
use hansard_domain::{Error, Result, limits};
use hansard_proto::v1::{self as pb, conversation_service_server::ConversationService};
use std::pin::Pin;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;
type Streaming<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl ConversationService for Server {
    type WatchChangesStream = Streaming<pb::Change>;
    type ExportConversationsStream = Streaming<pb::ConversationArchive>;

    async fn start_conversation(
        &self,
        request: Request<pb::StartConversationRequest>,
    ) -> Answer<pb::StartConversationResponse> {
        answer!(self, "StartConversation", request, |call, given| {
            life::start_conversation(&self.app, &call, given).await
        })
    }

    async fn get_conversation(
        &self,
        request: Request<pb::GetConversationRequest>,
    ) -> Answer<pb::GetConversationResponse> {
        answer!(self, "GetConversation", request, |call, given| {
            life::get_conversation(&self.app, &call, given).await
        })
    }

    async fn list_conversations(
        &self,
        request: Request<pb::ListConversationsRequest>,
    ) -> Answer<pb::ListConversationsResponse> {
        answer!(self, "ListConversations", request, |call, given| {
            list::list_conversations(&self.app, &call, given).await
        })
        .map(encoded::response)
    }

    async fn count_conversations(
        &self,
        request: Request<pb::CountConversationsRequest>,
    ) -> Answer<pb::CountConversationsResponse> {
        answer!(self, "CountConversations", request, |call, given| {
            list::count_conversations(&self.app, &call, given).await
        })
    }

    async fn sample_conversations(
        &self,
        request: Request<pb::SampleConversationsRequest>,
    ) -> Answer<pb::SampleConversationsResponse> {
        answer!(self, "SampleConversations", request, |call, given| {
            sample::sample_conversations(&self.app, &call, given).await
        })
    }

    async fn fetch_conversation_by_platform_id(
        &self,
        request: Request<pb::FetchConversationByPlatformIdRequest>,
    ) -> Answer<pb::FetchConversationByPlatformIdResponse> {
        answer!(self, "FetchConversationByPlatformID", request, |call, given| {
            life::fetch_conversation_by_platform_id(&self.app, &call, given).await
        })
    }

    async fn fetch_conversation_by_legacy_id(
        &self,
        request: Request<pb::FetchConversationByLegacyIdRequest>,
    ) -> Answer<pb::FetchConversationByLegacyIdResponse> {
        answer!(self, "FetchConversationByLegacyID", request, |call, given| {
            life::fetch_conversation_by_legacy_id(&self.app, &call, given).await
        })
    }

    async fn close_conversation(
        &self,
        request: Request<pb::CloseConversationRequest>,
    ) -> Answer<pb::CloseConversationResponse> {
        answer!(self, "CloseConversation", request, |call, given| {
            life::close_conversation(&self.app, &call, given).await
        })
    }

    async fn update_conversation_state(
        &self,
        request: Request<pb::UpdateConversationStateRequest>,
    ) -> Answer<pb::UpdateConversationStateResponse> {
        answer!(self, "UpdateConversationState", request, |call, given| {
            life::update_conversation_state(&self.app, &call, given).await
        })
    }

    async fn update_conversation_audio_persistence_state(
        &self,
        request: Request<pb::UpdateConversationAudioPersistenceStateRequest>,
    ) -> Answer<pb::UpdateConversationAudioPersistenceStateResponse> {
        answer!(self, "UpdateConversationAudioPersistenceState", request, |call, given| {
            edit::update_conversation_audio_persistence_state(&self.app, &call, given).await
        })
    }

    async fn update_conversation_display_name(
        &self,
        request: Request<pb::UpdateConversationDisplayNameRequest>,
    ) -> Answer<pb::UpdateConversationDisplayNameResponse> {
        answer!(self, "UpdateConversationDisplayName", request, |call, given| {
            edit::update_conversation_display_name(&self.app, &call, given).await
        })
    }

    async fn update_conversation_language_code(
        &self,
        request: Request<pb::UpdateConversationLanguageCodeRequest>,
    ) -> Answer<pb::UpdateConversationLanguageCodeResponse> {
        answer!(self, "UpdateConversationLanguageCode", request, |call, given| {
            edit::update_conversation_language_code(&self.app, &call, given).await
        })
    }

    async fn update_conversation_sharing_state(
        &self,
        request: Request<pb::UpdateConversationSharingStateRequest>,
    ) -> Answer<pb::UpdateConversationSharingStateResponse> {
        answer!(self, "UpdateConversationSharingState", request, |call, given| {
            edit::update_conversation_sharing_state(&self.app, &call, given).await
        })
    }

    async fn update_conversation_skill(
        &self,
        request: Request<pb::UpdateConversationSkillRequest>,
    ) -> Answer<pb::UpdateConversationSkillResponse> {
        answer!(self, "UpdateConversationSkill", request, |call, given| {
            edit::update_conversation_skill(&self.app, &call, given).await
        })
    }

    async fn upsert_conversation_metadata(
        &self,
        request: Request<pb::UpsertConversationMetadataRequest>,
    ) -> Answer<pb::UpsertConversationMetadataResponse> {
        answer!(self, "UpsertConversationMetadata", request, |call, given| {
            edit::upsert_conversation_metadata(&self.app, &call, given).await
        })
    }

    async fn update_conversation(
        &self,
        request: Request<pb::UpdateConversationRequest>,
    ) -> Answer<pb::UpdateConversationResponse> {
        answer!(self, "UpdateConversation", request, |call, given| {
            edit::update_conversation(&self.app, &call, given).await
        })
    }

    async fn delete_conversation(
        &self,
        request: Request<pb::DeleteConversationRequest>,
    ) -> Answer<pb::DeleteConversationResponse> {
        answer!(self, "DeleteConversation", request, |call, given| {
            life::delete_conversation(&self.app, &call, given).await
        })
    }

    async fn create_conversation_message(
        &self,
        request: Request<pb::CreateConversationMessageRequest>,
    ) -> Answer<pb::CreateConversationMessageResponse> {
        answer!(self, "CreateConversationMessage", request, |call, given| {
            message::create_conversation_message(&self.app, &call, given).await
        })
    }

    async fn batch_create_conversation_messages(
        &self,
        request: Request<pb::BatchCreateConversationMessagesRequest>,
    ) -> Answer<pb::BatchCreateConversationMessagesResponse> {
        answer!(self, "BatchCreateConversationMessages", request, |call, given| {
            message::batch_create_conversation_messages(&self.app, &call, given).await
        })
    }

    async fn update_conversation_message(
        &self,
        request: Request<pb::UpdateConversationMessageRequest>,
    ) -> Answer<pb::UpdateConversationMessageResponse> {
        answer!(self, "UpdateConversationMessage", request, |call, given| {
            message::update_conversation_message(&self.app, &call, given).await
        })
    }

    async fn get_conversation_message(
        &self,
        request: Request<pb::GetConversationMessageRequest>,
    ) -> Answer<pb::GetConversationMessageResponse> {
        answer!(self, "GetConversationMessage", request, |call, given| {
            message::get_conversation_message(&self.app, &call, given).await
        })
    }

    async fn batch_get_conversation_messages(
        &self,
        request: Request<pb::BatchGetConversationMessagesRequest>,
    ) -> Answer<pb::BatchGetConversationMessagesResponse> {
        answer!(self, "BatchGetConversationMessages", request, |call, given| {
            message::batch_get_conversation_messages(&self.app, &call, given).await
        })
    }

    async fn list_conversation_messages(
        &self,
        request: Request<pb::ListConversationMessagesRequest>,
    ) -> Answer<pb::ListConversationMessagesResponse> {
        let call = call(&self.app, "ListConversationMessages", &request)?;
        let known = request.extensions().get().cloned();
        let listed =
            message::list_conversation_messages(&self.app, &call, request.into_inner(), known.as_ref()).await;
        listed.map(valid).map_err(status)
    }

    async fn redact_conversation_message(
        &self,
        request: Request<pb::RedactConversationMessageRequest>,
    ) -> Answer<pb::RedactConversationMessageResponse> {
        answer!(self, "RedactConversationMessage", request, |call, given| {
            message::redact_conversation_message(&self.app, &call, given).await
        })
    }

    async fn delete_conversation_message(
        &self,
        request: Request<pb::DeleteConversationMessageRequest>,
    ) -> Answer<pb::DeleteConversationMessageResponse> {
        answer!(self, "DeleteConversationMessage", request, |call, given| {
            message::delete_conversation_message(&self.app, &call, given).await
        })
    }

    async fn create_conversation_event(
        &self,
        request: Request<pb::CreateConversationEventRequest>,
    ) -> Answer<pb::CreateConversationEventResponse> {
        answer!(self, "CreateConversationEvent", request, |call, given| {
            event::create_conversation_event(&self.app, &call, given).await
        })
    }

    async fn batch_create_conversation_events(
        &self,
        request: Request<pb::BatchCreateConversationEventsRequest>,
    ) -> Answer<pb::BatchCreateConversationEventsResponse> {
        answer!(self, "BatchCreateConversationEvents", request, |call, given| {
            event::batch_create_conversation_events(&self.app, &call, given).await
        })
    }

    async fn list_conversation_events(
        &self,
        request: Request<pb::ListConversationEventsRequest>,
    ) -> Answer<pb::ListConversationEventsResponse> {
        answer!(self, "ListConversationEvents", request, |call, given| {
            event::list_conversation_events(&self.app, &call, given).await
        })
    }

    async fn list_conversation_tags(
        &self,
        request: Request<pb::ListConversationTagsRequest>,
    ) -> Answer<pb::ListConversationTagsResponse> {
        answer!(self, "ListConversationTags", request, |call, given| {
            tag::list_conversation_tags(&self.app, &call, given).await
        })
    }

    async fn add_conversation_tag(
        &self,
        request: Request<pb::AddConversationTagRequest>,
    ) -> Answer<pb::AddConversationTagResponse> {
        answer!(self, "AddConversationTag", request, |call, given| {
            tag::add_conversation_tag(&self.app, &call, given).await
        })
    }

    async fn delete_conversation_tag(
        &self,
        request: Request<pb::DeleteConversationTagRequest>,
    ) -> Answer<pb::DeleteConversationTagResponse> {
        answer!(self, "DeleteConversationTag", request, |call, given| {
            tag::delete_conversation_tag(&self.app, &call, given).await
        })
    }

    async fn add_conversation_star_tag(
        &self,
        request: Request<pb::AddConversationStarTagRequest>,
    ) -> Answer<pb::AddConversationStarTagResponse> {
        answer!(self, "AddConversationStarTag", request, |call, given| {
            tag::add_conversation_star_tag(&self.app, &call, given).await
        })
    }

    async fn list_suggestion_usages(
        &self,
        request: Request<pb::ListSuggestionUsagesRequest>,
    ) -> Answer<pb::ListSuggestionUsagesResponse> {
        answer!(self, "ListSuggestionUsages", request, |call, given| {
            event::list_suggestion_usages(&self.app, &call, given).await
        })
    }

    async fn list_changes(
        &self,
        request: Request<pb::ListChangesRequest>,
    ) -> Answer<pb::ListChangesResponse> {
        answer!(self, "ListChanges", request, |call, given| {
            change::list_changes(&self.app, &call, given).await
        })
    }

    async fn watch_changes(
        &self,
        request: Request<pb::WatchChangesRequest>,
    ) -> Answer<Self::WatchChangesStream> {
        answer!(self, "WatchChanges", request, |call, given| {
            change::watch_changes(&self.app, &call, given).await
        })
    }

    async fn import_conversations(
        &self,
        request: Request<pb::ImportConversationsRequest>,
    ) -> Answer<pb::ImportConversationsResponse> {
        answer!(self, "ImportConversations", request, |call, given| {
            archive::import_conversations(&self.app, &call, given).await
        })
    }

    async fn export_conversations(
        &self,
        request: Request<pb::ExportConversationsRequest>,
    ) -> Answer<Self::ExportConversationsStream> {
        answer!(self, "ExportConversations", request, |call, given| {
            archive::export_conversations(&self.app, &call, given).await
        })
    }
}

fn batch_size(field: &str, count: usize) -> Result<()> {
    if count == 0 {
        return Err(Error::missing(field));
    }
    limits::items_at_most(field, count, limits::BATCH_ITEMS_MAX)
}

/// Answers a read with the validator that it may be kept by.
fn valid<M: Default>(read: Valid<M>) -> Response<M> {
    match read {
        Valid::NotModified => {
            let mut response = Response::new(M::default());
            response.extensions_mut().insert(NotModified);
            response
        }
        Valid::Read(message, validator) => {
            let mut response = Response::new(message);
            if let Some(validator) = validator {
                response.extensions_mut().insert(validator);
            }
            response
        }
    }
}

fn streaming<T: Send + 'static, M: 'static>(
    items: tokio::sync::mpsc::Receiver<Result<T>>,
    to_message: impl Fn(T) -> M + Send + 'static,
) -> Streaming<M> {
    Box::pin(ReceiverStream::new(items).map(move |item| item.map(&to_message).map_err(status)))
}
