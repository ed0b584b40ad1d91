//! Input that is wrong in every way: a reason each time, never a panic, and never half a conversation.

use hansard::import::format::{parse_json, parse_text};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::real_data::context;

fn reason(value: &Value) -> String {
    parse_json(value.to_string().as_bytes(), &context()).unwrap_err().reason().to_owned()
}

#[test]
fn the_reason_names_the_field() {
    let cases = [
        (json!([]), "it is no JSON object"),
        (json!({"hello": 1}), "no known format"),
        (json!({"uuid": "", "parties": []}), "uuid:"),
        (json!({"uuid": "u", "parties": {}}), "parties:"),
        (json!({"uuid": "u", "parties": [7]}), "parties[0]:"),
        (json!({"uuid": "u", "dialog": 1}), "dialog:"),
        (json!({"uuid": "u", "dialog": [{}]}), "dialog[0].type:"),
        (json!({"uuid": "u", "dialog": [{"type": "dance"}]}), "dialog[0].type:"),
        (json!({"uuid": "u", "dialog": [{"type": "recording", "start": "soon"}]}), "dialog[0].start:"),
        (json!({"uuid": "u", "dialog": [{"type": "recording", "duration": -1}]}), "dialog[0].duration:"),
        (json!({"uuid": "u", "analysis": "none"}), "analysis:"),
        (json!({"uuid": "u", "parties": [], "created_at": "x"}), "created_at:"),
        (json!({"payload": "e30", "signatures": []}), "it is a signed or encrypted vCon"),
        (json!({"ConversationId": "", "Content": "Agent: a"}), "ConversationId: is empty"),
        (json!({"ConversationId": "c", "Content": 7}), "Content: is not a text"),
        (json!({"ConversationId": "c", "Content": "no speaker"}), "no line begins with a speaker"),
        (json!({"ConversationId": "c", "Content": "Agent: a", "StartTime": "x"}), "StartTime:"),
        (
            json!({"ConversationId": "c", "Content": "Agent: a", "StartTime": "2024-01-02", "EndTime": "2024-01-01"}),
            "EndTime: is before StartTime",
        ),
        (json!({"conversation_id": 7, "utterances": []}), "conversation_id:"),
        (json!({"conversation_id": "c", "utterances": {}}), "utterances:"),
        (json!({"conversation_id": "c", "utterances": [{"speaker": "user"}]}), "utterances[0].text:"),
        (
            json!({"conversation_id": "c", "utterances": [{"speaker": "x", "text": "t"}]}),
            "utterances[0].speaker:",
        ),
        (json!({"conversation": {}}), "conversation.name:"),
        (
            json!({"conversation": {"name": "x"}, "messages": [{"speaker": "NOBODY"}]}),
            "not an exported conversation",
        ),
        (json!({"conversation": {"name": "x", "surprise": 1}}), "not an exported conversation"),
    ];
    for (value, expected) in cases {
        let found = reason(&value);
        assert!(found.starts_with(expected), "{value}: {found}");
    }
}

#[test]
fn utterances_stand_by_their_index() {
    let utterance = |index: i64| json!({"index": index, "speaker": "user", "text": index.to_string()});
    let dialog = json!({"conversation_id": "c", "utterances": [utterance(2), utterance(0), utterance(1)]});
    let item = parse_json(dialog.to_string().as_bytes(), &context()).unwrap();
    let texts: Vec<&str> = item.archive.messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["0", "1", "2"]);
}

#[test]
fn syntax_and_encoding_are_placed() {
    let cut = parse_json(b"{\"uuid\": \"u\",\n \"parties\": [", &context()).unwrap_err();
    assert_eq!(cut.line(), 2);
    assert!(cut.reason().starts_with("not valid JSON"), "{}", cut.reason());
    let overlong = parse_json(b"{\"a\":\n\"\xC0\xAF\"}", &context()).unwrap_err();
    assert_eq!((overlong.line(), overlong.reason()), (2, "not valid UTF-8 at byte 2 of the line"));
    let nul = parse_text(b"Agent: a\0b", "call", &context()).unwrap_err();
    assert!(nul.reason().contains("NUL"));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(parse_json(deep.as_bytes(), &context()).is_err());
}

/// JSON whose keys are those that the formats look for, holding anything.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "uuid",
        "parties",
        "dialog",
        "analysis",
        "attachments",
        "type",
        "start",
        "duration",
        "body",
        "speaker",
        "message",
        "text",
        "words",
        "conversation_id",
        "utterances",
        "ConversationId",
        "Content",
        "StartTime",
        "conversation",
        "name",
        "messages",
        "meta",
        "role",
        "encoding",
        "originator",
        "index",
        "segments",
        "created_at",
    ]);
    let word = prop::sample::select(vec![
        "recording",
        "text",
        "transfer",
        "transcript",
        "agent",
        "user",
        "base64url",
        "2024-01-01T00:00:00Z",
        "Agent: hello\n[Pause]\n00:00:01\nCustomer: hi",
        "customers/a/profiles/b/conversations/c",
        "",
    ]);
    let leaf = prop_oneof![
        word.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse_json(&bytes, &context());
        let _ = parse_text(&bytes, "name", &context());
    }

    #[test]
    fn arbitrary_lines_never_panic(text in "((Agent|Customer|[A-Z][a-z]{0,4})?( ?\\([^)]{0,4}\\))?:?[ *_\\[(]{0,3}.{0,12}[\\])*_]{0,2}\n){0,12}") {
        let _ = parse_text(text.as_bytes(), "name", &context());
    }

    #[test]
    fn objects_with_the_formats_keys_never_panic(fields in prop::collection::vec(any_json(), 1..4)) {
        for value in &fields {
            let _ = parse_json(value.to_string().as_bytes(), &context());
        }
    }

    #[test]
    fn extensions_of_our_vcons_never_panic(
        record in any_json(),
        texts in proptest::collection::btree_map("/[a-z0-9/~]{0,12}", "/(subject|dialog/0|x){0,3}", 0..5),
    ) {
        for record in [record, json!({"conversation": {"name": "customers/c/profiles/p/conversations/x"}})] {
            let extension = json!({"version": 1, "record": record, "texts": texts});
            let vcon = json!({"uuid": "u", "subject": "s", "dialog": [{"type": "text"}], "hansard": extension});
            drop(parse_json(vcon.to_string().as_bytes(), &context()));
        }
    }

    /// A vCon whose parts hold anything is refused, or read into messages none of which has a time.
    #[test]
    fn vcons_with_arbitrary_parts_never_panic(parties in any_json(), dialog in any_json(), body in any_json()) {
        let vcon = json!({
            "uuid": "u", "parties": [parties], "dialog": [{"type": "text", "body": body.clone(), "meta": dialog}],
            "analysis": [{"type": "transcript", "dialog": 0, "body": body}],
        });
        if let Ok(item) = parse_json(vcon.to_string().as_bytes(), &context()) {
            for message in &item.archive.messages {
                prop_assert!(message.send_time.is_none());
            }
        }
    }
}
