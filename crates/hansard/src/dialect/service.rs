//! The service dialect: the contract's messages to the domain and back.
//!
//! It only translates. Operations are in `crate::service`, JSON is in `super::transcode`.

mod admin_service;
mod annotation_service;
mod call;
mod conversation_service;
mod encoded;
mod entries;
mod from_proto;
mod local;
mod redaction_service;
mod tag_service;
mod to_proto;

pub use from_proto::{archive::names_of_remarks, filter::filter};
pub use local::Local;

use crate::app::App;
use encoded::Framing;
use hansard_proto::v1::{
    admin_service_server::{self, AdminServiceServer},
    annotation_service_server::{self, AnnotationServiceServer},
    conversation_service_server::{self, ConversationServiceServer},
    redaction_service_server::{self, RedactionServiceServer},
    tag_service_server::{self, TagServiceServer},
};
use std::sync::Arc;
use tonic::service::Routes;

/// Requests may be larger than 8 MiB only where they do not come over the wire.
const DECODED_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The services of one application.
#[derive(Clone)]
struct Server {
    app: Arc<App>,
}

/// Full names of the services.
pub const NAMES: [&str; 5] = [
    conversation_service_server::SERVICE_NAME,
    admin_service_server::SERVICE_NAME,
    tag_service_server::SERVICE_NAME,
    annotation_service_server::SERVICE_NAME,
    redaction_service_server::SERVICE_NAME,
];

/// All services of the contract.
pub fn routes(app: &Arc<App>) -> Routes {
    let server = || Server { app: Arc::clone(app) };
    let conversations = ConversationServiceServer::new(server())
        .max_decoding_message_size(DECODED_BYTES_MAX)
        .max_encoding_message_size(DECODED_BYTES_MAX);
    Routes::new(Framing(conversations))
        .add_service(AdminServiceServer::new(server()).max_decoding_message_size(DECODED_BYTES_MAX))
        .add_service(TagServiceServer::new(server()).max_decoding_message_size(DECODED_BYTES_MAX))
        .add_service(AnnotationServiceServer::new(server()).max_decoding_message_size(DECODED_BYTES_MAX))
        .add_service(RedactionServiceServer::new(server()).max_decoding_message_size(DECODED_BYTES_MAX))
}
