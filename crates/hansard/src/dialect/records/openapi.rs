//! What the OpenAPI document says of records, made from the tables of routes and schemas.

use serde_json::{Map, Value, json};

use super::{
    routes::{Body, Data, Parameter, ROUTES, Route, Value as Given, Verb},
    schema::{self, Attribute, Kind, Need, SCHEMAS, Schema},
};

/// The tag that the routes stand under.
pub(crate) const TAG: &str = "Records";
const ID: &str = "id";

/// The tag with its description.
pub(crate) fn tag() -> Value {
    json!({"name": TAG, "description": "Conversations as one record each, for builders of AI agents."})
}

/// Adds every path of the dialect.
pub(crate) fn add_paths(paths: &mut Map<String, Value>) {
    for route in &ROUTES {
        for (index, path) in route.paths().into_iter().enumerate() {
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[route.verb.word().to_ascii_lowercase()] = operation(route, index);
        }
    }
}

/// Adds every schema of the dialect.
pub(crate) fn add_schemas(schemas: &mut Map<String, Value>) {
    for schema in SCHEMAS {
        schemas.insert(key(schema), of_schema(schema));
    }
    let whole = json!({"type": "integer"});
    schemas.insert(
        "records.PageMeta".to_owned(),
        json!({"type": "object", "properties": {
            "page": whole, "pageSize": whole, "totalCount": whole, "totalPages": whole,
            "hasNextPage": {"type": "boolean"}, "hasPreviousPage": {"type": "boolean"},
        }}),
    );
    schemas.insert(
        "records.DecommissionJob".to_owned(),
        json!({
            "type": "object",
            "description": "How far the decommission of a deployment is; of a dry run only its total.",
            "properties": {
                "job_id": {"type": "string"},
                "deployment_config_id": {"type": "string"},
                "dry_run": {"type": "boolean"},
                "job_status": {"enum": ["running", "completed", "failed"]},
                "total": whole, "decommissioned": whole, "started_at": whole, "ended_at": whole,
                "message": {"type": "string"},
            },
        }),
    );
    schemas.insert("records.Error".to_owned(), error());
}

/// The answer of every refusal.
pub(crate) fn error_response() -> Value {
    let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/records.Error"}}});
    json!({"description": "The call failed. Details name the fields at fault.", "content": content})
}

fn error() -> Value {
    let details = json!({"type": "array", "items": {"type": "object", "properties": {
        "field": {"type": "string"}, "message": {"type": "string"},
    }}});
    json!({
        "type": "object",
        "required": ["success", "status", "code", "message", "error", "timestamp"],
        "properties": {
            "success": {"const": false},
            "status": {"type": "integer", "description": "The status of HTTP."},
            "code": {"type": "string"},
            "message": {"type": "string"},
            "error": {"type": "object", "properties": {
                "code": {"type": "string"}, "message": {"type": "string"}, "details": details,
            }},
            "timestamp": {"type": "string", "format": "date-time"},
        },
    })
}

fn operation(route: &Route, index: usize) -> Value {
    let name = if index == 0 { route.name.to_owned() } else { format!("{}Alias{index}", route.name) };
    let mut parameters: Vec<Value> = route.parameters().map(query_parameter).collect();
    if route.path.contains("{id}") {
        parameters
            .insert(0, json!({"name": ID, "in": "path", "required": true, "schema": {"type": "string"}}));
    }
    if route.verb != Verb::Get {
        parameters.push(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
    }
    let mut operation = json!({
        "operationId": name,
        "summary": route.text,
        "tags": [TAG],
        "parameters": parameters,
        "responses": {"default": {"$ref": "#/components/responses/RecordsError"}},
    });
    for status in statuses(route) {
        let content = json!({"application/json": {"schema": success(route.data)}});
        operation["responses"][status] = json!({"description": "As asked", "content": content});
    }
    if let Some(body) = body(route.body) {
        operation["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": body}}});
    }
    operation
}

fn statuses(route: &Route) -> &'static [&'static str] {
    match (route.data, route.name) {
        (_, "CreateRecord") => &["200", "201"],
        (Data::Decommissioned, _) => &["200", "202"],
        _ => &["200"],
    }
}

fn body(body: Body) -> Option<Value> {
    match body {
        Body::None => None,
        Body::One(schema) => Some(reference(schema)),
        Body::OneOrMany(schema) => {
            let one = reference(schema);
            Some(json!({"oneOf": [one, {"type": "array", "items": one, "maxItems": 1000}]}))
        }
    }
}

fn success(data: Data) -> Value {
    let page = |schema: &Schema| {
        json!({"type": "object", "properties": {
            "data": {"type": "array", "items": reference(schema)},
            "meta": {"$ref": "#/components/schemas/records.PageMeta"},
        }})
    };
    let job = json!({"$ref": "#/components/schemas/records.DecommissionJob"});
    let data = match data {
        Data::Record => reference(&schema::RECORD),
        Data::Records => page(&schema::RECORD),
        Data::Messages => page(&schema::MESSAGE),
        Data::Job => job,
        Data::Decommissioned => json!({"oneOf": [reference(&schema::RECORD), job]}),
    };
    json!({"type": "object", "properties": {
        "success": {"const": true},
        "data": data,
        "metadata": {"type": "object", "properties": {
            "timestamp": {"type": "integer"}, "version": {"type": "string"},
        }},
    }})
}

fn query_parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.value {
        Given::Text | Given::Time => json!({"type": "string"}),
        Given::Flag => json!({"type": "boolean"}),
        Given::Number => json!({"type": "integer"}),
        Given::Word(words) => json!({"enum": words}),
        Given::Words(words) => json!({"type": "array", "items": {"enum": words}}),
    };
    let (name, text) = (parameter.name, parameter.text);
    json!({"name": name, "in": "query", "required": parameter.is_required, "description": text, "schema": schema})
}

fn key(schema: &Schema) -> String {
    format!("records.{}", schema.name)
}

fn reference(schema: &Schema) -> Value {
    json!({"$ref": format!("#/components/schemas/{}", key(schema))})
}

fn of_schema(schema: &Schema) -> Value {
    let required: Vec<&str> =
        schema.attributes.iter().filter(|one| one.need == Need::Required).map(|one| one.name).collect();
    let properties: Map<String, Value> =
        schema.attributes.iter().map(|one| (one.name.to_owned(), of_attribute(one))).collect();
    json!({
        "type": "object",
        "description": schema.text,
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn of_attribute(attribute: &Attribute) -> Value {
    let mut value = of_kind(attribute.kind);
    if attribute.need == Need::Nullable {
        value = json!({"anyOf": [value, {"type": "null"}]});
    }
    value["description"] = attribute.text.into();
    value
}

fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Number | Kind::Millis => json!({"type": "number"}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Object => json!({"type": "object"}),
        Kind::Day => json!({"type": "string", "format": "date"}),
        Kind::Moment | Kind::MomentInMillis => json!({"type": ["string", "number"]}),
        Kind::Word(words) => json!({"enum": words}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Part(schema) => json!({"allOf": [reference(schema)]}),
        Kind::Parts(schema) => json!({"type": "array", "items": reference(schema)}),
    }
}
