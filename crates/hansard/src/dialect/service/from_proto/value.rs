//! Times, durations, free JSON, enum numbers, metadata.

use hansard_domain::{
    Error, Result, Span, Time,
    code::Code,
    metadata::{Metadata, MetadataSource, MetadataValue, MetadataValues},
    redact::{Redactor, SafeJson, SafeText},
};
use hansard_proto::v1 as pb;
use prost_types::{Duration, Struct, Timestamp, value::Kind};
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// 10,000 years, the longest duration of the wire format.
const DURATION_SECONDS_MAX: u64 = 315_576_000_000;
/// Integers up to here are exact in the wire format's numbers.
const EXACT_INTEGER_MAX: f64 = 9_007_199_254_740_992.0;

pub(in super::super) fn code<C: Code>(field: &str, number: i32) -> Result<C> {
    C::read(field, number)
}

pub(in super::super) fn time(field: &str, timestamp: &Timestamp) -> Result<Time> {
    let refused = || Error::invalid(field, "must be a time between the years 1 and 9999");
    if !(0..1_000_000_000).contains(&timestamp.nanos) {
        return Err(refused());
    }
    let micros = timestamp.seconds.checked_mul(1_000_000).ok_or_else(refused)?;
    let time = Time(micros.checked_add(i64::from(timestamp.nanos / 1000)).ok_or_else(refused)?);
    if (Time::MIN..=Time::MAX).contains(&time) { Ok(time) } else { Err(refused()) }
}

pub(in super::super) fn optional_time(field: &str, timestamp: Option<&Timestamp>) -> Result<Option<Time>> {
    timestamp.map(|timestamp| time(field, timestamp)).transpose()
}

pub(in super::super) fn span(field: &str, duration: &Duration) -> Result<Span> {
    let same_sign =
        duration.seconds == 0 || duration.nanos == 0 || (duration.seconds < 0) == (duration.nanos < 0);
    let in_range = duration.seconds.unsigned_abs() <= DURATION_SECONDS_MAX
        && duration.nanos.unsigned_abs() < 1_000_000_000;
    if !same_sign || !in_range {
        return Err(Error::invalid(field, "must be a duration of at most 10,000 years"));
    }
    Ok(Span(duration.seconds * 1_000_000 + i64::from(duration.nanos / 1000)))
}

pub(in super::super) fn optional_span(field: &str, duration: Option<&Duration>) -> Result<Option<Span>> {
    duration.map(|duration| span(field, duration)).transpose()
}

pub(in super::super) fn texts(texts: &[String], redactor: &Redactor) -> Vec<SafeText> {
    texts.iter().map(|text| redactor.text(text)).collect()
}

/// Free JSON through redaction; absent is null.
pub(in super::super) fn json(json: Option<Struct>, redactor: &Redactor) -> SafeJson {
    json.map_or_else(SafeJson::default, |json| redactor.json(free(json)))
}

/// Free JSON as it was given.
pub(super) fn free(json: Struct) -> Value {
    Value::Object(object(json.fields))
}

fn object(fields: BTreeMap<String, prost_types::Value>) -> Map<String, Value> {
    fields.into_iter().map(|(key, value)| (key, plain(value))).collect()
}

fn plain(value: prost_types::Value) -> Value {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(boolean)) => Value::Bool(boolean),
        Some(Kind::NumberValue(number)) => Value::Number(exact(number)),
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::ListValue(list)) => list.values.into_iter().map(plain).collect(),
        Some(Kind::StructValue(inner)) => Value::Object(object(inner.fields)),
    }
}

/// Whole numbers without a fraction, so that a large one keeps its digits.
fn exact(number: f64) -> Number {
    #[allow(clippy::cast_possible_truncation)] // In range, and whole.
    if number.fract() == 0.0 && number.abs() <= EXACT_INTEGER_MAX {
        return Number::from(number as i64);
    }
    Number::from_f64(number).unwrap_or_else(|| Number::from(0))
}

pub(in super::super) fn metadata(
    field: &str,
    given: BTreeMap<String, pb::MetadataValues>,
    source: MetadataSource,
    redactor: &Redactor,
) -> Result<Metadata> {
    given
        .into_iter()
        .map(|(key, values)| {
            let path = format!("{field}[\"{key}\"]");
            let own: MetadataSource = code(&format!("{path}.source"), values.source)?;
            let source = if own == MetadataSource::Unspecified { source } else { own };
            let values = values.values.into_iter().enumerate();
            let values = values
                .map(|(index, value)| metadata_value(&format!("{path}.values[{index}]"), value, redactor));
            Ok((key, MetadataValues { values: values.collect::<Result<_>>()?, source }))
        })
        .collect()
}

pub(in super::super) fn metadata_value(
    field: &str,
    value: pb::MetadataValue,
    redactor: &Redactor,
) -> Result<MetadataValue> {
    use pb::metadata_value::Value as V;
    match value.value {
        Some(V::NumberValue(number)) if number.is_finite() => Ok(MetadataValue::Number(number)),
        Some(V::NumberValue(_)) => Err(Error::invalid(field, "must be a finite number")),
        Some(V::StringValue(text)) => Ok(MetadataValue::Text(redactor.text(&text))),
        Some(V::BooleanValue(boolean)) => Ok(MetadataValue::Boolean(boolean)),
        None => Err(Error::invalid(field, "must hold a string, a number or a boolean")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn durations_end_at_ten_thousand_years() {
        let read = |seconds, nanos| span("d", &Duration { seconds, nanos });
        assert_eq!(read(-1, -500_000_000).unwrap(), Span(-1_500_000));
        assert!(read(315_576_000_000, 0).is_ok());
        for (seconds, nanos) in [(315_576_000_001, 0), (i64::MIN, 0), (i64::MAX, 0), (0, i32::MIN), (1, -1)] {
            assert!(read(seconds, nanos).is_err(), "{seconds} {nanos}");
        }
    }
}
