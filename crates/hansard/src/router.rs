//! The one port: gRPC, gRPC-Web and JSON requests to the services, and the paths of operating.
//!
//! Every path of the services comes from the contract; the few named here are those of no service.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use anyhow::Result;
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
    routing::get,
};
use bytes::Bytes;
use hansard_domain::{
    Error,
    caller::{Actor, Caller},
    name::CustomerName,
};
use http::{HeaderValue, StatusCode, header};
use tonic::service::Routes;
use tonic_health::server::HealthReporter;
use tower::ServiceExt;

pub use crate::layers::{authenticate::Authenticate, request_id::RequestId};
use crate::{
    config::Origin,
    dialect::{
        records::{self, Records},
        transcode::{self, Contract, Transcoder},
    },
    error,
    layers::{self, Layers, grpc_body},
    openapi,
};

/// The services beside the contract's on the gRPC door.
pub(crate) const STANDARD_DESCRIPTORS: [&[u8]; 3] = [
    tonic_health::pb::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
];

/// Every path that belongs to no service.
const OPERATING_PATHS: [&str; 5] = ["/openapi.json", "/healthz", "/readyz", "/whoami", "/metrics"];

/// What the port is made of.
pub struct Parts {
    /// The gRPC services. Their decoders need no size limit: what reaches them has been checked.
    pub grpc: Routes,
    /// Records, where they are served.
    pub records: Option<Records>,
    pub authenticator: Arc<dyn Authenticate>,
    /// Tells why the process is not ready, where it is not; where it is, the settings that make its store less durable.
    pub readiness: Arc<dyn Fn() -> Result<Vec<&'static str>, String> + Send + Sync>,
    /// Gives the metrics in the Prometheus text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whose web pages may read the answers.
    pub cors_origins: Vec<Origin>,
}

/// Adds health and reflection (v1 and v1alpha) to the services.
pub async fn with_standard_services(routes: Routes) -> Result<(Routes, HealthReporter)> {
    let (reporter, health) = tonic_health::server::health_reporter();
    let reflection = || {
        let builder = tonic_reflection::server::Builder::configure();
        builder
            .register_encoded_file_descriptor_set(hansard_proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let routes = routes
        .add_service(health)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?);
    Ok((routes, reporter))
}

/// The service of the port.
///
/// Requests of the services go straight to their door: they are many, and a router between would clone and box
/// its way to each.
#[derive(Clone)]
pub struct Port(Arc<Doors>);

struct Doors {
    layers: Layers,
    services: Router,
    transcoder: Transcoder,
    records: Option<Records>,
    operating: Router,
}

impl Port {
    pub fn new(parts: Parts) -> Result<Self> {
        let contract = Arc::new(Contract::load()?);
        let Parts { grpc, records, authenticator, readiness, metrics, cors_origins } = parts;
        let services = grpc.prepare().into_axum_router();
        let transcoder = Transcoder::new(contract.clone(), services.clone());
        let (described, metrics_reader) = (contract.clone(), authenticator.clone());
        let operating = Router::new()
            .route("/openapi.json", get(async move || describe(&described)))
            .route("/healthz", get(|| async { json(StatusCode::OK, "{\"status\":\"ok\"}") }))
            .route("/readyz", get(move || async move { ready(readiness()) }))
            .route("/whoami", get(async |request: Request| who(request.extensions().get())))
            .route(
                "/metrics",
                get(move |request| read_metrics(request, Arc::clone(&metrics_reader), Arc::clone(&metrics))),
            )
            .method_not_allowed_fallback(|| async {
                transcode::method_not_allowed(HeaderValue::from_static("GET, HEAD"))
            });
        let layers = Layers::new(authenticator, contract, &cors_origins);
        Ok(Self(Arc::new(Doors { layers, services, transcoder, records, operating })))
    }

    /// Answers one request.
    pub async fn answer(self, request: Request) -> Response {
        let doors = &*self.0;
        let records = doors.records.as_ref().filter(|_| records::owns(request.uri().path()));
        let response = doors.layers.pass(request, |request| doors.answer(request)).await;
        // What the layers refuse has the form of the dialect, too.
        match records {
            Some(records) => records.in_envelope(response),
            None => response,
        }
    }
}

impl Doors {
    async fn answer(&self, request: Request) -> Response {
        if layers::is_grpc(&request) {
            return self.call(request).await;
        }
        if let Some(records) = self.records.as_ref().filter(|_| records::owns(request.uri().path())) {
            return records.handle(request).await;
        }
        if !OPERATING_PATHS.contains(&request.uri().path()) {
            return self.transcoder.handle(request).await;
        }
        let Ok(response) = self.operating.clone().oneshot(request).await;
        response
    }

    async fn call(&self, request: Request) -> Response {
        let (request, place) = grpc_body::check(request, self.layers.contract.clone());
        let response = layers::call(&self.services, request).await;
        drop(place);
        response
    }
}

/// Answers the OpenAPI document, which is made when it is first asked for.
fn describe(contract: &Contract) -> Response {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    if let Some(document) = DOCUMENT.get() {
        return json(StatusCode::OK, document.clone());
    }
    match openapi::document(contract) {
        Ok(document) => json(StatusCode::OK, DOCUMENT.get_or_init(|| document.to_string().into()).clone()),
        Err(error) => error::to_response(&Error::internal(error)),
    }
}

fn ready(readiness: Result<Vec<&'static str>, String>) -> Response {
    match readiness {
        Ok(relaxed) if relaxed.is_empty() => json(StatusCode::OK, "{\"status\":\"ready\"}"),
        Ok(relaxed) => {
            let answer = serde_json::json!({"status": "ready", "durability": "relaxed", "off": relaxed});
            json(StatusCode::OK, answer.to_string())
        }
        Err(reason) => error::to_response(&Error::unavailable(reason)),
    }
}

/// Tells a caller what its key is.
fn who(caller: Option<&Caller>) -> Response {
    let Some(caller) = caller else { return error::to_response(&Error::unauthenticated()) };
    let customer = CustomerName(caller.customer().clone());
    let profiles: Vec<String> =
        caller.profiles().iter().map(|id| customer.profile(id.clone()).to_string()).collect();
    let Actor { name, key, .. } = caller.actor();
    let role = caller.role().to_string().to_uppercase();
    let answer = serde_json::json!({
        "customer": customer.to_string(), "role": role, "profiles": profiles, "actor": name, "apiKey": key,
    });
    json(StatusCode::OK, answer.to_string())
}

async fn read_metrics(
    request: Request,
    authenticator: Arc<dyn Authenticate>,
    text: Arc<dyn Fn() -> String + Send + Sync>,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_loopback = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    if !is_loopback && !authenticator.may_read_metrics(request.headers()).await {
        return match request.headers().contains_key(header::AUTHORIZATION) {
            true => error::to_response(&Error::forbidden("only an admin key may read the metrics")),
            false => error::to_response(&Error::unauthenticated()),
        };
    }
    let mut response = Response::new(Body::from(text()));
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

fn json(status: StatusCode, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
