//! Times, durations, free JSON, metadata.

use hansard_domain::{
    Span, Time,
    code::Code,
    metadata::{Metadata, MetadataValue, MetadataValues},
    redact::SafeJson,
};
use hansard_proto::v1 as pb;
use prost_types::{Duration, ListValue, Struct, Timestamp, value::Kind};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const MICROS: i64 = 1_000_000;

pub(super) fn time(time: Time) -> Timestamp {
    Timestamp { seconds: time.0.div_euclid(MICROS), nanos: nanos(time.0.rem_euclid(MICROS)) }
}

pub(super) fn span(span: Span) -> Duration {
    Duration { seconds: span.0 / MICROS, nanos: nanos(span.0 % MICROS) }
}

fn nanos(micros: i64) -> i32 {
    i32::try_from(micros * 1000).unwrap_or(0)
}

/// Free JSON; null is absent.
pub(super) fn json(json: SafeJson) -> Option<Struct> {
    match json.into_value() {
        Value::Object(object) => Some(Struct { fields: fields(object) }),
        _ => None,
    }
}

fn fields(object: Map<String, Value>) -> BTreeMap<String, prost_types::Value> {
    object.into_iter().map(|(key, value)| (key, wire(value))).collect()
}

fn wire(value: Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(boolean) => Kind::BoolValue(boolean),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or(0.0)),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(items) => Kind::ListValue(ListValue { values: items.into_iter().map(wire).collect() }),
        Value::Object(object) => Kind::StructValue(Struct { fields: fields(object) }),
    };
    prost_types::Value { kind: Some(kind) }
}

pub(super) fn metadata(metadata: Metadata) -> BTreeMap<String, pb::MetadataValues> {
    metadata.into_iter().map(|(key, values)| (key, metadata_values(values))).collect()
}

fn metadata_values(values: MetadataValues) -> pb::MetadataValues {
    pb::MetadataValues {
        values: values.values.into_iter().map(metadata_value).collect(),
        source: values.source.code(),
    }
}

fn metadata_value(value: MetadataValue) -> pb::MetadataValue {
    use pb::metadata_value::Value as V;
    pb::MetadataValue {
        value: Some(match value {
            MetadataValue::Boolean(boolean) => V::BooleanValue(boolean),
            MetadataValue::Number(number) => V::NumberValue(number),
            MetadataValue::Text(text) => V::StringValue(text.into_string()),
        }),
    }
}
