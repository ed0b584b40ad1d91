//! What every request passes on its way in and every answer on its way out, whatever the dialect.
//!
//! The order stands in `Layers::pass`, and nowhere else. No layer knows an operation.

pub(crate) mod admission;
pub mod authenticate;
pub(crate) mod body;
mod cors;
mod drain;
pub(crate) mod grpc_body;
mod grpc_web;
mod observe;
mod panic;
pub mod request_id;

use std::sync::Arc;

use axum::{Router, extract::Request, response::Response};
use http::header;
use tower::ServiceExt;
use tower_http::cors::CorsLayer;

use crate::{config::Origin, dialect::transcode::Contract};
use authenticate::Authenticate;

/// The layers around a door.
pub(crate) struct Layers {
    pub(crate) authenticator: Arc<dyn Authenticate>,
    pub(crate) contract: Arc<Contract>,
    cors: Option<CorsLayer>,
}

impl Layers {
    pub(crate) fn new(
        authenticator: Arc<dyn Authenticate>,
        contract: Arc<Contract>,
        origins: &[Origin],
    ) -> Self {
        Self { authenticator, contract, cors: cors::layer(origins) }
    }

    /// Takes a request through the layers to its door: the first it meets is the last named here.
    pub(crate) async fn pass<F: Future<Output = Response> + Send>(
        &self,
        request: Request,
        door: impl Fn(Request) -> F + Copy + Send + Sync,
    ) -> Response {
        let known = |request| authenticate::require(&*self.authenticator, request, door);
        let caught = |request| panic::catch(request, known);
        let observed = |request| observe::record(&self.contract, request, caught);
        let named = |request| request_id::assign(request, observed);
        let drained = |request| drain::drain_rest(request, named);
        let translated = |request| grpc_web::translate(request, drained);
        cors::admit(self.cors.as_ref(), request, translated).await
    }
}

/// Calls a gRPC service with what calls over the network and calls in process both need.
pub(crate) async fn call(services: &Router, request: Request) -> Response {
    let call = async |request| {
        let Ok(response) = services.clone().oneshot(request).await;
        response
    };
    panic::catch(request, call).await
}

/// Tells whether a request speaks gRPC.
pub(crate) fn is_grpc(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}
