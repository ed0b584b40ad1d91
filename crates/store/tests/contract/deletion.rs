//! What is deleted is gone: from every table at once, and soon from the bytes of the files.

use crate::{
    Files, Fixture,
    gate::ticket,
    world::{World, begin, id, in_world, kind_of, metadata, on_purpose, safe},
};
use hansard_domain::{
    ErrorKind,
    annotation::AnnotationKind,
    change::ChangeKind,
    conversation::NewConversation,
    event::{EventType, NewEvent},
    message::Content,
};
use hansard_store::Direct;
use std::time::{Duration, Instant};

const GONE_WITHIN: Duration = Duration::from_secs(10);
/// In everything that is said in the conversation to be deleted, and nowhere else.
const SECRET: &str = "xylophone-7261";

/// Conversations whose rows lie among each other's, on pages that have been split; one holds the secret.
async fn populate(world: &World) {
    for conversation in 0..4 {
        let said = said_in(conversation);
        let mut new = NewConversation::default();
        new.fields.display_name = safe(&said);
        new.fields.correlation_id.clone_from(&said);
        new.fields.metadata = metadata("topic", &said);
        world.start(&format!("c{conversation}"), new).await.unwrap();
    }
    for round in 0..12 {
        for conversation in 0..4 {
            let said = said_in(conversation);
            // From short texts to such as fill several pages.
            let text = |number: usize| format!("{} {number} {said}", "padding ".repeat(number * number * 20));
            let messages: Vec<_> =
                (0..10).map(|number| (format!("m{round}-{number}"), text(number))).collect();
            world.append_batch(&format!("c{conversation}"), &messages).await.unwrap();
            world.report(&format!("c{conversation}")).await.unwrap();
        }
    }
    for conversation in 0..4 {
        let name = format!("c{conversation}");
        world.tag(&name, "vip").await.unwrap();
        world.remark(&name, AnnotationKind::Comment, "a", &said_in(conversation)).await.unwrap();
        world.score(&name, &format!("s{conversation}"), &said_in(conversation)).await.unwrap();
    }
}

fn said_in(conversation: usize) -> String {
    if conversation == 1 { SECRET.to_owned() } else { format!("harmless-{conversation}") }
}

pub(crate) fn a_deleted_conversation_is_in_no_table(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world).await;
        let before = fixture.rows_of_conversation(2);
        let tables: Vec<_> = before.keys().map(String::as_str).collect();
        let expected = [
            "annotation",
            "change",
            "conversation",
            "conversation_counter",
            "conversation_tag",
            "event",
            "fresh_terms",
            "message",
            "scorecard",
        ];
        assert_eq!(tables, expected, "a new table of conversations belongs into this test");
        let neighbour = fixture.rows_of_conversation(3);
        world.delete("c1").await.unwrap();
        let left = fixture.rows_of_conversation(2);
        assert_eq!(left.keys().collect::<Vec<_>>(), ["change"], "the log alone keeps the name");
        assert_eq!(left["change"], before["change"] + 1);
        assert_eq!(fixture.rows_of_conversation(3), neighbour);
        assert_eq!(fixture.rows_with(SECRET), [].into());
        assert_eq!(kind_of(world.conversation("c1").await), ErrorKind::NotFound);
        assert_eq!(kind_of(world.delete("c1").await), ErrorKind::NotFound);
    });
}

pub(crate) fn a_deleted_conversation_is_in_no_file(fixture: &impl Files) {
    in_world(fixture, async |world| {
        populate(&world).await;
        assert!(!fixture.files_with(SECRET).is_empty(), "the test can find the text");
        world.delete("c1").await.unwrap();
        world.store.request_truncate();
        await_gone(fixture, SECRET);
        assert!(!fixture.files_with("harmless-2").is_empty(), "what others said stays");
    });
}

