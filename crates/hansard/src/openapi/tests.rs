#![allow(clippy::unwrap_used)]

use std::{collections::HashSet, sync::LazyLock};

use super::*;

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::load().unwrap());
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(&CONTRACT).unwrap());

fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

#[test]
fn every_binding_of_the_contract_is_in_it() {
    let mut documented = HashSet::new();
    for (path, method, operation) in operations() {
        for rpc in operation["x-grpc-methods"].as_array().into_iter().flatten() {
            let (service, name) = rpc.as_str().unwrap().rsplit_once('.').unwrap();
            documented.insert((format!("/{service}/{name}"), method, path));
        }
    }
    assert_eq!(documented.len(), CONTRACT.bindings().len());
    for binding in CONTRACT.bindings() {
        let method = binding.method.as_str().to_ascii_lowercase();
        let paths: Vec<_> = documented
            .iter()
            .filter(|(rpc, verb, _)| **rpc == *binding.rpc.path && *verb == method)
            .collect();
        assert_eq!(paths.len(), 1, "{}", binding.rpc.path);
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, seen: &mut usize) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            *seen += 1;
            let target = DOCUMENT.pointer(reference.strip_prefix('#').unwrap());
            assert!(target.is_some_and(|target| !target.is_null()), "{reference}");
        }
        match value {
            Value::Object(fields) => fields.values().for_each(|field| walk(field, seen)),
            Value::Array(elements) => elements.iter().for_each(|element| walk(element, seen)),
            _ => {}
        }
    }
    let mut seen = 0;
    walk(&DOCUMENT, &mut seen);
    assert!(seen > 300, "{seen}");
}

#[test]
fn operation_ids_are_unique() {
    let ids: Vec<&str> =
        operations().map(|(.., operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
}

/// Operations that the contract has, as records do not.
fn of_contract() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    operations().filter(|(.., operation)| operation["x-grpc-methods"].is_array())
}

/// The path with the example of each place.
fn example_path(path: &str, operation: &Value) -> String {
    let mut text = path.to_owned();
    for parameter in operation["parameters"].as_array().unwrap() {
        if parameter["in"] == "path" {
            let place = format!("{{{}}}", parameter["name"].as_str().unwrap());
            assert!(text.contains(&place), "{path} has no {place}");
            text = text.replace(&place, parameter["example"].as_str().unwrap());
        }
    }
    assert!(!text.contains('{'), "{text} has a place without parameter");
    text
}

#[test]
fn every_example_is_read_as_its_method_reads_it() {
    let mut bodies = 0;
    for (path, method, operation) in of_contract() {
        let example = &operation["requestBody"]["content"]["application/json"]["example"];
        let body = if example.is_null() { String::new() } else { example.to_string() };
        bodies += usize::from(!example.is_null());
        let rpc = CONTRACT.try_request(
            &method.to_ascii_uppercase(),
            &example_path(path, operation),
            body.as_bytes(),
        );
        let rpc = rpc.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        assert!(rpc.ends_with(operation["x-grpc-methods"][0].as_str().unwrap().rsplit('.').next().unwrap()));
    }
    assert!(bodies > 30, "{bodies}");
}

#[test]
fn every_documented_query_parameter_is_taken() {
    for (path, method, operation) in of_contract() {
        for parameter in
            operation["parameters"].as_array().unwrap().iter().filter(|parameter| parameter["in"] == "query")
        {
            let name = parameter["name"].as_str().unwrap();
            let target = format!("{}?{name}=", example_path(path, operation));
            let refused = CONTRACT.try_request(&method.to_ascii_uppercase(), &target, b"").err();
            let is_unknown = refused.is_some_and(|error| error.message().contains("not a query parameter"));
            assert!(!is_unknown, "{method} {target}");
        }
    }
}

#[test]
fn texts_come_from_the_contract() {
    let start = &DOCUMENT["paths"]["/v1/customers/{customer}/profiles/{profile}/conversations/{conversationId}:start"]
        ["post"];
    assert_eq!(
        start["summary"],
        "Starts a conversation. Idempotent: one that has been started already is returned unchanged."
    );
    let flag = start["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .find(|parameter| parameter["name"] == "featureOverride.skipPiiRedation");
    assert!(flag.unwrap()["description"].as_str().unwrap().starts_with("No message is redacted."));
    let conversation = &DOCUMENT["components"]["schemas"]["Conversation"]["properties"];
    assert_eq!(conversation["participants"]["readOnly"], true);
    assert_eq!(DOCUMENT["components"]["schemas"]["Conversation.Channel"]["enum"][2], "VOICE");
    let close = &DOCUMENT["paths"]["/v1/customers/{customer}/profiles/{profile}/conversations/{conversation}:close"]
        ["post"];
    assert_eq!(close["deprecated"], true);
}

#[test]
fn a_page_and_a_stream_of_one_path_are_one_operation() {
    let changes = &DOCUMENT["paths"]["/v1/customers/{customer}/profiles/{profile}/changes"]["get"];
    let content = changes["responses"]["200"]["content"].as_object().unwrap();
    assert_eq!(content.keys().collect::<Vec<_>>(), ["application/json", "text/event-stream"]);
    assert_eq!(changes["x-grpc-methods"].as_array().unwrap().len(), 2);
}
