//! gRPC-Web, as browsers speak it: translated to gRPC on the way in and back on the way out, on HTTP/1.1 and HTTP/2.
//!
//! What is inside sees gRPC only, so keys, limits, measurements and errors are the same for both.

use std::convert::Infallible;

use axum::{body::Body, extract::Request, response::Response};
use http::{HeaderValue, header};
use tonic_web::GrpcWebLayer;
use tower::{Layer, Service, service_fn};

const GRPC_WEB: &[u8] = b"application/grpc-web";
/// The media types of the protocol; what else begins like them is another encoding of messages, such as JSON.
const MEDIA_TYPES: [&str; 4] = [
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/grpc-web-text",
    "application/grpc-web-text+proto",
];

/// Takes a request to `next`, which sees gRPC.
pub(super) async fn translate<F>(mut request: Request, next: impl Fn(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let Some(media_type) = media_type(&request) else { return next(request).await };
    let accept = request.headers().get(header::ACCEPT).map(HeaderValue::as_bytes);
    // A client that asks for no form of its own is answered in the form in which it asked.
    if !accept.is_some_and(|accept| accept.starts_with(GRPC_WEB)) {
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(media_type));
    }
    let inner = service_fn(|request: http::Request<tonic::body::Body>| {
        let answer = next(request.map(Body::new));
        async { Ok::<_, Infallible>(answer.await) }
    });
    // Boxed, so that requests of other kinds do not carry the room for it.
    let Ok(response) = Box::pin(GrpcWebLayer::new().layer(inner).call(request)).await;
    response.map(Body::new)
}

fn media_type(request: &Request) -> Option<&'static str> {
    let given = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    MEDIA_TYPES.into_iter().find(|known| *known == given)
}
