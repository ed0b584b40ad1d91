//! What every request passes on its way in and every answer on its way out, whatever the dialect.
//!
//! The order stands in `wrap`, and nowhere else. No layer knows an operation.

pub(crate) mod admission;
pub mod authenticate;
pub(crate) mod body;
mod drain;
pub(crate) mod grpc_body;
mod observe;
mod panic;
pub mod request_id;

use std::sync::Arc;

use axum::{Router, extract::Request, response::Response};
use http::header;
use tower::ServiceExt;

use crate::dialect::transcode::Contract;
use authenticate::Authenticate;

/// The layers around a door.
pub(crate) struct Layers {
    pub(crate) authenticator: Arc<dyn Authenticate>,
    pub(crate) contract: Arc<Contract>,
}

impl Layers {
    /// Takes a request through the layers to its door: the first it meets is the last named here.
    pub(crate) async fn pass<F: Future<Output = Response>>(
        &self,
        request: Request,
        door: impl FnOnce(Request) -> F,
    ) -> Response {
        let known = |request| authenticate::require(&*self.authenticator, request, door);
        let caught = |request| panic::catch(request, known);
        let observed = |request| observe::record(&self.contract, request, caught);
        let named = |request| request_id::assign(request, observed);
        drain::drain_rest(request, named).await
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
