//! One conversation there and back: started, said in, read and deleted again.

use anyhow::{Context, Result, ensure};
use hansard_proto::v1::{
    Conversation, ConversationMessage, CreateConversationMessageRequest, DeleteConversationRequest,
    GetConversationMessageRequest, StartConversationRequest, conversation::Channel,
    conversation_message::Speaker,
};
use uuid::Uuid;

use super::{Conversations, Transport, explain};

/// Makes the round trip in a profile; it deletes what it made also where a step failed.
pub async fn run<T: Transport>(transport: T, profile: &str) -> Result<()> {
    let mut client = Conversations::new(transport);
    let conversation_id = format!("hansard-doctor-{}", Uuid::now_v7());
    let name = format!("{profile}/conversations/{conversation_id}");
    let conversation = Conversation { channel: Channel::Chat.into(), ..Conversation::default() };
    let start = StartConversationRequest {
        parent: profile.to_owned(),
        conversation_id,
        conversation: Some(conversation),
        ..StartConversationRequest::default()
    };
    client.start_conversation(start).await.map_err(|status| explain(&status)).context("start")?;
    let said = say_and_read(&mut client, &name).await;
    let delete = DeleteConversationRequest { name: name.clone() };
    let deleted = client.delete_conversation(delete).await.map_err(|status| explain(&status));
    said.and(deleted.map(drop).with_context(|| format!("{name} stays: delete")))
}

async fn say_and_read<T: Transport>(client: &mut Conversations<T>, conversation: &str) -> Result<()> {
    let text = "what goes in comes out".to_owned();
    let message = ConversationMessage {
        text: text.clone(),
        speaker: Speaker::System.into(),
        ..ConversationMessage::default()
    };
    let create = CreateConversationMessageRequest {
        parent: conversation.to_owned(),
        message_id: "m".to_owned(),
        conversation_message: Some(message),
        ..CreateConversationMessageRequest::default()
    };
    client.create_conversation_message(create).await.map_err(|status| explain(&status)).context("append")?;
    let get = GetConversationMessageRequest { name: format!("{conversation}/messages/m") };
    let read =
        client.get_conversation_message(get).await.map_err(|status| explain(&status)).context("read")?;
    let read = read.into_inner().conversation_message.unwrap_or_default();
    ensure!(read.text == text, "what was written does not come back");
    Ok(())
}
