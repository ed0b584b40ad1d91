//! Steps of the system clock: an hour back, years ahead, while the store is open and while it is not.

use crate::{
    Fixture,
    idempotency::{append, is_fresh, replayed},
    world::{World, in_new_store, in_store},
};
use hansard_domain::{Span, Time, conversation::NewConversation};
use hansard_store::ManualTimeSource;
use std::time::Duration;

const BACK: Span = Span::hours(-1);
const YEARS: Span = Span::hours(5 * 365 * 24);
const HOUR: Duration = Duration::from_secs(3600);

/// Demands that everything was stored in the order of its times, and answers the last of them.
async fn last_time_in_order(world: &World) -> Time {
    let messages = world.messages("c").await;
    let positions: Vec<i32> = messages.iter().map(|message| message.position).collect();
    assert_eq!(positions, (1..=positions.len() as i32).collect::<Vec<_>>());
    assert!(messages.is_sorted_by_key(|message| message.create_time), "{messages:#?}");
    let changes = world.changes().await;
    assert!(changes.is_sorted_by_key(|change| change.cursor));
    assert!(changes.is_sorted_by_key(|change| change.change_time), "{changes:#?}");
    changes.last().unwrap().change_time
}

pub(crate) fn steps_change_no_order(fixture: &impl Fixture) {
    let time = ManualTimeSource::new();
    in_new_store(fixture.open_at(time.clone()), async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        let steps = [BACK, YEARS, BACK, Span(-YEARS.0), Span::seconds(-1), YEARS];
        for (number, step) in steps.into_iter().enumerate() {
            let before = world.store.now();
            time.step(step);
            for part in 0..3 {
                world.append("c", &format!("m{number}-{part}"), "text").await.unwrap();
                time.pass(Duration::from_secs(10));
            }
            let moved = world.store.now().since(before);
            assert!((27_000_000..=33_000_000).contains(&moved.0), "30 s and a tenth: {moved:?}");
        }
        last_time_in_order(&world).await;
    });
}

pub(crate) fn steps_end_no_kept_answer_early(fixture: &impl Fixture) {
    let time = ManualTimeSource::new();
    in_new_store(fixture.open_at(time.clone()), async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        append(&world, "k", "m", "text").await.unwrap();
        for step in [YEARS, BACK] {
            time.step(step);
            world.store.upkeep(Vec::new()).await.unwrap();
            replayed(append(&world, "k", "m", "text").await);
        }
        time.pass(72 * HOUR - Duration::from_secs(1));
        world.store.upkeep(Vec::new()).await.unwrap();
        replayed(append(&world, "k", "m", "text").await);
        time.pass(Duration::from_secs(2));
        assert!(is_fresh(&append(&world, "k", "n", "text").await), "nor late");
    });
}

pub(crate) fn a_start_with_another_clock_changes_no_order_and_forgets_nothing(fixture: &impl Fixture) {
    let time = ManualTimeSource::new();
    let mut last = Time(0);
    in_new_store(fixture.open_at(time.clone()), async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        append(&world, "k", "m", "text").await.unwrap();
        last = last_time_in_order(&world).await;
    });
    for (number, step) in [Span::hours(-3), YEARS, BACK].into_iter().enumerate() {
        time.step(step);
        in_store(fixture.open_at(time.clone()), async |world| {
            replayed(append(&world, "k", "m", "text").await);
            world.append("c", &format!("n{number}"), "text").await.unwrap();
            world.store.upkeep(Vec::new()).await.unwrap();
            replayed(append(&world, "k", "m", "text").await);
            let latest = last_time_in_order(&world).await;
            assert!(latest >= last, "after step {number}");
            last = latest;
        });
    }
}
