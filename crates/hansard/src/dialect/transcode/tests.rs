//! The transcoder against the real contract: every binding, every message type, hostile requests.

#![allow(clippy::unwrap_used)]

mod binding;
mod generate;
mod hostile;
mod round_trip;
mod routing;

use std::sync::LazyLock;

use http::{Method, Uri};
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};

use super::{Contract, Error, bind, routes::Binding};

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::load().unwrap());
static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(hansard_proto::DESCRIPTORS).unwrap());

const PROFILE: &str = "/v1/customers/acme/profiles/support";
const CONVERSATION: &str = "/v1/customers/acme/profiles/support/conversations/c1";

impl Contract {
    /// Reads a request as its method would and gives the gRPC path of the method.
    pub(crate) fn try_request(&self, method: &str, target: &str, body: &[u8]) -> Result<String, Error> {
        let uri: Uri = target.parse().unwrap();
        let binding = self.routes.find(uri.path()).unwrap().binding(&method.parse().unwrap(), false).unwrap();
        bind::request(&self.schema, binding, &uri, body)?;
        Ok(binding.rpc.path.to_string())
    }
}

fn binding(method: &str, path: &str) -> &'static Binding {
    let endpoint = CONTRACT.routes.find(path).unwrap_or_else(|| panic!("no route for {path}"));
    endpoint.binding(&method.parse::<Method>().unwrap(), false).unwrap()
}

fn input_of(binding: &Binding) -> MessageDescriptor {
    let (service, method) = binding.rpc.path[1..].split_once('/').unwrap();
    let service = POOL.get_service_by_name(service).unwrap();
    service.methods().find(|candidate| candidate.name() == method).unwrap().input()
}

/// Builds the message of a request, as the service would decode it.
fn request(method: &str, target: &str, body: impl AsRef<[u8]>) -> Result<DynamicMessage, Error> {
    let uri: Uri = target.parse().unwrap();
    let binding = binding(method, uri.path());
    let message = bind::request(&CONTRACT.schema, binding, &uri, body.as_ref())?;
    Ok(DynamicMessage::decode(input_of(binding), message.as_slice()).unwrap())
}

/// Shows the message in the JSON form of an independent implementation.
fn json(message: &DynamicMessage) -> serde_json::Value {
    serde_json::to_value(message).unwrap()
}
