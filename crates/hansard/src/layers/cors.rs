//! Which web pages of other origins may read the answers; none unless the operator names them.
//!
//! It protects the users of browsers, not the service: who calls is told by the key alone, and cookies play no part.

use std::{convert::Infallible, time::Duration};

use axum::{body::Body, extract::Request, response::Response};
use http::{HeaderName, HeaderValue, Method};
use tower::{Layer, Service, service_fn};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::config::Origin;

/// What a page may read of an answer besides its body.
const EXPOSED: [HeaderName; 4] = [
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("x-request-id"),
];
/// How long a browser may remember what a page is allowed.
const MAX_AGE: Duration = Duration::from_hours(2);

/// Makes the layer for the origins, or none where there are none.
pub(super) fn layer(origins: &[Origin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let allowed = if origins.contains(&Origin::Any) {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(Origin::header))
    };
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        // A browser asks for each header that a page wants to send, and metadata of gRPC has any name.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(MAX_AGE);
    Some(layer)
}

/// Takes a request to `next`, and answers a browser that asks beforehand.
pub(super) async fn admit<F>(
    layer: Option<&CorsLayer>,
    request: Request,
    next: impl Fn(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let Some(layer) = layer else { return next(request).await };
    let inner = service_fn(|request: Request| {
        let answer = next(request);
        async { Ok::<_, Infallible>(answer.await) }
    });
    // Boxed, so that servers without it do not carry the room for it.
    let Ok(response): Result<http::Response<Body>, _> = Box::pin(layer.layer(inner).call(request)).await;
    response
}

impl Origin {
    fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::Any => None,
            Self::Site(site) => HeaderValue::from_str(site).ok(),
        }
    }
}
