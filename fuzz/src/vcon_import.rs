//! Foreign conversations: taken so that their export says the same, or refused with a text that helps.

use hansard::import::{Context, Item, Malformed, archive, format};
use hansard_proto::v1::ImportConversationsRequest;
use jiff::tz::TimeZone;
use prost::Message;

use crate::CONTRACT;

const PARENT: &str = "customers/acme/profiles/support";
const IMPORT: &str = "/hansard.v1.ConversationService/ImportConversations";

/// The input is one item of an import: JSON of any format, or a transcript's text.
pub fn check(input: &[u8]) {
    let context = Context { parent: PARENT.to_owned(), time_zone: TimeZone::UTC };
    let is_json = input.trim_ascii_start().starts_with(b"{");
    let read = if is_json {
        format::parse_json(input, &context)
    } else {
        format::parse_text(input, "call", &context)
    };
    match read {
        Ok(item) => check_taken(input, item, &context),
        Err(malformed) => check_refused(input, &malformed),
    }
}

fn check_taken(input: &[u8], item: Item, context: &Context) {
    let size = item.archive.encoded_len();
    assert!(size <= 64 * input.len() + 4096, "{} bytes became {size}", input.len());
    let line = archive::to_line(&item.archive).expect("an item is printed");
    assert!(!line.contains(&b'\n'), "an item is one line");
    let again = format::parse_json(&line, context).expect("an export is read");
    assert!(
        again.archive == item.archive,
        "the export says something else: {}",
        String::from_utf8_lossy(&line)
    );
    assert!(again.warnings.is_empty(), "{:?}", again.warnings);
    let request = ImportConversationsRequest { parent: PARENT.to_owned(), conversations: vec![item.archive] };
    if let Err(error) = CONTRACT.check(IMPORT, &request.encode_to_vec()) {
        assert!(error.field().is_some_and(|field| field.starts_with("conversations[0]")), "{error}");
    }
}

fn check_refused(input: &[u8], malformed: &Malformed) {
    let reason = malformed.reason();
    assert!((8..2048).contains(&reason.len()), "a reason of {} bytes: {reason}", reason.len());
    let lines = 1 + input.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert!((1..=lines).contains(&malformed.line()), "line {} of {lines}: {reason}", malformed.line());
}
