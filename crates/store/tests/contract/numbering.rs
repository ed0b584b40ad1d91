//! Numbers: 1, 2, 3 ... without gap or repeat, whoever writes at the same time.

use crate::{
    Fixture,
    gate::ticket,
    world::{Appended, World, begin, in_world, safe},
};
use hansard_domain::{change::ChangeKind, conversation::NewConversation};
use hansard_store::Direct;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

const WRITERS: usize = 32;
const WRITES: usize = 12;
const CONVERSATIONS: usize = 4;

pub(crate) fn positions_and_sequences_have_no_gap_under_concurrency(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        for conversation in 0..CONVERSATIONS {
            world.start(&format!("c{conversation}"), NewConversation::default()).await.unwrap();
        }
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            writers.spawn(write_some(world.clone(), writer));
        }
        writers.join_all().await;
        let each = WRITERS * WRITES / CONVERSATIONS;
        for conversation in 0..CONVERSATIONS {
            let conversation = format!("c{conversation}");
            let messages = world.messages(&conversation).await;
            assert_eq!(messages.len(), each);
            assert!((1..).zip(&messages).all(|(position, message)| message.position == position));
            let texts: BTreeSet<_> = messages.iter().map(|message| message.content.text.clone()).collect();
            assert_eq!(texts.len(), each, "each message once");
            let events = world.events(&conversation).await;
            assert_eq!(events.len(), each + 1);
            assert!((1..).zip(&events).all(|(sequence, event)| event.sequence == sequence));
            let counters = world.conversation(&conversation).await.unwrap().counters;
            assert_eq!((counters.messages as usize, counters.events as usize), (each, each + 1));
        }
    });
}

async fn write_some(world: World, writer: usize) {
    for number in 0..WRITES {
        let conversation = format!("c{}", (writer + number) % CONVERSATIONS);
        let message = format!("m{writer}-{number}");
        let appended = world.append(&conversation, &message, &message).await.unwrap();
        assert!(appended.created && appended.message.position > 0);
        world.report(&conversation).await.unwrap();
    }
}

pub(crate) fn one_message_id_from_many_writers_is_one_message(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        for round in 0..8 {
            let message = format!("m{round}");
            let mut writers = JoinSet::new();
            for writer in 0..WRITERS {
                let (world, message) = (world.clone(), message.clone());
                writers.spawn(async move {
                    world.append("c", &message, &format!("from {writer}")).await.unwrap()
                });
            }
            let outcomes: Vec<Appended> = writers.join_all().await;
            assert_eq!(outcomes.iter().filter(|outcome| outcome.created).count(), 1);
            assert!(outcomes.iter().all(|outcome| outcome.message == outcomes[0].message));
        }
        assert_eq!(world.messages("c").await.len(), 8);
        let created = |kind| kind == ChangeKind::MessageCreated;
        let changes = world.changes().await;
        assert_eq!(changes.iter().filter(|change| created(change.kind)).count(), 8);
    });
}

pub(crate) fn conversation_numbers_have_no_gap(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let world = world.clone();
            writers.spawn(async move {
                let new = NewConversation::default();
                world.start(&format!("c{writer}"), new).await.unwrap().0.number
            });
        }
        let numbers: BTreeSet<i64> = writers.join_all().await.into_iter().collect();
        assert_eq!(numbers, (1..=WRITERS as i64).collect());
        let elsewhere = world.at("acme", "sales").start("c0", NewConversation::default()).await.unwrap().0;
        assert_eq!(elsewhere.number, 1, "each profile counts for itself");
    });
}

pub(crate) fn one_conversation_id_from_many_writers_is_one_conversation(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let world = world.clone();
            writers.spawn(async move {
                let mut new = NewConversation::default();
                new.fields.display_name = safe(&format!("from {writer}"));
                world.start("c", new).await.unwrap()
            });
        }
        let outcomes = writers.join_all().await;
        assert_eq!(outcomes.iter().filter(|(_, created)| *created).count(), 1);
        assert!(outcomes.iter().all(|(conversation, _)| *conversation == outcomes[0].0));
        let next = world.start("next", NewConversation::default()).await.unwrap().0;
        assert_eq!(next.number, 2, "those that found it took no number");
    });
}

/// The change log and the wire's legacyChatId name a conversation by its number for good.
pub(crate) fn numbers_of_deleted_conversations_are_not_given_again(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        for number in 1..=3 {
            let started = world.start("c", NewConversation::default()).await.unwrap().0;
            assert_eq!(started.number, number);
            world.delete("c").await.unwrap();
        }
        assert!(world.read(|reading| reading.by_legacy_id(3)).await.is_err());
    });
}

pub(crate) fn conversations_of_one_write_are_numbered_on(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("first", NewConversation::default()).await.unwrap();
        let names = ["second", "third", "fourth"].map(|conversation| world.name(conversation));
        let work = move |direct: &mut Direct<'_>| {
            names.into_iter().try_for_each(|name| begin(direct, name, NewConversation::default()).map(drop))
        };
        world.store.transact(&world.scope, &ticket(), "test", work).await.unwrap();
        for (number, conversation) in (1..).zip(["first", "second", "third", "fourth"]) {
            assert_eq!(world.conversation(conversation).await.unwrap().number, number);
        }
        assert_eq!(world.start("fifth", NewConversation::default()).await.unwrap().0.number, 5);
    });
}
