//! Query parameters: they set the fields that the same request in JSON would set.

use http::{Method, Uri};
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, ReflectMessage, Value as Field};
use serde_json::{Map, Value, json, map::Entry};

use crate::{CONTRACT, reference};

/// Why a query is refused whose parameters make a request, by the words of the refusal.
const STRICTER: [&str; 8] = [
    "must be field paths separated by commas",
    "holds a NUL character",
    "has a wrong percent escape",
    "is not valid UTF-8",
    "differs from the path",
    "is not a query parameter of this method",
    "must be a number",
    "is out of range",
];

/// The input is `METHOD TARGET`, without a body.
pub fn check(input: &[u8]) {
    let Some((method, target)) = str::from_utf8(input).ok().and_then(|text| text.split_once(' ')) else {
        return;
    };
    let (Ok(method), Ok(target)) = (method.parse::<Method>(), target.parse::<Uri>()) else { return };
    let Some(binding) = CONTRACT.binding(&method, target.path()) else { return };
    let described = reference::input_of(binding.rpc_path()).unwrap();
    let theirs = from_query(&described, target.query().unwrap_or_default());
    let bound: Vec<&str> =
        binding.template.variables.iter().map(|variable| variable.field.as_str()).collect();
    match (CONTRACT.request(binding, &target, b""), theirs) {
        (Ok(wire), Ok(theirs)) => {
            let ours = reference::decode(&described, &wire);
            let (ours, theirs) = (without(ours, &bound), without(theirs, &bound));
            assert!(ours == theirs, "{}", reference::differ(&ours, &theirs));
        }
        (Ok(_), Err(reason)) => panic!("the reference refuses it: {reason}"),
        (Err(error), Ok(_)) => {
            let is_stricter = STRICTER.iter().any(|reason| error.message().contains(reason));
            assert!(is_stricter, "only the reference takes it: {error}");
        }
        (Err(error), Err(_)) => assert!(error.field().is_some(), "{error}"),
    }
}

/// The request that the parameters make when they are written as one JSON object.
fn from_query(described: &MessageDescriptor, query: &str) -> Result<DynamicMessage, String> {
    let mut request = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let path: Vec<&str> = name.split('.').collect();
        put(&mut request, described, &path, &value)?;
    }
    reference::read(described, reference::standard(Value::Object(request), described))
}

fn put(
    object: &mut Map<String, Value>,
    described: &MessageDescriptor,
    path: &[&str],
    text: &str,
) -> Result<(), String> {
    let [name, rest @ ..] = path else { return Err("a message is no parameter".into()) };
    let field = reference::field(described, name).ok_or_else(|| format!("no field {name}"))?;
    let place = object.entry(field.json_name());
    if rest.is_empty() {
        let value = scalar(&field.kind(), text)?;
        if field.is_list() {
            place.or_insert(json!([])).as_array_mut().unwrap().push(value);
        } else if let Entry::Vacant(place) = place {
            place.insert(value);
        } else {
            return Err(format!("{name} is given twice"));
        }
        return Ok(());
    }
    match field.kind() {
        Kind::Message(inner) if !field.is_list() && inner.package_name() == "hansard.v1" => {
            let holder = place.or_insert(json!({})).as_object_mut().ok_or("a parameter inside another")?;
            put(holder, &inner, rest, text)
        }
        _ => Err(format!("{name} has no parameters inside")),
    }
}

fn scalar(kind: &Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::Bool => text.parse().map(Value::Bool).map_err(|_| "no boolean".to_owned()),
        Kind::Enum(_) if text.trim() == text => {
            Ok(serde_json::from_str(text).ok().filter(Value::is_number).unwrap_or(json!(text)))
        }
        Kind::Message(inner) if inner.package_name() == "hansard.v1" => Err("a message".to_owned()),
        _ => Ok(json!(text)),
    }
}

/// Without what the path says, which is for another target.
fn without(mut message: DynamicMessage, fields: &[&str]) -> DynamicMessage {
    fields.iter().for_each(|path| clear(&mut message, path));
    reference::settled(&message)
}

fn clear(message: &mut DynamicMessage, path: &str) {
    let Some((holder, rest)) = path.split_once('.') else { return message.clear_field_by_name(path) };
    if let Some(Field::Message(inner)) = message.get_field_by_name_mut(holder) {
        clear(inner, rest);
        if *inner == DynamicMessage::new(inner.descriptor()) {
            message.clear_field_by_name(holder);
        }
    }
}
