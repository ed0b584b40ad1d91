//! A served port in front of services whose answers are known.

use std::{net::SocketAddr, pin::Pin, sync::Arc};

use axum::{Router, body::Body, extract::Request};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use hansard::{
    listener::{Tls, serve},
    router::{Authenticate, Parts, Port, RequestId, with_standard_services},
};
use hansard_domain::Error;
use hansard_proto::v1::{
    Change, Conversation, ConversationArchive, ExportConversationsRequest, GetConversationRequest,
    GetConversationResponse, StartConversationRequest, StartConversationResponse, WatchChangesRequest,
};
use http::{Extensions, HeaderMap, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::JoinHandle,
    time::{Duration, sleep},
};
use tonic::{Status, server::Grpc, service::Routes};
use tonic_prost::ProstCodec;
use tower::service_fn;

pub(crate) const KEY: &str = "ApiKey right";
pub(crate) const PROFILE: &str = "/v1/customers/acme/profiles/support";

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    pub(crate) task: JoinHandle<()>,
}

/// What a client gets.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(None).await
    }

    pub(crate) async fn start_with(tls: Option<Tls>) -> Self {
        let (grpc, _) = with_standard_services(Routes::from(services())).await.unwrap();
        let port = Port::new(Parts {
            grpc,
            records: None,
            authenticator: Arc::new(OneKey),
            readiness: Arc::new(|| Err("it only pretends".to_owned())),
            metrics: Arc::new(|| "up 1\n".to_owned()),
            cors_origins: Vec::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(listener, tls, port.unwrap(), async {
            stopped.await.unwrap_or_default();
        }));
        Self { address, stop, task }
    }

    /// Tells the server to end; the task ends when it has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.task
    }

    pub(crate) async fn send(&self, request: http::request::Builder, body: impl Into<Bytes>) -> Answer {
        let response = self.open(request, body).await;
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// Sends a request and leaves the answer's body to be read.
    pub(crate) async fn open(
        &self,
        request: http::request::Builder,
        body: impl Into<Bytes>,
    ) -> Response<hyper::body::Incoming> {
        let client: Client<HttpConnector, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        client.request(request.body(Full::new(body.into())).unwrap()).await.unwrap()
    }

    /// A request with a valid key.
    pub(crate) fn request(&self, method: &str, path: &str) -> http::request::Builder {
        self.stranger(method, path).header(header::AUTHORIZATION, KEY)
    }

    pub(crate) fn stranger(&self, method: &str, path: &str) -> http::request::Builder {
        http::Request::builder().method(method).uri(format!("http://{}{path}", self.address))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path), "").await
    }
}

/// Knows one key.
struct OneKey;

#[derive(Clone)]
struct Known;

#[tonic::async_trait]
impl Authenticate for OneKey {
    async fn authenticate(&self, headers: &HeaderMap, extensions: &mut Extensions) -> Result<(), Error> {
        let is_known = headers.get(header::AUTHORIZATION).is_some_and(|value| value == KEY);
        extensions.insert(Known);
        if is_known { Ok(()) } else { Err(Error::unauthenticated()) }
    }

    async fn may_read_metrics(&self, _: &HeaderMap) -> bool {
        false
    }
}

/// Pretends to be the conversation service.
fn services() -> Router {
    Router::new().fallback(async |request: Request| {
        let path = request.uri().path().to_owned();
        match path.rsplit('/').next().unwrap() {
            "GetConversation" => unary(request, get).await,
            "StartConversation" => unary(request, start).await,
            "WatchChanges" => streaming(request, watch).await,
            "ExportConversations" => streaming(request, export).await,
            _ => Status::unimplemented("not pretended").into_http(),
        }
    })
}

async fn unary<I, O, F>(request: Request, answer: fn(tonic::Request<I>) -> F) -> Response<Body>
where
    I: prost::Message + Default + Send + 'static,
    O: prost::Message + Default + Send + 'static,
    F: Future<Output = Result<O, Status>> + Send + 'static,
{
    let service = service_fn(move |request| async move { answer(request).await.map(tonic::Response::new) });
    let mut grpc = Grpc::new(ProstCodec::<O, I>::default()).max_decoding_message_size(usize::MAX);
    grpc.unary(service, request.map(tonic::body::Body::new)).await.map(Body::new)
}

