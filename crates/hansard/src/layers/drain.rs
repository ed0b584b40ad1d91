//! Reads what is left of a refused body and throws it away, so that an HTTP/1 client that is still sending sees the
//! answer instead of a reset connection.
//!
//! HTTP/2 needs none of it: there a stream is refused by itself.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{body::Body, extract::Request, response::Response};
use bytes::Bytes;
use http::Version;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::{BodyExt, Limited};
use tokio::{runtime::Handle, time::timeout};

const DRAINED_BYTES_MAX: usize = 32 << 20;
const DRAIN_TIME_MAX: Duration = Duration::from_secs(10);

pub(super) async fn drain_rest<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    if request.version() > Version::HTTP_11 || request.body().is_end_stream() {
        return next(request).await;
    }
    next(request.map(|body| Body::new(Drained(body)))).await
}

/// A body that is read to its end even when it is dropped before.
struct Drained(Body);

impl http_body::Body for Drained {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        if self.0.is_end_stream() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let mut rest = Limited::new(std::mem::take(&mut self.0), DRAINED_BYTES_MAX);
        runtime.spawn(timeout(DRAIN_TIME_MAX, async move { while let Some(Ok(_)) = rest.frame().await {} }));
    }
}
