//! Checks each gRPC message before it is decoded: its size, its depth, its text.
//!
//! The decoder has no depth limit of its own (free JSON needs more than its fixed one), so no gRPC request may reach
//! a service by another way. Compressed messages are not accepted.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
};

use axum::{body::Body, extract::Request};
use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use hansard_domain::Error;
use http_body::Frame;
use tonic::Status;

use super::{
    admission::{self, LARGE_BYTES, Place, Reserved},
    body::{BODY_BYTES_MAX, too_large},
};
use crate::{
    dialect::transcode::{Contract, FRAME_HEADER_BYTES},
    error,
};

/// Where the place of a large request is kept until the request is answered.
pub(crate) type Kept = Arc<OnceLock<Place>>;

/// Puts the check between the network and the services.
pub(crate) fn check(request: Request, contract: Arc<Contract>) -> (Request, Kept) {
    let path = request.uri().path().to_owned();
    let kept = Kept::default();
    let place = kept.clone();
    let (buffer, reserved) = (BytesMut::new(), Reserved::default());
    let checked = |body| Body::new(Checked { body, contract, path, buffer, reserved, place, waiting: None });
    (request.map(checked), kept)
}

/// A body that gives whole, checked messages only.
struct Checked {
    body: Body,
    contract: Arc<Contract>,
    path: String,
    buffer: BytesMut,
    reserved: Reserved,
    place: Kept,
    waiting: Option<BoxFuture<'static, Result<Place, Error>>>,
}

impl Checked {
    /// Waits for a place before more of a large message is read.
    fn poll_place(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Status>> {
        if self.buffer.len() <= LARGE_BYTES || self.place.get().is_some() {
            return Poll::Ready(Ok(()));
        }
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(admission::place()));
        let place = ready!(waiting.as_mut().poll(context)).map_err(|error| error::to_status(&error))?;
        self.waiting = None;
        // Only this body fills it, and it was empty.
        let _ = self.place.set(place);
        Poll::Ready(Ok(()))
    }

    /// Takes the next message, once all of it is there.
    fn take_message(&mut self) -> Result<Option<Bytes>, Status> {
        let Some(header) = self.buffer.first_chunk::<FRAME_HEADER_BYTES>() else { return Ok(None) };
        let [flag, length @ ..] = *header;
        if flag != 0 {
            return Err(Status::unimplemented("compressed messages are not accepted"));
        }
        let length = u32::from_be_bytes(length) as usize;
        if length > BODY_BYTES_MAX {
            return Err(too_large());
        }
        if self.buffer.len() < FRAME_HEADER_BYTES + length {
            return Ok(None);
        }
        let frame = self.buffer.split_to(FRAME_HEADER_BYTES + length).freeze();
        let checked = self.contract.check(&self.path, &frame[FRAME_HEADER_BYTES..]);
        checked.map_err(|error| error::to_status(&error))?;
        if self.buffer.is_empty() {
            self.reserved = Reserved::default();
        }
        Ok(Some(frame))
    }
}

impl http_body::Body for Checked {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        loop {
            match self.take_message() {
                Ok(Some(message)) => return Poll::Ready(Some(Ok(Frame::data(message)))),
                Ok(None) => {}
                Err(status) => return Poll::Ready(Some(Err(status.into()))),
            }
            if let Err(status) = ready!(self.poll_place(context)) {
                return Poll::Ready(Some(Err(status.into())));
            }
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None if self.buffer.is_empty() => return Poll::Ready(None),
                None => {
                    self.buffer.clear();
                    let status = Status::invalid_argument("the message ended before its end");
                    return Poll::Ready(Some(Err(status.into())));
                }
            };
            match frame.into_data() {
                Ok(data) => {
                    if let Err(error) = self.reserved.grow(data.len()) {
                        return Poll::Ready(Some(Err(error::to_status(&error).into())));
                    }
                    self.buffer.extend_from_slice(&data);
                }
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
    }
}
