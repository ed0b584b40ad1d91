//! Answers that are encoded by the thread that makes them.
//!
//! A page is thousands of small values. Where another thread gives their memory back, both wait for each other's
//! caches; where the maker encodes them at once, one piece of memory crosses.
//!
//! The generated services encode what their methods give, so the method gives an empty message and the [`Frame`] beside
//! it, and [`Framing`], around the service, puts the frame in the message's place.

use crate::dialect::transcode::{FRAME_HEADER_BYTES, frame_header};
use bytes::Bytes;
use futures::{TryFutureExt, future::MapOk};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use prost::Message;
use std::{
    convert::Infallible,
    marker::PhantomData,
    task::{Context, Poll},
};
use tonic::{body::Body, server::NamedService};
use tower::Service;

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const OK: HeaderValue = HeaderValue::from_static("0");

/// A message as it goes over the wire.
pub(super) struct Encoded<M> {
    frame: Frame,
    message: PhantomData<M>,
}

/// The message behind its header.
#[derive(Clone)]
struct Frame(Bytes);

impl<M: Message> Encoded<M> {
    pub(super) fn of(message: &M) -> Self {
        let length = message.encoded_len();
        let mut frame = Vec::with_capacity(FRAME_HEADER_BYTES + length);
        frame.extend_from_slice(&frame_header(length));
        message.encode_raw(&mut frame);
        Self { frame: Frame(frame.into()), message: PhantomData }
    }
}

/// Gives what a generated service takes.
pub(super) fn response<M: Default>(answer: tonic::Response<Encoded<M>>) -> tonic::Response<M> {
    let (metadata, encoded, mut extensions) = answer.into_parts();
    extensions.insert(encoded.frame);
    tonic::Response::from_parts(metadata, M::default(), extensions)
}

/// A service whose answers may have been encoded.
#[derive(Debug, Clone)]
pub(super) struct Framing<S>(pub S);

impl<S> Service<Request<Body>> for Framing<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = MapOk<S::Future, fn(Response<Body>) -> Response<Body>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.0.call(request).map_ok(with_frame)
    }
}

impl<S: NamedService> NamedService for Framing<S> {
    const NAME: &'static str = S::NAME;
}

fn with_frame(mut response: Response<Body>) -> Response<Body> {
    let Some(Frame(frame)) = response.extensions_mut().remove() else { return response };
    let trailers = HeaderMap::from_iter([(GRPC_STATUS, OK)]);
    response.map(|_| Body::new(Full::new(frame).with_trailers(async { Some(Ok(trailers)) })))
}
