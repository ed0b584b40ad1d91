//! What a vCon of our own export holds beside the vCon: the rest of the record, so that nothing is lost.
//!
//! The member `hansard` has the record as one line of the JSONL export has it, without the texts that the vCon's own
//! members hold. `texts` tells where those are: the place in the record (a JSON pointer, RFC 6901) and the place in the
//! vCon. So each text stands once, and a vCon that somebody redacted comes in redacted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::import::{
    archive,
    item::{Context, Item, Malformed},
};

/// The member's name, and the extension's in the vCon's list of extensions.
pub(crate) const NAME: &str = "hansard";
const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Extension {
    version: u32,
    record: Value,
    texts: BTreeMap<String, String>,
}

impl Extension {
    pub(crate) fn new(record: Value) -> Self {
        Self { version: VERSION, record, texts: BTreeMap::new() }
    }

    /// Moves a text out of the record to a place in the vCon; none where the record has none there.
    pub(crate) fn take(&mut self, from: String, to: impl Into<String>) -> Option<Value> {
        let (parent, key) = from.rsplit_once('/')?;
        let text = self.record.pointer_mut(parent)?.as_object_mut()?.shift_remove(key)?;
        self.texts.insert(from, to.into());
        Some(text)
    }

    /// A value of the record.
    pub(crate) fn record(&self, pointer: &str) -> Option<&Value> {
        self.record.pointer(pointer)
    }
}

/// Reads a vCon of our own export back; `None` where it is not one.
pub(super) fn restore(vcon: &mut Map<String, Value>, context: &Context) -> Result<Option<Item>, Malformed> {
    let Some(member) = vcon.get_mut(NAME).map(Value::take) else { return Ok(None) };
    let version = member.get("version").and_then(Value::as_u64);
    if version != Some(VERSION.into()) {
        let reason = format!("is not {VERSION}, the only one that this hansard reads");
        return Err(Malformed::field("hansard.version", reason));
    }
    let extension: Extension =
        serde_json::from_value(member).map_err(|error| Malformed::field(NAME, error))?;
    let Extension { mut record, texts, .. } = extension;
    let vcon = Value::Object(std::mem::take(vcon));
    let mut absent = 0_u64;
    for (to, from) in &texts {
        match vcon.pointer(from).filter(|text| !text.is_null()) {
            Some(text) => put(&mut record, to, text.clone())?,
            None => absent += 1,
        }
    }
    let Value::Object(record) = record else {
        return Err(Malformed::field("hansard.record", "is not an object"));
    };
    let mut item = archive::parse(record, context)?;
    if absent > 0 {
        item.warn(format!("{absent} texts were taken out of the vCon since it was exported and stay empty"));
    }
    Ok(Some(item))
}

fn put(record: &mut Value, pointer: &str, text: Value) -> Result<(), Malformed> {
    let place = pointer.rsplit_once('/').and_then(|(parent, key)| {
        let parent = record.pointer_mut(parent)?.as_object_mut()?;
        Some((parent, key))
    });
    let Some((parent, key)) = place else {
        return Err(Malformed::field("hansard.texts", format!("{pointer} is no place of the record")));
    };
    parent.insert(key.to_owned(), text);
    Ok(())
}
