//! A store that was closed and opened, or backed up and restored, is the same store.

use crate::{
    Fixture,
    world::{World, answered_by, id, in_store, in_world},
};
use hansard_domain::{
    change::Change,
    conversation::{NewConversation, View},
    directory::EntryBody,
    event::Event,
    filter::{Filter, Order},
    message::Message,
    name::Collection,
};
use hansard_store::ListRequest;

/// Everything that can be read of a profile.
#[derive(Debug, PartialEq)]
struct Snapshot {
    views: Vec<View>,
    messages: Vec<Vec<Message>>,
    events: Vec<Vec<Event>>,
    changes: Vec<Change>,
    fingerprint: [u8; 32],
}

fn request(page_size: i32, page_token: &str) -> ListRequest {
    ListRequest {
        filter: Filter::default(),
        order: Order::DEFAULT,
        page_size,
        page_token: page_token.to_owned(),
    }
}

async fn snapshot(world: &World) -> Snapshot {
    let views =
        world.read(|reading| reading.list_conversations(&request(100, ""))).await.unwrap().conversations;
    let (mut messages, mut events) = (Vec::new(), Vec::new());
    for view in &views {
        let conversation = view.conversation.name.conversation.as_str();
        messages.push(world.messages(conversation).await);
        events.push(world.events(conversation).await);
    }
    let changes = world.changes().await;
    Snapshot {
        views,
        messages,
        events,
        changes,
        fingerprint: world.store.secret().fingerprint(&[b"request"]),
    }
}

async fn populate(world: &World) {
    for number in 0..5 {
        let conversation = format!("c{number}");
        world.start(&conversation, answered_by("ada")).await.unwrap();
        world.append(&conversation, "a", "grüße").await.unwrap();
        world.append(&conversation, "b", "to be deleted").await.unwrap();
        world.delete_message(&conversation, "b").await.unwrap();
        world.tag(&conversation, "vip").await.unwrap();
    }
    world.delete("c3").await.unwrap();
    let body = EntryBody { display_name: "Ada".to_owned(), team: Some(id("blue")), ..EntryBody::default() };
    world.put_entry(Collection::User, "ada", body).await.unwrap();
}

/// What was read and a page token, before.
fn before(fixture: &impl Fixture) -> (Snapshot, String) {
    let mut read = None;
    in_world(fixture, async |world| {
        populate(&world).await;
        let page = world.read(|reading| reading.list_conversations(&request(2, ""))).await.unwrap();
        read = Some((snapshot(&world).await, page.next_page_token));
    });
    read.unwrap()
}

fn reads_the_same(fixture: &impl Fixture, (expected, token): (Snapshot, String)) {
    in_store(fixture.open(), async |world| {
        assert_eq!(snapshot(&world).await, expected);
        assert_eq!(expected.views.len(), 4);
        let page = world.read(move |reading| reading.list_conversations(&request(2, &token))).await.unwrap();
        assert_eq!(page.conversations, expected.views[2..], "its page tokens are still good");
        let (next, _) = world.start("next", NewConversation::default()).await.unwrap();
        assert_eq!(next.number, 6, "and it goes on where it was");
        let cursors: Vec<i64> = world.changes().await.iter().map(|change| change.cursor.0).collect();
        assert_eq!(cursors, (1..=expected.changes.len() as i64 + 2).collect::<Vec<_>>());
    });
}

pub(crate) fn a_restored_store_reads_the_same(fixture: &impl Fixture) {
    let expected = before(fixture);
    let restored = fixture.back_up_and_restore();
    reads_the_same(&restored, expected);
}

pub(crate) fn a_reopened_store_reads_the_same(fixture: &impl Fixture) {
    let expected = before(fixture);
    reads_the_same(fixture, expected);
}
