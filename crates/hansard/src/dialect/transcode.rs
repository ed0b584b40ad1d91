//! The JSON form of the services, derived from the contract: match the path, build the message, call the gRPC service
//! in process, print the answer.
//!
//! No path, method or field of the contract is named here, and nothing is decided that gRPC would decide otherwise.

mod answers;
mod bind;
mod call;
mod check;
mod fault;
mod frames;
mod json;
pub(super) mod percent;
mod query;
mod routes;
mod schema;
mod stream;
mod template;
mod weight;
mod wire;

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context, Result};
use axum::body::Body;
use bytes::Bytes;
use hansard_domain::Error;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header, request};
use prost_reflect::DescriptorPool;
use tonic::{Code, Status};

use crate::{
    dialect::NotModified,
    error,
    layers::{
        admission,
        body::{self, BodyError},
    },
    service::validator::Validator,
};
use answers::{Answers, Printed};
pub(crate) use call::{FRAME_HEADER_BYTES, frame_header};
use frames::Frames;
pub(crate) use json::write_string as write_json_string;
pub use routes::Binding;
use routes::RouteTable;
pub(crate) use routes::{BodyRule, rpc_path};
pub use schema::MessageId;
use schema::Schema;
use stream::Framing;
pub use template::{Segment, Template, Variable};

/// Takes JSON requests to the gRPC services.
#[derive(Clone)]
pub struct Transcoder {
    contract: Arc<Contract>,
    services: axum::Router,
    frames: Arc<Frames>,
    answers: Arc<Answers>,
}

/// The contract as both doors read it: its messages, its methods and their HTTP forms.
pub struct Contract {
    schema: Arc<Schema>,
    routes: RouteTable,
    /// By gRPC path.
    methods: HashMap<String, (Matched, MessageId)>,
}

/// What a request turned out to be for. Answers carry it among their extensions, for the log and the metrics.
#[derive(Debug, Clone)]
pub(crate) struct Matched {
    /// The path template as the contract writes it, or the gRPC path.
    pub(crate) route: Arc<str>,
    /// The gRPC path of the method.
    pub(crate) rpc: Arc<str>,
    pub(crate) is_streaming: bool,
}

/// What kept a request from its answer.
enum Refusal {
    Body(BodyError),
    Request(Error),
    Call(Status),
}

impl Refusal {
    fn to_response(&self) -> Response<Body> {
        match self {
            Self::Body(error) => error.to_response(),
            Self::Request(error) => error::to_response(error),
            Self::Call(status) => error::status_response(status),
        }
    }
}

impl Contract {
    /// Reads the contract's descriptors anew; they are large, and rarely needed.
    pub(crate) fn descriptors() -> Result<DescriptorPool> {
        DescriptorPool::decode(hansard_proto::DESCRIPTORS).context("the contract's descriptors")
    }

    /// Reads the contract, and the services that stand beside it on the gRPC door.
    pub fn load() -> Result<Self> {
        let mut pool = Self::descriptors()?;
        let mut schema = Schema::default();
        let routes = RouteTable::from_pool(&pool, &mut schema)?;
        for beside in crate::router::STANDARD_DESCRIPTORS {
            pool.decode_file_descriptor_set(beside)?;
        }
        let mut methods = HashMap::new();
        for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            let path = rpc_path(&method);
            let rpc: Arc<str> = path.as_str().into();
            let matched = Matched { route: rpc.clone(), rpc, is_streaming: method.is_server_streaming() };
            methods.insert(path, (matched, schema.add(&method.input())?));
        }
        Ok(Self { schema: Arc::new(schema), routes, methods })
    }

    /// Gives every HTTP form of every method, in the contract's order.
    pub fn bindings(&self) -> &[Arc<Binding>] {
        self.routes.bindings()
    }

    /// Gives what a gRPC path names.
    pub(crate) fn method(&self, path: &str) -> Option<Matched> {
        self.methods.get(path).map(|(matched, _)| matched.clone())
    }

    /// Checks a gRPC request message before it is decoded. That of an unknown method is never decoded.
    pub fn check(&self, path: &str, message: &[u8]) -> Result<(), Error> {
        self.methods.get(path).map_or(Ok(()), |(_, input)| check::check(&self.schema, *input, message))
    }

    /// Gives the binding that a request without `Accept: text/event-stream` reaches.
    pub fn binding(&self, method: &Method, path: &str) -> Option<&Arc<Binding>> {
        self.routes.find(path)?.binding(method, false)
    }

    /// Makes the encoded request of a binding from its target and body.
    pub fn request(&self, binding: &Binding, target: &Uri, body: &[u8]) -> Result<Vec<u8>, Error> {
        bind::request(&self.schema, binding, target, body)
    }

    /// Finds a message that a method takes or gives, by its full name.
    pub fn message(&self, full_name: &str) -> Option<MessageId> {
        self.schema.id(full_name)
    }

    /// Reads the JSON form of a message into its wire form.
    pub fn read_json(&self, message: MessageId, json: &[u8]) -> Result<Vec<u8>, Error> {
        let mut wire = Vec::with_capacity(json.len());
        json::Reader::new(&self.schema, json, &mut wire).read(message)?;
        Ok(wire)
    }

    /// Writes the JSON form of an encoded message.
    pub fn write_json(&self, message: MessageId, wire: &[u8]) -> Result<Vec<u8>, Error> {
        json::to_json(&self.schema, message, wire)
            .map_err(|_| Error::invalid("message", "is not a message of its type"))
    }
}

