//! What is due to be deleted is found by the index, and looked at once more by the write that deletes it.

use crate::{
    Fixture,
    gate::ticket,
    world::{Done, World, fresh, in_world},
};
use hansard_domain::{
    Result, Span, Time,
    change::ChangeKind,
    conversation::{NewConversation, PersistenceState, State, Status},
    retention::{Policy, Rule},
};
use hansard_store::{Direct, DuePage, Needs, Reading, Unit};
use std::sync::Arc;

/// Ten days after their end; failed ones after two.
fn policy() -> Policy {
    let failed = Rule { days: 2, statuses: vec![Status::Failed], ..Rule::default() };
    Policy { rules: vec![failed, Rule { days: 10, ..Rule::default() }] }
}

/// Starts conversations that have ended at once: by each rule, by their own word, held, and not due by anything.
async fn populate(world: &World) {
    let with = |id: &'static str, set: fn(&mut NewConversation)| {
        let mut new = NewConversation { state: State::Closed, ..NewConversation::default() };
        set(&mut new);
        (id, new)
    };
    let all = [
        with("completed", |_| {}),
        with("failed", |new| new.status = Status::Failed),
        with("own", |new| new.fields.retention_days = 1),
        with("marked", |new| new.fields.persistence_state = PersistenceState::ToBeDeleted),
        with("held", |new| (new.fields.retention_days, new.fields.legal_hold) = (1, true)),
        with("live", |new| new.state = State::Live),
    ];
    for (id, new) in all {
        world.start(id, new).await.unwrap();
    }
}

async fn due(world: &World, now: Time) -> DuePage {
    world.read(move |reading| reading.due_page(&policy(), now, 0, 10)).await.unwrap()
}

/// Deletes what is still due of the numbers, as a sweep does; answers how many.
async fn sweep(world: &World, numbers: Vec<i64>, now: Time) -> Result<usize> {
    let work = move |direct: &mut Direct<'_>| {
        let mut deleted = 0;
        for number in numbers {
            let Some(conversation) = direct.by_number(number)? else { continue };
            if conversation.due_time(&policy()).is_some_and(|due| due <= now) {
                direct.delete_conversation(&conversation)?;
                deleted += 1;
            }
        }
        Ok(Done(deleted))
    };
    let written = world.store.transact(&world.scope, &ticket(), "expire", work).await?;
    Ok(fresh(written).0)
}

pub(crate) fn what_is_due_is_found_and_deleted(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world).await;
        let start = world.store.now();
        let steps = [(0, vec![4], 0), (1, vec![3, 4], 1), (2, vec![2, 3, 4], 1), (10, vec![1, 2, 3, 4], 1)];
        for (days, expected, held) in steps {
            let now = start.plus(Span::days(days));
            let mut page = due(&world, now).await;
            page.due.sort_unstable();
            assert_eq!((page.due, page.held, page.next), (expected.clone(), held, None), "after {days} days");
            let read = move |reading: &Reading<'_>| reading.preview_retention(&policy(), now, 2);
            let preview = world.read(read).await.unwrap();
            assert_eq!((preview.due, preview.held), (expected.len() as i64, held), "after {days} days");
            assert_eq!(preview.sample[0].as_str(), "marked", "it has been due for longest");
        }
        let now = start.plus(Span::days(10));
        assert_eq!(sweep(&world, vec![1, 2, 3, 4, 5, 6], now).await.unwrap(), 4);
        assert_eq!(sweep(&world, vec![1, 2, 3, 4, 5, 6], now).await.unwrap(), 0, "another finds it done");
        let left = due(&world, now).await;
        assert_eq!((left.due, left.held), (vec![], 1));
        for gone in 1..=4 {
            assert_eq!(fixture.rows_of_conversation(gone).keys().collect::<Vec<_>>(), ["change"]);
        }
        assert!(world.conversation("held").await.is_ok() && world.conversation("live").await.is_ok());
    });
}

pub(crate) fn a_hold_that_comes_meanwhile_keeps_what_was_due(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world).await;
        let now = world.store.now().plus(Span::days(20));
        let found = due(&world, now).await.due;
        assert!(found.contains(&1));
        let name = world.name("completed");
        let hold = move |unit: &mut Unit<'_>| {
            let mut conversation = unit.conversation(&name)?;
            Arc::make_mut(&mut conversation.body).fields.legal_hold = true;
            unit.put(&conversation);
            unit.record(&conversation, ChangeKind::ConversationUpdated, None, 0);
            Ok(())
        };
        let needs = Needs::conversation(&world.name("completed"));
        world.store.write(&world.scope, &ticket(), "hold", needs, hold).await.unwrap();
        assert_eq!(sweep(&world, found, now).await.unwrap(), 3);
        assert!(world.conversation("completed").await.is_ok());
        let left = due(&world, now).await;
        assert_eq!((left.due, left.held), (vec![], 2), "the index knows of the hold");
        let (again, _) = world.start("again", NewConversation::default()).await.unwrap();
        assert_eq!(again.number, 7, "no number is given again");
    });
}
