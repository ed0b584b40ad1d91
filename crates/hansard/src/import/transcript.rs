//! Telephone transcripts: a text with a speaker before each line, and perhaps stamps.
//!
//! A record carries ClientId, ConversationId, StartTime, EndTime and Content; a plain text is its Content alone.
//! A turn's sendTime is the start plus the latest stamp; without stamps every turn has the start, and only the
//! sequence tells the order. A text that tells no start has no sendTime either, only offsets. The text itself is not kept a second time, so that redaction reaches all of it.

mod cast;
mod line;
pub(super) mod turns;

use hansard_proto::v1::{
    ConversationMessage, SpeakerInfo, Visitor, conversation::Channel, conversation_message::State,
};
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    item::{Context, Item, Malformed},
    time,
};
use turns::{Turn, Turns};

/// Whether an object is a transcript record.
pub(super) fn recognizes(object: &Map<String, Value>) -> bool {
    object.contains_key("ConversationId") && object.contains_key("Content")
}

/// Reads a transcript record.
pub fn parse(mut record: Map<String, Value>, context: &Context) -> Result<Item, Malformed> {
    let id = text_field(&mut record, "ConversationId")?;
    let content = text_field(&mut record, "Content")?;
    let start = time_field(&mut record, "StartTime", context)?;
    let end = time_field(&mut record, "EndTime", context)?;
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        return Err(Malformed::field("EndTime", "is before StartTime"));
    }
    let mut item = read(context, &id, &content, start, end)?;
    item.metadata("client.id", record.remove("ClientId").as_ref());
    item.keep_original(record);
    Ok(item)
}

/// Reads a plain text; `name` is the file's, from which the conversation's id is made.
pub fn parse_text(text: &str, name: &str, context: &Context) -> Result<Item, Malformed> {
    if text.contains('\0') {
        return Err(Malformed::new("it holds a NUL character: it is no text"));
    }
    read(context, &id_of_text(text, name), text, None, None)
}

/// The file's name with a digest of the text: the same file again is the same conversation.
fn id_of_text(text: &str, name: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = name.chars().map(allowed).take(80).collect();
    let digest: String = Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digest}", name.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()))
        .trim_matches('-')
        .to_owned()
}

fn text_field(record: &mut Map<String, Value>, key: &str) -> Result<String, Malformed> {
    match record.remove(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
        Some(Value::String(_)) => Err(Malformed::field(key, "is empty")),
        Some(_) => Err(Malformed::field(key, "is not a text")),
        None => Err(Malformed::field(key, "is missing")),
    }
}

fn time_field(
    record: &mut Map<String, Value>,
    key: &str,
    context: &Context,
) -> Result<Option<Timestamp>, Malformed> {
    match record.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => time::from_json(&value, &context.time_zone)
            .map(Some)
            .ok_or_else(|| Malformed::field(key, "is not a time such as 2024-11-22 21:00:00")),
    }
}

fn read(
    context: &Context,
    id: &str,
    content: &str,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
) -> Result<Item, Malformed> {
    let Turns { turns, agent_name, visitor_name, warnings, has_roles } = turns::read(content);
    if !has_roles {
        return Err(Malformed::new("no line begins with a speaker such as 'Agent (Ben):' or 'Customer:'"));
    }
    let mut item = Item::new(context, id, Channel::Voice);
    item.warnings = warnings;
    let last = turns.iter().filter_map(|turn| turn.latest_offset).max().unwrap_or_default();
    item.span(start, end.or_else(|| Some(time::after(start?, last))));
    item.conversation().agent_info =
        agent_name.map(|display_name| SpeakerInfo { display_name, ..SpeakerInfo::default() });
    item.conversation().visitor =
        visitor_name.map(|display_name| Visitor { display_name, ..Visitor::default() });
    for turn in turns {
        item.push(message(turn, start));
    }
    Ok(item)
}

fn message(turn: Turn, start: Option<Timestamp>) -> ConversationMessage {
    let Turn { speaker, name, text, offset, latest_offset } = turn;
    ConversationMessage {
        text,
        speaker: speaker.into(),
        speaker_info: name.map(|display_name| SpeakerInfo { display_name, ..SpeakerInfo::default() }),
        state: State::Final.into(),
        audio_start_offset: offset.map(time::span_to_proto),
        send_time: start.map(|start| time::to_proto(time::after(start, latest_offset.unwrap_or_default()))),
        ..ConversationMessage::default()
    }
}
