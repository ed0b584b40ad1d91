//! The JSONL form of a conversation: one ConversationArchive a line, in proto3 JSON.
//!
//! Export writes it and import reads it; nothing is lost between.

use hansard_proto::v1::ConversationArchive;
use prost::Message;
use prost_reflect::{DeserializeOptions, DynamicMessage};
use serde_json::{Map, Value};

use super::{
    item::{Context, Item, Malformed},
    names,
};
use crate::client::json;

/// The message of a line.
const LINE: &str = "ConversationArchive";

/// Whether an object is a conversation of our own export.
pub(super) fn recognizes(object: &Map<String, Value>) -> bool {
    let described = json::described(LINE);
    let is_field =
        |key: &String| described.fields().any(|field| field.json_name() == key || field.name() == key);
    object.get("conversation").is_some_and(Value::is_object) && object.keys().all(is_field)
}

/// Reads an exported conversation. One of another profile gets the names that it has in this one.
pub fn parse(object: Map<String, Value>, context: &Context) -> Result<Item, Malformed> {
    let options = DeserializeOptions::new();
    let described = json::described(LINE);
    let message = DynamicMessage::deserialize_with_options(described, Value::Object(object), &options)
        .map_err(|error| Malformed::new(format!("not an exported conversation: {error}")))?;
    // Through the encoded form, since generated types know no reflection.
    let mut archive = ConversationArchive::decode(message.encode_to_vec().as_slice())
        .map_err(|error| Malformed::new(format!("not an exported conversation: {error}")))?;
    let name =
        archive.conversation.as_ref().map(|conversation| conversation.name.as_str()).unwrap_or_default();
    let Some((parent, _)) = name.split_once("/conversations/") else {
        return Err(Malformed::field("conversation.name", "is not the name of a conversation"));
    };
    let parent = parent.to_owned();
    if parent != context.parent {
        names::move_to(&mut archive, &parent, &context.parent);
    }
    Ok(Item { archive, warnings: Vec::new() })
}

/// Writes a conversation as one line, without its line feed; the same conversation always gives the same line.
pub fn to_line(archive: &ConversationArchive) -> anyhow::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&to_json(archive)?)?)
}

/// The JSON form of a conversation.
pub(crate) fn to_json(archive: &ConversationArchive) -> anyhow::Result<Value> {
    json::to_json(LINE, archive)
}
