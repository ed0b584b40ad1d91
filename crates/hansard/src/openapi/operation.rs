//! One operation for each HTTP form of a method: parameters, body, answers.

use std::collections::HashMap;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};
use serde_json::{Map, Value, json};

use super::{comments::Comments, examples, schema::Schemas};
use crate::dialect::transcode::{Binding, BodyRule, Contract, Segment, rpc_path};

const ID_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9._~@+=-]{0,127}$";
/// Methods that change nothing, whatever their HTTP method.
const READING: [&str; 8] = ["Get", "List", "Count", "Sample", "Fetch", "BatchGet", "Watch", "Export"];

pub(super) struct Operations<'a, 'c> {
    contract: &'a Contract,
    /// By gRPC path.
    methods: HashMap<String, MethodDescriptor>,
    comments: &'a Comments,
    schemas: &'a mut Schemas<'c>,
    paths: Map<String, Value>,
    ids: Vec<String>,
}

impl<'a, 'c> Operations<'a, 'c> {
    pub(super) fn new(
        contract: &'a Contract,
        pool: &DescriptorPool,
        comments: &'a Comments,
        schemas: &'a mut Schemas<'c>,
    ) -> Self {
        let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
        let methods = methods.map(|method| (rpc_path(&method), method)).collect();
        Self { contract, methods, comments, schemas, paths: Map::new(), ids: Vec::new() }
    }

    pub(super) fn into_paths(self) -> Map<String, Value> {
        self.paths
    }

    /// Adds a binding. Where a page and a stream share path and method they are one operation with two answers.
    pub(super) fn add(&mut self, binding: &Binding) {
        let Some(method) = &self.methods.get(&*binding.rpc.path).cloned() else { return };
        let path = path_text(binding);
        let verb = binding.method.as_str().to_ascii_lowercase();
        if self.paths.get(&path).is_some_and(|item| item.get(&verb).is_some()) {
            let content = self.content(binding, method);
            return join_stream(&mut self.paths[&path][&verb], content, method);
        }
        let operation = self.operation(binding, method);
        let item = self.paths.entry(path).or_insert_with(|| json!({}));
        item[&verb] = operation;
    }

    fn operation(&mut self, binding: &Binding, method: &MethodDescriptor) -> Value {
        let text = self.comments.of(&method.parent_service().parent_file(), method.path());
        let summary = if text.is_empty() { spoken(method.name()) } else { text.to_owned() };
        let mut operation = json!({
            "operationId": self.operation_id(binding, method),
            "summary": summary,
            "tags": [method.parent_service().name()],
            "x-grpc-methods": [method.full_name()],
            "parameters": self.parameters(binding, method),
            "responses": {
                "200": {"description": "As asked", "content": self.content(binding, method)},
                "default": {"$ref": "#/components/responses/Error"},
            },
        });
        if let Some(body) = self.body(binding, method) {
            operation["requestBody"] = body;
        }
        let deprecated = method.options().get_field_by_name("deprecated").and_then(|value| value.as_bool());
        if deprecated == Some(true) {
            operation["deprecated"] = true.into();
        }
        operation
    }

    /// The method's name; a further form adds its HTTP method.
    fn operation_id(&mut self, binding: &Binding, method: &MethodDescriptor) -> String {
        let mut id = method.name().to_owned();
        if self.ids.contains(&id) {
            id.push_str(&spoken(&binding.method.as_str().to_ascii_lowercase()));
        }
        self.ids.push(id.clone());
        id
    }

    fn content(&mut self, binding: &Binding, method: &MethodDescriptor) -> Map<String, Value> {
        let media_types: &[&str] = match (binding.rpc.is_streaming, self.is_page_too(binding)) {
            (false, _) => &["application/json"],
            (true, true) => &["text/event-stream"],
            (true, false) => &["application/x-ndjson", "text/event-stream"],
        };
        let schema = self.schemas.message(&method.output());
        media_types.iter().map(|media_type| ((*media_type).to_owned(), json!({"schema": schema}))).collect()
    }

    fn is_page_too(&self, binding: &Binding) -> bool {
        let alike = |other: &Binding| other.path == binding.path && other.method == binding.method;
        self.contract.bindings().iter().any(|other| alike(other) && !other.rpc.is_streaming)
    }

    fn body(&mut self, binding: &Binding, method: &MethodDescriptor) -> Option<Value> {
        let schema = match binding.body {
            BodyRule::None => return None,
            BodyRule::All => self.schemas.message(&method.input()),
            BodyRule::Field(number) => self.schemas.field(&method.input().get_field(number)?),
        };
        let mut content = json!({"schema": schema});
        if let Some(example) = examples::body(method.name()) {
            content["example"] = example;
        }
        Some(json!({"content": {"application/json": content}}))
    }

