//! What a request brings along: its caller, its id, its retry key.

use crate::{app::App, dialect::retry, error::to_status, router::RequestId, service::Call};
use hansard_domain::{Error, Result, caller::Caller};
use hansard_store::{Idempotency, Ticket};
use prost::Message;
use tonic::{Request, Status};

/// Reads the caller that authentication left, and the retry key of a request.
pub(super) fn call<M: Message>(
    app: &App,
    method: &'static str,
    request: &Request<M>,
) -> Result<Call, Status> {
    let caller = request.extensions().get::<Caller>().cloned();
    let caller = caller.ok_or_else(|| status(Error::unauthenticated()))?;
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let idempotency = idempotency(app, &caller, method, request).map_err(status)?;
    Ok(Call { caller, ticket: Ticket { request_id, idempotency } })
}

fn idempotency<M: Message>(
    app: &App,
    caller: &Caller,
    method: &'static str,
    request: &Request<M>,
) -> Result<Option<Idempotency>> {
    let Some(value) = request.metadata().get(retry::HEADER) else { return Ok(None) };
    // Maps are B-trees, so equal requests have equal bytes.
    let canonical = request.get_ref().encode_to_vec();
    retry::idempotency(app, caller, method, Some(value.as_encoded_bytes()), &canonical)
}

/// The wire form of an error.
#[allow(clippy::needless_pass_by_value)] // It is what errors are mapped with.
pub(super) fn status(error: Error) -> Status {
    to_status(&error)
}

/// Runs what a method does, with its call, and answers the message or the error's status.
macro_rules! answer {
    ($server:ident, $method:literal, $request:ident, |$call:ident, $given:ident| $work:block) => {{
        let $call = call(&$server.app, $method, &$request)?;
        let $given = $request.into_inner();
        let work = async { $work };
        let outcome: Result<_, Error> = work.await;
        outcome.map(Response::new).map_err(status)
    }};
}

pub(super) use answer;
