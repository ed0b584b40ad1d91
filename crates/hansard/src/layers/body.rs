//! A request's body as bytes, within its limits, decompressed where it came compressed.
//!
//! What the bytes mean is the dialect's business.

use std::{io::Read, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use flate2::bufread::MultiGzDecoder;
use hansard_domain::Error;
use http::{HeaderMap, Response, StatusCode, header};
use http_body::Body as _;
use http_body_util::BodyExt;
use tokio::time::timeout;
use tonic::Status;

use super::admission::{self, LARGE_BYTES, Place, Reserved};
use crate::error;

/// What a request may hold, compressed or not.
pub(crate) const BODY_BYTES_MAX: usize = 8 << 20;
const BODY_TIME_MAX: Duration = Duration::from_secs(60);

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    TooLarge,
    TooSlow,
    Busy,
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
            Self::Busy => error::to_response(&admission::busy()),
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

/// A whole body with what it holds until the request is answered.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) bytes: Bytes,
    pub(crate) held: Held,
}

/// What a body holds besides its bytes.
#[derive(Debug, Default)]
pub(crate) struct Held {
    place: Option<Place>,
    reserved: Reserved,
}

impl Held {
    /// Tells whether what follows may take long.
    pub(crate) fn is_large(&self) -> bool {
        self.place.is_some()
    }
}

/// Reads a whole body.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Whole, BodyError> {
    let coding = headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    let is_gzip = match coding.as_deref() {
        None | Some(b"identity") => false,
        Some(b"gzip" | b"x-gzip") => true,
        Some(_) => return Err(BodyError::UnknownCoding),
    };
    // A small compressed body may be a large one.
    let place = if is_gzip { Some(take_place().await?) } else { None };
    let mut whole = timeout(BODY_TIME_MAX, collect(body, place)).await.unwrap_or(Err(BodyError::TooSlow))?;
    if is_gzip {
        whole.bytes = {
            let zipped = std::mem::take(&mut whole.bytes);
            admission::aside(async move { unzip(&zipped) }).await?
        };
        whole.held.reserved.grow(whole.bytes.len()).map_err(|_| BodyError::Busy)?;
    }
    Ok(whole)
}

async fn collect(mut body: Body, place: Option<Place>) -> Result<Whole, BodyError> {
    let told = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
    let mut bytes = Gathered::default();
    let mut held = Held { place, reserved: Reserved::default() };
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyError::CutShort)?.into_data() else { continue };
        let length = bytes.len() + data.len();
        if length > BODY_BYTES_MAX {
            return Err(BodyError::TooLarge);
        }
        held.reserved.grow(data.len()).map_err(|_| BodyError::Busy)?;
        if length > LARGE_BYTES && held.place.is_none() {
            held.place = Some(take_place().await?);
            bytes.expect(told.map_or(0, |told| told.min(BODY_BYTES_MAX)));
        }
        bytes.push(data);
    }
    Ok(Whole { bytes: bytes.into_whole(), held })
}

/// What has come of a body: one piece as it came, several one after another, so that nothing is held twice.
#[derive(Default)]
struct Gathered {
    only: Bytes,
    several: BytesMut,
}

impl Gathered {
    fn len(&self) -> usize {
        self.only.len() + self.several.len()
    }

    fn push(&mut self, data: Bytes) {
        if self.len() == 0 {
            self.only = data;
            return;
        }
        self.several.extend_from_slice(&std::mem::take(&mut self.only));
        self.several.extend_from_slice(&data);
    }

    /// Makes room for a body of this length.
    fn expect(&mut self, length: usize) {
        self.several.reserve(length.saturating_sub(self.several.len()));
    }

    fn into_whole(self) -> Bytes {
        if self.several.is_empty() { self.only } else { self.several.freeze() }
    }
}

async fn take_place() -> Result<Place, BodyError> {
    admission::place().await.map_err(|_| BodyError::Busy)
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
        read.map(|whole| whole.bytes.len()).map_err(|error| error.to_response().status().as_u16())
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
