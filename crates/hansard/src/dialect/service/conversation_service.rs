//! `hansard.v1.ConversationService`: each method translates, calls its operation, translates back.

use super::{
    Server,
    call::{answer, call, status},
    from_proto::{self, names},
    pending::not_built,
    to_proto,
};
use crate::service::{
    archive::{self, Imported},
    change, conversation, edit, event, list, message,
    start::{self, Start},
    state, tag,
};
use futures::{Stream, StreamExt};
use hansard_domain::{
    Error, Id, Result,
    conversation::{Closing, StateChange},
    filter::Order,
    limits,
    message::NewMessage,
    name::Collection,
    redact::Redactor,
};
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
        use pb::start_conversation_response::Outcome;
        answer!(self, "StartConversation", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let id = Id::parse("conversationId", &given.conversation_id)?;
            let flags = from_proto::conversation::flags(
                given.feature_override.as_ref(),
                given.close_agent_other_conversations,
            );
            let (customer, new) = (parent.customer.clone(), given.conversation.unwrap_or_default());
            let draft = |redactor: &Redactor| {
                from_proto::conversation::new_conversation(new.clone(), &customer, redactor)
            };
            let started = start::start(&self.app, &call, Start { parent, id, flags, draft }).await?;
            let outcome = if started.created { Outcome::Created } else { Outcome::AlreadyExists };
            let conversation = Some(to_proto::conversation(started.view));
            Ok(pb::StartConversationResponse { conversation, outcome: outcome.into() })
        })
    }

    async fn get_conversation(
        &self,
        request: Request<pb::GetConversationRequest>,
    ) -> Answer<pb::GetConversationResponse> {
        answer!(self, "GetConversation", request, |call, given| {
            let name = names::conversation("name", &given.name)?;
            let view = conversation::get(&self.app, &call, name).await?;
            Ok(pb::GetConversationResponse { conversation: Some(to_proto::conversation(view)) })
        })
    }

    async fn list_conversations(
        &self,
        request: Request<pb::ListConversationsRequest>,
    ) -> Answer<pb::ListConversationsResponse> {
        answer!(self, "ListConversations", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let filter = from_proto::filter::filter(given.filter, &parent.customer)?;
            let order = Order::parse(&given.order_by)?;
            let page = (given.page_size, given.page_token);
            let page = list::list(&self.app, &call, parent, filter, order, page).await?;
            let metadata = page
                .conversations
                .iter()
                .map(|view| (view.conversation.name.to_string(), to_proto::list_metadata(view)));
            Ok(pb::ListConversationsResponse {
                metadata: metadata.collect(),
                conversations: page.conversations.into_iter().map(to_proto::conversation).collect(),
                total_conversations: page.total,
                filtered_conversations: page.filtered,
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn count_conversations(
        &self,
        request: Request<pb::CountConversationsRequest>,
    ) -> Answer<pb::CountConversationsResponse> {
        answer!(self, "CountConversations", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let filter = from_proto::filter::filter(given.filter, &parent.customer)?;
            let count = list::count(&self.app, &call, parent, filter).await?;
            Ok(pb::CountConversationsResponse { count })
        })
    }

    async fn sample_conversations(
        &self,
        _: Request<pb::SampleConversationsRequest>,
    ) -> Answer<pb::SampleConversationsResponse> {
        Err(status(not_built("SampleConversations")))
    }

    async fn fetch_conversation_by_platform_id(
        &self,
        request: Request<pb::FetchConversationByPlatformIdRequest>,
    ) -> Answer<pb::FetchConversationByPlatformIdResponse> {
        answer!(self, "FetchConversationByPlatformID", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let (id, account) = (given.platform_conversation_id, given.platform_account_id);
            let view = conversation::fetch_by_platform_id(&self.app, &call, parent, id, account).await?;
            Ok(pb::FetchConversationByPlatformIdResponse { conversation: Some(to_proto::conversation(view)) })
        })
    }

    async fn fetch_conversation_by_legacy_id(
        &self,
        request: Request<pb::FetchConversationByLegacyIdRequest>,
    ) -> Answer<pb::FetchConversationByLegacyIdResponse> {
        answer!(self, "FetchConversationByLegacyID", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let view =
                conversation::fetch_by_legacy_id(&self.app, &call, parent, given.legacy_chat_id).await?;
            Ok(pb::FetchConversationByLegacyIdResponse { conversation: Some(to_proto::conversation(view)) })
        })
    }

    async fn close_conversation(
        &self,
        request: Request<pb::CloseConversationRequest>,
    ) -> Answer<pb::CloseConversationResponse> {
        answer!(self, "CloseConversation", request, |call, given| {
            let name = names::conversation("name", &given.name)?;
            let close = |_: &Redactor| Ok(StateChange::Close(Closing::default()));
            state::change_state(&self.app, &call, &name, close).await?;
            Ok(pb::CloseConversationResponse {})
        })
    }

    async fn update_conversation_state(
        &self,
        request: Request<pb::UpdateConversationStateRequest>,
    ) -> Answer<pb::UpdateConversationStateResponse> {
        answer!(self, "UpdateConversationState", request, |call, given| {
            let name = names::conversation("conversation", &given.conversation)?;
            let change = |redactor: &Redactor| from_proto::conversation::state_change(&given, redactor);
            state::change_state(&self.app, &call, &name, change).await?;
            Ok(pb::UpdateConversationStateResponse {})
        })
    }

    async fn update_conversation_audio_persistence_state(
        &self,
        request: Request<pb::UpdateConversationAudioPersistenceStateRequest>,
    ) -> Answer<pb::UpdateConversationAudioPersistenceStateResponse> {
        answer!(self, "UpdateConversationAudioPersistenceState", request, |call, given| {
            let name = names::conversation("conversation", &given.conversation)?;
            let report = from_proto::conversation::audio_report(given)?;
            edit::report_audio(&self.app, &call, &name, report).await?;
            Ok(pb::UpdateConversationAudioPersistenceStateResponse {})
        })
    }

    async fn update_conversation_display_name(
        &self,
        request: Request<pb::UpdateConversationDisplayNameRequest>,
    ) -> Answer<pb::UpdateConversationDisplayNameResponse> {
        answer!(self, "UpdateConversationDisplayName", request, |call, given| {
            let name = names::conversation("conversation", &given.conversation)?;
            edit::set_display_name(&self.app, &call, &name, given.display_name).await?;
            Ok(pb::UpdateConversationDisplayNameResponse {})
        })
    }

    async fn update_conversation_language_code(
        &self,
        request: Request<pb::UpdateConversationLanguageCodeRequest>,
    ) -> Answer<pb::UpdateConversationLanguageCodeResponse> {
        answer!(self, "UpdateConversationLanguageCode", request, |call, given| {
            let name = names::conversation("conversation", &given.conversation)?;
            let language_code = edit::set_language(&self.app, &call, &name, given.language_code).await?;
            Ok(pb::UpdateConversationLanguageCodeResponse { language_code })
        })
    }

    async fn update_conversation_sharing_state(
        &self,
        request: Request<pb::UpdateConversationSharingStateRequest>,
    ) -> Answer<pb::UpdateConversationSharingStateResponse> {
        answer!(self, "UpdateConversationSharingState", request, |call, given| {
            let name = names::conversation("conversation", &given.conversation)?;
            let sharing = from_proto::code("sharingState", given.sharing_state)?;
            edit::set_sharing_state(&self.app, &call, &name, sharing).await?;
            Ok(pb::UpdateConversationSharingStateResponse {})
        })
    }

    async fn update_conversation_skill(
        &self,
        request: Request<pb::UpdateConversationSkillRequest>,
    ) -> Answer<pb::UpdateConversationSkillResponse> {
        answer!(self, "UpdateConversationSkill", request, |call, given| {
            let name = names::conversation("conversation", &given.conversation)?;
            edit::set_skill(&self.app, &call, &name, given.skill).await?;
            Ok(pb::UpdateConversationSkillResponse {})
        })
    }

    async fn upsert_conversation_metadata(
        &self,
        request: Request<pb::UpsertConversationMetadataRequest>,
    ) -> Answer<pb::UpsertConversationMetadataResponse> {
        answer!(self, "UpsertConversationMetadata", request, |call, given| {
            let name = names::conversation("conversation", &given.conversation)?;
            let source = from_proto::code("source", given.source)?;
            let draft = |redactor: &Redactor| {
                from_proto::metadata("metadataValues", given.metadata_values.clone(), source, redactor)
            };
            edit::upsert_metadata(&self.app, &call, &name, draft).await?;
            Ok(pb::UpsertConversationMetadataResponse {})
        })
    }

    async fn update_conversation(
        &self,
        request: Request<pb::UpdateConversationRequest>,
    ) -> Answer<pb::UpdateConversationResponse> {
        answer!(self, "UpdateConversation", request, |call, given| {
            let name = given.conversation.as_ref().map(|conversation| conversation.name.as_str());
            let name = names::conversation("conversation.name", name.unwrap_or_default())?;
            let draft = |redactor: &Redactor| {
                from_proto::conversation::patch(given.clone(), &name.profile.customer, redactor)
            };
            let view = edit::patch(&self.app, &call, &name, draft).await?;
            Ok(pb::UpdateConversationResponse { conversation: Some(to_proto::conversation(view)) })
        })
    }

    async fn delete_conversation(
        &self,
        request: Request<pb::DeleteConversationRequest>,
    ) -> Answer<pb::DeleteConversationResponse> {
        answer!(self, "DeleteConversation", request, |call, given| {
            let name = names::conversation("name", &given.name)?;
            conversation::delete(&self.app, &call, name).await?;
            Ok(pb::DeleteConversationResponse {})
        })
    }

    async fn create_conversation_message(
        &self,
        request: Request<pb::CreateConversationMessageRequest>,
    ) -> Answer<pb::CreateConversationMessageResponse> {
        use pb::create_conversation_message_response::Outcome;
        answer!(self, "CreateConversationMessage", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            let id = match given.message_id.as_str() {
                "" => None,
                id => Some(Id::parse("messageId", id)?),
            };
            let said = given.conversation_message.ok_or_else(|| Error::missing("conversationMessage"))?;
            let draft = |redactor: &Redactor| {
                let new = from_proto::message::new_message(said.clone(), &parent, redactor)
                    .map_err(|error| error.within("conversationMessage"))?;
                Ok(vec![NewMessage { id: id.clone().or(new.id), ..new }])
            };
            let appended = message::append(&self.app, &call, &parent, given.allow_closed, draft).await?;
            let outcome = if appended.created { Outcome::Created } else { Outcome::AlreadyExists };
            let conversation_message = appended.messages.into_iter().next().map(to_proto::message);
            Ok(pb::CreateConversationMessageResponse { conversation_message, outcome: outcome.into() })
        })
    }

    async fn batch_create_conversation_messages(
        &self,
        request: Request<pb::BatchCreateConversationMessagesRequest>,
    ) -> Answer<pb::BatchCreateConversationMessagesResponse> {
        answer!(self, "BatchCreateConversationMessages", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            batch_size("messages", given.messages.len())?;
            let draft = |redactor: &Redactor| {
                let messages = given.messages.iter().cloned().enumerate();
                let new = messages.map(|(index, said)| {
                    from_proto::message::new_message(said, &parent, redactor)
                        .map_err(|error| error.within(&format!("messages[{index}]")))
                });
                new.collect()
            };
            let appended = message::append(&self.app, &call, &parent, given.allow_closed, draft).await?;
            let conversation_messages = appended.messages.into_iter().map(to_proto::message).collect();
            Ok(pb::BatchCreateConversationMessagesResponse { conversation_messages })
        })
    }

    async fn update_conversation_message(
        &self,
        request: Request<pb::UpdateConversationMessageRequest>,
    ) -> Answer<pb::UpdateConversationMessageResponse> {
        answer!(self, "UpdateConversationMessage", request, |call, given| {
            let name = given.conversation_message.as_ref().map(|message| message.name.as_str());
            let name = names::message("conversationMessage.name", name.unwrap_or_default())?;
            let customer = &name.conversation.profile.customer;
            let draft = |redactor: &Redactor| from_proto::message::patch(given.clone(), customer, redactor);
            let message = message::patch(&self.app, &call, &name, draft).await?;
            Ok(pb::UpdateConversationMessageResponse {
                conversation_message: Some(to_proto::message(message)),
            })
        })
    }

    async fn get_conversation_message(
        &self,
        request: Request<pb::GetConversationMessageRequest>,
    ) -> Answer<pb::GetConversationMessageResponse> {
        answer!(self, "GetConversationMessage", request, |call, given| {
            let name = names::message("name", &given.name)?;
            let message = message::get(&self.app, &call, name).await?;
            Ok(pb::GetConversationMessageResponse { conversation_message: Some(to_proto::message(message)) })
        })
    }

    async fn batch_get_conversation_messages(
        &self,
        request: Request<pb::BatchGetConversationMessagesRequest>,
    ) -> Answer<pb::BatchGetConversationMessagesResponse> {
        answer!(self, "BatchGetConversationMessages", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            let names = given.names.iter().enumerate();
            let names = names.map(|(index, name)| names::message(&format!("names[{index}]"), name));
            let names: Vec<_> = names.collect::<Result<_>>()?;
            let messages = message::batch_get(&self.app, &call, &parent, &names).await?;
            let conversation_messages = messages.into_iter().map(to_proto::message).collect();
            Ok(pb::BatchGetConversationMessagesResponse { conversation_messages })
        })
    }

    async fn list_conversation_messages(
        &self,
        request: Request<pb::ListConversationMessagesRequest>,
    ) -> Answer<pb::ListConversationMessagesResponse> {
        answer!(self, "ListConversationMessages", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            let page = (given.page_size, given.page_token);
            let page = message::list(&self.app, &call, parent, given.show_deleted, page).await?;
            Ok(pb::ListConversationMessagesResponse {
                conversation_messages: page.items.into_iter().map(to_proto::message).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn redact_conversation_message(
        &self,
        _: Request<pb::RedactConversationMessageRequest>,
    ) -> Answer<pb::RedactConversationMessageResponse> {
        Err(status(not_built("RedactConversationMessage")))
    }

    async fn delete_conversation_message(
        &self,
        request: Request<pb::DeleteConversationMessageRequest>,
    ) -> Answer<pb::DeleteConversationMessageResponse> {
        answer!(self, "DeleteConversationMessage", request, |call, given| {
            let name = names::message("name", &given.name)?;
            message::delete(&self.app, &call, &name).await?;
            Ok(pb::DeleteConversationMessageResponse {})
        })
    }

    async fn create_conversation_event(
        &self,
        request: Request<pb::CreateConversationEventRequest>,
    ) -> Answer<pb::CreateConversationEventResponse> {
        answer!(self, "CreateConversationEvent", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            let reported = given.event.ok_or_else(|| Error::missing("event"))?;
            let draft = |redactor: &Redactor| {
                let new = from_proto::event::new_event(reported.clone(), &parent, redactor);
                Ok(vec![new.map_err(|error| error.within("event"))?])
            };
            let events = event::create(&self.app, &call, &parent, draft).await?;
            let event = events.into_iter().next().map(to_proto::event);
            Ok(pb::CreateConversationEventResponse { event })
        })
    }

    async fn batch_create_conversation_events(
        &self,
        request: Request<pb::BatchCreateConversationEventsRequest>,
    ) -> Answer<pb::BatchCreateConversationEventsResponse> {
        answer!(self, "BatchCreateConversationEvents", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            batch_size("events", given.events.len())?;
            let draft = |redactor: &Redactor| {
                let events = given.events.iter().cloned().enumerate();
                let new = events.map(|(index, reported)| {
                    from_proto::event::new_event(reported, &parent, redactor)
                        .map_err(|error| error.within(&format!("events[{index}]")))
                });
                new.collect()
            };
            let events = event::create(&self.app, &call, &parent, draft).await?;
            let events = events.into_iter().map(to_proto::event).collect();
            Ok(pb::BatchCreateConversationEventsResponse { events })
        })
    }

    async fn list_conversation_events(
        &self,
        request: Request<pb::ListConversationEventsRequest>,
    ) -> Answer<pb::ListConversationEventsResponse> {
        answer!(self, "ListConversationEvents", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            let types = given.filter.unwrap_or_default().types;
            let kinds = types.into_iter().enumerate();
            let kinds = kinds.map(|(index, kind)| from_proto::code(&format!("filter.types[{index}]"), kind));
            let kinds = kinds.collect::<Result<_>>()?;
            let page = (given.page_size, given.page_token);
            let page = event::list(&self.app, &call, parent, kinds, page).await?;
            Ok(pb::ListConversationEventsResponse {
                conversation_events: page.items.into_iter().map(to_proto::event).collect(),
                next_page_token: page.next_page_token,
            })
        })
    }

    async fn list_conversation_tags(
        &self,
        request: Request<pb::ListConversationTagsRequest>,
    ) -> Answer<pb::ListConversationTagsResponse> {
        answer!(self, "ListConversationTags", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            let owner = hansard_domain::name::Parent::Profile(parent.profile.clone());
            let tags = tag::list(&self.app, &call, parent).await?;
            let tags = tags.into_iter().map(|tag| to_proto::tag(&owner, tag)).collect();
            Ok(pb::ListConversationTagsResponse { tags })
        })
    }

    async fn add_conversation_tag(
        &self,
        request: Request<pb::AddConversationTagRequest>,
    ) -> Answer<pb::AddConversationTagResponse> {
        answer!(self, "AddConversationTag", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            let name = names::entry("tag", &given.tag, Collection::Tag)?;
            if name.parent.profile() != Some(&parent.profile) {
                return Err(Error::invalid("tag", format!("must be a tag of {}", parent.profile)));
            }
            tag::add(&self.app, &call, parent, name.id).await?;
            Ok(pb::AddConversationTagResponse {})
        })
    }

    async fn delete_conversation_tag(
        &self,
        request: Request<pb::DeleteConversationTagRequest>,
    ) -> Answer<pb::DeleteConversationTagResponse> {
        answer!(self, "DeleteConversationTag", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            let tag = Id::parse("tagId", &given.tag_id)?;
            tag::delete(&self.app, &call, parent, tag).await?;
            Ok(pb::DeleteConversationTagResponse {})
        })
    }

    async fn add_conversation_star_tag(
        &self,
        request: Request<pb::AddConversationStarTagRequest>,
    ) -> Answer<pb::AddConversationStarTagResponse> {
        answer!(self, "AddConversationStarTag", request, |call, given| {
            let parent = names::conversation("parent", &given.parent)?;
            tag::add_star(&self.app, &call, parent).await?;
            Ok(pb::AddConversationStarTagResponse {})
        })
    }

    async fn list_suggestion_usages(
        &self,
        _: Request<pb::ListSuggestionUsagesRequest>,
    ) -> Answer<pb::ListSuggestionUsagesResponse> {
        Err(status(not_built("ListSuggestionUsages")))
    }

    async fn list_changes(
        &self,
        request: Request<pb::ListChangesRequest>,
    ) -> Answer<pb::ListChangesResponse> {
        answer!(self, "ListChanges", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let filter =
                given.filter.map(|filter| from_proto::filter::filter(Some(filter), &parent.customer));
            let (changes, next) =
                change::list(&self.app, &call, parent, &given.cursor, filter.transpose()?, given.page_size)
                    .await?;
            let changes = changes.iter().map(to_proto::change).collect();
            Ok(pb::ListChangesResponse { changes, next_cursor: next.to_string() })
        })
    }

    async fn watch_changes(
        &self,
        request: Request<pb::WatchChangesRequest>,
    ) -> Answer<Self::WatchChangesStream> {
        answer!(self, "WatchChanges", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let filter =
                given.filter.map(|filter| from_proto::filter::filter(Some(filter), &parent.customer));
            let changes = change::watch(&self.app, &call, &parent, &given.cursor, filter.transpose()?)?;
            Ok(streaming(changes, |change| to_proto::change(&change)))
        })
    }

    async fn import_conversations(
        &self,
        request: Request<pb::ImportConversationsRequest>,
    ) -> Answer<pb::ImportConversationsResponse> {
        answer!(self, "ImportConversations", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let archives = &given.conversations;
            let flags = |index: usize| {
                from_proto::conversation::flags(archives[index].feature_override.as_ref(), false)
            };
            let draft = |index: usize, redactor: &Redactor| {
                from_proto::archive::incoming(archives[index].clone(), &parent, redactor)
            };
            let outcomes = archive::import(&self.app, &call, &parent, archives.len(), flags, draft).await?;
            let results = archives.iter().zip(outcomes);
            let results = results.map(|(archive, outcome)| import_result(archive, &parent, &outcome));
            Ok(pb::ImportConversationsResponse { results: results.collect() })
        })
    }

    async fn export_conversations(
        &self,
        request: Request<pb::ExportConversationsRequest>,
    ) -> Answer<Self::ExportConversationsStream> {
        answer!(self, "ExportConversations", request, |call, given| {
            let parent = names::profile("parent", &given.parent)?;
            let filter =
                given.filter.map(|filter| from_proto::filter::filter(Some(filter), &parent.customer));
            let archives = archive::export(&self.app, &call, parent, filter.transpose()?).await?;
            Ok(streaming(archives, to_proto::archive))
        })
    }
}

