//! The route table: from an HTTP method and path to the RPC that the contract binds to it.
//!
//! It is made from the descriptors alone. It reads no body and calls nothing.

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context, Result, bail};
use http::{HeaderValue, Method};
use prost_reflect::{DescriptorPool, DynamicMessage, ExtensionDescriptor, MethodDescriptor, Value};

use super::{
    schema::{Field, Kind, MessageId, Schema, Shape},
    template::{Segment, Template},
};

/// One method of a service.
#[derive(Debug)]
pub(crate) struct Rpc {
    /// The gRPC path: `/hansard.v1.ConversationService/GetConversation`.
    pub(crate) path: Arc<str>,
    pub(crate) input: MessageId,
    pub(crate) output: MessageId,
    pub(crate) is_streaming: bool,
}

/// What a body is read into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyRule {
    None,
    All,
    /// The field with this number.
    Field(u32),
}

/// One HTTP form of an RPC.
#[derive(Debug)]
pub struct Binding {
    pub(crate) rpc: Arc<Rpc>,
    pub method: Method,
    /// The path template as the contract writes it.
    pub path: Arc<str>,
    pub template: Template,
    /// For each variable of the template, the field numbers from the request to its field.
    pub(crate) bound: Vec<Vec<u32>>,
    pub(crate) body: BodyRule,
}

impl Binding {
    /// The gRPC path of the method that is called.
    pub fn rpc_path(&self) -> &str {
        &self.rpc.path
    }
}

/// Every binding of the contract, by path.
#[derive(Default)]
pub(crate) struct RouteTable {
    root: Node,
    bindings: Vec<Arc<Binding>>,
}

#[derive(Default)]
struct Node {
    literals: HashMap<String, Node>,
    any: Option<Box<Node>>,
    endpoints: Vec<Endpoint>,
}

/// What stands at one path: its bindings by method.
#[derive(Default)]
pub(crate) struct Endpoint {
    verb: Option<String>,
    bindings: Vec<Arc<Binding>>,
}

impl Endpoint {
    /// Gives the binding for a method; HEAD is answered as GET.
    ///
    /// Where a plain and a streaming RPC share the path, `wants_events` decides.
    pub(crate) fn binding(&self, method: &Method, wants_events: bool) -> Option<&Arc<Binding>> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let candidates = || self.bindings.iter().filter(|binding| binding.method == *method);
        candidates().find(|binding| binding.rpc.is_streaming == wants_events).or_else(|| candidates().next())
    }

    pub(crate) fn allow(&self) -> HeaderValue {
        let mut names: Vec<&str> = self.bindings.iter().map(|binding| binding.method.as_str()).collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.sort_unstable();
        names.dedup();
        HeaderValue::from_str(&names.join(", ")).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

impl RouteTable {
    /// Reads the HTTP rules of every method in the pool.
    pub(crate) fn from_pool(pool: &DescriptorPool, schema: &mut Schema) -> Result<Self> {
        let http = pool.get_extension_by_name("google.api.http").context("no google.api.http option")?;
        let mut table = Self::default();
        for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            let options = method.options();
            if options.has_extension(&http) {
                let added = table.add_method(&method, &options, &http, schema);
                added.with_context(|| method.full_name().to_owned())?;
            }
        }
        Ok(table)
    }

    pub(crate) fn bindings(&self) -> &[Arc<Binding>] {
        &self.bindings
    }

    /// Finds what stands at a path. Literals win over wildcards.
    pub(crate) fn find(&self, path: &str) -> Option<&Endpoint> {
        let segments: Vec<&str> = segments(path)?;
        let (last, front) = segments.split_last()?;
        let (last, verb) = split_verb(last);
        self.root.find(front, last, verb)
    }

    fn add_method(
        &mut self,
        method: &MethodDescriptor,
        options: &DynamicMessage,
        http: &ExtensionDescriptor,
        schema: &mut Schema,
    ) -> Result<()> {
        let rpc = Arc::new(Rpc {
            path: rpc_path(method).into(),
            input: schema.add(&method.input())?,
            output: schema.add(&method.output())?,
            is_streaming: method.is_server_streaming(),
        });
        let option = options.get_extension(http);
        let rule = option.as_message().context("an option that is no message")?;
        self.add_rule(&rpc, rule, schema)?;
        let more = rule.get_field_by_name("additional_bindings").context("no additional_bindings")?;
        for rule in more.as_list().unwrap_or_default().iter().filter_map(Value::as_message) {
            self.add_rule(&rpc, rule, schema)?;
        }
        Ok(())
    }

    fn add_rule(&mut self, rpc: &Arc<Rpc>, rule: &DynamicMessage, schema: &Schema) -> Result<()> {
        let text =
            |name: &str| rule.get_field_by_name(name).and_then(|value| value.as_str().map(str::to_owned));
        let patterns = ["get", "put", "post", "delete", "patch"];
        let pattern = patterns.into_iter().find(|name| rule.has_field_by_name(name)).context("no path")?;
        let path = text(pattern).context("a path that is no text")?;
        let template = Template::parse(&path)?;
        let body = match text("body").unwrap_or_default().as_str() {
            "" => BodyRule::None,
            "*" => BodyRule::All,
            name => {
                BodyRule::Field(schema.message(rpc.input).field(name).context("no such body field")?.number)
            }
        };
        let bound = template.variables.iter().map(|variable| bound_field(schema, rpc.input, &variable.field));
        let binding = Arc::new(Binding {
            rpc: rpc.clone(),
            method: Method::from_bytes(pattern.to_ascii_uppercase().as_bytes())?,
            path: path.into(),
            bound: bound.collect::<Result<_>>()?,
            template,
            body,
        });
        self.insert(&binding)?;
        self.bindings.push(binding);
        Ok(())
    }

    fn insert(&mut self, binding: &Arc<Binding>) -> Result<()> {
        let mut node = &mut self.root;
        for segment in &binding.template.segments {
            node = match segment {
                Segment::Literal(text) => node.literals.entry(text.clone()).or_default(),
                Segment::Any => node.any.get_or_insert_default(),
            };
        }
        let verb = &binding.template.verb;
        let at = node.endpoints.iter().position(|endpoint| endpoint.verb == *verb).unwrap_or_else(|| {
            node.endpoints.push(Endpoint { verb: verb.clone(), bindings: Vec::new() });
            node.endpoints.len() - 1
        });
        let endpoint = &mut node.endpoints[at];
        let alike = |other: &&Arc<Binding>| {
            other.method == binding.method && other.rpc.is_streaming == binding.rpc.is_streaming
        };
        if let Some(other) = endpoint.bindings.iter().find(alike) {
            bail!("{} {} is bound by {} as well", binding.method, binding.path, other.rpc.path);
        }
        endpoint.bindings.push(binding.clone());
        Ok(())
    }
}

