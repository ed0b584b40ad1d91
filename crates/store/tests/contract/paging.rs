//! Page tokens: they go on in the very list that gave them, and nobody else can make one.

use crate::{
    Fixture,
    world::{CUSTOMER, OTHER_CUSTOMER, World, answered_by, id, in_world, kind_of},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hansard_domain::{
    Error, ErrorKind, Result, Time,
    conversation::NewConversation,
    directory::EntryBody,
    event::EventType,
    filter::{Filter, Order, OrderBy},
    name::Collection,
};
use hansard_store::ListRequest;

const DESCENDING: Order = Order::DEFAULT;
const ASCENDING: Order = Order { by: OrderBy::StartTime, descending: false };

/// Ids of one page and the token of the next.
type IdPage = Result<(Vec<String>, String)>;

async fn conversations(world: &World, filter: Filter, order: Order, size: i32, token: &str) -> IdPage {
    let request = ListRequest { filter, order, page_size: size, page_token: token.to_owned() };
    let page = world.read(move |reading| reading.list_conversations(&request)).await?;
    let id = |view: hansard_domain::conversation::View| view.conversation.name.conversation.to_string();
    Ok((page.conversations.into_iter().map(id).collect(), page.next_page_token))
}

async fn messages(world: &World, conversation: &str, show_deleted: bool, token: &str) -> IdPage {
    let (name, token) = (world.name(conversation), token.to_owned());
    let page = world
        .read(move |reading| reading.list_messages(&reading.conversation(&name)?, show_deleted, 2, &token))
        .await?;
    Ok((page.items.into_iter().map(|message| message.name.id.to_string()).collect(), page.next_page_token))
}

async fn events(world: &World, conversation: &str, kinds: &[EventType], token: &str) -> IdPage {
    let (name, kinds, token) = (world.name(conversation), kinds.to_vec(), token.to_owned());
    let page = world
        .read(move |reading| reading.list_events(&reading.conversation(&name)?, &kinds, 2, &token))
        .await?;
    Ok((page.items.into_iter().map(|event| event.sequence.to_string()).collect(), page.next_page_token))
}

async fn entries(world: &World, customer: &str, collection: Collection, token: &str) -> IdPage {
    let (scope, token) = (world.directory(customer, None), token.to_owned());
    let read =
        move |reading: &hansard_store::DirectoryReading<'_>| reading.list_entries(collection, 2, &token);
    let page = world.store.read_directory(&scope, "list", read).await?;
    Ok((page.items.into_iter().map(|entry| entry.id.to_string()).collect(), page.next_page_token))
}

async fn populate(world: &World) {
    for number in 0..7 {
        let mut new = answered_by("ada");
        // Two of each time, so that ties lie on page ends.
        new.start_time = Some(Time(1_000_000 * (number / 2)));
        world.start(&format!("c{number}"), new).await.unwrap();
        world.append("c0", &format!("m{number}"), "text").await.unwrap();
        world.report("c0").await.unwrap();
        world.put_entry(Collection::User, &format!("u{number}"), EntryBody::default()).await.unwrap();
        world.put_entry(Collection::Team, &format!("t{number}"), EntryBody::default()).await.unwrap();
    }
}

/// Follows a list to its end.
async fn follow(mut page: impl AsyncFnMut(String) -> IdPage) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut token = String::new();
    loop {
        let (ids, next) = page(token).await.unwrap();
        pages.push(ids);
        token = next;
        if token.is_empty() {
            return pages;
        }
        assert!(pages.len() < 100, "the list has no end");
    }
}

pub(crate) fn pages_are_the_whole_list_cut(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world).await;
        for size in 1..=8 {
            for (order, whole) in [
                (ASCENDING, ["c0", "c1", "c2", "c3", "c4", "c5", "c6"]),
                (DESCENDING, ["c6", "c4", "c5", "c2", "c3", "c0", "c1"]),
            ] {
                let pages = follow(async |token: String| {
                    conversations(&world, Filter::default(), order, size, &token).await
                })
                .await;
                let cut: Vec<Vec<String>> = whole
                    .chunks(size as usize)
                    .map(|chunk| chunk.iter().map(|id| (*id).to_owned()).collect())
                    .collect();
                assert_eq!(pages, cut, "{size} a page, {order:?}");
            }
        }
        let in_twos = |prefix: &'static str, count: i32, first: i32| {
            let all: Vec<_> = (first..first + count).map(|number| format!("{prefix}{number}")).collect();
            all.chunks(2).map(<[String]>::to_vec).collect::<Vec<_>>()
        };
        assert_eq!(
            follow(async |token: String| messages(&world, "c0", false, &token).await).await,
            in_twos("m", 7, 0)
        );
        assert_eq!(
            follow(async |token: String| events(&world, "c0", &[], &token).await).await,
            in_twos("", 8, 1)
        );
        let users = async |token: String| entries(&world, CUSTOMER, Collection::User, &token).await;
        assert_eq!(follow(users).await, in_twos("u", 7, 0));
    });
}

