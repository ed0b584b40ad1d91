//! Display names: found by any part of them, by what they are now.

use crate::{
    Fixture,
    gate::ticket,
    world::{World, in_world, safe},
};
use hansard_domain::{conversation::NewConversation, event::EventType, filter::Filter};
use hansard_store::{Needs, Unit};

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

/// A part that no other part of the name tells from it by its letters alone.
pub(crate) fn a_name_is_found_by_what_it_is_now(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        for (name, expected) in [("aaaa", 0), ("aaaaa", 1), ("Anna aaaaaa", 1), ("aaaa Anna", 0)] {
            rename(&world, "c", name).await;
            for look in ["the first", "the second"] {
                let filter = Filter { display_name_contains: "AAAAA".to_owned(), ..Filter::default() };
                let count = world.read(move |reading| reading.count_conversations(&filter)).await.unwrap();
                assert_eq!(count, expected, "{look} look at {name:?}");
            }
        }
    });
}
