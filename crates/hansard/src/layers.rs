//! What every request passes on its way in and every answer on its way out, whatever the dialect.
//!
//! The order stands in `wrap`, and nowhere else. No layer knows an operation.

mod admission;
pub mod authenticate;
pub(crate) mod body;
mod drain;
pub(crate) mod grpc_body;
mod observe;
mod panic;
pub mod request_id;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    middleware::{from_fn, from_fn_with_state},
};
use http::header;

use crate::dialect::transcode::Contract;
use authenticate::Authenticate;

/// Puts the layers around the doors: the first a request meets is the last named here.
pub(crate) fn wrap(doors: Router, authenticator: Arc<dyn Authenticate>, contract: Arc<Contract>) -> Router {
    doors
        .layer(from_fn_with_state(authenticator, authenticate::require))
        .layer(from_fn(panic::catch))
        .layer(from_fn_with_state(contract, observe::record))
        .layer(from_fn(request_id::assign))
        .layer(from_fn(drain::drain_rest))
}

/// Puts around the gRPC services what calls over the network and calls in process both need.
pub(crate) fn wrap_services(services: Router) -> Router {
    services.layer(from_fn(panic::catch))
}

/// Tells whether a request speaks gRPC.
pub(crate) fn is_grpc(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}
