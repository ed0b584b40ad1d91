//! The OpenAPI document lists every route of section 3.

use std::collections::BTreeSet;

use hansard_conformance::client::Client;
use hansard_conformance::house::house;
use serde_json::Value;

const ROUTES: [(&str, &str); 18] = [
    ("post", "/v1/conversations"),
    ("get", "/v1/conversations"),
    ("get", "/v1/conversations/{}"),
    ("delete", "/v1/conversations/{}"),
    ("get", "/v1/conversation-configs"),
    ("get", "/v1/conversation-configs/{}"),
    ("get", "/v1/conversation-configurations"),
    ("get", "/v1/conversation-configurations/{}"),
    ("get", "/v1/conversations/by-customer/{}"),
    ("get", "/v1/conversations/by-channel/{}"),
    ("get", "/v1/conversations/by-deployment/{}"),
    ("get", "/v1/conversations/by-date-range"),
    ("get", "/v1/conversations/{}/messages"),
    ("post", "/v1/conversations/{}/messages"),
    ("patch", "/v1/conversations/{}/status"),
    ("put", "/v1/conversations/{}/summary"),
    ("put", "/v1/conversations/{}/call-transfer"),
    ("post", "/v1/conversations/decommission"),
];

/// Returns the path with its parameters unnamed.
fn unnamed(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if part.starts_with('{') && part.ends_with('}') { "{}" } else { part })
        .collect();
    parts.join("/")
}

fn document() -> Value {
    Client::anonymous(house().server.address()).get("/openapi.json").ok()
}

#[test]
fn it_lists_every_route() {
    let document = document();
    let listed: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, verbs)| verbs.as_object().unwrap().keys().map(|verb| (verb.clone(), unnamed(path))))
        .collect();
    let missing: Vec<_> = ROUTES
        .iter()
        .filter(|(verb, path)| !listed.contains(&((*verb).to_owned(), (*path).to_owned())))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn it_names_every_attribute_of_every_schema() {
    let document = document().to_string();
    for schema in super::attributes::SCHEMAS {
        for attribute in schema.attributes {
            assert!(
                document.contains(&format!("\"{}\"", attribute.name)),
                "{}.{}",
                schema.name,
                attribute.name
            );
        }
    }
    for query in
        ["pageSize", "hasMessages", "includeDeleted", "sortBy", "sortDirection", "startDate", "endDate"]
    {
        assert!(document.contains(&format!("\"{query}\"")), "{query}");
    }
}
