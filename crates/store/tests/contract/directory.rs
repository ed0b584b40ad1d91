//! The directory and its snapshot in memory, audit and upkeep.

use crate::{
    Fixture,
    gate::{Write, ticket, together},
    world::{CUSTOMER, OTHER_CUSTOMER, World, answered_by, id, in_world, kind_of, on_purpose, profile},
};
use hansard_domain::{
    ErrorKind, Result, Time,
    audit::AuditAction,
    caller::Role,
    directory::{ApiKey, ApiKeyBody, EntryBody, Stamps},
    name::Collection,
};
use hansard_store::{Direct, DirectoryReading};

async fn make_key(world: &World, customer: &str, key: &str) -> Result<()> {
    let body = ApiKeyBody { role: Role::Writer, ..ApiKeyBody::default() };
    let key = ApiKey {
        customer: id(customer),
        id: id(key),
        body,
        stamps: Stamps::new(world.store.now()),
        revoke_time: None,
        last_use_time: None,
    };
    let work = move |direct: &mut Direct<'_>| direct.insert_api_key(&key, &[7; 32]);
    let scope = world.directory(customer, None);
    world.store.transact_directory(&scope, &ticket(), "make_key", work).await.map(drop)
}

/// A key that was made works for the next request, one that was revoked works for none.
pub(crate) fn the_snapshot_is_in_place_before_the_answer(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", answered_by("ada")).await.unwrap();
        for round in 0..20 {
            let name = format!("p{round}");
            world.make_profile(CUSTOMER, &name).await;
            assert!(world.store.tenancy().profile(&profile(CUSTOMER, &name)).is_some());
            world.delete_profile(CUSTOMER, &name).await.unwrap();
            assert!(world.store.tenancy().profile(&profile(CUSTOMER, &name)).is_none());
            let key = format!("k{round}");
            make_key(&world, CUSTOMER, &key).await.unwrap();
            assert_eq!(world.store.tenancy().api_key(&id(&key)).unwrap().secret_mac, [7; 32]);
            let body = EntryBody { display_name: format!("Ada {round}"), ..EntryBody::default() };
            world.put_entry(Collection::User, "ada", body).await.unwrap();
            let name = world.name("c");
            let view = world.read(move |reading| reading.view(reading.conversation(&name)?)).await.unwrap();
            assert_eq!(view.agent_user_name, format!("Ada {round}"));
        }
        let refused = world.delete_profile(CUSTOMER, "support").await;
        assert_eq!(kind_of(refused), ErrorKind::FailedPrecondition, "it holds conversations");
        assert!(world.store.tenancy().profile(&profile(CUSTOMER, "support")).is_some());
    });
}

pub(crate) fn a_failed_write_leaves_the_snapshot_alone(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let stamps = Stamps::new(world.store.now());
        let work = move |direct: &mut Direct<'_>| {
            direct.insert_profile(&id("lost"), &Default::default(), &stamps)?;
            Err::<(), _>(on_purpose())
        };
        let scope = world.directory(CUSTOMER, None);
        let failed = world.store.transact_directory(&scope, &ticket(), "fail", work).await;
        assert_eq!(kind_of(failed), ErrorKind::FailedPrecondition);
        assert!(world.store.tenancy().profile(&profile(CUSTOMER, "lost")).is_none());
        world.put_entry(Collection::User, "ada", EntryBody::default()).await.unwrap();
        assert!(world.store.tenancy().profile(&profile(CUSTOMER, "lost")).is_none());
        assert_eq!(fixture.rows_with("lost"), [].into());
    });
}

pub(crate) fn the_first_customer_is_made_once(fixture: &impl Fixture) {
    for _ in 0..2 {
        let store = fixture.open();
        store.ensure_customer(&id(CUSTOMER)).unwrap();
        store.ensure_customer(&id(CUSTOMER)).unwrap();
        assert_eq!(store.tenancy().customers().len(), 1);
        store.close().unwrap();
    }
    assert_eq!(fixture.rows_with(CUSTOMER), [("customer".to_owned(), 1)].into());
}

pub(crate) fn upkeep_notes_when_keys_were_used(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        for (customer, key) in [(CUSTOMER, "mine"), (OTHER_CUSTOMER, "theirs")] {
            make_key(&world, customer, key).await.unwrap();
        }
        let uses = vec![(id("mine"), Time(42)), (id("gone"), Time(43))];
        world.store.upkeep(uses).await.unwrap();
        let tenancy = world.store.tenancy();
        let used = |key: &str| tenancy.api_key(&id(key)).unwrap().api_key.last_use_time;
        assert_eq!((used("mine"), used("theirs")), (Some(Time(42)), None));
        assert!(tenancy.api_key(&id("gone")).is_none());
    });
}

pub(crate) fn audit_numbers_have_no_gap(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let audit = |who: &World, resource: &'static str, fails: bool| -> Write<'static, Result<()>> {
            let who = who.clone();
            Box::pin(async move {
                let work = move |unit: &mut hansard_store::Unit<'_>| {
                    unit.audit(AuditAction::ExportConversations, resource);
                    if fails { Err(on_purpose()) } else { Ok(()) }
                };
                who.store.write(&who.scope, &ticket(), "audit", Default::default(), work).await.map(drop)
            })
        };
        let other = world.at(OTHER_CUSTOMER, "support");
        let writes = vec![
            audit(&world, "a", false),
            audit(&world, "failed", true),
            audit(&other, "b", false),
            audit(&world, "c", false),
        ];
        together(&world.store, &world.scope, writes).await;
        let list = async |customer: &str| {
            let scope = world.directory(customer, None);
            let read = |reading: &DirectoryReading<'_>| reading.list_audit_entries(10, "");
            let entries = world.store.read_directory(&scope, "audit", read).await.unwrap().items;
            entries.into_iter().map(|entry| (entry.number, entry.resource)).collect::<Vec<_>>()
        };
        assert_eq!(list(CUSTOMER).await, [(2, "c".to_owned()), (1, "a".to_owned())]);
        assert_eq!(list(OTHER_CUSTOMER).await, [(1, "b".to_owned())]);
    });
}

pub(crate) fn lists_go_by_the_bytes_of_ids(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let ids = ["B", "a", "C", "a-b", "aB", "aa", "a.b", "b~", "1", "10", "2", "A"];
        for id in ids {
            world.put_entry(Collection::Team, id, EntryBody::default()).await.unwrap();
        }
        let mut expected: Vec<String> = ids.iter().map(ToString::to_string).collect();
        expected.sort_unstable();
        let (mut listed, mut token) = (Vec::new(), String::new());
        loop {
            let scope = world.directory(CUSTOMER, None);
            let read =
                move |reading: &DirectoryReading<'_>| reading.list_entries(Collection::Team, 5, &token);
            let page = world.store.read_directory(&scope, "list", read).await.unwrap();
            listed.extend(page.items.iter().map(|entry| entry.id.to_string()));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(listed, expected);
    });
}