impl Transcoder {
    /// Binds the contract's paths to the services that answer them.
    pub(crate) fn new(contract: Arc<Contract>, services: axum::Router) -> Self {
        Self { contract, services, frames: Arc::default(), answers: Arc::default() }
    }

    /// Answers one JSON request.
    pub async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let Some(endpoint) = self.contract.routes.find(request.uri().path()) else { return not_found() };
        let wants_events = wants_events(request.headers());
        let Some(binding) = endpoint.binding(request.method(), wants_events) else {
            return method_not_allowed(endpoint.allow());
        };
        let is_head = request.method() == Method::HEAD;
        let matched = Matched {
            route: binding.path.clone(),
            rpc: binding.rpc.path.clone(),
            is_streaming: binding.rpc.is_streaming,
        };
        let mut response = match self.answer(binding, request, wants_events).await {
            Ok(response) => response,
            Err(refusal) => refusal.to_response(),
        };
        if is_head {
            response = without_body(response);
        }
        response.extensions_mut().insert(matched);
        response
    }

    async fn answer(
        &self,
        binding: &Arc<Binding>,
        request: Request<Body>,
        wants_events: bool,
    ) -> Result<Response<Body>, Refusal> {
        let (parts, body) = request.into_parts();
        let body = body::read(&parts.headers, body).await.map_err(Refusal::Body)?;
        if !body.held.is_large() {
            return self.answer_read(binding, parts, body, wants_events).await;
        }
        let (this, binding) = (self.clone(), Arc::clone(binding));
        admission::aside(async move { this.answer_read(&binding, parts, body, wants_events).await }).await
    }

    async fn answer_read(
        &self,
        binding: &Binding,
        mut parts: request::Parts,
        body: body::Whole,
        wants_events: bool,
    ) -> Result<Response<Body>, Refusal> {
        let body::Whole { bytes, held: _held } = body;
        let message = self.message(binding, &parts, &bytes).map_err(Refusal::Request)?;
        drop(bytes);
        // What changes nothing may be kept; other messages are not even looked up.
        let asked = (binding.method == Method::GET).then(|| (binding.rpc.path.clone(), message.clone()));
        let kept = asked.as_ref().and_then(|asked| self.answers.find(asked));
        if let Some(kept) = &kept {
            parts.extensions.insert(kept.validator.clone());
        }
        let mut answer = call::call(&self.services, &binding.rpc, parts, message).await;
        let answered = if binding.rpc.is_streaming {
            let framing = if wants_events { Framing::Events } else { Framing::Lines };
            let shared = (self.contract.schema.clone(), self.frames.clone());
            stream::respond(shared, binding.rpc.output, answer, framing)
        } else if answer.extensions.get::<NotModified>().is_some()
            && let Some(kept) = &kept
        {
            Ok(printed(kept.json.clone()))
        } else {
            let validator = answer.extensions.remove::<Validator>();
            let json = self.print(binding, answer.single().await);
            match (asked, validator, &json) {
                (Some(asked), Some(validator), Ok(json)) => {
                    self.answers.keep(asked, Printed { validator, json: json.clone() });
                }
                (Some(asked), ..) if kept.is_some() => self.answers.forget(&asked),
                _ => {}
            }
            json.map(printed)
        };
        answered.map_err(Refusal::Call)
    }

    fn message(&self, binding: &Binding, parts: &request::Parts, body: &Bytes) -> Result<Vec<u8>, Error> {
        let schema = &self.contract.schema;
        let mut message = bind::request(schema, binding, &parts.uri, body)?;
        if let Some(last) = parts.headers.get("last-event-id").filter(|_| binding.rpc.is_streaming) {
            let last =
                last.to_str().map_err(|_| Error::invalid("cursor", "is not ASCII in Last-Event-ID"))?;
            bind::override_text(schema, binding, "cursor", last, &mut message);
        }
        Ok(message)
    }

    fn print(&self, binding: &Binding, message: Result<Bytes, Status>) -> Result<Bytes, Status> {
        let json = json::to_json(&self.contract.schema, binding.rpc.output, &message?);
        json.map(Bytes::from).map_err(|_| unreadable_answer())
    }
}

fn printed(json: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(json));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.extensions_mut().insert(Code::Ok);
    response
}

/// An answer that breaks the contract: a fault of ours.
fn unreadable_answer() -> Status {
    error::to_status(&Error::internal("a service's answer is not a message of its type"))
}

fn wants_events(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|range| {
        let media_type = range.split(';').next().unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case("text/event-stream")
    })
}

/// Keeps the headers that the body would have had.
pub(crate) fn without_body(response: Response<Body>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = http_body::Body::size_hint(&body).exact() {
        parts.headers.insert(header::CONTENT_LENGTH, length.into());
    }
    Response::from_parts(parts, Body::empty())
}

/// Answers a path that no route has.
pub(crate) fn not_found() -> Response<Body> {
    error::status_response(&Status::not_found("no such path; /openapi.json lists them all"))
}

/// Answers a path that does not take the request's method.
pub(crate) fn method_not_allowed(allow: HeaderValue) -> Response<Body> {
    let status = Status::unimplemented("this path does not take this method; see the Allow header");
    let mut response = error::response_with(StatusCode::METHOD_NOT_ALLOWED, &status);
    response.headers_mut().insert(header::ALLOW, allow);
    response
}

#[cfg(test)]
mod tests;
