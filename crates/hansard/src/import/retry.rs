//! Calls ImportConversations until it answers, with one idempotency key.
//!
//! It repeats only what may succeed later: a busy or unreachable service, never a refusal.

use std::{error::Error, time::Duration};

use hansard_proto::v1::{
    ImportConversationsRequest, ImportConversationsResponse,
    conversation_service_client::ConversationServiceClient,
};
use tonic::{Code, Request, Status, metadata::MetadataValue};

use crate::client::Transport;

const ATTEMPTS_MAX: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Imports one batch; safe to repeat since the key makes the service answer the first outcome again.
pub(super) async fn import<T: Transport>(
    client: &mut ConversationServiceClient<T>,
    batch: &ImportConversationsRequest,
) -> Result<ImportConversationsResponse, Status> {
    let key = uuid::Uuid::now_v7().to_string();
    let mut pause = FIRST_PAUSE;
    let mut attempt = 1;
    loop {
        let mut request = Request::new(batch.clone());
        if let Ok(key) = MetadataValue::try_from(&key) {
            request.metadata_mut().insert("idempotency-key", key);
        }
        match client.import_conversations(request).await {
            Ok(response) => return Ok(response.into_inner()),
            Err(status) if attempt < ATTEMPTS_MAX && may_succeed_later(&status) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
                attempt += 1;
            }
            Err(status) => return Err(status),
        }
    }
}

/// A transport that broke answers UNKNOWN with the cause as its source.
fn may_succeed_later(status: &Status) -> bool {
    match status.code() {
        Code::Unavailable | Code::ResourceExhausted => true,
        Code::Unknown => status.source().is_some(),
        _ => false,
    }
}
