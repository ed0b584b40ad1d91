//! Messages.

use super::batch_size;
use crate::{
    app::App,
    dialect::service::{
        from_proto::{self, names},
        to_proto,
    },
    service::{
        Call, message, removal,
        validator::{Valid, Validator},
    },
};
use hansard_domain::{Error, Id, Result, message::NewMessage, name::Collection, redact::Turns};
use hansard_proto::v1 as pb;
use std::sync::Arc;

pub(super) async fn create_conversation_message(
    app: &Arc<App>,
    call: &Call,
    given: pb::CreateConversationMessageRequest,
) -> Result<pb::CreateConversationMessageResponse> {
    use pb::create_conversation_message_response::Outcome;
    let parent = names::conversation("parent", &given.parent)?;
    let id = match given.message_id.as_str() {
        "" => None,
        id => Some(Id::parse("messageId", id)?),
    };
    let said = given.conversation_message.ok_or_else(|| Error::missing("conversationMessage"))?;
    let draft = |turns: &mut Turns<'_>| {
        let new = from_proto::message::new_message(said.clone(), &parent, turns)
            .map_err(|error| error.within("conversationMessage"))?;
        Ok(vec![NewMessage { id: id.clone().or(new.id), ..new }])
    };
    let appended = message::append(app, call, &parent, given.allow_closed, draft).await?;
    let outcome = if appended.created { Outcome::Created } else { Outcome::AlreadyExists };
    let conversation_message = appended.messages.into_iter().next().map(to_proto::message);
    Ok(pb::CreateConversationMessageResponse { conversation_message, outcome: outcome.into() })
}

pub(super) async fn batch_create_conversation_messages(
    app: &Arc<App>,
    call: &Call,
    given: pb::BatchCreateConversationMessagesRequest,
) -> Result<pb::BatchCreateConversationMessagesResponse> {
    let parent = names::conversation("parent", &given.parent)?;
    batch_size("messages", given.messages.len())?;
    let draft = |turns: &mut Turns<'_>| {
        let messages = given.messages.iter().cloned().enumerate();
        let new = messages.map(|(index, said)| {
            from_proto::message::new_message(said, &parent, turns)
                .map_err(|error| error.within(&format!("messages[{index}]")))
        });
        new.collect()
    };
    let appended = message::append(app, call, &parent, given.allow_closed, draft).await?;
    let conversation_messages = appended.messages.into_iter().map(to_proto::message).collect();
    Ok(pb::BatchCreateConversationMessagesResponse { conversation_messages })
}

pub(super) async fn update_conversation_message(
    app: &Arc<App>,
    call: &Call,
    given: pb::UpdateConversationMessageRequest,
) -> Result<pb::UpdateConversationMessageResponse> {
    let name = given.conversation_message.as_ref().map(|message| message.name.as_str());
    let name = names::message("conversationMessage.name", name.unwrap_or_default())?;
    let customer = &name.conversation.profile.customer;
    let draft = |turns: &mut Turns<'_>| from_proto::message::patch(given.clone(), customer, turns);
    let message = message::patch(app, call, &name, draft).await?;
    Ok(pb::UpdateConversationMessageResponse { conversation_message: Some(to_proto::message(message)) })
}

pub(super) async fn get_conversation_message(
    app: &Arc<App>,
    call: &Call,
    given: pb::GetConversationMessageRequest,
) -> Result<pb::GetConversationMessageResponse> {
    let name = names::message("name", &given.name)?;
    let message = message::get(app, call, name).await?;
    Ok(pb::GetConversationMessageResponse { conversation_message: Some(to_proto::message(message)) })
}

pub(super) async fn batch_get_conversation_messages(
    app: &Arc<App>,
    call: &Call,
    given: pb::BatchGetConversationMessagesRequest,
) -> Result<pb::BatchGetConversationMessagesResponse> {
    let parent = names::conversation("parent", &given.parent)?;
    let names = given.names.iter().enumerate();
    let names = names.map(|(index, name)| names::message(&format!("names[{index}]"), name));
    let names: Vec<_> = names.collect::<Result<_>>()?;
    let messages = message::batch_get(app, call, &parent, &names).await?;
    let conversation_messages = messages.into_iter().map(to_proto::message).collect();
    Ok(pb::BatchGetConversationMessagesResponse { conversation_messages })
}

pub(super) async fn list_conversation_messages(
    app: &Arc<App>,
    call: &Call,
    given: pb::ListConversationMessagesRequest,
    known: Option<&Validator>,
) -> Result<Valid<pb::ListConversationMessagesResponse>> {
    let parent = names::conversation("parent", &given.parent)?;
    let page = (given.page_size, given.page_token);
    let listed = message::list(app, call, &parent, given.show_deleted, page, known).await?;
    Ok(listed.map(|page| pb::ListConversationMessagesResponse {
        conversation_messages: page.items.into_iter().map(to_proto::message).collect(),
        next_page_token: page.next_page_token,
    }))
}

pub(super) async fn redact_conversation_message(
    app: &Arc<App>,
    call: &Call,
    given: pb::RedactConversationMessageRequest,
) -> Result<pb::RedactConversationMessageResponse> {
    let request = removal::Request {
        name: names::message("name", &given.name)?,
        moment: names::entry("moment", &given.moment, Collection::Moment)?,
        range: (given.start_index, given.end_index),
        reason: given.reason,
    };
    let redacted = removal::redact_message(app, call, request).await?;
    Ok(pb::RedactConversationMessageResponse {
        conversation_message: Some(to_proto::message(redacted.message)),
        receipt: redacted.receipt.to_string(),
    })
}

pub(super) async fn delete_conversation_message(
    app: &Arc<App>,
    call: &Call,
    given: pb::DeleteConversationMessageRequest,
) -> Result<pb::DeleteConversationMessageResponse> {
    let name = names::message("name", &given.name)?;
    message::delete(app, call, &name).await?;
    Ok(pb::DeleteConversationMessageResponse {})
}
