//! Which format an item has, by what it holds.
//!
//! It looks at one item; how a file is cut into items is for `source.rs`.

use serde_json::Value;

use super::{
    archive, dialog,
    item::{Context, Item, Malformed},
    transcript, vcon,
};

/// Reads one item of JSON text in any of the formats.
pub fn parse_json(text: &[u8], context: &Context) -> Result<Item, Malformed> {
    let text = str::from_utf8(text).map_err(|error| invalid_utf8(text, &error))?;
    let value: Value = serde_json::from_str(text).map_err(|error| Malformed::json(&error))?;
    parse_value(value, context)
}

/// Reads one JSON value in any of the formats.
pub fn parse_value(value: Value, context: &Context) -> Result<Item, Malformed> {
    let Value::Object(object) = value else {
        return Err(Malformed::new("it is no JSON object"));
    };
    if archive::recognizes(&object) {
        archive::parse(object, context)
    } else if vcon::recognizes(&object) {
        vcon::parse(object, context)
    } else if transcript::recognizes(&object) {
        transcript::parse(object, context)
    } else if dialog::recognizes(&object) {
        dialog::parse(object, context)
    } else {
        Err(Malformed::new(
            "no known format: a conversation is a vCon (uuid, parties, dialog), a transcript (ConversationId, \
             Content), a dialog (conversation_id, utterances) or a line of hansard export (conversation, messages)",
        ))
    }
}

/// Reads a plain text, a transcript with a speaker before each line.
pub fn parse_text(text: &[u8], name: &str, context: &Context) -> Result<Item, Malformed> {
    let text = str::from_utf8(text).map_err(|error| invalid_utf8(text, &error))?;
    transcript::parse_text(text, name, context)
}

fn invalid_utf8(text: &[u8], error: &std::str::Utf8Error) -> Malformed {
    let before = &text[..error.valid_up_to()];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    Malformed::new(format!("not valid UTF-8 at byte {column} of the line")).at_line(line)
}
