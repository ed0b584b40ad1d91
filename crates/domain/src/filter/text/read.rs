//! Values of conditions: times, durations, references, texts.

use jiff::{SignedDuration, Timestamp};

use super::{Fault, scan::Value};
use crate::{
    Error, Id, Span, Time, limits,
    name::{Collection, EntryName, ProfileName},
};

/// 10,000 years, the longest duration of the contract.
const DURATION_MICROS_MAX: u128 = 315_576_000_000_000_000;

pub(super) fn time(value: &Value) -> Result<Time, Fault> {
    let refused = || Fault::new(value.at, "must be a time such as 2026-01-31T08:00:00Z");
    let time: Timestamp = value.text.parse().map_err(|_| refused())?;
    let micros = i64::try_from(time.as_nanosecond().div_euclid(1000)).map_err(|_| refused())?;
    Some(Time(micros)).filter(|time| (Time::MIN..=Time::MAX).contains(time)).ok_or_else(refused)
}

pub(super) fn span(value: &Value) -> Result<Span, Fault> {
    let refused =
        || Fault::new(value.at, "must be a duration such as 300s, 5m or 1h30m, at most 10,000 years");
    let span: SignedDuration = value.text.parse().map_err(|_| refused())?;
    let micros = span.as_micros();
    let micros = Some(micros).filter(|micros| micros.unsigned_abs() <= DURATION_MICROS_MAX);
    micros.and_then(|micros| i64::try_from(micros).ok()).map(Span).ok_or_else(refused)
}

/// A text that is compared as a whole.
pub(super) fn text(value: &Value) -> Result<String, Fault> {
    if value.stars > 0 {
        return Err(Fault::new(value.at, r"takes no wildcard; write \* for the character, in quotes"));
    }
    limits::short("value", &value.text).map_err(|error| fault(value, &error))?;
    Ok(value.text.clone())
}

/// A bare id, or the resource name of something of the profile's customer.
pub(super) fn id(value: &Value, collection: Collection, profile: &ProfileName) -> Result<Id, Fault> {
    if value.text.contains('/') {
        return Ok(name(value, collection, profile)?.id);
    }
    Id::parse("value", &value.text).map_err(|error| fault(value, &error))
}

/// The resource name of something of the profile's customer.
pub(super) fn name(value: &Value, collection: Collection, profile: &ProfileName) -> Result<EntryName, Fault> {
    let name = crate::name::reference("value", &value.text, collection, &profile.customer);
    let name = name.map_err(|error| fault(value, &error))?;
    name.ok_or_else(|| Fault::new(value.at, "must not be empty"))
}

/// The error of a value, without the name of the field.
pub(super) fn fault(value: &Value, error: &Error) -> Fault {
    let message = error.message();
    Fault::new(value.at, message.strip_prefix("value: ").unwrap_or(message))
}
