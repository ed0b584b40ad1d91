//! The contract as an independent implementation reads it: prost-reflect over serde_json.
//!
//! It also spells what only this service takes in the standard way, so that the two can be compared.

mod unique;

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor,
    ReflectMessage,
};
use serde_json::{Map, Number, Value};

use unique::Unique;

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(hansard_proto::DESCRIPTORS).expect("the contract's descriptors are sound")
});

pub(crate) fn message(full_name: &str) -> Option<MessageDescriptor> {
    POOL.get_message_by_name(full_name)
}

/// The request message of a gRPC path.
pub(crate) fn input_of(rpc_path: &str) -> Option<MessageDescriptor> {
    let (service, method) = rpc_path.strip_prefix('/')?.split_once('/')?;
    let service = POOL.services().find(|candidate| candidate.full_name() == service)?;
    service.methods().find(|candidate| candidate.name() == method).map(|method| method.input())
}

pub(crate) fn decode(described: &MessageDescriptor, wire: &[u8]) -> DynamicMessage {
    DynamicMessage::decode(described.clone(), wire).expect("the other side decodes it")
}

/// Reads JSON text; free of everything that only this service takes.
pub(crate) fn read_text(described: &MessageDescriptor, text: &[u8]) -> Result<DynamicMessage, String> {
    let value: Unique = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    read(described, standard(value.0, described))
}

pub(crate) fn read(described: &MessageDescriptor, value: Value) -> Result<DynamicMessage, String> {
    let options = DeserializeOptions::new();
    let read = DynamicMessage::deserialize_with_options(described.clone(), value, &options);
    read.map(|message| settled(&message)).map_err(|error| error.to_string())
}

/// Tells two readings of one text apart.
pub(crate) fn differ(ours: &DynamicMessage, theirs: &DynamicMessage) -> String {
    let shown = |message| serde_json::to_string(message).unwrap_or_else(|error| error.to_string());
    format!("ours: {}, theirs: {}", shown(ours), shown(theirs))
}

/// Zero and unset are one, as for a message that came over the wire.
pub(crate) fn settled(message: &DynamicMessage) -> DynamicMessage {
    DynamicMessage::decode(message.descriptor(), message.encode_to_vec().as_slice()).unwrap()
}

/// A field by any name that the service takes.
pub(crate) fn field(described: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    let name = alias(described, name);
    described.get_field_by_json_name(name).or_else(|| described.get_field_by_name(name))
}

/// Docs/api.md: the right spelling of a misspelt flag is taken as well.
fn alias<'a>(described: &MessageDescriptor, name: &'a str) -> &'a str {
    match (described.full_name(), name) {
        ("hansard.v1.FeatureOverride", "skipPiiRedaction" | "skip_pii_redaction") => "skipPiiRedation",
        _ => name,
    }
}

/// Spells a message's JSON as the standard mapping has it.
pub(crate) fn standard(value: Value, described: &MessageDescriptor) -> Value {
    match (described.full_name(), value) {
        ("google.protobuf.FieldMask", Value::String(mask)) => Value::String(camel_mask(&mask)),
        ("google.protobuf.Timestamp", Value::String(time)) => standard_time(&time),
        ("google.protobuf.Duration", Value::String(length)) if !is_exact(&length) => Value::Bool(false),
        ("hansard.v1.MetadataValue", value @ Value::Number(_)) => typed("numberValue", value),
        ("hansard.v1.MetadataValue", value @ Value::String(_)) => typed("stringValue", value),
        ("hansard.v1.MetadataValue", value @ Value::Bool(_)) => typed("booleanValue", value),
        (name, value) if name.starts_with("google.protobuf.") => value,
        (_, Value::Object(fields)) => Value::Object(standard_fields(fields, described)),
        (_, value) => value,
    }
}

/// RFC 3339 lets both letters be small.
fn standard_time(time: &str) -> Value {
    if is_exact(time) { Value::String(time.to_ascii_uppercase()) } else { Value::Bool(false) }
}

/// What is finer than a nanosecond is rounded or cut there and refused here.
fn is_exact(seconds: &str) -> bool {
    let decimals =
        seconds.split_once('.').map(|(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
    decimals.is_none_or(|count| count <= 9)
}

fn typed(field: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(field.to_owned(), value)]))
}

fn standard_fields(fields: Map<String, Value>, described: &MessageDescriptor) -> Map<String, Value> {
    let spelled = fields.into_iter().map(|(name, value)| match field(described, &name) {
        Some(field) => (alias(described, &name).to_owned(), standard_field(value, &field)),
        None => (name, value),
    });
    spelled.collect()
}

fn standard_field(value: Value, field: &FieldDescriptor) -> Value {
    match value {
        Value::Array(values) if field.is_list() => {
            values.into_iter().map(|value| standard_value(value, &field.kind())).collect()
        }
        Value::Object(entries) if field.is_map() => {
            let kind = field.kind().as_message().unwrap().map_entry_value_field().kind();
            entries.into_iter().map(|(key, value)| (key, standard_value(value, &kind))).collect()
        }
        value => standard_value(value, &field.kind()),
    }
}

fn standard_value(value: Value, kind: &Kind) -> Value {
    match kind {
        Kind::Message(described) => standard(value, described),
        Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64 => whole(value),
        Kind::Enum(_) if value.is_number() => whole(value),
        _ => value,
    }
}

/// `1.0`, `1e2` and the same in quotes are whole numbers: the standard says so, not all implementations do. What a double
/// does not hold exactly is rounded there and refused here.
fn whole(value: Value) -> Value {
    let number = match &value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => serde_json::from_str::<Number>(text).ok().filter(|_| text.trim() == text),
        _ => None,
    };
    match number {
        None => value,
        Some(number) if number.is_i64() || number.is_u64() => Value::Number(number),
        Some(number) => exact(&number).map_or(Value::Bool(false), |whole| Value::Number(whole.into())),
    }
}

fn exact(number: &Number) -> Option<i64> {
    number
        .as_f64()
        .filter(|double| double.fract() == 0.0 && double.abs() <= 9_007_199_254_740_992.0)
        .map(|double| double as i64)
}

/// Masks are taken with proto names and spaces too.
fn camel_mask(mask: &str) -> String {
    let paths: Vec<String> = mask.split(',').map(|path| camel(path.trim())).collect();
    paths.join(",")
}

fn camel(path: &str) -> String {
    let mut camel = String::new();
    let mut characters = path.chars().peekable();
    while let Some(c) = characters.next() {
        match characters.next_if(|next| c == '_' && next.is_ascii_lowercase()) {
            Some(raised) => camel.push(raised.to_ascii_uppercase()),
            None => camel.push(c),
        }
    }
    camel
}
