//! Two-party dialogs: JSON with conversation_id and utterances of "user" and "assistant".
//!
//! The user is the VISITOR, the assistant the AGENT, a bot the BOT, as the speaker's own word says. Such records
//! tell no time: the service gives that of the import, and only the sequence tells the order.

use hansard_proto::v1::{ConversationMessage, conversation::Channel, conversation_message::State};
use serde_json::{Map, Value};

use super::{
    item::{Context, Item, Malformed},
    speaker::role_of,
};

/// Whether an object is a two-party dialog.
pub(super) fn recognizes(object: &Map<String, Value>) -> bool {
    object.contains_key("conversation_id") && object.contains_key("utterances")
}

/// Reads a dialog.
pub fn parse(mut dialog: Map<String, Value>, context: &Context) -> Result<Item, Malformed> {
    let id = match dialog.remove("conversation_id") {
        Some(Value::String(id)) if !id.is_empty() => id,
        _ => return Err(Malformed::field("conversation_id", "is not a text")),
    };
    let Some(Value::Array(utterances)) = dialog.remove("utterances") else {
        return Err(Malformed::field("utterances", "is not a list"));
    };
    let mut item = Item::new(context, &id, Channel::Chat);
    for (position, utterance) in in_order(&utterances) {
        let message = message(utterance).map_err(|reason| {
            let path = format!("utterances[{position}].{}", reason.0);
            Malformed::field(path, reason.1)
        })?;
        item.push(message);
    }
    for key in ["vertical", "scenario"] {
        item.metadata(key, dialog.get(key));
    }
    dialog.retain(|key, value| !(matches!(key.as_str(), "vertical" | "scenario") && value.is_string()));
    item.keep_original(dialog);
    Ok(item)
}

/// By index where every utterance has one, else as they stand.
fn in_order(utterances: &[Value]) -> Vec<(usize, &Value)> {
    let mut ordered: Vec<(usize, &Value)> = utterances.iter().enumerate().collect();
    let index = |utterance: &Value| utterance.get("index").and_then(Value::as_i64);
    if utterances.iter().all(|utterance| index(utterance).is_some()) {
        ordered.sort_by_key(|(_, utterance)| index(utterance));
    }
    ordered
}

fn message(utterance: &Value) -> Result<ConversationMessage, (&'static str, String)> {
    let text = |key: &'static str| {
        utterance.get(key).and_then(Value::as_str).ok_or_else(|| (key, "is not a text".to_owned()))
    };
    let speaker = text("speaker")?;
    let role =
        role_of(speaker).ok_or_else(|| ("speaker", format!("{speaker:?} is neither user nor assistant")))?;
    Ok(ConversationMessage {
        text: text("text")?.to_owned(),
        speaker: role.into(),
        state: State::Final.into(),
        ..ConversationMessage::default()
    })
}
