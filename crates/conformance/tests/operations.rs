//! What surrounds the service: OpenAPI, and metrics.

use std::collections::BTreeSet;

use hansard_conformance::client::Client;
use hansard_conformance::contract::methods;
use hansard_conformance::house::house;
use serde_json::Value;

#[test]
fn openapi_has_every_path_of_the_descriptors() {
    let document = Client::anonymous(house().server.address()).get("/openapi.json").ok();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "issue 2, section 1");
    let paths = document["paths"].as_object().unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in paths {
        for verb in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|verb| ["get", "post", "patch", "delete", "put"].contains(&verb.as_str()))
        {
            documented.insert(format!("{} {}", verb.to_uppercase(), shape(path)));
        }
    }
    for method in methods() {
        for binding in &method.bindings {
            let expected = format!("{} {}", binding.verb, shape(&binding.template));
            assert!(documented.contains(&expected), "{}: {expected} is missing: {documented:?}", method.name);
        }
    }
}

/// Reduces a path template to its fixed parts: `/v1/customers/*/profiles/*/tags`.
fn shape(template: &str) -> String {
    let mut shape = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (variable, after) = after.split_once('}').unwrap();
        shape.push_str(before);
        shape.push_str(variable.split_once('=').map_or("*", |(_, pattern)| pattern));
        rest = after;
    }
    shape + rest
}

#[test]
fn openapi_resolves_its_own_references() {
    let document = Client::anonymous(house().server.address()).get("/openapi.json").ok();
    let mut dangling = Vec::new();
    walk(&document, &mut |reference| {
        if document.pointer(reference.trim_start_matches('#')).is_none() {
            dangling.push(reference.to_owned());
        }
    });
    assert!(dangling.is_empty(), "{dangling:?}");
}

fn walk(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(reference) if name == "$ref" => visit(reference),
                    _ => walk(value, visit),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

#[test]
fn metrics_are_in_the_prometheus_form() {
    house().admin().get("/v1/customers/acme").ok();
    let text = house().admin().get("/metrics").text();
    assert!(text.lines().any(|line| line.starts_with("# TYPE ")), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        assert!(line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{line}");
    }
}
