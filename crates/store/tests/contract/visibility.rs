//! Who sees what: agents their own, tenants themselves.

use crate::{
    Fixture,
    gate::ticket,
    world::{CUSTOMER, OTHER_CUSTOMER, World, answered_by, in_world, kind_of},
};
use hansard_domain::{
    ErrorKind,
    caller::{Caller, Permission, Role},
    change::{ChangeKind, Cursor},
    conversation::NewConversation,
    directory::EntryBody,
    filter::{Filter, Order},
    name::Collection,
};
use hansard_store::{ConversationPage, Direct, ListRequest, Reading};
use std::{
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};
use tokio::task::JoinSet;

async fn list(world: &World) -> ConversationPage {
    let request = ListRequest {
        filter: Filter::default(),
        order: Order::DEFAULT,
        page_size: 50,
        page_token: String::new(),
    };
    world.read(move |reading| reading.list_conversations(&request)).await.unwrap()
}

async fn ids_of(world: &World) -> Vec<String> {
    let page = list(world).await;
    let count = world.read(|reading| reading.count_conversations(&Filter::default())).await.unwrap();
    let ids: Vec<_> =
        page.conversations.iter().map(|view| view.conversation.name.conversation.to_string()).collect();
    assert_eq!(
        (page.total as usize, page.filtered as usize, count as usize),
        (ids.len(), ids.len(), ids.len())
    );
    ids
}

/// Conversations named in the changes that somebody sees, with their kinds.
async fn changed(world: &World, filter: Option<Filter>) -> Vec<(String, ChangeKind)> {
    let changes =
        world.read(move |reading| reading.list_changes(Cursor(0), filter.as_ref(), 1000)).await.unwrap();
    changes.into_iter().map(|change| (change.conversation.conversation.to_string(), change.kind)).collect()
}

async fn start_three(world: &World) {
    world.start("of-ada", answered_by("ada")).await.unwrap();
    world.start("of-bob", answered_by("bob")).await.unwrap();
    world.start("of-nobody", NewConversation::default()).await.unwrap();
}

pub(crate) fn an_agent_sees_only_its_own_conversations(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start_three(&world).await;
        let ada = world.as_agent("ada");
        assert_eq!(ids_of(&ada).await, ["of-ada"]);
        assert_eq!(ids_of(&world).await.len(), 3);
        assert!(ada.conversation("of-ada").await.is_ok());
        for foreign in ["of-bob", "of-nobody"] {
            assert_eq!(kind_of(ada.conversation(foreign).await), ErrorKind::NotFound);
            assert_eq!(kind_of(ada.append(foreign, "m", "text").await), ErrorKind::NotFound);
            assert_eq!(kind_of(ada.delete(foreign).await), ErrorKind::NotFound);
        }
        assert_eq!(kind_of(ada.read(|reading| reading.by_legacy_id(2)).await), ErrorKind::NotFound);
        assert!(ada.read(|reading| reading.by_legacy_id(1)).await.is_ok());
        for filter in [None, Some(Filter::default())] {
            let seen = changed(&ada, filter).await;
            assert_eq!(seen.len(), 2);
            assert!(seen.iter().all(|(conversation, _)| conversation == "of-ada"), "{seen:?}");
        }
        for conversation in ["of-bob", "of-ada"] {
            world.delete(conversation).await.unwrap();
        }
        for filter in [None, Some(Filter::default())] {
            assert_eq!(changed(&ada, filter).await, [("of-ada".to_owned(), ChangeKind::ConversationDeleted)]);
        }
    });
}

pub(crate) fn an_agent_takes_no_place_it_cannot_see(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start_three(&world).await;
        let ada = world.as_agent("ada");
        let before = world.conversation("of-bob").await.unwrap();
        assert_eq!(kind_of(ada.start("of-bob", answered_by("ada")).await), ErrorKind::NotFound);
        assert_eq!(world.conversation("of-bob").await.unwrap(), before);
        assert_eq!(world.start("next", NewConversation::default()).await.unwrap().0.number, 4);
    });
}

