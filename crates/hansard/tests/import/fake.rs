//! A service that only imports and exports, over the generated types: it keeps what comes, and refuses what it is
//! told to.

use std::{
    convert::Infallible,
    future::ready,
    sync::{Arc, Mutex},
};

use hansard_proto::v1::{
    ConversationArchive, ExportConversationsRequest, ImportConversationsRequest, ImportConversationsResponse,
    conversation_service_client::ConversationServiceClient,
    import_conversations_response::{Outcome, Result as ImportResult},
};
use http::{Request as HttpRequest, Response as HttpResponse};
use tonic::{Request, Response, Status, body::Body, server::Grpc};
use tonic_prost::ProstCodec;
use tower::util::BoxCloneSyncService;

pub(crate) type FakeClient =
    ConversationServiceClient<BoxCloneSyncService<HttpRequest<Body>, HttpResponse<Body>, Infallible>>;

/// What the service has seen and what it will answer.
#[derive(Debug, Default)]
pub(crate) struct Fake {
    pub(crate) stored: Vec<ConversationArchive>,
    /// The idempotency key and the number of conversations of each call.
    pub(crate) calls: Vec<(String, usize)>,
    /// Answers for the next calls, before anything is stored.
    pub(crate) failures: Vec<Status>,
    /// Conversations whose name holds this are refused.
    pub(crate) refuse: Option<&'static str>,
}

pub(crate) type Shared = Arc<Mutex<Fake>>;

pub(crate) fn client(fake: &Shared) -> FakeClient {
    let fake = Arc::clone(fake);
    let service = tower::service_fn(move |request: HttpRequest<Body>| {
        let fake = Arc::clone(&fake);
        async move { Ok::<_, Infallible>(answer(fake, request).await) }
    });
    ConversationServiceClient::new(BoxCloneSyncService::new(service))
}

async fn answer(fake: Shared, request: HttpRequest<Body>) -> HttpResponse<Body> {
    match request.uri().path() {
        "/hansard.v1.ConversationService/ImportConversations" => {
            let method = tower::service_fn(move |request| ready(import(&fake, request)));
            let codec = ProstCodec::<ImportConversationsResponse, ImportConversationsRequest>::default();
            Grpc::new(codec).max_decoding_message_size(usize::MAX).unary(method, request).await
        }
        "/hansard.v1.ConversationService/ExportConversations" => {
            let method =
                tower::service_fn(move |_: Request<ExportConversationsRequest>| ready(export(&fake)));
            let codec = ProstCodec::<ConversationArchive, ExportConversationsRequest>::default();
            Grpc::new(codec).server_streaming(method, request).await
        }
        other => panic!("{other} is not faked"),
    }
}

type Exported = futures::stream::Iter<std::vec::IntoIter<Result<ConversationArchive, Status>>>;

fn export(fake: &Shared) -> Result<Response<Exported>, Status> {
    let mut fake = fake.lock().unwrap();
    let failures = std::mem::take(&mut fake.failures).into_iter().map(Err);
    let stored = fake.stored.clone().into_iter().map(Ok);
    Ok(Response::new(futures::stream::iter(stored.chain(failures).collect::<Vec<_>>())))
}

fn import(
    fake: &Shared,
    request: Request<ImportConversationsRequest>,
) -> Result<Response<ImportConversationsResponse>, Status> {
    let mut fake = fake.lock().unwrap();
    let key = request.metadata().get("idempotency-key").unwrap().to_str().unwrap().to_owned();
    let request = request.into_inner();
    fake.calls.push((key, request.conversations.len()));
    if !fake.failures.is_empty() {
        return Err(fake.failures.remove(0));
    }
    let results = request.conversations.into_iter().map(|archive| store(&mut fake, archive)).collect();
    Ok(Response::new(ImportConversationsResponse { results }))
}

fn store(fake: &mut Fake, archive: ConversationArchive) -> ImportResult {
    let name = archive.conversation.as_ref().unwrap().name.clone();
    let known = |stored: &ConversationArchive| stored.conversation.as_ref().unwrap().name == name;
    let (outcome, reason) = if fake.refuse.is_some_and(|word| name.contains(word)) {
        (Outcome::Refused, "conversation.name: is refused")
    } else if fake.stored.iter().any(known) {
        (Outcome::AlreadyExists, "")
    } else {
        fake.stored.push(archive);
        (Outcome::Created, "")
    };
    ImportResult { conversation: name, outcome: outcome.into(), reason: reason.to_owned() }
}
