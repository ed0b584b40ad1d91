//! Turns a panic into an error answer: the connection and the process go on.
//!
//! It mends nothing: a panic is a fault of ours, and the log says so.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{body::Body, extract::Request, response::Response};
use bytes::Bytes;
use futures::FutureExt;
use hansard_domain::Error;
use http_body::{Frame, SizeHint};
use tonic::Status;

use crate::error;

pub(super) async fn catch<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let is_grpc = super::is_grpc(&request);
    match AssertUnwindSafe(next(request)).catch_unwind().await {
        Ok(response) if is_grpc => response.map(|body| Body::new(Guarded { body, is_over: false })),
        Ok(response) => response,
        Err(_) if is_grpc => panicked().into_http(),
        Err(_) => error::status_response(&panicked()),
    }
}

fn panicked() -> Status {
    error::to_status(&Error::internal("a request panicked"))
}

/// The body of a gRPC answer, whose stream may panic as well.
struct Guarded {
    body: Body,
    is_over: bool,
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let polled =
            std::panic::catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.body).poll_frame(context)));
        polled.unwrap_or_else(|_| {
            self.is_over = true;
            let trailers = panicked().into_http::<()>().headers().clone();
            Poll::Ready(Some(Ok(Frame::trailers(trailers))))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
