//! vCons beyond the sample data: texts, transfers, attempts, offsets, what does not fit.

use hansard::import::{Context, Item, format};
use hansard_proto::v1::{
    Conversation, ConversationEvent, ConversationMessage,
    conversation::{AudioPersistenceState, Channel, Direction, Status},
    conversation_event::{Payload, Type},
    conversation_message::Speaker,
    transfer,
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::real_data::context;

fn read(vcon: &Value) -> Item {
    format::parse_json(vcon.to_string().as_bytes(), &context())
        .unwrap_or_else(|error| panic!("{}", error.reason()))
}

fn conversation(item: &Item) -> &Conversation {
    item.archive.conversation.as_ref().unwrap()
}

fn parties() -> Value {
    json!([
        {"tel": "tel:+4930123456", "name": "First Desk", "role": "agent", "mailto": "mailto:desk@example.com"},
        {"tel": "+4930999", "name": "Caller", "meta": {"role": "customer"}, "mailto": "caller@example.net"},
        {"tel": "+4930777", "name": "Second Desk", "role": "agent"}
    ])
}

fn seconds(message: &ConversationMessage) -> i64 {
    message.send_time.as_ref().unwrap().seconds
}

#[test]
fn texts_become_messages_in_the_order_of_their_times() {
    let item = read(&json!({
        "vcon": "0.0.2", "uuid": "texts", "subject": "A question", "parties": parties(),
        "dialog": [
            {"type": "text", "start": "2024-05-01T10:05:00Z", "parties": [0, 1], "body": "Second", "meta": {"channel": "SMS"}},
            {"type": "text", "start": "2024-05-01T10:00:00Z", "parties": [1, 0], "body": "Rmlyc3Q", "encoding": "base64url"},
            {"type": "text", "start": "2024-05-01T10:06:00Z", "parties": [0, 1], "originator": 1, "body": "Third"},
            {"type": "text", "start": "2024-05-01T10:07:00Z", "parties": [0, 1], "url": "https://example.com/text"}
        ]
    }));
    let said: Vec<(Speaker, &str)> =
        item.archive.messages.iter().map(|message| (message.speaker(), message.text.as_str())).collect();
    assert_eq!(said, [(Speaker::Visitor, "First"), (Speaker::Agent, "Second"), (Speaker::Visitor, "Third")]);
    assert_eq!(conversation(&item).channel(), Channel::Sms);
    assert_eq!(conversation(&item).display_name, "A question");
    assert_eq!(
        conversation(&item).end_time.as_ref().unwrap().seconds - seconds(&item.archive.messages[0]),
        420
    );
    assert_eq!(
        item.warnings,
        ["dialog[3] became no message: it only refers to its text, which is not fetched"]
    );
}

#[test]
fn mail_keeps_its_envelope_and_its_markup() {
    let item = read(&json!({
        "uuid": "mail", "subject": "Invoice", "parties": parties(),
        "dialog": [{"type": "text", "start": "2024-05-01T10:00:00Z", "parties": [1, 0], "mediatype": "text/html",
                    "message_id": "<1@example.net>", "body": "<p>Hello <b>you</b></p>", "application": "mail"}]
    }));
    let message = &item.archive.messages[0];
    assert_eq!(conversation(&item).channel(), Channel::Email);
    assert_eq!((message.text.as_str(), message.text_html.as_str()), ("Hello you", "<p>Hello <b>you</b></p>"));
    let email = message.email.as_ref().unwrap();
    assert_eq!((email.subject.as_str(), email.from.as_str()), ("Invoice", "caller@example.net"));
    assert_eq!(
        (email.to.as_slice(), email.message_id.as_str()),
        (&["desk@example.com".to_owned()][..], "<1@example.net>")
    );
}

#[test]
fn offsets_give_each_turn_its_time() {
    let item = read(&json!({
        "uuid": "offsets", "parties": parties(),
        "dialog": [{"type": "recording", "start": "2024-05-01T10:00:00Z", "duration": 30, "parties": [1, 0],
                    "url": "https://example.com/a.wav", "mediatype": "audio/wav", "meta": {"direction": "out"}}],
        "analysis": [{"type": "transcript", "dialog": [0], "language": "de-DE", "body": {"segments": [
            {"speaker": "First Desk", "start": 1.5, "end": 3, "text": "Hello."},
            {"speaker": "+4930999", "start": 4, "end": 5, "text": "Hi."},
            {"party": 2, "start": 6, "text": "Me too."},
            {"speaker": 3, "text": "Who?"}
        ]}}]
    }));
    let speakers: Vec<Speaker> = item.archive.messages.iter().map(ConversationMessage::speaker).collect();
    assert_eq!(speakers, [Speaker::Agent, Speaker::Visitor, Speaker::Agent, Speaker::Unspecified]);
    let times: Vec<i64> = item.archive.messages.iter().map(seconds).collect();
    assert_eq!(times.iter().map(|time| time - 1_714_557_600).collect::<Vec<_>>(), [1, 4, 6, 6]);
    assert_eq!(item.archive.messages[0].audio_end_offset.as_ref().unwrap().seconds, 3);
    assert_eq!(item.archive.messages[3].audio_start_offset, None);
    assert_eq!(conversation(&item).direction(), Direction::Outbound);
    assert_eq!(conversation(&item).language_code, "de-DE");
}

#[test]
fn a_transfer_is_an_event() {
    let item = read(&json!({
        "uuid": "transfer", "parties": parties(),
        "dialog": [
            {"type": "recording", "start": "2024-05-01T10:00:00Z", "duration": 60, "parties": [1, 0]},
            {"type": "transfer", "start": "2024-05-01T10:01:00Z", "transferee": 1, "transferor": 0,
             "transfer_target": 2, "original": 0, "consultation": 0, "target_dialog": 2},
            {"type": "recording", "start": "2024-05-01T10:01:00Z", "duration": 60, "parties": [1, 2]}
        ]
    }));
    let types: Vec<Type> = item.archive.events.iter().map(ConversationEvent::r#type).collect();
    assert_eq!(types, [Type::ConversationStart, Type::ConversationTransfer, Type::ConversationState]);
    let event = &item.archive.events[1];
    let Some(Payload::ConversationTransfer(payload)) = &event.payload else { panic!("{event:?}") };
    let transfer = payload.transfer.as_ref().unwrap();
    assert_eq!((transfer.target.as_str(), transfer.r#type()), ("+4930777", transfer::Type::Warm));
    assert_eq!(conversation(&item).transfers, std::slice::from_ref(transfer));
    assert_eq!(conversation(&item).audio_persistence_state, 0, "a recording without a URL is not persisted");
    assert_eq!(item.warnings, ["1 more recordings are kept in originalEventData only"]);
}

#[test]
fn an_attempt_without_an_answer_is_abandoned() {
    let attempt = |disposition: &str| {
        let dialog = json!([{"type": "incomplete", "start": "2024-05-01T10:00:00Z", "parties": [1, 0],
                             "disposition": disposition}]);
        read(&json!({"uuid": "attempt", "parties": parties(), "dialog": dialog}))
    };
    assert_eq!(conversation(&attempt("no-answer")).status(), Status::Abandoned);
    assert_eq!(conversation(&attempt("busy")).status(), Status::Failed);
    assert_eq!(conversation(&attempt("busy")).status_reason, "busy");
}

#[test]
fn what_is_too_large_is_left_out_and_told() {
    let audio = "A".repeat(300 * 1024);
    let item = read(&json!({
        "uuid": "inline", "parties": parties(), "own_key": {"kept": true},
        "dialog": [{"type": "recording", "start": "2024-05-01T10:00:00Z", "body": audio, "encoding": "base64url",
                    "filename": "a.wav"}]
    }));
    let kept = conversation(&item).platform_info.as_ref().unwrap().original_event_data.as_ref().unwrap();
    assert!(kept.fields.contains_key("own_key"));
    assert_eq!(item.warnings.len(), 1);
    assert!(item.warnings[0].contains("dialog[0]"), "{:?}", item.warnings);
    let huge = read(&json!({"uuid": "huge", "parties": [], "own_key": "x".repeat(300 * 1024)}));
    assert!(conversation(&huge).platform_info.as_ref().unwrap().original_event_data.is_none());
    assert!(huge.warnings[0].contains("own_key"), "{:?}", huge.warnings);
}

#[test]
fn a_second_transcript_stays_as_it_is() {
    let body = |text: &str| json!([{"speaker": "Agent", "message": text}]);
    let item = read(&json!({
        "uuid": "two", "parties": parties(), "created_at": "2024-05-01T10:00:00Z",
        "analysis": [{"type": "transcript", "dialog": 0, "body": body("one")},
                     {"type": "summary", "dialog": 0, "body": "short"},
                     {"type": "transcript", "dialog": 0, "body": body("other")}]
    }));
    assert_eq!(item.archive.messages.len(), 1);
    assert_eq!(item.archive.messages[0].text, "one");
    assert_eq!(seconds(&item.archive.messages[0]), 1_714_557_600);
    assert_eq!(item.warnings.len(), 1);
}

#[test]
fn a_local_time_is_of_the_given_zone() {
    let context = Context { time_zone: TimeZone::get("America/New_York").unwrap(), ..context() };
    let record = json!({"ConversationId": "c", "Content": "Agent: a", "StartTime": "2024-07-01 08:00:00"});
    let item = format::parse_json(record.to_string().as_bytes(), &context).unwrap();
    let start = conversation(&item).start_time.as_ref().unwrap().seconds;
    assert_eq!(jiff::Timestamp::from_second(start).unwrap().to_string(), "2024-07-01T12:00:00Z");
    assert_eq!(conversation(&item).audio_persistence_state(), AudioPersistenceState::Unspecified);
}
