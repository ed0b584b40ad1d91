//! Stores of older builds: what was written by them is read as it was, and goes on.

use crate::{
    Fixture,
    world::{CUSTOMER, World, id, in_store, metadata},
};
use hansard_domain::{
    Time,
    annotation::AnnotationKind,
    change::ChangeKind,
    conversation::{Body, State},
    directory::{CustomerBody, ProfileBody},
    event::{EventContent, EventType, Payload},
    message::{Content, Speaker},
};
use serde::Serialize;

/// The steps before bodies were packed, ids left out and changes put together.
const STEPS: usize = 10;
const NOON: Time = Time(1_795_316_033_008_712);
/// Ids that such a build made: random up to the number.
const MESSAGE: &str = "01a2012c-a5f3-71eb-9a3c-9b1900000001";
const EVENT: &str = "01a2012c-a5f3-71eb-9a3c-9b1a00000001";
const KEY: &str = "customers/acme/apiKeys/k1";
const MOMENT: &str = "customers/acme/profiles/support/moments/person";

/// What JSON writes otherwise than it stands there.
const HARD: &str = "it's \"so\" \\ und\n\u{1}grün";

fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap().replace('\'', "''")
}

fn body() -> Body {
    let mut body = Body { state: State::Live, start_time: NOON, create_time: NOON, ..Body::default() };
    body.fields.metadata = metadata("note", HARD);
    body.fields.usecase = "customers/acme/profiles/support/usecases/sales".to_owned();
    body.version = 3;
    body
}

fn content() -> Content {
    Content { speaker: Speaker::Visitor, send_time: Some(NOON), ..Content::default() }
}

fn rows() -> Vec<String> {
    let profile = ProfileBody { language_codes: vec!["en-US".to_owned()], ..Default::default() };
    let payload = Some(Payload::ConversationUpdated { paths: vec![HARD.to_owned()] });
    let event = EventContent { payload, ..EventContent::default() };
    let noon = NOON.0;
    let change = |number: i32, kind: ChangeKind, part: &str, sequence: i32| {
        let kind = kind as i32;
        format!("insert into change values (1, {number}, 1, 'c1', {kind}, {part}, {sequence}, {noon}, null)")
    };
    let message = |position: i32, id: &str, later: i64, text: &str, is_given: i32| {
        let (later, body) = (noon + later, json(&content()));
        format!(
            "insert into message values (1, 1, {position}, '{id}', {noon}, {later}, null, '{text}', '{body}', {is_given})"
        )
    };
    vec![
        "insert into key_head values ('customer', 1), ('profile', 1)".to_owned(),
        format!("insert into customer values (1, 'acme', '{}', 1, 1, 1)", json(&CustomerBody::default())),
        format!("insert into profile values (1, 1, 'support', '{}', 1, 1, 1)", json(&profile)),
        "insert into profile_head values (1, 5, 1)".to_owned(),
        format!("insert into conversation values (1, 1, 'c1', {noon}, '', '', '{}')", json(&body())),
        format!("insert into conversation_counter values (1, 1, 2, 1, {noon})"),
        message(1, MESSAGE, 0, "first words", 0),
        message(2, "m2", 5, "second words", 1),
        format!(
            "insert into event values (1, 1, 1, '{EVENT}', 17, {noon}, {noon}, '{KEY}', '{}', 0)",
            json(&event)
        ),
        format!(
            "insert into annotation values (1, 1, 0, 'a1', '{MOMENT}', 'm2', 0, 6, 0, 3, 0, '{KEY}', {noon}, {noon}, 1,
                null, 0, 0)"
        ),
        change(1, ChangeKind::ConversationStarted, "null", 0),
        change(2, ChangeKind::EventCreated, &format!("'{EVENT}'"), 1),
        change(3, ChangeKind::MessageCreated, &format!("'{MESSAGE}'"), 1),
        change(4, ChangeKind::MessageCreated, "'m2'", 2),
        change(5, ChangeKind::MomentAnnotationWritten, "'a1'", 0),
    ]
}

pub(crate) fn what_an_older_build_stored_is_read_as_it_was(fixture: &impl Fixture) {
    assert_eq!(CUSTOMER, "acme");
    fixture.make_old(STEPS, &rows());
    in_store(fixture.open(), async |world: World| {
        assert_as_it_was(&world).await;
        world.append("c1", "m3", "third words").await.unwrap();
        let made = world.report("c1").await.unwrap();
        assert_eq!(made.sequence, 2);
        let log = world.changes().await;
        assert_eq!(log[6].part, Some(made.name.id));
        world.delete_message("c1", "m2").await.unwrap();
    });
    in_store(fixture.open(), async |world: World| {
        let messages = world.messages("c1").await;
        assert_eq!(messages.len(), 3);
        assert!(messages[1].delete_time.is_some());
        let remarks = remarks(&world).await;
        assert_eq!((remarks[0].body.end, remarks[0].stamps.version), (0, 2), "its place in the text is gone");
    });
}

async fn remarks(world: &World) -> Vec<hansard_domain::annotation::Annotation> {
    let name = world.name("c1");
    let read = move |reading: &hansard_store::Reading<'_>| {
        let conversation = reading.conversation(&name)?;
        Ok(reading.list_annotations(&conversation, AnnotationKind::Moment, 10, "")?.items)
    };
    world.read(read).await.unwrap()
}

async fn assert_as_it_was(world: &World) {
    let conversation = world.conversation("c1").await.unwrap();
    assert_eq!(*conversation.body, body());
    let messages = world.messages("c1").await;
    let said: Vec<_> = messages.iter().map(|message| message.content.text.as_str()).collect();
    assert_eq!(said, ["first words", "second words"]);
    let ids: Vec<_> = messages.iter().map(|message| message.name.id.as_str()).collect();
    assert_eq!(ids, [MESSAGE, "m2"]);
    assert_eq!((messages[0].update_time, messages[1].update_time), (NOON, Time(NOON.0 + 5)));
    assert_eq!(messages[1].content.send_time, Some(NOON));
    for expected in messages {
        let name = world.name("c1");
        let message_id = expected.name.id.clone();
        let read = move |reading: &hansard_store::Reading<'_>| {
            reading.message(&reading.conversation(&name)?, &message_id)
        };
        assert_eq!(world.read(read).await.unwrap(), expected, "found by its id");
    }
    let events = world.events("c1").await;
    assert_eq!((events[0].name.id.as_str(), events[0].actor.as_str()), (EVENT, KEY));
    assert_eq!(events[0].kind, EventType::ConversationUpdated);
    let payload = Payload::ConversationUpdated { paths: vec![HARD.to_owned()] };
    assert_eq!(events[0].content.payload, Some(payload));
    let remarks = remarks(world).await;
    assert_eq!(remarks[0].body.content.as_str(), MOMENT);
    assert_eq!((remarks[0].body.message.clone(), remarks[0].author.as_str()), (Some(id("m2")), KEY));
    let parts: Vec<_> = world.changes().await.into_iter().map(|change| change.part).collect();
    assert_eq!(parts, [None, Some(id(EVENT)), Some(id(MESSAGE)), Some(id("m2")), Some(id("a1"))]);
}
