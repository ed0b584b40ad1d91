//! JSON values as protobuf's well-known types.
//!
//! It knows no format.

use prost::Message;
use prost_types::{ListValue, Struct, Value as ProtoValue, value::Kind};
use serde_json::{Map, Number, Value};

/// The most that originalEventData may hold.
const ORIGINAL_EVENT_DATA_BYTES_MAX: usize = 256 * 1024;
/// The largest whole number up to which a double holds every whole number.
const EXACT_INTEGER_MAX: u64 = 1 << 53;

/// Converts an object; nothing of it is lost.
pub(super) fn to_struct(object: Map<String, Value>) -> Struct {
    Struct { fields: object.into_iter().map(|(key, value)| (key, to_value(value))).collect() }
}

fn to_value(value: Value) -> ProtoValue {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(flag) => Kind::BoolValue(flag),
        Value::Number(number) => number_kind(&number),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.into_iter().map(to_value).collect() })
        }
        Value::Object(object) => Kind::StructValue(to_struct(object)),
    };
    ProtoValue { kind: Some(kind) }
}

/// A whole number that a double would round stays exact as text.
fn number_kind(number: &Number) -> Kind {
    let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    match whole {
        Some(whole) if whole > EXACT_INTEGER_MAX => Kind::StringValue(number.to_string()),
        _ => Kind::NumberValue(number.as_f64().unwrap_or_default()),
    }
}

/// Whether the service takes it as originalEventData, measured encoded and as JSON text.
pub(super) fn fits(data: &Struct) -> bool {
    let json_bytes: usize = data.fields.iter().map(|(key, value)| key.len() + 4 + json_bytes(value)).sum();
    data.encoded_len().max(json_bytes + 2) <= ORIGINAL_EVENT_DATA_BYTES_MAX
}

fn json_bytes(value: &ProtoValue) -> usize {
    match &value.kind {
        Some(Kind::StringValue(text)) => Value::from(text.as_str()).to_string().len(),
        Some(Kind::NumberValue(number)) => number.to_string().len() + 2,
        Some(Kind::ListValue(list)) => {
            2 + list.values.iter().map(|value| 1 + json_bytes(value)).sum::<usize>()
        }
        Some(Kind::StructValue(object)) => {
            2 + object.fields.iter().map(|(key, value)| key.len() + 4 + json_bytes(value)).sum::<usize>()
        }
        Some(Kind::BoolValue(_) | Kind::NullValue(_)) | None => 5,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => Map::from_iter([("value".to_owned(), other)]),
        }
    }

    #[test]
    fn a_whole_number_beyond_a_double_stays_exact() {
        let kept =
            to_struct(object(json!({"small": 42, "large": 9_007_199_254_740_993_u64, "negative": -7})));
        assert_eq!(kept.fields["small"].kind, Some(Kind::NumberValue(42.0)));
        assert_eq!(kept.fields["large"].kind, Some(Kind::StringValue("9007199254740993".into())));
        assert_eq!(kept.fields["negative"].kind, Some(Kind::NumberValue(-7.0)));
    }

    #[test]
    fn the_limit_holds_for_the_json_form_too() {
        let quotes = "\"".repeat(ORIGINAL_EVENT_DATA_BYTES_MAX / 2);
        assert!(!fits(&to_struct(object(json!({ "text": quotes })))));
        assert!(fits(&to_struct(object(json!({ "text": "short" })))));
    }
}