fn is_refused(page: IdPage) -> bool {
    let error: Error = page.expect_err("a foreign token was taken");
    error.kind() == ErrorKind::Invalid && error.field() == Some("pageToken")
}

pub(crate) fn a_token_belongs_to_its_list(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world).await;
        world.append("c1", "m0", "text").await.unwrap();
        let plain = Filter::default;
        let of_ada = || Filter { users_or_teams: users(&["ada"]), ..Filter::default() };
        let token = conversations(&world, plain(), ASCENDING, 2, "").await.unwrap().1;
        assert!(conversations(&world, plain(), ASCENDING, 5, &token).await.is_ok(), "the size may change");
        assert!(is_refused(conversations(&world, of_ada(), ASCENDING, 2, &token).await));
        assert!(is_refused(conversations(&world, plain(), DESCENDING, 2, &token).await));
        assert!(is_refused(conversations(&world.at(CUSTOMER, "sales"), plain(), ASCENDING, 2, &token).await));
        assert!(is_refused(
            conversations(&world.at(OTHER_CUSTOMER, "support"), plain(), ASCENDING, 2, &token).await
        ));
        assert!(is_refused(conversations(&world.as_agent("ada"), plain(), ASCENDING, 2, &token).await));
        assert!(is_refused(messages(&world, "c0", false, &token).await));
        let token = messages(&world, "c0", false, "").await.unwrap().1;
        assert!(is_refused(messages(&world, "c0", true, &token).await));
        assert!(is_refused(messages(&world, "c1", false, &token).await));
        assert!(is_refused(events(&world, "c0", &[], &token).await));
        let token = events(&world, "c0", &[], "").await.unwrap().1;
        assert!(is_refused(events(&world, "c0", &[EventType::ConversationHold], &token).await));
        let token = entries(&world, CUSTOMER, Collection::User, "").await.unwrap().1;
        assert!(is_refused(entries(&world, CUSTOMER, Collection::Team, &token).await));
        assert!(is_refused(entries(&world, OTHER_CUSTOMER, Collection::User, &token).await));
        assert!(entries(&world, CUSTOMER, Collection::User, &token).await.is_ok());
    });
}

fn users(ids: &[&str]) -> hansard_domain::filter::UsersOrTeams {
    let users = ids.iter().map(|user| id(user)).collect();
    hansard_domain::filter::UsersOrTeams { users, ..Default::default() }
}

pub(crate) fn a_token_cannot_be_forged(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world).await;
        let token = conversations(&world, Filter::default(), ASCENDING, 2, "").await.unwrap().1;
        let told = URL_SAFE_NO_PAD.decode(&token).unwrap();
        let place = br#""c1""#;
        assert!(!told.windows(place.len()).any(|bytes| bytes == place), "a token tells nothing");
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(
                is_refused(conversations(&world, Filter::default(), ASCENDING, 2, &forged).await),
                "{forged}"
            );
        }
        for forged in ["x", "-", &token[..token.len() - 2], &format!("{token}AA"), &format!("{token}=")] {
            assert!(
                is_refused(conversations(&world, Filter::default(), ASCENDING, 2, forged).await),
                "{forged}"
            );
        }
        assert!(conversations(&world, Filter::default(), ASCENDING, 2, &token).await.is_ok());
    });
}

pub(crate) fn conversations_that_come_meanwhile_shift_nothing(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        populate(&world).await;
        let mut came = 0;
        let pages = follow(async |token: String| {
            came += 1;
            world.start(&format!("new{came}"), NewConversation::default()).await.unwrap();
            conversations(&world, Filter::default(), DESCENDING, 2, &token).await
        })
        .await;
        let listed = pages.concat();
        assert_eq!(listed, ["new1", "c6", "c4", "c5", "c2", "c3", "c0", "c1"]);
        let refused = conversations(&world, Filter::default(), DESCENDING, 2, "x").await;
        assert_eq!(kind_of(refused), ErrorKind::Invalid);
    });
}
