//! Structs are written out whole here, so that whoever adds a field must say what becomes of it.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::{
    Id, Span, Time,
    annotation::{Annotation, AnnotationBody, AnnotationKind},
    conversation::{Conversation, SpeakerInfo},
    directory::Stamps,
    event::{Entity, Event, EventContent, EventType, Payload},
    message::{
        Attachment, Content, Email, Message, MessageState, Speaker, ToolCall, TranscriptionInfo, Word,
    },
    name::ConversationName,
    redact::{Redaction, SafeJson},
};
use serde_json::json;
use std::sync::Arc;

mod whole;

const CANARY: &str = "zqxj 4711 kvw";

fn safe(text: &str) -> SafeText {
    SafeText::stored(text.to_owned())
}

fn free(value: serde_json::Value) -> SafeJson {
    SafeJson(value)
}

fn values(value: &str) -> Values {
    Values::new([value], "SECRET", Labels::NONE).unwrap()
}

fn name() -> ConversationName {
    ConversationName::parse("name", "customers/c/profiles/p/conversations/x").unwrap()
}

fn message(content: Content) -> Message {
    Message {
        name: name().message(Id::known("m")),
        position: 1,
        content: Arc::new(content),
        create_time: Time(1),
        update_time: Time(1),
        delete_time: None,
    }
}

fn said(text: &str) -> Message {
    message(Content { text: safe(text), ..Content::default() })
}

#[test]
fn a_cut_moves_what_stands_behind_it() {
    let mut message = message(Content {
        text: safe("[PHONE] Übrigens 4711 und 4711, [PHONE]"),
        redactions: [(0, 7), (33, 40)]
            .map(|(start, end)| Redaction { entity_type: "PHONE".into(), start, end, ..Redaction::default() })
            .to_vec(),
        ..Content::default()
    });
    let cut = Cut::new(&message, (18, 22), ("PIN", "p/moments/pin"), &Labels::NONE).unwrap();
    assert_eq!(cut.values, ["4711"]);
    let find = Values::new(cut.values.iter().map(String::as_str), "PIN", Labels::NONE).unwrap();
    let mut remover = Remover::new(&find);
    let edits = remover.message(&mut message, Some(&cut), Time(2)).unwrap();
    let text = message.content.text.as_str().to_owned();
    assert_eq!(text, "[PHONE] Übrigens [PIN] und [PIN], [PHONE]");
    for redaction in &message.content.redactions {
        let label = &text[redaction.start as usize..redaction.end as usize];
        assert_eq!(label, format!("[{}]", redaction.entity_type));
    }
    assert_eq!(message.content.redactions.len(), 4);
    let edits = &edits[""];
    assert_eq!(edits.moved(18, 22), (18, 23));
    assert_eq!(edits.moved(19, 20), (18, 23));
    assert_eq!(edits.moved(0, 18), (0, 18));
    assert_eq!(edits.moved(33, 40), (35, 42));
    let places = remover.into_places();
    assert_eq!((places[0].original_start, places[0].original_end), (18, 22));
    assert_eq!((places[1].start, places[1].end), (28, 33));
}

#[test]
fn a_cut_is_of_whole_characters_and_labels() {
    let labels = Labels::new(["PHONE"]);
    let message = said("Ü [PHONE] x");
    let refused = |start, end| {
        let error = Cut::new(&message, (start, end), ("X", ""), &labels).unwrap_err();
        error.field().unwrap().to_owned()
    };
    for (start, end, field) in [
        (1, 2, "startIndex"),
        (0, 1, "endIndex"),
        (-1, 2, "startIndex"),
        (0, 99, "endIndex"),
        (2, 2, "endIndex"),
        (3, 2, "endIndex"),
        (4, 12, "startIndex"),
        (0, 5, "endIndex"),
    ] {
        assert_eq!(refused(start, end), field, "{start}..{end}");
    }
    let cut = Cut::new(&message, (0, 12), ("X", ""), &labels).unwrap();
    assert_eq!(cut.values, ["Ü ", " x"]);
    assert!(Cut::new(&message, (3, 10), ("X", ""), &labels).unwrap().values.is_empty());
}

