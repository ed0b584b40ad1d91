//! A request's body as bytes, within its limits, decompressed where it came compressed.
//!
//! What the bytes mean is the dialect's business.

use std::{io::Read, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use hansard_domain::Error;
use http::{HeaderMap, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;
use tonic::Status;

use crate::error;

/// What a request may hold, compressed or not.
pub(crate) const BODY_BYTES_MAX: usize = 8 << 20;
const BODY_TIME_MAX: Duration = Duration::from_secs(60);

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    TooLarge,
    TooSlow,
    UnknownCoding,
    CutShort,
    NotGzip,
}

impl BodyError {
    pub(crate) fn to_response(self) -> Response<Body> {
        let invalid = |text| error::to_status(&Error::invalid("body", text));
        match self {
            Self::TooLarge => error::response_with(StatusCode::PAYLOAD_TOO_LARGE, &too_large()),
            Self::TooSlow => {
                let status = Status::deadline_exceeded("the body took too long to arrive");
                error::response_with(StatusCode::REQUEST_TIMEOUT, &status)
            }
            Self::UnknownCoding => {
                let status = invalid("has a Content-Encoding other than gzip");
                error::response_with(StatusCode::UNSUPPORTED_MEDIA_TYPE, &status)
            }
            Self::CutShort => error::status_response(&invalid("ended before its end")),
            Self::NotGzip => error::status_response(&invalid("is not valid gzip")),
        }
    }
}

/// Tells that a request holds more than it may.
pub(crate) fn too_large() -> Status {
    let text = format!("the request is larger than {} MiB", BODY_BYTES_MAX >> 20);
    error::to_status(&Error::exhausted(text))
}

/// Reads a whole body.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, BodyError> {
    let coding = headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    let is_gzip = match coding.as_deref() {
        None | Some(b"identity") => false,
        Some(b"gzip" | b"x-gzip") => true,
        Some(_) => return Err(BodyError::UnknownCoding),
    };
    let bytes = timeout(BODY_TIME_MAX, collect(body)).await.unwrap_or(Err(BodyError::TooSlow))?;
    if is_gzip { unzip(&bytes) } else { Ok(bytes) }
}

async fn collect(body: Body) -> Result<Bytes, BodyError> {
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Err(_) => Err(BodyError::CutShort),
    }
}

fn unzip(bytes: &[u8]) -> Result<Bytes, BodyError> {
    let mut plain = Vec::new();
    let unzipped = MultiGzDecoder::new(bytes).take(BODY_BYTES_MAX as u64 + 1).read_to_end(&mut plain);
    match unzipped {
        _ if plain.len() > BODY_BYTES_MAX => Err(BodyError::TooLarge),
        Ok(_) => Ok(plain.into()),
        Err(_) => Err(BodyError::NotGzip),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    async fn status(coding: &str, body: Vec<u8>) -> Result<usize, u16> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, coding.parse().unwrap());
        let read = read(&headers, Body::from(body)).await;
        read.map(|bytes| bytes.len()).map_err(|error| error.to_response().status().as_u16())
    }

    #[tokio::test]
    async fn the_limit_holds_at_and_beyond_its_edge() {
        assert_eq!(status("identity", vec![b' '; BODY_BYTES_MAX]).await, Ok(BODY_BYTES_MAX));
        assert_eq!(status("identity", vec![b' '; BODY_BYTES_MAX + 1]).await, Err(413));
        assert_eq!(status("gzip", gzip(&vec![b' '; BODY_BYTES_MAX])).await, Ok(BODY_BYTES_MAX));
        assert_eq!(status("gzip", gzip(&vec![b' '; BODY_BYTES_MAX + 1])).await, Err(413));
    }

    #[tokio::test]
    async fn what_is_no_gzip_is_refused() {
        assert_eq!(status("gzip", b"{}".to_vec()).await, Err(400));
        let mut cut = gzip(b"{\"a\":1}");
        cut.truncate(cut.len() - 4);
        assert_eq!(status("gzip", cut).await, Err(400));
        assert_eq!(status("br", b"{}".to_vec()).await, Err(415));
    }
}
