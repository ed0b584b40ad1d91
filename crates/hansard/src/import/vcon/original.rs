//! What is kept of a vCon beside the fields that took parts of it.

use serde_json::{Map, Value};

use super::Taken;
use crate::import::{item::Item, json};

/// Keeps the vCon without the bodies that became messages; without any inline body where it is too large.
///
/// A text is so kept once, as a message, where redaction reaches it.
pub(super) fn keep(item: &mut Item, vcon: &mut Map<String, Value>, taken: &Taken) {
    drop_bodies(vcon, "analysis", |index| taken.analyses.contains(&index));
    drop_bodies(vcon, "dialog", |index| taken.dialogs.contains(&index));
    let rest = std::mem::take(vcon);
    if json::fits(&json::to_struct(rest.clone())) {
        item.keep_original(rest);
        return;
    }
    let mut slim = rest;
    let dropped: Vec<String> = ["analysis", "dialog", "attachments"]
        .into_iter()
        .flat_map(|key| {
            drop_bodies(&mut slim, key, |_| true).into_iter().map(move |index| format!("{key}[{index}]"))
        })
        .collect();
    if !dropped.is_empty() {
        let dropped = dropped.join(", ");
        item.warn(format!(
            "left out the bodies of {dropped}: originalEventData would be larger than it may be"
        ));
    }
    item.keep_original(slim);
}

/// Removes the bodies of the chosen entries and returns whose there were.
fn drop_bodies(vcon: &mut Map<String, Value>, key: &str, chosen: impl Fn(usize) -> bool) -> Vec<usize> {
    let entries = vcon.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().enumerate();
    let mut dropped = Vec::new();
    for (index, entry) in entries.filter(|(index, _)| chosen(*index)) {
        if let Some(entry) = entry.as_object_mut()
            && entry.remove("body").is_some()
        {
            dropped.push(index);
        }
    }
    dropped
}