pub(crate) fn a_deleted_message_is_in_no_file(fixture: &impl Files) {
    in_world(fixture, async |world| {
        populate(&world).await;
        let text = format!("{SECRET}-said-once {}", "padding ".repeat(3000));
        world.append("c0", "long", &text).await.unwrap();
        world.append("c0", "short", &format!("{SECRET}-said-once")).await.unwrap();
        for message in ["long", "short"] {
            world.delete_message("c0", message).await.unwrap();
        }
        world.store.request_truncate();
        await_gone(fixture, &format!("{SECRET}-said-once"));
        let messages = world.messages("c0").await;
        assert_eq!(messages.len(), 122, "the tombstones keep their places");
        assert!(messages[120..].iter().all(|message| message.delete_time.is_some()));
    });
}

fn await_gone(fixture: &impl Files, text: &str) {
    let until = Instant::now() + GONE_WITHIN;
    loop {
        let files = fixture.files_with(text);
        if files.is_empty() {
            return;
        }
        assert!(Instant::now() < until, "the text is still in {files:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn a_conversation_begun_again_inherits_nothing(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world).await;
        world.delete("c1").await.unwrap();
        let (begun, created) = world.start("c1", NewConversation::default()).await.unwrap();
        assert!(created);
        assert_eq!(begun.number, 5);
        assert_eq!(world.messages("c1").await, []);
        assert_eq!(world.events("c1").await.len(), 1);
        let name = world.name("c1");
        let view = world.read(move |reading| reading.view(reading.conversation(&name)?)).await.unwrap();
        assert_eq!(view.tags, []);
        let kinds: Vec<_> = world.changes().await.iter().rev().take(3).map(|change| change.kind).collect();
        assert_eq!(
            kinds,
            [ChangeKind::EventCreated, ChangeKind::ConversationStarted, ChangeKind::ConversationDeleted]
        );
    });
}

/// What a write queued before it deletes must not come back when its rows are written.
pub(crate) fn a_write_may_change_and_then_delete(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world).await;
        let (name, new) = (world.name("c1"), world.name("c9"));
        let work = move |direct: &mut Direct<'_>| {
            let mut conversation = direct.conversation(&name)?;
            let message = conversation.append(id("late"), Content::default(), false, direct.now())?;
            direct.insert_message(&conversation, &message);
            conversation.upsert_metadata(metadata("late", SECRET), direct.now())?;
            direct.tell(&mut conversation, EventType::ConversationHold, None)?;
            direct.put(&conversation);
            direct.delete_conversation(&conversation)?;
            let begun = begin(direct, new, NewConversation::default())?;
            direct.delete_conversation(&begun)
        };
        world.store.transact(&world.scope, &ticket(), "change_and_delete", work).await.unwrap();
        for number in [2, 5] {
            assert_eq!(fixture.rows_of_conversation(number).keys().collect::<Vec<_>>(), ["change"]);
        }
        assert_eq!(fixture.rows_with(SECRET), [].into());
        assert_eq!(world.start("c1", NewConversation::default()).await.unwrap().0.number, 6);
    });
}

pub(crate) fn a_deletion_leaves_what_was_queued_for_others(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        for conversation in ["gone", "kept"] {
            world.start(conversation, NewConversation::default()).await.unwrap();
        }
        let (gone, kept) = (world.name("gone"), world.name("kept"));
        let work = move |direct: &mut Direct<'_>| {
            let mut queued = Vec::new();
            for name in [&gone, &kept] {
                let mut conversation = direct.conversation(name)?;
                let message = conversation.append(id("m"), Content::default(), false, direct.now())?;
                direct.insert_message(&conversation, &message);
                let hold = NewEvent { kind: EventType::ConversationHold, ..NewEvent::default() };
                let event = direct.add_event(&mut conversation, hold)?;
                direct.put(&conversation);
                queued.push((conversation, message, event));
            }
            direct.delete_conversation(&queued[0].0)?;
            let (conversation, message, event) = &queued[1];
            let found = direct.find_message(conversation, &message.name.id)?.as_ref() == Some(message)
                && direct.find_event(conversation, &event.name.id)?.as_ref() == Some(event);
            if found { Ok(()) } else { Err(on_purpose()) }
        };
        world.store.transact(&world.scope, &ticket(), "test", work).await.unwrap();
        assert_eq!(world.messages("kept").await.len(), 1);
        assert!(world.conversation("gone").await.is_err());
    });
}
