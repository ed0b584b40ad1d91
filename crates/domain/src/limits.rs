//! Every maximum of the contract, in one place.

use crate::{Error, Result, redact::SafeJson};

pub const ID_CHARS_MAX: usize = 128;
pub const SHORT_TEXT_BYTES_MAX: usize = 8 * 1024;
pub const MESSAGE_TEXT_BYTES_MAX: usize = 64 * 1024;
pub const ORIGINAL_EVENT_BYTES_MAX: usize = 256 * 1024;
pub const REQUEST_BYTES_MAX: usize = 8 * 1024 * 1024;
pub const JSON_DEPTH_MAX: usize = 64;
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
pub const IDEMPOTENCY_HOURS: i64 = 72;
pub const BATCH_ITEMS_MAX: usize = 1000;
/// Values in one list of a filter, keys of one metadata map, entries of other repeated fields.
pub const LIST_ITEMS_MAX: usize = 1000;
/// More than anyone closes and reopens; a conversation that did comes back from its export.
pub const STATE_CHANGES_MAX: usize = 100_000;
pub const AUDIO_ENERGY_POINTS_MAX: usize = 100_000;
pub const METADATA_KEYS_MAX: usize = 256;
pub const METADATA_VALUES_MAX: usize = 256;

/// Refuses text longer than `max` bytes.
pub fn bytes_at_most(field: &str, text: &str, max: usize) -> Result<()> {
    if text.len() > max {
        return Err(Error::invalid(
            field,
            format!("is {} bytes long; at most {max} are allowed", text.len()),
        ));
    }
    Ok(())
}

/// Refuses a short string (names, labels, codes) over 8 KiB.
pub fn short(field: &str, text: &str) -> Result<()> {
    bytes_at_most(field, text, SHORT_TEXT_BYTES_MAX)
}

/// Refuses a list with more than `max` items.
pub fn items_at_most(field: &str, count: usize, max: usize) -> Result<()> {
    if count > max {
        return Err(Error::invalid(field, format!("has {count} items; at most {max} are allowed")));
    }
    Ok(())
}

/// Refuses free JSON over 256 KiB.
pub fn json_at_most(field: &str, json: &SafeJson) -> Result<()> {
    if json.is_null() {
        return Ok(());
    }
    bytes_at_most(field, &json.as_value().to_string(), ORIGINAL_EVENT_BYTES_MAX)
}