#[test]
fn words_that_share_a_value_become_one() {
    let word = |text: &str, at| Word {
        word: safe(text),
        start_offset: Some(Span(at)),
        end_offset: Some(Span(at + 1)),
        confidence: 0.5,
    };
    let words = ["my", "PIN:47", "eleven-11.", "4711", "thanks"];
    let words = words.iter().zip(0..).map(|(text, at)| word(text, at * 10)).collect();
    let info = TranscriptionInfo { words, ..TranscriptionInfo::default() };
    let mut message = message(Content { transcription_info: Some(info), ..Content::default() });
    let find = Values::new(["47 eleven 11", "4711"], "PIN", Labels::NONE).unwrap();
    Remover::new(&find).message(&mut message, None, Time(2)).unwrap();
    let words = &message.content.transcription_info.as_ref().unwrap().words;
    let told: Vec<_> =
        words.iter().map(|one| (one.word.as_str(), one.start_offset, one.end_offset)).collect();
    let at = |at| Some(Span(at));
    assert_eq!(
        told,
        [
            ("my", at(0), at(1)),
            ("PIN:[PIN].", at(10), at(21)),
            ("[PIN]", at(30), at(31)),
            ("thanks", at(40), at(41)),
        ]
    );
}

#[test]
fn json_loses_strings_numbers_and_keys() {
    let original = json!({
        "4711 x": {"a": 4711, "b": [1, "is 4711", true, null]},
        "[SECRET] x": "4711",
        "html": "<i>47</i>11",
    });
    let mut message = message(Content { original_event_data: free(original), ..Content::default() });
    let find = values("4711");
    let mut remover = Remover::new(&find);
    remover.message(&mut message, None, Time(2)).unwrap();
    assert_eq!(
        message.content.original_event_data.as_value(),
        &json!({
            "[SECRET] x": {"a": "[SECRET]", "b": [1, "is [SECRET]", true, null]},
            "[SECRET] x#2": "[SECRET]",
            "html": "<i>[SECRET]</i>",
        })
    );
    let places = remover.into_places();
    let fields: Vec<_> = places.iter().map(|place| place.field.as_str()).collect();
    assert!(fields.contains(&"originalEventData/0/1/1"), "{fields:?}");
    assert!(!format!("{places:?}").contains("4711"));
}

#[test]
fn nothing_is_touched_where_nothing_is_found() {
    let mut message = said("nothing");
    let before = message.clone();
    let find = values("4711");
    assert!(Remover::new(&find).message(&mut message, None, Time(9)).is_none());
    assert_eq!(message, before);
}

#[test]
fn annotations_move_with_the_text_and_lose_what_they_quote() {
    let body = AnnotationBody { content: safe("said 4711"), start: 10, end: 14, ..AnnotationBody::default() };
    let annotation = |kind| Annotation {
        name: name().annotation(kind, Id::known("a")),
        body: body.clone(),
        author: String::new(),
        stamps: Stamps::new(Time(1)),
    };
    let edits = Edits::new(vec![Found { range: 0..4, entity_type: "X".into() }], "1234", Markup::Plain);
    let edits = FieldEdits::from([(String::new(), edits)]);
    let find = values("4711");
    let mut comment = annotation(AnnotationKind::Comment);
    assert!(Remover::new(&find).annotation(&mut comment, Some(&edits), Time(2)));
    assert_eq!(
        (comment.body.content.as_str(), comment.body.start, comment.body.end),
        ("said [SECRET]", 9, 13)
    );
    let mut moment = annotation(AnnotationKind::Moment);
    assert!(!Remover::new(&find).annotation(&mut moment, None, Time(2)));
}
