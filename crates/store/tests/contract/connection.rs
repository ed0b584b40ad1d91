//! What a store on a server promises when its connections are cut, by the server or on the way.

use crate::{
    postgres::Postgres,
    world::{World, in_world, kind_of},
};
use hansard_domain::{ErrorKind, conversation::NewConversation};
use hansard_store::Health;
use std::time::{Duration, Instant};

const HEALED_WITHIN: Duration = Duration::from_secs(10);

/// Appends until one succeeds; what fails meanwhile fails so that it can be tried again.
async fn append_at_last(world: &World, message: &str) {
    let until = Instant::now() + HEALED_WITHIN;
    while let Err(error) = world.append("c", message, "said").await {
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        assert!(Instant::now() < until, "writes do not go on: {error:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) fn connections_that_were_cut_are_made_anew<const IS_POOLED: bool>(fixture: &Postgres<IS_POOLED>) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        for round in 0..5 {
            append_at_last(&world, &format!("before-{round}")).await;
            assert!(fixture.cut_connections() >= 2, "there is one that writes and one that reads");
            append_at_last(&world, &format!("after-{round}")).await;
            assert_eq!(world.messages("c").await.len(), 2 * (round + 1), "reads go on at once");
        }
        assert_eq!(*world.store.health().borrow(), Health::Ready);
    });
}

pub(crate) fn a_write_whose_connection_is_cut_stores_nothing<const IS_POOLED: bool>(
    fixture: &Postgres<IS_POOLED>,
) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        let name = world.name("c");
        std::thread::scope(|scope| {
            let (inside, entered) = std::sync::mpsc::channel();
            let (release, released) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || {
                entered.recv().unwrap();
                fixture.cut_connections();
                release.send(()).unwrap();
            });
            let work = move |direct: &mut hansard_store::Direct<'_>| {
                let conversation = direct.conversation(&name)?;
                inside.send(()).unwrap();
                released.recv().unwrap();
                direct.delete_conversation(&conversation)
            };
            let ticket = crate::gate::ticket();
            let deleted = world.store.transact(&world.scope, &ticket, "delete", work);
            let deleted = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(deleted));
            assert_eq!(kind_of(deleted), ErrorKind::Unavailable);
        });
        append_at_last(&world, "m").await;
        assert_eq!(world.messages("c").await.len(), 1, "it is there still");
    });
}
