//! What the members of one group owe each other, and what a failed write leaves: nothing.

use crate::{
    Fixture,
    gate::{Write, ticket, together, while_held},
    world::{
        CUSTOMER, Done, OTHER_CUSTOMER, World, begin, id, in_world, kind_of, metadata, on_purpose, safe,
    },
};
use hansard_domain::{
    Error, ErrorKind, Result,
    audit::AuditAction,
    conversation::{AudioAnalysis, NewConversation, PlatformInfo},
    message::{Attachment, Content, ToolCall, TranscriptionInfo, Word},
    metadata::{MetadataValue, MetadataValues},
    name::Collection,
    redact::Redactor,
};
use hansard_store::{Direct, Needs, Unit};

/// Whether a write was made or failed, as a group of different writes tells it.
type Told = Result<()>;

fn start<'w>(world: &'w World, conversation: &'w str) -> Write<'w, Told> {
    Box::pin(async move { world.start(conversation, NewConversation::default()).await.map(drop) })
}

fn append<'w>(world: &'w World, conversation: &'w str, message: &'w str) -> Write<'w, Told> {
    Box::pin(async move { world.append(conversation, message, message).await.map(drop) })
}

/// Starts a conversation with all that a write can queue, and ends as told.
fn start_and(world: &World, conversation: &str, end: fn() -> Result<()>) -> Write<'static, Told> {
    let (world, name) = (world.clone(), world.name(conversation));
    Box::pin(async move {
        let needs = Needs::new_conversation(&name);
        let work = move |unit: &mut Unit<'_>| {
            let mut new = NewConversation::default();
            new.fields.metadata = metadata("secret", "of the failed");
            let mut conversation = begin(unit, name, new)?;
            let message = conversation.append(id("m"), Content::default(), false, unit.now())?;
            unit.insert_message(&conversation, &message);
            unit.put(&conversation);
            unit.audit(AuditAction::SkipPiiRedaction, &conversation.name);
            end()
        };
        world.store.write(&world.scope, &ticket(), "start_and", needs, work).await.map(drop)
    })
}

/// Appends to a conversation, and ends as told.
fn append_and(
    world: &World,
    conversation: &str,
    message: &str,
    end: fn() -> Result<()>,
) -> Write<'static, Told> {
    let (world, name, id) = (world.clone(), world.name(conversation), id(message));
    Box::pin(async move {
        let needs = Needs::conversation(&name).messages([&id]);
        let work = move |unit: &mut Unit<'_>| {
            let mut conversation = unit.conversation(&name)?;
            let message = conversation.append(id, Content::default(), false, unit.now())?;
            unit.insert_message(&conversation, &message);
            unit.put(&conversation);
            end()
        };
        world.store.write(&world.scope, &ticket(), "append_and", needs, work).await.map(drop)
    })
}

fn fail() -> Result<()> {
    Err(on_purpose())
}

fn panic() -> Result<()> {
    panic!("on purpose")
}

pub(crate) fn a_failed_write_leaves_nothing_and_its_neighbours_commit(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        failing_among_others(fixture, &world, fail, ErrorKind::FailedPrecondition).await;
    });
}

pub(crate) fn a_panic_fails_only_its_own_write(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        failing_among_others(fixture, &world, panic, ErrorKind::Internal).await;
        let alone = |_: &mut Direct<'_>| -> Result<()> { panic!("on purpose") };
        let outcome = world.store.transact(&world.scope, &ticket(), "panic", alone).await;
        assert_eq!(kind_of(outcome), ErrorKind::Internal);
        let read = world.read(|_| -> Result<()> { panic!("on purpose") }).await;
        assert_eq!(kind_of(read), ErrorKind::Internal);
        world.append("first", "after", "all is well").await.unwrap();
    });
}

async fn failing_among_others(
    fixture: &impl Fixture,
    world: &World,
    end: fn() -> Result<()>,
    kind: ErrorKind,
) {
    let writes = vec![
        start(world, "first"),
        start_and(world, "failed", end),
        append_and(world, "first", "lost", end),
        append(world, "first", "kept"),
        start(world, "second"),
    ];
    let outcomes = together(&world.store, &world.scope, writes).await;
    let kinds: Vec<_> = outcomes.iter().map(|told| told.as_ref().err().map(Error::kind)).collect();
    assert_eq!(kinds, [None, Some(kind), Some(kind), None, None]);
    assert_eq!(kind_of(world.conversation("failed").await), ErrorKind::NotFound);
    assert_eq!(fixture.rows_with("failed"), [].into());
    assert_eq!(fixture.rows_with("lost"), [].into());
    let messages = world.messages("first").await;
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].name.id.as_str(), messages[0].position), ("kept", 1));
    assert_eq!(world.conversation("first").await.unwrap().counters.messages, 1);
    assert_eq!(world.conversation("second").await.unwrap().number, 2, "the failed one took no number");
    let cursors: Vec<i64> = world.changes().await.iter().map(|change| change.cursor.0).collect();
    assert_eq!(cursors, [1, 2, 3, 4, 5], "nor a number of the log");
}

