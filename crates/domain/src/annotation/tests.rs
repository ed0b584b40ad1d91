#![allow(clippy::unwrap_used)]
use super::*;
use crate::{
    ErrorKind,
    code::Code,
    message::Content,
    name::{ConversationName, ProfileName},
};
use std::sync::Arc;

fn conversation() -> ConversationName {
    ProfileName { customer: Id::known("acme"), profile: Id::known("support") }.conversation(Id::known("c"))
}

fn said(text: &str) -> Message {
    let content =
        Content { text: SafeText::stored(text.to_owned()), state: MessageState::Final, ..Content::default() };
    Message {
        name: conversation().message(Id::known("m")),
        position: 1,
        content: Arc::new(content),
        create_time: Time(1),
        update_time: Time(1),
        delete_time: None,
    }
}

fn body(start: i32, end: i32) -> AnnotationBody {
    let content = SafeText::stored("greeting".to_owned());
    AnnotationBody { content, message: Some(Id::known("m")), start, end, ..AnnotationBody::default() }
}

/// The field that a check names, or nothing where it passes.
fn field(outcome: Result<()>) -> Option<String> {
    outcome.err().map(|error| error.field().unwrap_or("none").to_owned())
}

#[test]
fn each_kind_has_its_names() {
    for kind in AnnotationKind::ALL {
        let name = conversation().annotation(kind, Id::known("a"));
        let read = AnnotationName::parse("name", &name.to_string(), kind).unwrap();
        assert_eq!(read, name);
        assert!(name.to_string().contains(kind.segment()) && kind.segment().starts_with(kind.field()));
        let [written, deleted] = kind.changes();
        assert_eq!(deleted.code(), written.code() + 1);
        assert_eq!(
            (written.collection(), deleted.collection()),
            (Some(kind.segment()), Some(kind.segment()))
        );
    }
    assert_eq!(AnnotationKind::Hint.permission(), Permission::Annotate);
    assert_eq!(AnnotationKind::Comment.permission(), Permission::Comment);
}

#[test]
fn a_span_is_of_a_message_and_not_empty() {
    let check = |body: &AnnotationBody| field(body.check(AnnotationKind::Behavior));
    assert_eq!(check(&body(0, 0)), None);
    assert_eq!(check(&body(0, 1)), None);
    assert_eq!(check(&body(2, 2)).as_deref(), Some("endIndex"));
    assert_eq!(check(&body(2, 1)).as_deref(), Some("endIndex"));
    assert_eq!(check(&body(-1, 1)).as_deref(), Some("startIndex"));
    assert_eq!(check(&AnnotationBody { message: None, ..body(0, 1) }).as_deref(), Some("message"));
    assert_eq!(check(&AnnotationBody { message: None, ..body(0, 0) }), None);
}

#[test]
fn a_span_lies_on_characters_of_the_text() {
    let message = said("a€b");
    let check = |start, end| field(body(start, end).check_place(Some(&message)));
    assert_eq!(check(0, 5), None);
    assert_eq!(check(1, 4), None);
    assert_eq!(check(2, 4).as_deref(), Some("startIndex"));
    assert_eq!(check(1, 3).as_deref(), Some("endIndex"));
    assert_eq!(check(0, 6).as_deref(), Some("endIndex"));
}

#[test]
fn the_message_is_there_and_its_text_is_final() {
    let gone = Message { delete_time: Some(Time(2)), ..said("") };
    for message in [None, Some(&gone)] {
        assert_eq!(field(body(0, 0).check_place(message)).as_deref(), Some("message"));
    }
    let mut partial = said("abc");
    Arc::make_mut(&mut partial.content).state = MessageState::Partial;
    assert!(body(0, 0).check_place(Some(&partial)).is_ok());
    let refused = body(0, 1).check_place(Some(&partial)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::FailedPrecondition);
    let of_conversation = AnnotationBody { message: None, ..body(0, 0) };
    assert!(of_conversation.check_place(None).is_ok());
}

#[test]
fn content_is_required_and_short() {
    let of = |text: String| AnnotationBody { content: SafeText::stored(text), ..AnnotationBody::default() };
    for kind in AnnotationKind::ALL {
        assert_eq!(field(of(String::new()).check(kind)).as_deref(), Some(kind.paths()[0]));
        assert_eq!(field(of("x".repeat(8 * 1024)).check(kind)), None);
        assert_eq!(field(of("x".repeat(8 * 1024 + 1)).check(kind)).as_deref(), Some(kind.paths()[0]));
    }
}

#[test]
fn an_update_takes_what_its_paths_name() {
    let values = AnnotationBody {
        adherence: Adherence::Adhered,
        source: AnnotationSource::Rule,
        live_assist: true,
        content: SafeText::stored("other".to_owned()),
        ..body(1, 2)
    };
    for kind in AnnotationKind::ALL {
        for path in kind.paths() {
            let mut annotation = Annotation {
                name: conversation().annotation(kind, Id::known("a")),
                body: AnnotationBody { message: Some(Id::known("m")), end: 9, ..body(0, 9) },
                author: String::new(),
                stamps: Stamps::new(Time(1)),
            };
            assert!(values.is_set(path) && !AnnotationBody::default().is_set(path), "{path}");
            let before = annotation.body.clone();
            annotation.update(&values, &[(*path).to_owned()], Time(2)).unwrap();
            assert_eq!(annotation.body == before, *path == "message", "{path}");
            assert_eq!((annotation.stamps.version, annotation.stamps.update_time), (2, Time(2)));
        }
        let mut body = body(0, 0);
        let unknown = body.take(kind, &values, "author").unwrap_err();
        assert_eq!(unknown.field(), Some("updateMask"));
    }
    let mut comment = body(0, 0);
    assert!(comment.take(AnnotationKind::Comment, &values, "source").is_err());
}