    fn parameters(&mut self, binding: &Binding, method: &MethodDescriptor) -> Vec<Value> {
        let mut parameters: Vec<Value> = place_names(binding).map(|name| path_parameter(&name)).collect();
        if binding.body != BodyRule::All {
            for field in method.input().fields().filter(|field| !is_elsewhere(binding, field)) {
                self.query_parameters(&field, "", &mut parameters);
            }
        }
        if !READING.iter().any(|word| method.name().starts_with(word)) {
            parameters.push(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
        }
        parameters
    }

    /// Adds what a query can hold of a field: itself, or the fields inside it.
    fn query_parameters(&mut self, field: &FieldDescriptor, prefix: &str, parameters: &mut Vec<Value>) {
        let name = format!("{prefix}{}", field.json_name());
        match field.kind() {
            Kind::Message(message) if is_object(&message) && !field.is_list() && !field.is_map() => {
                let prefix = format!("{name}.");
                message.fields().for_each(|inner| self.query_parameters(&inner, &prefix, parameters));
            }
            Kind::Message(message) if is_object(&message) || field.is_list() || field.is_map() => {}
            Kind::Message(message) if message.full_name() == "google.protobuf.Struct" => {}
            _ => {
                let mut schema = self.schemas.field(field);
                let text = schema.as_object_mut().and_then(|schema| schema.remove("description"));
                let mut parameter = json!({"name": name, "in": "query", "schema": schema});
                if let Some(text) = text {
                    parameter["description"] = text;
                }
                parameters.push(parameter);
            }
        }
    }
}

/// Adds a stream to the operation of the page on the same path.
fn join_stream(page: &mut Value, content: Map<String, Value>, method: &MethodDescriptor) {
    if let Some(parameters) = page["parameters"].as_array_mut() {
        parameters.push(json!({"$ref": "#/components/parameters/LastEventId"}));
    }
    if let Some(media_types) = page["responses"]["200"]["content"].as_object_mut() {
        media_types.extend(content);
    }
    if let Some(methods) = page["x-grpc-methods"].as_array_mut() {
        methods.push(method.full_name().into());
    }
}

/// Tells whether a field is given by the path or the body.
fn is_elsewhere(binding: &Binding, field: &FieldDescriptor) -> bool {
    binding.body == BodyRule::Field(field.number())
        || binding.bound.iter().any(|numbers| numbers.as_slice() == [field.number()])
}

fn is_object(message: &MessageDescriptor) -> bool {
    message.package_name() == "hansard.v1"
}

/// Gives each place of the path a name of its own.
fn place_names(binding: &Binding) -> impl Iterator<Item = String> {
    let template = &binding.template;
    template.segments.iter().enumerate().filter(|(_, segment)| **segment == Segment::Any).map(|(index, _)| {
        let alone = template.variables.iter().find(|variable| variable.segments == (index..index + 1));
        match (alone, index.checked_sub(1).map(|before| &template.segments[before])) {
            (Some(variable), _) => camel(&variable.field),
            (None, Some(Segment::Literal(collection))) => collection.trim_end_matches('s').to_owned(),
            (None, _) => format!("place{index}"),
        }
    })
}

/// Gives the path as OpenAPI writes it.
fn path_text(binding: &Binding) -> String {
    let mut names = place_names(binding);
    let mut path = String::new();
    for segment in &binding.template.segments {
        path.push('/');
        match segment {
            Segment::Literal(text) => path.push_str(text),
            Segment::Any => path.push_str(&format!("{{{}}}", names.next().unwrap_or_default())),
        }
    }
    if let Some(verb) = &binding.template.verb {
        path.push(':');
        path.push_str(verb);
    }
    path
}

fn path_parameter(name: &str) -> Value {
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "schema": {"type": "string", "pattern": ID_PATTERN},
        "example": examples::id(name),
    })
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| camel + &spoken(word))
}

/// Turns `getThing` and `GetThing` into `Get thing`, and a single word into one with a capital.
fn spoken(name: &str) -> String {
    let mut text = String::new();
    for (index, character) in name.char_indices() {
        match index {
            0 => text.push(character.to_ascii_uppercase()),
            _ if character.is_ascii_uppercase() => {
                text.push(' ');
                text.push(character.to_ascii_lowercase());
            }
            _ => text.push(character),
        }
    }
    text
}