pub(crate) fn a_failed_write_alone_leaves_nothing(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        let before = world.conversation("c").await.unwrap();
        let names = [world.name("c"), world.name("failed")];
        let work = move |direct: &mut Direct<'_>| -> Result<()> {
            let conversation = direct.conversation(&names[0])?;
            direct.add_conversation_tag(&conversation, &id("lost"))?;
            direct.audit(AuditAction::DeleteConversation, "lost");
            begin(direct, names[1].clone(), NewConversation::default())?;
            direct.delete_conversation(&conversation)?;
            Err(on_purpose())
        };
        let outcome = world.store.transact(&world.scope, &ticket(), "fail", work).await;
        assert_eq!(kind_of(outcome), ErrorKind::FailedPrecondition);
        assert_eq!(world.conversation("c").await.unwrap(), before);
        assert_eq!(fixture.rows_with("lost"), [].into());
        assert_eq!(fixture.rows_with("failed"), [].into());
        assert_eq!(world.changes().await.len(), 2);
        assert_eq!(world.start("next", NewConversation::default()).await.unwrap().0.number, 2);
    });
}

pub(crate) fn members_see_what_the_ones_before_put(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let seen = |message: &'static str, text: &'static str| -> Write<'_, (bool, String, i32)> {
            let world = world.clone();
            Box::pin(async move {
                let appended = world.append("c", message, text).await.unwrap();
                let message = appended.message;
                (appended.created, message.content.text.as_str().to_owned(), message.position)
            })
        };
        let begun: Write<'_, (bool, String, i32)> = Box::pin(async {
            let (_, created) = world.start("c", NewConversation::default()).await.unwrap();
            (created, String::new(), 0)
        });
        let begun_again: Write<'_, (bool, String, i32)> = Box::pin(async {
            let (conversation, created) = world.start("c", NewConversation::default()).await.unwrap();
            (created, String::new(), conversation.counters.messages)
        });
        let deleted: Write<'_, (bool, String, i32)> = Box::pin(async {
            world.delete_message("c", "a").await.unwrap();
            (false, String::new(), 0)
        });
        let writes = vec![
            begun,
            seen("a", "one"),
            seen("a", "two"),
            begun_again,
            deleted,
            seen("a", "three"),
            seen("b", "four"),
        ];
        let outcomes = together(&world.store, &world.scope, writes).await;
        let expected = [
            (true, "", 0),
            (true, "one", 1),
            (false, "one", 1),
            (false, "", 1),
            (false, "", 0),
            (false, "", 1),
            (true, "four", 2),
        ];
        assert_eq!(outcomes, expected.map(|(created, text, number)| (created, text.to_owned(), number)));
        let messages = world.messages("c").await;
        assert!(messages[0].delete_time.is_some() && messages[0].content.text.is_empty());
        assert_eq!(messages[1].content.text, safe("four"));
    });
}

/// More than one group takes, of two profiles and three conversations.
pub(crate) fn a_great_many_at_once_lose_nothing(fixture: &impl Fixture) {
    const EACH: i32 = 250;
    in_world(fixture, async |world| {
        let sales = world.at(CUSTOMER, "sales");
        let places = [(&world, "a"), (&world, "b"), (&sales, "a")];
        for (world, conversation) in places {
            world.start(conversation, NewConversation::default()).await.unwrap();
        }
        let ids: Vec<String> = (1..=EACH).map(|number| format!("m{number}")).collect();
        let writes =
            ids.iter().flat_map(|id| places.map(|(world, conversation)| append(world, conversation, id)));
        let outcomes = while_held(&world.store, &world.scope, writes.collect()).await;
        assert!(outcomes.iter().all(|(outcome, _)| outcome.is_ok()));
        for (world, conversation) in places {
            let listed = world.messages(conversation).await;
            let listed: Vec<_> = listed.iter().map(|message| message.name.id.as_str()).collect();
            assert_eq!(listed, ids, "all of them, in their order");
        }
        for (world, conversations) in [(&world, 2), (&sales, 1)] {
            let cursors: Vec<i64> = world.changes().await.iter().map(|change| change.cursor.0).collect();
            assert_eq!(cursors, (1..=i64::from(conversations * (EACH + 2))).collect::<Vec<_>>());
        }
    });
}

pub(crate) fn what_a_write_did_not_declare_is_refused(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        world.append("c", "m", "text").await.unwrap();
        let needs = || Needs::conversation(&world.name("c"));
        let (one, other) = (world.name("c"), world.name("other"));
        let conversation = move |unit: &mut Unit<'_>| unit.find_conversation(&other).map(|_| ());
        let new = {
            let other = world.name("other");
            move |unit: &mut Unit<'_>| unit.new_number(&other).map(|_| ())
        };
        let name = one.clone();
        let message = move |unit: &mut Unit<'_>| {
            let conversation = unit.conversation(&name)?;
            unit.find_message(&conversation, &id("m")).map(|_| ())
        };
        let event = move |unit: &mut Unit<'_>| {
            let conversation = unit.conversation(&one)?;
            unit.find_event(&conversation, &id("e")).map(|_| ())
        };
        let refused = [
            world.store.write(&world.scope, &ticket(), "undeclared", needs(), conversation).await,
            world.store.write(&world.scope, &ticket(), "undeclared", needs(), new).await,
            world.store.write(&world.scope, &ticket(), "undeclared", needs(), message).await,
            world.store.write(&world.scope, &ticket(), "undeclared", needs(), event).await,
        ];
        assert_eq!(refused.map(kind_of), [ErrorKind::Internal; 4]);
    });
}