pub(crate) fn tenants_never_see_each_other(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        let tenants = [world.clone(), world.at(CUSTOMER, "sales"), world.at(OTHER_CUSTOMER, "support")];
        for (number, tenant) in tenants.iter().enumerate() {
            for _ in 0..=number {
                tenant.start("same", answered_by("ada")).await.unwrap();
            }
            tenant.append("same", "m", &format!("said at {number}")).await.unwrap();
            tenant.tag("same", &format!("tag-{number}")).await.unwrap();
            let body = EntryBody { display_name: format!("Ada of {number}"), ..EntryBody::default() };
            tenant.put_entry(Collection::User, "ada", body.clone()).await.unwrap();
            tenant.put_entry(Collection::Tag, "same", body).await.unwrap();
        }
        for (number, tenant) in tenants.iter().enumerate() {
            let conversations = list(tenant).await.conversations;
            assert_eq!(conversations.len(), 1);
            assert_eq!(conversations[0].conversation.name.profile, *tenant.scope.profile());
            assert_eq!(conversations[0].tags, [crate::world::id(&format!("tag-{number}"))]);
            let user_of = if number == 2 { 2 } else { 1 };
            assert_eq!(
                conversations[0].agent_user_name,
                format!("Ada of {user_of}"),
                "users are the customer's"
            );
            let messages = tenant.messages("same").await;
            assert_eq!(messages.len(), 1);
            assert_eq!(messages[0].content.text.as_str(), format!("said at {number}"));
            assert_eq!(changed(tenant, None).await.len(), 4);
            assert!(
                tenant
                    .changes()
                    .await
                    .iter()
                    .all(|change| change.conversation.profile == *tenant.scope.profile())
            );
        }
        tenants[2].delete("same").await.unwrap();
        assert_eq!(ids_of(&tenants[0]).await, ["same"]);
        assert_eq!(ids_of(&tenants[1]).await, ["same"]);
        assert_eq!(ids_of(&tenants[2]).await, Vec::<String>::new());
    });
}

pub(crate) fn a_foreign_profile_looks_absent(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        let absent = world.at(CUSTOMER, "absent");
        assert_eq!(kind_of(absent.conversation("c").await), ErrorKind::NotFound);
        assert_eq!(kind_of(absent.start("c", NewConversation::default()).await), ErrorKind::NotFound);
        assert_eq!(kind_of(absent.store.subscribe(&absent.scope).await), ErrorKind::NotFound);
        let stranger =
            Caller::new(crate::world::id("nowhere"), Vec::new(), Role::Admin, crate::world::id("k"), None);
        let parent = hansard_domain::name::Parent::Customer(hansard_domain::name::CustomerName(
            crate::world::id("nowhere"),
        ));
        let scope = stranger.enter_directory(&parent, "it", Permission::ManageDirectory).unwrap();
        let work = |_: &mut Direct<'_>| Ok(());
        let written = world.store.transact_directory(&scope, &ticket(), "x", work).await;
        assert_eq!(kind_of(written), ErrorKind::NotFound);
        let read = world.store.read_directory(&scope, "x", |_| Ok(())).await;
        assert_eq!(kind_of(read), ErrorKind::NotFound);
    });
}

/// Reads that were admitted before a profile went must not see one that came after it.
pub(crate) fn a_profile_made_anew_is_not_read_as_the_old_one(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.make_profile(CUSTOMER, "last").await;
        let gone = world.at(CUSTOMER, "last");
        let (entered, mut inside) = tokio::sync::mpsc::channel(READS_HELD);
        let release = Arc::new(Barrier::new());
        let mut held = JoinSet::new();
        for _ in 0..READS_HELD {
            let (world, entered, release) = (world.clone(), entered.clone(), Arc::clone(&release));
            held.spawn(async move {
                let read = move |_: &Reading<'_>| {
                    let _ = entered.try_send(());
                    release.wait();
                    Ok(())
                };
                world.read(read).await.unwrap();
            });
        }
        inside.recv().await.unwrap();
        tokio::task::yield_now().await;
        let late = tokio::spawn(async move { gone.conversation("theirs").await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.delete_profile(CUSTOMER, "last").await.unwrap();
        world.make_profile(OTHER_CUSTOMER, "foreign").await;
        world.at(OTHER_CUSTOMER, "foreign").start("theirs", NewConversation::default()).await.unwrap();
        release.open();
        assert_eq!(kind_of(late.await.unwrap()), ErrorKind::NotFound);
        held.join_all().await;
    });
}

/// As many as any engine reads at once.
const READS_HELD: usize = 16;

/// Holds threads until it is opened.
struct Barrier {
    open: Mutex<bool>,
    opened: Condvar,
}

impl Barrier {
    fn new() -> Self {
        Self { open: Mutex::new(false), opened: Condvar::new() }
    }

    fn wait(&self) {
        let open = self.open.lock().unwrap();
        // A failed test must not hold the store's threads for ever.
        drop(self.opened.wait_timeout_while(open, Duration::from_secs(20), |open| !*open).unwrap());
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

pub(crate) fn a_conversation_with_a_delete_time_is_closed_to_writes(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        world.start("c", NewConversation::default()).await.unwrap();
        let name = world.name("c");
        let work = move |direct: &mut Direct<'_>| {
            let mut conversation = direct.conversation(&name)?;
            Arc::make_mut(&mut conversation.body).delete_time = Some(direct.now());
            direct.put(&conversation);
            direct.record(&conversation, ChangeKind::ConversationUpdated, None, 0);
            Ok(())
        };
        world.store.transact(&world.scope, &ticket(), "test", work).await.unwrap();
        assert_eq!(kind_of(world.append("c", "m", "text").await), ErrorKind::NotFound);
        assert_eq!(kind_of(world.start("c", NewConversation::default()).await), ErrorKind::NotFound);
    });
}
