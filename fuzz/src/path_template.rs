//! Paths: a template prints and reads back, a request's path binds its variables, and the variables give the path.

use hansard::dialect::transcode::{Binding, Segment, Template};
use http::{Method, Uri};
use prost_reflect::{DynamicMessage, Value};

use crate::{CONTRACT, reference};

/// The input is `METHOD PATH`, or else a template.
pub fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    match text.split_once(' ') {
        Some((method, path)) => check_path(method, path),
        None => check_template(text),
    }
}

fn check_template(text: &str) {
    let Ok(template) = Template::parse(text) else { return };
    let mut end = 0;
    for variable in &template.variables {
        assert!(variable.segments.start >= end && !variable.segments.is_empty(), "{text:?}: {variable:?}");
        end = variable.segments.end;
    }
    assert!(end <= template.segments.len());
    let printed = print(&template);
    assert_eq!(Template::parse(&printed).unwrap(), template, "{text:?} was printed as {printed:?}");
}

fn print(template: &Template) -> String {
    let segment = |index: usize| match &template.segments[index] {
        Segment::Literal(literal) => literal.as_str(),
        Segment::Any => "*",
    };
    let mut steps = Vec::new();
    let mut at = 0;
    while at < template.segments.len() {
        let variable = template.variables.iter().find(|variable| variable.segments.start == at);
        let Some(variable) = variable else {
            steps.push(segment(at).to_owned());
            at += 1;
            continue;
        };
        let pattern: Vec<&str> = variable.segments.clone().map(segment).collect();
        steps.push(format!("{{{}={}}}", variable.field, pattern.join("/")));
        at = variable.segments.end;
    }
    let verb = template.verb.as_ref().map(|verb| format!(":{verb}")).unwrap_or_default();
    format!("/{}{verb}", steps.join("/"))
}

fn check_path(method: &str, path: &str) {
    let (Ok(method), Ok(target)) = (method.parse::<Method>(), path.parse::<Uri>()) else { return };
    if target.query().is_some() || target.path() != path {
        return;
    }
    let Some(binding) = CONTRACT.binding(&method, path) else { return };
    let Ok(wire) = CONTRACT.request(binding, &target, b"") else { return };
    let request = reference::decode(&reference::input_of(binding.rpc_path()).unwrap(), &wire);
    let expanded = expand(binding, &request);
    let again = CONTRACT.binding(&method, &expanded).expect("an expanded path is found");
    assert_eq!((again.rpc_path(), &again.path), (binding.rpc_path(), &binding.path), "{path} as {expanded}");
    let target: Uri = expanded.parse().expect("an expanded path is a path");
    let same = CONTRACT.request(again, &target, b"").expect("an expanded path binds");
    assert_eq!(same, wire, "{path} as {expanded}");
}

/// The path of the binding that the request's fields make.
fn expand(binding: &Binding, request: &DynamicMessage) -> String {
    let mut segments: Vec<String> = binding.template.segments.iter().map(literal).collect();
    for variable in &binding.template.variables {
        let text = field(request, &variable.field);
        let parts: Vec<&str> = text.split('/').collect();
        assert_eq!(parts.len(), variable.segments.len(), "{text:?} for {}", variable.field);
        for (index, part) in variable.segments.clone().zip(parts) {
            match &binding.template.segments[index] {
                Segment::Literal(literal) => assert_eq!(literal, part, "{text:?}"),
                Segment::Any => segments[index] = encode(part),
            }
        }
    }
    assert!(segments.iter().all(|segment| !segment.is_empty()), "{} binds less than its path", binding.path);
    let verb = binding.template.verb.as_ref().map(|verb| format!(":{verb}")).unwrap_or_default();
    format!("/{}{verb}", segments.join("/"))
}

fn literal(segment: &Segment) -> String {
    match segment {
        Segment::Literal(literal) => literal.clone(),
        Segment::Any => String::new(),
    }
}

fn field(request: &DynamicMessage, path: &str) -> String {
    let value = path.split('.').fold(Value::Message(request.clone()), |holder, name| {
        holder.as_message().unwrap().get_field_by_name(name).unwrap().into_owned()
    });
    value.as_str().unwrap().to_owned()
}

/// Escapes every byte but those of ids; a slash that was escaped still is, and its escape goes on as it was.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let slash = rest.get(..3).filter(|escape| escape.eq_ignore_ascii_case("%2f"));
        let taken = slash.unwrap_or(&rest[..c.len_utf8()]);
        if slash.is_some() || c.is_ascii_alphanumeric() {
            encoded.push_str(taken);
        } else {
            taken.bytes().for_each(|byte| encoded.push_str(&format!("%{byte:02X}")));
        }
        rest = &rest[taken.len()..];
    }
    encoded
}
