//! Messages of the contract as JSON for people and scripts: what is unset is left out.

use std::sync::LazyLock;

use anyhow::{Context, Result};
use hansard_proto::v1::ConversationFilter;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;

use crate::dialect::transcode::Contract;

static POOL: LazyLock<Option<DescriptorPool>> =
    LazyLock::new(|| DescriptorPool::decode(hansard_proto::DESCRIPTORS).ok());

/// What the contract says of one of its messages.
#[allow(
    clippy::expect_used,
    reason = "the contract is compiled in, and every name is that of one of its types"
)]
pub(crate) fn described(name: &str) -> MessageDescriptor {
    let found = POOL.as_ref().and_then(|pool| pool.get_message_by_name(&format!("hansard.v1.{name}")));
    found.expect("the contract describes it")
}

/// The JSON form of a message of this name; the same message always gives the same text.
pub fn to_json(name: &str, message: &impl Message) -> Result<Value> {
    let message = DynamicMessage::decode(described(name), message.encode_to_vec().as_slice())
        .with_context(|| format!("a {name} that the contract does not describe"))?;
    let mut json = message.serialize_with_options(serde_json::value::Serializer, &SerializeOptions::new())?;
    // Reflection keeps maps in random order.
    json.sort_all_objects();
    Ok(json)
}

/// Reads a filter exactly as the server reads it in a request.
pub fn read_filter(json: &str) -> Result<ConversationFilter> {
    let contract = Contract::load()?;
    let message = contract.message("hansard.v1.ConversationFilter").context("the contract has no filter")?;
    let wire = contract.read_json(message, json.as_bytes())?;
    Ok(ConversationFilter::decode(wire.as_slice())?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use hansard_proto::v1::Change;

    #[test]
    fn filters_are_read_and_messages_printed_as_the_contract_says() {
        let filter = read_filter(r#"{"skills": ["a"], "metadata": [{"key": "k", "equals": "eu"}]}"#).unwrap();
        assert_eq!((filter.skills.len(), filter.metadata.len()), (1, 1));
        assert!(read_filter(r#"{"skils": []}"#).unwrap_err().to_string().contains("skils"));
        let change = Change { cursor: "c".to_owned(), ..Default::default() };
        assert_eq!(to_json("Change", &change).unwrap().to_string(), r#"{"cursor":"c"}"#);
    }
}
