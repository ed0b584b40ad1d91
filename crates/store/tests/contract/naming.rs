//! Display names: found by any part of them, by what they are now.

use crate::{
    Fixture,
    gate::ticket,
    world::{World, in_new_store, safe},
};
use hansard_domain::{conversation::NewConversation, event::EventType, filter::Filter};
use hansard_store::{ManualTimeSource, Needs, Unit};

async fn rename(world: &World, conversation: &str, display_name: &str) {
    let (name, display_name) = (world.name(conversation), safe(display_name));
    let work = move |unit: &mut Unit<'_>| {
        let mut conversation = unit.conversation(&name)?;
        conversation.set_display_name(display_name, unit.now())?;
        unit.tell(&mut conversation, EventType::ConversationUpdated, None)?;
        unit.put(&conversation);
        Ok(())
    };
    let needs = Needs::conversation(&world.name(conversation));
    world.store.write(&world.scope, &ticket(), "rename", needs, work).await.unwrap();
}

/// How many conversations have five times this letter in their name.
pub(crate) async fn with_five(world: &World) -> i64 {
    let filter = Filter { display_name_contains: "AAAAA".to_owned(), ..Filter::default() };
    world.read(move |reading| reading.count_conversations(&filter)).await.unwrap()
}

pub(crate) fn named(display_name: &str) -> NewConversation {
    let mut new = NewConversation::default();
    new.fields.display_name = safe(display_name);
    new
}

/// All in one moment, and with names of the same letters: neither a time nor a term tells them apart.
pub(crate) fn a_name_is_found_by_what_it_is_now(fixture: &impl Fixture) {
    in_new_store(fixture.open_at(ManualTimeSource::new()), async |world| {
        world.start("c", named("aaaa")).await.unwrap();
        for (name, expected) in [("aaaa", 0), ("aaaaa", 1), ("aaaaaa", 1), ("aaaa", 0)] {
            rename(&world, "c", name).await;
            for look in ["the first", "the second"] {
                assert_eq!(with_five(&world).await, expected, "{look} look at {name:?}");
            }
        }
    });
}
