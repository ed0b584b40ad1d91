//! What a store on a server promises of what was deleted: its rows do not wait for the server's own vacuum.

use crate::{
    postgres::Postgres,
    world::{World, in_world},
};
use hansard_domain::conversation::NewConversation;
use std::time::{Duration, Instant};

const GONE_WITHIN: Duration = Duration::from_secs(30);

async fn tell_and_delete(world: &World) {
    world.start("c", NewConversation::default()).await.unwrap();
    for number in 0..20 {
        world.append("c", &format!("m{number}"), "said").await.unwrap();
    }
    world.delete("c").await.unwrap();
}

pub(crate) fn rows_of_what_was_deleted_go_soon(fixture: &Postgres) {
    in_world(fixture, async |world| {
        tell_and_delete(&world).await;
        assert!(fixture.dead_rows("message") >= 20, "the control: nobody asked yet");
        world.store.request_truncate();
        let until = Instant::now() + GONE_WITHIN;
        while ["message", "conversation", "event"].iter().any(|table| fixture.dead_rows(table) > 0) {
            assert!(Instant::now() < until, "dead rows of messages: {}", fixture.dead_rows("message"));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
}