pub(crate) fn a_profile_deleted_meanwhile_fails_only_its_own_writes(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let gone = world.at(CUSTOMER, "sales");
        let deletion: Write<'_, Told> = Box::pin(world.delete_profile(CUSTOMER, "sales"));
        let tag: Write<'_, Told> = Box::pin(gone.tag("c", "t"));
        let writes = vec![deletion, start(&world, "c"), start(&gone, "c"), append(&world, "c", "m"), tag];
        let outcomes = together(&world.store, &world.scope, writes).await;
        let kinds: Vec<_> = outcomes.iter().map(|told| told.as_ref().err().map(Error::kind)).collect();
        assert_eq!(kinds, [None, None, Some(ErrorKind::NotFound), None, Some(ErrorKind::NotFound)]);
    });
}

/// The store may give a key of its own again; what was admitted to the old profile is not to the new one.
pub(crate) fn a_profile_made_anew_meanwhile_takes_no_writes_of_the_old_one(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.make_profile(CUSTOMER, "last").await;
        let gone = world.at(CUSTOMER, "last");
        let deletion: Write<'_, Told> = Box::pin(world.delete_profile(CUSTOMER, "last"));
        let making: Write<'_, Told> = Box::pin(async {
            world.make_profile(OTHER_CUSTOMER, "foreign").await;
            Ok(())
        });
        let outcomes =
            together(&world.store, &world.scope, vec![deletion, making, start(&gone, "astray")]).await;
        assert_eq!(outcomes[2].as_ref().err().map(Error::kind), Some(ErrorKind::NotFound));
        assert_eq!(fixture.rows_with("astray"), [].into());
        let foreign = world.at(OTHER_CUSTOMER, "foreign");
        assert_eq!(kind_of(foreign.conversation("astray").await), ErrorKind::NotFound);
        assert!(world.put_entry(Collection::Tag, "t", Default::default()).await.is_ok());
    });
}

/// Every bit of every number and every code point comes back.
pub(crate) fn what_is_read_back_is_what_was_put(fixture: &impl Fixture) {
    const HARD: [f64; 6] =
        [0.1 + 0.2, 5e-324, f64::MAX, -1.797_693_134_862_315e308, 9_007_199_254_740_993.0, 1.0 / 3.0];
    const TEXT: &str = "a\u{1}\n\u{2028}\"\\ 🙂 e\u{301} \u{10ffff} ՝ %_!";
    let spread = || (0..2000).map(|number: i32| f64::from(number).exp() * f64::from(number).sin());
    in_world(fixture, async |world| {
        let mut new = NewConversation::default();
        let energy = HARD.into_iter().chain(spread().filter(|energy| energy.is_finite())).collect();
        new.fields.audio_analysis = Some(AudioAnalysis { agent_audio_energy: energy, ..Default::default() });
        let values = HARD.map(MetadataValue::Number).into_iter();
        let values = values.chain([MetadataValue::Boolean(true), MetadataValue::Text(safe(TEXT))]).collect();
        new.fields.metadata.insert(TEXT.to_owned(), MetadataValues { values, ..Default::default() });
        let json = serde_json::json!({ TEXT: [HARD, TEXT, null, u64::MAX, i64::MIN, { "b": 1, "a": 2 }] });
        let original_event_data = Redactor::NONE.json(json);
        new.fields.platform_info =
            Some(PlatformInfo { original_event_data: original_event_data.clone(), ..Default::default() });
        let put = world.start("c", new).await.unwrap().0;
        assert_eq!(world.conversation("c").await.unwrap(), put);
        let words = spread().filter(|value| value.is_finite()).take(50);
        let words =
            words.map(|confidence| Word { word: safe(TEXT), confidence, ..Default::default() }).collect();
        let content = Content {
            text: safe(TEXT),
            text_html: safe(TEXT),
            transcription_info: Some(TranscriptionInfo { words, confidence: HARD[0], ..Default::default() }),
            attachments: vec![Attachment { size_bytes: i64::MAX, ..Default::default() }],
            tool_calls: vec![ToolCall { arguments: original_event_data, ..Default::default() }],
            ..Content::default()
        };
        let (name, needs) = (world.name("c"), Needs::conversation(&world.name("c")));
        let work = move |unit: &mut Unit<'_>| {
            let mut conversation = unit.conversation(&name)?;
            let message = conversation.append(id("m"), content, false, unit.now())?;
            unit.insert_message(&conversation, &message);
            unit.put(&conversation);
            Ok(Done(message))
        };
        let put = world.store.write(&world.scope, &ticket(), "append", needs, work).await.unwrap();
        assert_eq!(world.messages("c").await, [crate::world::fresh(put).0]);
    });
}
