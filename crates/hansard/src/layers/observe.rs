//! One access line and one measurement for each request, made when its answer is over.
//!
//! They hold no body, no query, no text and no tenant's name.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use axum::{body::Body, extract::Request, response::Response};
use bytes::Bytes;
use http::{Method, StatusCode};
use http_body::{Frame, SizeHint};
use tonic::{Code, Status};

use super::request_id::RequestId;
use crate::dialect::transcode::{Contract, Matched};

pub(super) async fn record<F: Future<Output = Response>>(
    contract: &Contract,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let mut record = Record {
        started: Instant::now(),
        request_id: request.extensions().get::<RequestId>().cloned(),
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        matched: contract.method(request.uri().path()).filter(|_| super::is_grpc(&request)),
        status: StatusCode::OK,
        code: None,
    };
    let mut response = next(request).await;
    record.status = response.status();
    record.code = response.extensions_mut().remove::<Code>();
    if let Some(matched) = response.extensions_mut().remove::<Matched>() {
        record.matched = Some(matched);
    }
    if let Some(status) = Status::from_header_map(response.headers()) {
        record.code = Some(status.code());
    }
    response.map(|body| Body::new(Observed { body, record }))
}

/// What is told of one request. It tells when it is dropped: at the end of the answer, or when the client is gone.
struct Record {
    started: Instant,
    request_id: Option<RequestId>,
    method: Method,
    path: String,
    matched: Option<Matched>,
    status: StatusCode,
    code: Option<Code>,
}

impl Drop for Record {
    fn drop(&mut self) {
        let elapsed = self.started.elapsed();
        let request_id = self.request_id.as_ref().map_or("", |id| &id.0);
        let route = self.matched.as_ref().map_or(self.path.as_str(), |matched| &matched.route);
        tracing::info!(
            target: "hansard::access",
            method = %self.method,
            route,
            status = self.status.as_u16(),
            code = self.code.map(|code| code as i32),
            ms = elapsed.as_secs_f64() * 1e3,
            request_id,
        );
        let Some(matched) = &self.matched else { return };
        let code = self.code.map_or_else(|| "Cancelled".to_owned(), |code| format!("{code:?}"));
        metrics::counter!("hansard_rpc_requests_total", "method" => matched.rpc.clone(), "code" => code)
            .increment(1);
        if !matched.is_streaming {
            metrics::histogram!("hansard_rpc_duration_seconds", "method" => matched.rpc.clone())
                .record(elapsed.as_secs_f64());
        }
    }
}

/// An answer's body with the record that ends when it does.
struct Observed {
    body: Body,
    record: Record,
}

impl http_body::Body for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(status) = frame.trailers_ref().and_then(Status::from_header_map)
        {
            self.record.code = Some(status.code());
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
