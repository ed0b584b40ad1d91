//! Retry keys: the first outcome, once, for 72 hours, and nothing else.

use crate::{
    Fixture,
    gate::{Write, together},
    world::{Appended, CUSTOMER, OTHER_CUSTOMER, World, in_world, kind_of, on_purpose},
};
use hansard_domain::{ErrorKind, Result, conversation::NewConversation};
use hansard_store::{Direct, Idempotency, Receipt, Ticket, Written};
use std::sync::Arc;

fn keyed(world: &World, method: &'static str, key: &str, request: &str) -> Ticket {
    let fingerprint = world.store.secret().fingerprint(&[request.as_bytes()]);
    let idempotency = Some(Idempotency { method, key: key.to_owned(), fingerprint });
    Ticket { request_id: Arc::from("test"), idempotency }
}

/// Appends as a request whose canonical form is its text.
pub(crate) async fn append(world: &World, key: &str, message: &str, text: &str) -> Result<Written<Appended>> {
    world.append_with(&keyed(world, "Append", key, text), "c", message, text).await
}

pub(crate) fn replayed<T>(written: Result<Written<T>>) -> Receipt {
    match written.unwrap() {
        Written::Replayed(receipt) => receipt,
        Written::Fresh(_) => panic!("done again"),
    }
}

pub(crate) fn is_fresh<T>(written: &Result<Written<T>>) -> bool {
    matches!(written, Ok(Written::Fresh(_)))
}

fn in_conversation(fixture: &impl Fixture, test: impl AsyncFnOnce(World)) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        test(world).await;
    });
}

pub(crate) fn the_same_request_is_replayed(fixture: &impl Fixture) {
    in_conversation(fixture, async |world| {
        assert!(is_fresh(&append(&world, "k", "m", "text").await));
        let changes = world.changes().await;
        for _ in 0..2 {
            let receipt = replayed(append(&world, "k", "elsewhere", "text").await);
            assert_eq!(receipt, Receipt { created: true, ids: vec!["m".to_owned()] });
        }
        assert_eq!(world.messages("c").await.len(), 1);
        assert_eq!(world.changes().await, changes);
        let alone = async || {
            let work =
                |direct: &mut Direct<'_>| direct.put_entry(hansard_domain::name::Collection::Tag, &tag());
            world.store.transact(&world.scope, &keyed(&world, "Tag", "k", "tag"), "tag", work).await
        };
        assert!(is_fresh(&alone().await));
        assert_eq!(replayed(alone().await), Receipt::default());
    });
}

fn tag() -> hansard_domain::directory::Entry {
    hansard_domain::directory::Entry {
        id: crate::world::id("vip"),
        body: Default::default(),
        stamps: Default::default(),
    }
}

pub(crate) fn another_request_under_the_same_key_is_refused(fixture: &impl Fixture) {
    in_conversation(fixture, async |world| {
        append(&world, "k", "m", "text").await.unwrap();
        assert_eq!(kind_of(append(&world, "k", "other", "other text").await), ErrorKind::Aborted);
        assert_eq!(world.messages("c").await.len(), 1);
        replayed(append(&world, "k", "m", "text").await);
        let work = |_: &mut Direct<'_>| Ok(());
        let alone = world.store.transact(&world.scope, &keyed(&world, "Append", "k", "x"), "x", work).await;
        assert_eq!(kind_of(alone), ErrorKind::Aborted);
    });
}

pub(crate) fn two_in_one_group_are_one(fixture: &impl Fixture) {
    in_conversation(fixture, async |world| {
        let write = |key: &'static str, message: &'static str, text: &'static str| -> Write<'_, _> {
            let world = world.clone();
            Box::pin(async move { append(&world, key, message, text).await })
        };
        let writes = vec![
            write("k", "a", "one"),
            write("k", "b", "one"),
            write("k", "c", "two"),
            write("l", "d", "one"),
        ];
        let mut outcomes = together(&world.store, &world.scope, writes).await;
        assert!(is_fresh(&outcomes[0]) && is_fresh(&outcomes[3]));
        assert_eq!(kind_of(outcomes.remove(2)), ErrorKind::Aborted);
        assert_eq!(replayed(outcomes.remove(1)).ids, ["a"]);
        let ids: Vec<_> =
            world.messages("c").await.into_iter().map(|message| message.name.id.to_string()).collect();
        assert_eq!(ids, ["a", "d"]);
    });
}

pub(crate) fn a_failure_keeps_nothing(fixture: &impl Fixture) {
    in_conversation(fixture, async |world| {
        let absent = world.append_with(&keyed(&world, "Append", "k", "r"), "absent", "m", "text").await;
        assert_eq!(kind_of(absent), ErrorKind::NotFound);
        let failing = |_: &mut Direct<'_>| -> Result<()> { Err(on_purpose()) };
        let alone =
            world.store.transact(&world.scope, &keyed(&world, "Append", "k", "s"), "s", failing).await;
        assert_eq!(kind_of(alone), ErrorKind::FailedPrecondition);
        assert!(!fixture.rows_with("Append").contains_key("idempotency"));
        assert!(is_fresh(&append(&world, "k", "m", "another request").await));
        assert_eq!(kind_of(append(&world, "k", "m", "a third").await), ErrorKind::Aborted);
        replayed(append(&world, "k", "m", "another request").await);
    });
}

pub(crate) fn keys_belong_to_a_customer_and_a_method(fixture: &impl Fixture) {
    in_conversation(fixture, async |world| {
        append(&world, "k", "m", "text").await.unwrap();
        let other = world.at(OTHER_CUSTOMER, "support");
        other.start("c", NewConversation::default()).await.unwrap();
        assert!(is_fresh(&append(&other, "k", "m", "text of another").await));
        let another_method = keyed(&world, "AppendOtherwise", "k", "text");
        assert!(is_fresh(&world.append_with(&another_method, "c", "n", "text").await));
        let sales = world.at(CUSTOMER, "sales");
        sales.start("c", NewConversation::default()).await.unwrap();
        assert_eq!(kind_of(append(&sales, "k", "m", "text of sales").await), ErrorKind::Aborted);
    });
}

pub(crate) fn an_expired_key_is_free_again(fixture: &impl Fixture) {
    in_conversation(fixture, async |world| {
        append(&world, "k", "m", "text").await.unwrap();
        append(&world, "l", "n", "text").await.unwrap();
        world.store.upkeep(Vec::new()).await.unwrap();
        replayed(append(&world, "k", "m", "text").await);
        fixture.change("update idempotency set expire_time = 1");
        assert!(is_fresh(&append(&world, "k", "o", "another").await), "expired, though not yet swept");
        assert_eq!(fixture.rows_with("Append")["idempotency"], 2);
        world.store.upkeep(Vec::new()).await.unwrap();
        assert_eq!(fixture.rows_with("Append")["idempotency"], 1, "the one that was used again stays");
        replayed(append(&world, "k", "o", "another").await);
        assert!(is_fresh(&append(&world, "l", "p", "text").await));
    });
}

pub(crate) fn what_is_kept_holds_no_text(fixture: &impl Fixture) {
    in_conversation(fixture, async |world| {
        append(&world, "k", "m", "what was said").await.unwrap();
        assert_eq!(fixture.rows_with("what was said"), [("message".to_owned(), 1)].into());
    });
}
