//! Asks who calls before a byte of the body is read.
//!
//! Who may do what is not decided here: that is the domain's permission table.

use axum::{extract::Request, response::Response};
use hansard_domain::Error;
use http::{Extensions, HeaderMap};

use crate::error;

/// Paths that answer without a key. `/metrics` asks for itself.
const OPEN_PATHS: [&str; 4] = ["/healthz", "/readyz", "/openapi.json", "/metrics"];
const OPEN_SERVICES: [&str; 3] = [
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];

/// Finds out who calls.
#[tonic::async_trait]
pub trait Authenticate: Send + Sync {
    /// Puts the caller into the request's extensions, or refuses the request.
    async fn authenticate(&self, headers: &HeaderMap, extensions: &mut Extensions) -> Result<(), Error>;

    /// Tells whether the caller may read the metrics from another machine.
    async fn may_read_metrics(&self, headers: &HeaderMap) -> bool;
}

pub(super) async fn require<F: Future<Output = Response>>(
    authenticator: &dyn Authenticate,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    if is_open(request.uri().path()) {
        return next(request).await;
    }
    let is_grpc = super::is_grpc(&request);
    let mut extensions = std::mem::take(request.extensions_mut());
    let known = authenticator.authenticate(request.headers(), &mut extensions).await;
    *request.extensions_mut() = extensions;
    match known {
        Ok(()) => next(request).await,
        Err(refused) if is_grpc => error::to_status(&refused).into_http(),
        Err(refused) => error::to_response(&refused),
    }
}

fn is_open(path: &str) -> bool {
    OPEN_PATHS.contains(&path) || OPEN_SERVICES.iter().any(|service| path.starts_with(service))
}
