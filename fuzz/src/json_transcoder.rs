//! JSON and the wire form of every message: against an independent implementation, and there and back.

use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::Value;

use crate::{CONTRACT, reference};

/// Why this service refuses what the standard mapping takes, by the words of the refusal.
const STRICTER: [&str; 6] = [
    "holds a NUL character",
    "is given twice",
    "is nested deeper than",
    "once decoded",
    "must be a finite number",
    "must be field paths separated by commas",
];

/// The input's first line is a gRPC path or a message's name; the rest is a request in the wire form, or JSON.
pub fn check(input: &[u8]) {
    let Some(at) = input.iter().position(|byte| *byte == b'\n') else { return };
    let Ok(subject) = str::from_utf8(&input[..at]) else { return };
    let body = &input[at + 1..];
    if let Some(described) = reference::input_of(subject) {
        check_wire(subject, &described, body);
    } else if let Some(described) = reference::message(&format!("hansard.v1.{subject}")) {
        check_json(&described, body);
    }
}

fn check_json(described: &MessageDescriptor, json: &[u8]) {
    let Some(id) = CONTRACT.message(described.full_name()) else { return };
    let theirs = reference::read_text(described, json);
    let wire = match (CONTRACT.read_json(id, json), &theirs) {
        (Ok(wire), _) => wire,
        (Err(error), Ok(_)) => {
            let is_stricter = STRICTER.iter().any(|reason| error.message().contains(reason));
            assert!(is_stricter, "only the reference takes it: {error}");
            return;
        }
        (Err(error), Err(_)) => return assert!(error.field().is_some(), "{error}"),
    };
    let message = reference::settled(&reference::decode(described, &wire));
    match theirs {
        Ok(theirs) => assert!(message == theirs, "{}", reference::differ(&message, &theirs)),
        Err(reason) => panic!("the reference refuses it: {reason}"),
    }
    let printed = CONTRACT.write_json(id, &wire).expect("what was read is printed");
    let again = CONTRACT.read_json(id, &printed).expect("what was printed is read");
    assert!(reference::settled(&reference::decode(described, &again)) == message);
    assert!(reference::read_text(described, &printed).unwrap() == message, "printed for nobody else");
    assert_eq!(CONTRACT.write_json(id, &again).unwrap(), printed, "printed otherwise the second time");
}

/// What the gRPC door lets in decodes, and says the same in JSON.
fn check_wire(rpc: &str, described: &MessageDescriptor, wire: &[u8]) {
    if let Err(error) = CONTRACT.check(rpc, wire) {
        return assert!(error.field().is_some(), "{error}");
    }
    let message = DynamicMessage::decode(described.clone(), wire).expect("what passes the check decodes");
    let id = CONTRACT.message(described.full_name()).unwrap();
    let printed =
        CONTRACT.write_json(id, &message.encode_to_vec()).expect("what passes the check is printed");
    // A mask may hold paths that JSON cannot write; no service takes them.
    let Ok(expected) = serde_json::to_value(&message) else { return };
    let read = CONTRACT.read_json(id, &printed).expect("what was printed is read");
    let read: Value = serde_json::to_value(reference::decode(described, &read)).unwrap();
    assert_eq!(read, expected);
}
