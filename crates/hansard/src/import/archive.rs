//! The JSONL form of a conversation: one ConversationArchive a line, in proto3 JSON.
//!
//! Export writes it and import reads it; nothing is lost between.

use std::sync::LazyLock;

use anyhow::Context as _;
use hansard_proto::v1::ConversationArchive;
use prost::Message;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions,
};
use serde_json::{Map, Value};

use super::{
    item::{Context, Item, Malformed},
    names,
};

#[allow(
    clippy::expect_used,
    reason = "the descriptors are compiled in, and every test of this file reads them"
)]
static DESCRIPTOR: LazyLock<MessageDescriptor> = LazyLock::new(|| {
    DescriptorPool::decode(hansard_proto::DESCRIPTORS)
        .ok()
        .and_then(|pool| pool.get_message_by_name("hansard.v1.ConversationArchive"))
        .expect("the contract describes ConversationArchive")
});

/// Whether an object is a conversation of our own export.
pub(super) fn recognizes(object: &Map<String, Value>) -> bool {
    let is_field =
        |key: &String| DESCRIPTOR.fields().any(|field| field.json_name() == key || field.name() == key);
    object.get("conversation").is_some_and(Value::is_object) && object.keys().all(is_field)
}

/// Reads an exported conversation. One of another profile gets the names that it has in this one.
pub fn parse(object: Map<String, Value>, context: &Context) -> Result<Item, Malformed> {
    let options = DeserializeOptions::new();
    let message =
        DynamicMessage::deserialize_with_options(DESCRIPTOR.clone(), Value::Object(object), &options)
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
    let message = DynamicMessage::decode(DESCRIPTOR.clone(), archive.encode_to_vec().as_slice())
        .context("a conversation that the contract does not describe")?;
    let mut json = message.serialize_with_options(serde_json::value::Serializer, &SerializeOptions::new())?;
    // Reflection keeps maps in random order; the same conversation is to give the same line.
    json.sort_all_objects();
    Ok(json)
}
