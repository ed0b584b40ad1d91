use prost_reflect::Value;

use super::*;
use crate::dialect::transcode::template::{Segment, Template};

/// A path that the template matches, with an own id in each place.
fn example(template: &Template) -> String {
    let mut path = String::new();
    for (index, segment) in template.segments.iter().enumerate() {
        path.push('/');
        match segment {
            Segment::Literal(text) => path.push_str(text),
            Segment::Any => path.push_str(&format!("id{index}")),
        }
    }
    if let Some(verb) = &template.verb {
        path.push(':');
        path.push_str(verb);
    }
    path
}

#[test]
fn every_binding_is_found_by_its_path() {
    for binding in CONTRACT.routes.bindings() {
        let endpoint = CONTRACT.routes.find(&example(&binding.template)).unwrap();
        let found = endpoint.binding(&binding.method, binding.rpc.is_streaming).unwrap();
        assert_eq!((&found.rpc.path, &found.path), (&binding.rpc.path, &binding.path));
    }
}

#[test]
fn every_method_of_the_contract_has_the_bindings_it_declares() {
    let http = POOL.get_extension_by_name("google.api.http").unwrap();
    let mut declared = 0;
    for method in POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let options = method.options();
        let rule = options.get_extension(&http);
        let more = rule.as_message().unwrap().get_field_by_name("additional_bindings").unwrap();
        declared += 1 + more.as_list().map_or(0, <[Value]>::len);
    }
    assert_eq!(CONTRACT.routes.bindings().len(), declared);
    assert!(declared > 100, "{declared}");
}

#[test]
fn path_variables_reach_their_fields() {
    for binding in CONTRACT.routes.bindings() {
        let path = example(&binding.template);
        let method = binding.method.as_str();
        let message = request(method, &path, "").unwrap();
        for variable in &binding.template.variables {
            let segments: Vec<&str> = path[1..].split(['/', ':']).collect();
            let expected = segments[variable.segments.clone()].join("/");
            let mut value = Value::Message(message.clone());
            for name in variable.field.split('.') {
                value = value.as_message().unwrap().get_field_by_name(name).unwrap().into_owned();
            }
            assert_eq!(value.as_str(), Some(expected.as_str()), "{method} {path}");
        }
    }
}

#[test]
fn literals_win_and_verbs_belong_to_the_last_segment() {
    let rpc =
        |method: &str, path: &str| binding(method, path).rpc.path.rsplit('/').next().unwrap().to_owned();
    assert_eq!(rpc("POST", &format!("{PROFILE}/conversations")), "ListConversations");
    assert_eq!(rpc("POST", &format!("{CONVERSATION}:start")), "StartConversation");
    assert_eq!(rpc("POST", &format!("{CONVERSATION}:close")), "CloseConversation");
    assert_eq!(rpc("GET", &format!("{PROFILE}/conversations:count")), "CountConversations");
    assert_eq!(rpc("POST", &format!("{PROFILE}/conversations:count")), "CountConversations");
    assert_eq!(rpc("GET", &format!("{PROFILE}/changes")), "ListChanges");
    assert_eq!(rpc("GET", &format!("{PROFILE}/conversations:export")), "ExportConversations");
    assert_eq!(rpc("HEAD", CONVERSATION), "GetConversation");
}

#[test]
fn other_paths_are_found_nowhere() {
    for path in [
        "/",
        "",
        "/v1",
        "/v2/customers",
        "/v1/customers/",
        "/v1/customers/acme/",
        "/v1//customers",
        "/v1/customers//profiles",
        "/v1/customers/acme/profiles/support/conversations/c1:",
        "/v1/customers/acme/profiles/support/conversations/c1:nonsense",
        "/v1/customers/acme/profiles/support/conversations/c1/messages/m1/more",
    ] {
        assert!(CONTRACT.routes.find(path).is_none(), "{path}");
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let endpoint = CONTRACT.routes.find(CONVERSATION).unwrap();
    assert!(endpoint.binding(&Method::PUT, false).is_none());
    assert_eq!(endpoint.allow(), "DELETE, GET, HEAD, PATCH");
}
