//! Services of the contract that are not built yet: every call is answered, and says so.

use super::call::status;
use hansard_domain::Error;
use http::{Request, Response};
use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};
use tonic::{body::Body, server::NamedService};
use tower::Service;

/// `hansard.v1.AnnotationService`: annotations, comments and scorecards.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnnotationService;

impl NamedService for AnnotationService {
    const NAME: &'static str = hansard_proto::v1::annotation_service_server::SERVICE_NAME;
}

impl Service<Request<Body>> for AnnotationService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let method = request.uri().path().rsplit('/').next().unwrap_or_default();
        ready(Ok(status(not_built(method)).into_http()))
    }
}

/// The answer of an operation that has its own issue.
pub(super) fn not_built(what: &str) -> Error {
    Error::unimplemented(format!(
        "{what} is part of the contract but not built yet; see the project's issues"
    ))
}
