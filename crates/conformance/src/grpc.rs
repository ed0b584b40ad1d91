//! gRPC over HTTP/2 cleartext with the generated clients.

use std::net::SocketAddr;

use hansard_proto::v1::admin_service_client::AdminServiceClient;
use hansard_proto::v1::annotation_service_client::AnnotationServiceClient;
use hansard_proto::v1::conversation_service_client::ConversationServiceClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::client::runtime;

/// Adds the key to every call.
#[derive(Clone)]
pub struct WithKey(MetadataValue<Ascii>);

impl Interceptor for WithKey {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

pub type Keyed = InterceptedService<Channel, WithKey>;

/// Opens a channel without a key.
pub fn channel(address: SocketAddr) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    runtime().block_on(endpoint.connect()).unwrap()
}

fn with_key(key: &str) -> WithKey {
    WithKey(format!("ApiKey {key}").parse().unwrap())
}

pub fn conversations(address: SocketAddr, key: &str) -> ConversationServiceClient<Keyed> {
    ConversationServiceClient::with_interceptor(channel(address), with_key(key))
}

pub fn annotations(address: SocketAddr, key: &str) -> AnnotationServiceClient<Keyed> {
    AnnotationServiceClient::with_interceptor(channel(address), with_key(key))
}

pub fn admin(address: SocketAddr, key: &str) -> AdminServiceClient<Keyed> {
    AdminServiceClient::with_interceptor(channel(address), with_key(key))
}