impl Node {
    fn find(&self, front: &[&str], last: &str, verb: Option<&str>) -> Option<&Endpoint> {
        let (segment, rest) = match front.split_first() {
            Some((segment, rest)) => (*segment, Some(rest)),
            None => (last, None),
        };
        let literal = self.literals.get(segment);
        let any = self.any.as_deref().filter(|_| !segment.is_empty());
        [literal, any].into_iter().flatten().find_map(|node| match rest {
            Some(rest) => node.find(rest, last, verb),
            None => node.endpoints.iter().find(|endpoint| endpoint.verb.as_deref() == verb),
        })
    }
}

/// Splits a path into its segments, still encoded.
pub(crate) fn segments(path: &str) -> Option<Vec<&str>> {
    Some(path.strip_prefix('/')?.split('/').collect())
}

/// Splits the verb off a last segment.
pub(crate) fn split_verb(last: &str) -> (&str, Option<&str>) {
    last.rsplit_once(':').map_or((last, None), |(segment, verb)| (segment, Some(verb)))
}

/// Gives the path by which gRPC calls a method.
pub(crate) fn rpc_path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// Finds the text field that a variable names.
fn bound_field(schema: &Schema, input: MessageId, path: &str) -> Result<Vec<u32>> {
    let mut numbers = Vec::new();
    let mut kind = Kind::Message(input);
    for name in path.split('.') {
        let Kind::Message(id) = kind else { bail!("{path}: not inside a message") };
        let field: &Field = schema.message(id).field(name).with_context(|| format!("no field {path}"))?;
        if field.shape != Shape::Single {
            bail!("{path}: a path cannot bind a list");
        }
        numbers.push(field.number);
        kind = field.kind;
    }
    if kind != Kind::String {
        bail!("{path}: a path binds text only");
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn leaf() -> Node {
        Node { endpoints: vec![Endpoint::default()], ..Node::default() }
    }

    #[test]
    fn a_literal_wins_and_a_dead_end_turns_back() {
        let literals = HashMap::from([("mine".to_owned(), leaf())]);
        let tree = Node { literals, any: Some(Box::new(leaf())), endpoints: Vec::new() };
        let literal = tree.find(&[], "mine", None).unwrap();
        let any = tree.find(&[], "yours", None).unwrap();
        assert!(std::ptr::eq(literal, &raw const tree.literals["mine"].endpoints[0]));
        assert!(std::ptr::eq(any, &raw const tree.any.as_ref().unwrap().endpoints[0]));
        let deeper = Node { any: Some(Box::new(leaf())), ..Node::default() };
        let dead_end = HashMap::from([("mine".to_owned(), leaf())]);
        let tree = Node { literals: dead_end, any: Some(Box::new(deeper)), endpoints: Vec::new() };
        assert!(tree.find(&["mine"], "x", None).is_some());
    }
}
