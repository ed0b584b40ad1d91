//! Appends over gRPC with the generated client.

use anyhow::Context;
use hansard_proto::v1::{
    ConversationMessage, CreateConversationMessageRequest, conversation_message::Speaker,
    conversation_service_client::ConversationServiceClient,
};
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

use crate::{hansard::Hansard, load::Client, random::Random};

/// Puts the API key on every call.
#[derive(Clone)]
pub(crate) struct Key(MetadataValue<Ascii>);

impl Interceptor for Key {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// One of the clients that share a connection.
pub(crate) struct Grpc {
    service: ConversationServiceClient<InterceptedService<Channel, Key>>,
    random: Random,
    conversations: u32,
}

impl Grpc {
    /// Connects so many clients over so many connections.
    pub(crate) async fn connect(
        count: u32,
        connections: u32,
        server: &Hansard,
        conversations: u32,
    ) -> anyhow::Result<Vec<Self>> {
        let target = server.target();
        let key = Key(format!("ApiKey {}", target.key.as_deref().context("no key")?).parse()?);
        let mut clients = Vec::new();
        for connection in 0..connections {
            let channel = Endpoint::from_shared(format!("http://{}", target.address))?.connect().await?;
            let service = ConversationServiceClient::with_interceptor(channel, key.clone());
            clients.extend((connection..count).step_by(connections as usize).map(|number| Self {
                service: service.clone(),
                random: Random::new(number),
                conversations,
            }));
        }
        Ok(clients)
    }
}

impl Client for Grpc {
    async fn call(&mut self) -> anyhow::Result<()> {
        let message = ConversationMessage {
            text: self.random.text(),
            speaker: Speaker::Visitor.into(),
            ..ConversationMessage::default()
        };
        let request = CreateConversationMessageRequest {
            parent: Hansard::conversation(self.random.below(self.conversations)),
            conversation_message: Some(message),
            ..CreateConversationMessageRequest::default()
        };
        self.service.create_conversation_message(request).await?;
        Ok(())
    }
}
