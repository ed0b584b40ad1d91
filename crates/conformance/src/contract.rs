//! The contract as the descriptors hold it: every method with its HTTP bindings.
//!
//! Tests that must cover every method walk this list, so that a new RPC cannot be forgotten.

use std::sync::OnceLock;

use hansard_proto::DESCRIPTORS;
use prost_reflect::{
    DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, ReflectMessage, Value,
};

/// How a method looks over HTTP.
#[derive(Debug, Clone)]
pub struct Binding {
    pub verb: String,
    pub template: String,
    /// Empty = none, `*` = the whole request, else the field.
    pub body: String,
}

/// One method of one service.
#[derive(Debug, Clone)]
pub struct Method {
    pub service: String,
    pub name: String,
    pub input: MessageDescriptor,
    pub output: MessageDescriptor,
    pub streams: bool,
    pub bindings: Vec<Binding>,
}

impl Method {
    /// Returns whether the method changes anything.
    pub fn mutates(&self) -> bool {
        !["Get", "List", "Count", "Sample", "Fetch", "BatchGet", "Watch", "Export", "Preview", "Verify"]
            .iter()
            .any(|verb| self.name.starts_with(verb))
    }

    /// Returns the primary binding.
    pub fn binding(&self) -> &Binding {
        &self.bindings[0]
    }

    /// Returns whether the path names a resource of a customer.
    pub fn has_tenant(&self) -> bool {
        self.binding().template.contains("customers/*")
    }
}

/// Returns the descriptors of the contract.
pub fn pool() -> &'static DescriptorPool {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    POOL.get_or_init(|| DescriptorPool::decode(DESCRIPTORS).unwrap())
}

/// Returns every method of the contract, in its order.
pub fn methods() -> &'static [Method] {
    static METHODS: OnceLock<Vec<Method>> = OnceLock::new();
    METHODS.get_or_init(|| {
        pool()
            .services()
            .flat_map(|service| service.methods().collect::<Vec<_>>())
            .map(|method| read(&method))
            .collect()
    })
}

/// Returns the method of this name.
pub fn method(name: &str) -> &'static Method {
    methods().iter().find(|method| method.name == name).unwrap_or_else(|| panic!("no method {name}"))
}

fn read(method: &MethodDescriptor) -> Method {
    let extension = pool().get_extension_by_name("google.api.http").unwrap();
    let options = method.options();
    let rule = options.get_extension(&extension);
    let rule = rule.as_message().unwrap();
    let mut bindings = vec![binding(rule)];
    if let Some(more) = rule.get_field_by_name("additional_bindings") {
        bindings.extend(more.as_list().unwrap().iter().filter_map(Value::as_message).map(binding));
    }
    Method {
        service: method.parent_service().name().to_owned(),
        name: method.name().to_owned(),
        input: method.input(),
        output: method.output(),
        streams: method.is_server_streaming(),
        bindings,
    }
}

fn binding(rule: &DynamicMessage) -> Binding {
    let text = |field: &str| {
        rule.get_field_by_name(field).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let oneof = rule.descriptor().oneofs().next().unwrap();
    let pattern = oneof.fields().find(|field| rule.has_field(field)).unwrap();
    Binding { verb: pattern.name().to_uppercase(), template: text(pattern.name()), body: text("body") }
}