fn batch_size(field: &str, count: usize) -> Result<()> {
    if count == 0 {
        return Err(Error::missing(field));
    }
    limits::items_at_most(field, count, limits::BATCH_ITEMS_MAX)
}

fn streaming<T: Send + 'static, M: 'static>(
    items: tokio::sync::mpsc::Receiver<Result<T>>,
    to_message: impl Fn(T) -> M + Send + 'static,
) -> Streaming<M> {
    Box::pin(ReceiverStream::new(items).map(move |item| item.map(&to_message).map_err(status)))
}

fn import_result(
    archive: &pb::ConversationArchive,
    parent: &hansard_domain::name::ProfileName,
    outcome: &Imported,
) -> pb::import_conversations_response::Result {
    use pb::import_conversations_response::Outcome;
    let given =
        archive.conversation.as_ref().map(|conversation| conversation.name.as_str()).unwrap_or_default();
    let name =
        names::conversation("name", given).map(|name| parent.conversation(name.conversation).to_string());
    let (outcome, reason) = match outcome {
        Imported::Created => (Outcome::Created, String::new()),
        Imported::AlreadyExists => (Outcome::AlreadyExists, String::new()),
        Imported::Refused(error) => (Outcome::Refused, error.message().to_owned()),
    };
    pb::import_conversations_response::Result {
        conversation: name.unwrap_or_else(|_| given.to_owned()),
        outcome: outcome.into(),
        reason,
    }
}
