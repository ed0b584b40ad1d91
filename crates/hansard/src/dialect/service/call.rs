//! What a request brings along: its caller, its id, its retry key.

use crate::{app::App, error::to_status, router::RequestId, service::Call};
use hansard_domain::{Error, Result, caller::Caller, limits};
use hansard_store::{Idempotency, Ticket};
use prost::Message;
use tonic::{Request, Status};

/// Header and gRPC metadata key of a retry key.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

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
    let Some(value) = request.metadata().get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let refused = |text: &str| Error::invalid("Idempotency-Key", text);
    let key = value.to_str().map_err(|_| refused("must be visible ASCII"))?;
    if key.is_empty() {
        return Err(refused("must not be empty"));
    }
    limits::bytes_at_most("Idempotency-Key", key, limits::IDEMPOTENCY_KEY_BYTES_MAX)?;
    // Maps are B-trees, so equal requests have equal bytes.
    let canonical = request.get_ref().encode_to_vec();
    // An agent's outcome is nobody else's: to another agent the conversation may be absent.
    let own_of = caller.own_of().map(|agent| agent.to_string()).unwrap_or_default();
    let fingerprint = app.store.secret().fingerprint(&[method.as_bytes(), own_of.as_bytes(), &canonical]);
    Ok(Some(Idempotency { method, key: key.to_owned(), fingerprint }))
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
