//! The OpenAPI 3.1 document of the JSON form, generated from the contract.
//!
//! Paths, fields, enums and texts come from the descriptors; only the examples and the paths of operating are written
//! here. It describes; nothing reads it to decide anything.

mod comments;
mod examples;
mod operation;
mod schema;

use prost_reflect::DescriptorPool;
use serde_json::{Map, Value, json};

use crate::dialect::{records::openapi as records, transcode::Contract};
use comments::Comments;
use operation::Operations;
use schema::Schemas;

const DESCRIPTION: &str = "\
The system of record for conversations. The same operations are served over gRPC on the same port.

Field names are lowerCamelCase; snake_case is taken too. 64-bit numbers are strings, times are RFC 3339, durations are \
seconds such as \"12.5s\". Unknown fields, query parameters and enum names are refused, and an error names the field at \
fault. Send an Idempotency-Key with what changes something, and a retry has the outcome of the first call.";

/// Makes the document.
pub(crate) fn document(contract: &Contract) -> anyhow::Result<Value> {
    let pool = Contract::descriptors()?;
    let comments = Comments::read(&pool);
    let mut schemas = Schemas::new(&comments);
    let mut operations = Operations::new(contract, &pool, &comments, &mut schemas);
    contract.bindings().iter().for_each(|binding| operations.add(binding));
    let mut paths = operations.into_paths();
    records::add_paths(&mut paths);
    paths.extend(operating_paths());
    let mut components = schemas.into_components();
    records::add_schemas(&mut components);
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Hansard",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"ApiKey": []}, {"Bearer": []}],
        "tags": tags(&pool, &comments),
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {"Error": error_response(), "RecordsError": records::error_response()},
            "parameters": parameters(),
            "securitySchemes": security_schemes(),
        },
    }))
}

fn tags(pool: &DescriptorPool, comments: &Comments) -> Vec<Value> {
    let services = pool.services().filter(|service| service.package_name() == "hansard.v1");
    let of_services = services.map(|service| {
        let text = comments.of(&service.parent_file(), service.path());
        json!({"name": service.name(), "description": text})
    });
    of_services.chain([records::tag()]).collect()
}

/// The paths that belong to no service.
fn operating_paths() -> Map<String, Value> {
    let path = |id: &str, summary: &str, content_type: &str| {
        let content = json!({content_type: {"schema": {"type": if content_type == "text/plain" { "string" } else { "object" }}}});
        json!({"get": {
            "operationId": id,
            "summary": summary,
            "tags": ["Operating"],
            "security": [],
            "responses": {
                "200": {"description": "As asked", "content": content},
                "default": {"$ref": "#/components/responses/Error"},
            },
        }})
    };
    let json = "application/json";
    Map::from_iter([
        ("/healthz".to_owned(), path("health", "Tells that the process runs.", json)),
        (
            "/readyz".to_owned(),
            path("readiness", "Tells whether requests will be served; 503 where not.", json),
        ),
        (
            "/metrics".to_owned(),
            path(
                "metrics",
                "Metrics in the Prometheus text format: from this machine, or with an admin key.",
                "text/plain",
            ),
        ),
        ("/openapi.json".to_owned(), path("openapi", "This document.", json)),
    ])
}

fn parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Names the call, so that repeating it within 72 hours has the outcome of the first.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        },
        "LastEventId": {
            "name": "Last-Event-ID",
            "in": "header",
            "description": "The last change seen, for Server-Sent Events; wins over cursor.",
            "schema": {"type": "string"},
        },
    })
}

fn security_schemes() -> Value {
    json!({
        "ApiKey": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The word ApiKey, a space and the key.",
        },
        "Bearer": {"type": "http", "scheme": "bearer", "description": "The key as a bearer token."},
    })
}

fn error_response() -> Value {
    let violation = json!({
        "type": "object",
        "properties": {
            "@type": {"type": "string"},
            "fieldViolations": {"type": "array", "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "description": {"type": "string"}},
            }},
        },
    });
    json!({
        "description": "The call failed. Details name the fields at fault.",
        "content": {"application/json": {"schema": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "integer", "description": "The gRPC status code."},
                "message": {"type": "string"},
                "details": {"type": "array", "items": violation},
            },
        }}},
    })
}

#[cfg(test)]
mod tests;