type Messages<O> = Pin<Box<dyn Stream<Item = Result<O, Status>> + Send>>;

async fn streaming<I, O>(request: Request, answer: fn(&I) -> Messages<O>) -> Response<Body>
where
    I: prost::Message + Default + Send + 'static,
    O: prost::Message + Default + Send + 'static,
{
    let service = service_fn(move |request: tonic::Request<I>| async move {
        Ok::<_, Status>(tonic::Response::new(answer(&request.into_inner())))
    });
    let mut grpc = Grpc::new(ProstCodec::<O, I>::default());
    grpc.server_streaming(service, request.map(tonic::body::Body::new)).await.map(Body::new)
}

/// Tells in the display name what came with the call.
async fn get(request: tonic::Request<GetConversationRequest>) -> Result<GetConversationResponse, Status> {
    let extensions = request.extensions();
    let id = extensions.get::<RequestId>().map(|id| id.0.to_string());
    let key = request.metadata().get("idempotency-key").map(|value| value.to_str().unwrap().to_owned());
    let is_known = extensions.get::<Known>().is_some();
    let name = request.into_inner().name;
    match name.rsplit('/').next().unwrap() {
        "missing" => return Err(hansard::error::to_status(&Error::not_found(&name))),
        "taken" => return Err(hansard::error::to_status(&Error::aborted("taken"))),
        "panics" => panic!("as asked"),
        "slow" => sleep(Duration::from_millis(500)).await,
        _ => {}
    }
    let display_name = format!("known={is_known} id={id:?} key={key:?}");
    let conversation = Conversation { name, display_name, ..Conversation::default() };
    Ok(GetConversationResponse { conversation: Some(conversation) })
}

async fn start(
    request: tonic::Request<StartConversationRequest>,
) -> Result<StartConversationResponse, Status> {
    let request = request.into_inner();
    let conversation = Conversation {
        name: format!("{}/conversations/{}", request.parent, request.conversation_id),
        ..request.conversation.unwrap_or_default()
    };
    Ok(StartConversationResponse { conversation: Some(conversation), outcome: 1 })
}

fn change(cursor: &str) -> Change {
    Change { cursor: cursor.to_owned(), ..Change::default() }
}

fn watch(request: &WatchChangesRequest) -> Messages<Change> {
    let first = stream::iter([Ok(change(&format!("after-{}", request.cursor))), Ok(change("b"))]);
    match request.parent.rsplit('/').next().unwrap() {
        "broken" => first.chain(stream::iter([Err(Status::unavailable("gone"))])).boxed(),
        "panics" => first.chain(stream::poll_fn(|_| panic!("as asked"))).boxed(),
        "quiet" => stream::pending().boxed(),
        _ => first.boxed(),
    }
}

fn export(_: &ExportConversationsRequest) -> Messages<ConversationArchive> {
    let archive = |index: usize| {
        let conversation = Conversation {
            name: format!("c{index}"),
            display_name: "x".repeat(1000),
            ..Conversation::default()
        };
        Ok(ConversationArchive { conversation: Some(conversation), ..ConversationArchive::default() })
    };
    stream::iter((0..2000).map(archive)).boxed()
}

/// Calls the router without a socket, so that nobody is on the loopback interface and time can be paused.
pub(crate) async fn call(path: &str, accept: &str, with_key: bool) -> Response<Body> {
    let port = Port::new(Parts {
        records: None,
        grpc: Routes::from(services()),
        authenticator: Arc::new(OneKey),
        readiness: Arc::new(|| Ok(Vec::new())),
        metrics: Arc::new(String::new),
        cors_origins: Vec::new(),
    });
    let mut request = http::Request::builder().uri(path).header(header::ACCEPT, accept);
    if with_key {
        request = request.header(header::AUTHORIZATION, KEY);
    }
    port.unwrap().answer(request.body(Body::empty()).unwrap()).await
}
