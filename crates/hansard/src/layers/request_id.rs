//! Names each request, so that a client's report and the log's lines find each other.

use std::sync::Arc;

use axum::{extract::Request, response::Response};
use http::{HeaderName, HeaderValue};
use tracing::Instrument;
use uuid::Uuid;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const ID_BYTES_MAX: usize = 128;

/// The name of a request: the client's own where it gave a sane one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

pub(super) async fn assign<F: Future<Output = Response>>(
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let given = request.headers().get(HEADER).filter(|value| is_sane(value)).cloned();
    let value = given.unwrap_or_else(fresh);
    let id = RequestId(value.to_str().unwrap_or_default().into());
    let span = tracing::info_span!("request", request_id = %id.0);
    request.headers_mut().insert(HEADER, value.clone());
    request.extensions_mut().insert(id);
    let mut response = next(request).instrument(span).await;
    response.headers_mut().insert(HEADER, value);
    response
}

fn is_sane(value: &HeaderValue) -> bool {
    (1..=ID_BYTES_MAX).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
}

fn fresh() -> HeaderValue {
    let id = Uuid::now_v7().to_string();
    HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("unnamed"))
}
