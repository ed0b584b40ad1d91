//! The records dialect: a conversation as the one JSON record that builders of AI agents keep of it.
//!
//! It only translates, as every dialect does: the operations are those that everybody uses. Its routes are written
//! by hand, because no contract of RPCs stands behind them; they are one table, in `routes`.

mod decommission;
mod envelope;
mod from_record;
mod mapping;
pub(crate) mod openapi;
mod operations;
mod project;
mod query;
mod read;
mod routes;
pub(crate) mod schema;
#[cfg(test)]
mod tests;
mod time;
mod to_record;
mod tree;
mod wire;
mod words;

use std::sync::Arc;

use axum::body::Body;
use hansard_domain::{Error, Result, caller::Caller};
use hansard_store::Ticket;
use http::{HeaderMap, Method, Request, Response, request};
use serde_json::Value;
use tonic_types::{ErrorDetails, StatusExt};

use crate::{
    app::App,
    dialect::{
        retry,
        transcode::{self, Matched},
    },
    error,
    layers::{
        admission,
        body::{self, BodyError},
        request_id::RequestId,
    },
    service::Call,
};
use query::Query;
use read::Fault;
pub(crate) use routes::owns;
use routes::{Body as Brings, Found, Route};

/// Takes requests for records to the operations.
#[derive(Clone)]
pub struct Records(Arc<App>);

/// One request, read as far as its route tells.
struct Ask<'r> {
    app: &'r Arc<App>,
    caller: Caller,
    route: &'static Route,
    /// What stands in the path for an id, as it was sent.
    id: Option<&'r str>,
    query: Query,
    query_text: &'r str,
    body: Value,
    headers: &'r HeaderMap,
    request_id: Arc<str>,
}

/// What kept a request from its answer.
enum Refusal {
    Body(BodyError),
    Error(Error),
    Faults(Vec<Fault>),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Refusal {
    fn to_response(&self) -> Response<Body> {
        match self {
            Self::Body(error) => error.to_response(),
            Self::Error(error) => error::to_response(error),
            Self::Faults(faults) => {
                let mut details = ErrorDetails::new();
                for fault in faults {
                    details.add_bad_request_violation(&fault.path, &fault.text);
                }
                let text = "the request does not fit its schema";
                let status = tonic::Status::with_error_details(tonic::Code::InvalidArgument, text, details);
                error::status_response(&status)
            }
        }
    }
}

impl Records {
    pub fn new(app: Arc<App>) -> Self {
        Self(app)
    }

    /// Answers one request.
    pub(crate) async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let path = request.uri().path().to_owned();
        let route = match routes::find(request.method(), &path) {
            Found::Route(route, _) => route,
            Found::WrongMethod(allow) => return transcode::method_not_allowed(allow),
            Found::Nothing => return transcode::not_found(),
        };
        let is_head = request.method() == Method::HEAD;
        let mut response = match self.answer(route, request).await {
            Ok(response) => response,
            Err(refusal) => refusal.to_response(),
        };
        if is_head {
            response = transcode::without_body(response);
        }
        let (route, rpc) = (route.paths().swap_remove(0).into(), format!("/records/{}", route.name).into());
        response.extensions_mut().insert(Matched { route, rpc, is_streaming: false });
        response
    }

    /// Puts a refusal, whoever made it, into the form of this dialect.
    pub(crate) fn in_envelope(&self, response: Response<Body>) -> Response<Body> {
        envelope::refusal(response, self.0.store.now())
    }

    async fn answer(&self, route: &'static Route, request: Request<Body>) -> Result<Response<Body>, Refusal> {
        let (parts, body) = request.into_parts();
        let body = body::read(&parts.headers, body).await.map_err(Refusal::Body)?;
        if !body.held.is_large() {
            return self.answer_read(route, parts, body).await;
        }
        let this = self.clone();
        admission::aside(async move { this.answer_read(route, parts, body).await }).await
    }

    async fn answer_read(
        &self,
        route: &'static Route,
        parts: request::Parts,
        body: body::Whole,
    ) -> Result<Response<Body>, Refusal> {
        let body::Whole { bytes, held: _held } = body;
        let caller = parts.extensions.get::<Caller>().cloned().ok_or_else(Error::unauthenticated)?;
        let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let query_text = parts.uri.query().unwrap_or_default();
        let Found::Route(_, id) = routes::find(&parts.method, parts.uri.path()) else {
            return Err(Error::internal("a route that is found only once").into());
        };
        let ask = Ask {
            app: &self.0,
            caller,
            route,
            id,
            query: Query::read(route, query_text)?,
            query_text,
            body: read_body(route, &bytes)?,
            headers: &parts.headers,
            request_id,
        };
        drop(bytes);
        operations::run(ask).await
    }
}

fn read_body(route: &Route, bytes: &[u8]) -> Result<Value> {
    let body = tree::parse(bytes)?;
    let is_empty = body.as_object().is_some_and(serde_json::Map::is_empty);
    match route.body {
        Brings::None if !is_empty => Err(Error::invalid("body", "is not taken by this method")),
        _ => Ok(body),
    }
}

impl Ask<'_> {
    /// The call of the operation that changes something.
    fn call(&self) -> Result<Call> {
        let canonical = [
            self.id.unwrap_or_default().as_bytes(),
            self.query_text.as_bytes(),
            &tree::canonical(&self.body),
        ];
        let header = self.headers.get(retry::HEADER).map(http::HeaderValue::as_bytes);
        let idempotency =
            retry::idempotency(self.app, &self.caller, self.route.name, header, &canonical.join(&0))?;
        let ticket = Ticket { request_id: Arc::clone(&self.request_id), idempotency };
        Ok(Call { caller: self.caller.clone(), ticket })
    }

    fn ticket_without_key(&self) -> Ticket {
        Ticket { request_id: Arc::clone(&self.request_id), idempotency: None }
    }
}
