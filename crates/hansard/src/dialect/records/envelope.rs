//! What every answer of this dialect looks like.

use axum::body::Body;
use hansard_domain::Time;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{mapping, time, wire};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Serialize)]
struct Success<'a, T> {
    success: bool,
    data: &'a T,
    metadata: Metadata,
}

#[derive(Serialize)]
struct Metadata {
    timestamp: wire::Millis,
    version: &'static str,
}

/// A page of a list.
#[derive(Serialize)]
pub(super) struct Page<T> {
    data: Vec<T>,
    meta: Meta,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    page: usize,
    page_size: usize,
    total_count: i64,
    total_pages: usize,
    has_next_page: bool,
    has_previous_page: bool,
}

impl<T> Page<T> {
    pub(super) fn new(data: Vec<T>, total: i64, (page, page_size): (usize, usize)) -> Self {
        let count = usize::try_from(total).unwrap_or_default();
        let total_pages = count.div_ceil(page_size.max(1));
        let meta = Meta {
            page,
            page_size,
            total_count: total,
            total_pages,
            has_next_page: page < total_pages,
            has_previous_page: page > 1,
        };
        Self { data, meta }
    }
}

/// Answers what was asked for.
pub(super) fn success(status: StatusCode, data: &impl Serialize, now: Time) -> Response<Body> {
    let metadata = Metadata { timestamp: wire::Millis(now), version: VERSION };
    match serde_json::to_vec(&Success { success: true, data, metadata }) {
        Ok(json) => {
            let mut response = with_body(status, json);
            response.extensions_mut().insert(Code::Ok);
            response
        }
        Err(error) => crate::error::to_response(&hansard_domain::Error::internal(error)),
    }
}

/// Puts a refusal, whoever made it, into the form of this dialect.
pub(crate) fn refusal(mut response: Response<Body>, now: Time) -> Response<Body> {
    let Some(status) = response.extensions_mut().remove::<Status>() else { return response };
    let http = match status.code() {
        // A record that cannot take a step is in conflict with it.
        Code::FailedPrecondition => StatusCode::CONFLICT,
        _ => response.status(),
    };
    let json = refused(&status, http, now).to_string();
    let (mut parts, _) = response.into_parts();
    parts.status = http;
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(json))
}

fn refused(status: &Status, http: StatusCode, now: Time) -> Value {
    let violations = status.get_details_bad_request().map(|found| found.field_violations).unwrap_or_default();
    let named: Vec<(String, String)> = violations
        .into_iter()
        .map(|violation| (mapping::to_record(&violation.field), violation.description))
        .collect();
    let message = match named.as_slice() {
        [] => status.message().to_owned(),
        named => {
            let lines: Vec<String> = named.iter().map(|(field, text)| format!("{field}: {text}")).collect();
            lines.join("; ")
        }
    };
    let details: Vec<Value> =
        named.iter().map(|(field, text)| json!({"field": field, "message": text})).collect();
    let code = word(status.code());
    json!({
        "success": false,
        "status": http.as_u16(),
        "code": code,
        "message": message,
        "error": {"code": code, "message": message, "details": details},
        "timestamp": time::to_iso(now),
    })
}

fn with_body(status: StatusCode, json: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn word(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
