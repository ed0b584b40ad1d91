//! The house's error on the wire: a gRPC status, and the JSON form of one with its HTTP status.
//!
//! Each kind is mapped here, once. What an error hides is logged here and never sent.

use std::error::Error as _;

use axum::body::Body;
use hansard_domain::{Error, ErrorKind};
use http::{HeaderValue, Response, StatusCode, header};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::dialect::transcode::write_json_string;

/// What a header can carry safely.
const MESSAGE_CHARS_MAX: usize = 1024;
const CHALLENGE: HeaderValue = HeaderValue::from_static("ApiKey realm=\"hansard\", Bearer realm=\"hansard\"");

/// Gives the status that tells a caller of the error. The error's source goes to the log.
pub fn to_status(error: &Error) -> Status {
    if let Some(source) = error.source() {
        tracing::error!(source = %chain(source), "{error}");
    }
    let code = code_of(error.kind());
    let message = shorten(error.message());
    let Some(field) = error.field() else { return Status::new(code, message) };
    let field = shorten(field);
    let description =
        message.strip_prefix(&field).map_or(message.as_str(), |rest| rest.trim_start_matches(": "));
    let details = ErrorDetails::with_bad_request_violation(field.as_str(), description);
    Status::with_error_details(code, message.clone(), details)
}

/// Gives the JSON answer that tells a caller of the error.
pub fn to_response(error: &Error) -> Response<Body> {
    status_response(&to_status(error))
}

/// Gives the JSON answer for a gRPC status.
pub fn status_response(status: &Status) -> Response<Body> {
    response_with(http_status(status.code()), status)
}

/// Gives the JSON answer for a gRPC status where HTTP has a status of its own for the case.
pub fn response_with(http_status: StatusCode, status: &Status) -> Response<Body> {
    let same_for_all = Status::unauthenticated(Error::unauthenticated().message());
    let is_unauthenticated = status.code() == Code::Unauthenticated;
    let status = if is_unauthenticated { &same_for_all } else { status };
    let mut response = Response::new(Body::from(to_json(status)));
    *response.status_mut() = http_status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if is_unauthenticated {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
    }
    if matches!(http_status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response.extensions_mut().insert(status.code());
    response.extensions_mut().insert(status.clone());
    response
}

/// Writes `google.rpc.Status` in its JSON form.
pub fn to_json(status: &Status) -> Vec<u8> {
    let mut out = format!("{{\"code\":{},\"message\":", status.code() as i32).into_bytes();
    write_json_string(&mut out, status.message());
    out.extend_from_slice(b",\"details\":[");
    if let Some(bad_request) = status.get_details_bad_request() {
        out.extend_from_slice(
            b"{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":[",
        );
        for (index, violation) in bad_request.field_violations.iter().enumerate() {
            out.extend_from_slice(if index == 0 { b"{\"field\":" } else { b",{\"field\":" });
            write_json_string(&mut out, &violation.field);
            out.extend_from_slice(b",\"description\":");
            write_json_string(&mut out, &violation.description);
            out.push(b'}');
        }
        out.extend_from_slice(b"]}");
    }
    out.extend_from_slice(b"]}");
    out
}

fn code_of(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::Invalid => Code::InvalidArgument,
        ErrorKind::FailedPrecondition => Code::FailedPrecondition,
        ErrorKind::Unauthenticated => Code::Unauthenticated,
        ErrorKind::Forbidden => Code::PermissionDenied,
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::AlreadyExists => Code::AlreadyExists,
        ErrorKind::Aborted => Code::Aborted,
        ErrorKind::Exhausted => Code::ResourceExhausted,
        ErrorKind::Unimplemented => Code::Unimplemented,
        ErrorKind::Unavailable => Code::Unavailable,
        ErrorKind::Internal => Code::Internal,
    }
}

fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable | Code::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(MESSAGE_CHARS_MAX).collect()
}

/// Joins an error's text with those of its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", chain(cause)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_field_at_fault_is_named_in_the_details() {
        let status = to_status(&Error::invalid("messages[3].text", "is \"too\" long"));
        assert_eq!(
            String::from_utf8(to_json(&status)).unwrap(),
            r#"{"code":3,"message":"messages[3].text: is \"too\" long","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"messages[3].text","description":"is \"too\" long"}]}]}"#
        );
    }

    #[test]
    fn the_source_is_never_sent() {
        let status = to_status(&Error::internal("disk sector 9"));
        assert_eq!(
            String::from_utf8(to_json(&status)).unwrap(),
            r#"{"code":13,"message":"internal error","details":[]}"#
        );
        assert!(!format!("{status:?}").contains("sector"));
    }

    #[tokio::test]
    async fn every_unauthenticated_answer_is_the_same() {
        let one = status_response(&Status::unauthenticated("no such key"));
        assert_eq!(one.status(), StatusCode::UNAUTHORIZED);
        assert!(one.headers().contains_key(header::WWW_AUTHENTICATE));
        let json = axum::body::to_bytes(one.into_body(), usize::MAX).await.unwrap();
        assert!(!String::from_utf8(json.to_vec()).unwrap().contains("no such key"));
    }

    #[test]
    fn kinds_have_their_http_status() {
        let status = |error| to_response(&error).status().as_u16();
        assert_eq!(status(Error::aborted("x")), 409);
        assert_eq!(status(Error::failed_precondition("x")), 400);
        assert_eq!(status(Error::already_exists("x")), 409);
        assert_eq!(status(Error::exhausted("x")), 429);
        assert_eq!(status(Error::unimplemented("x")), 501);
        assert_eq!(status(Error::unavailable("x")), 503);
        assert_eq!(status(Error::forbidden("x")), 403);
    }
}
