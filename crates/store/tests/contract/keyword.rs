//! Keywords: found at once, by the index or beside it, and gone with the text.

use crate::{
    Fixture,
    gate::ticket,
    world::{World, id, in_store, in_world, safe},
};
use hansard_domain::{
    change::ChangeKind,
    conversation::NewConversation,
    filter::{Filter, Order},
    message::{Content, MessagePatch, MessageState},
};
use hansard_store::{ListRequest, Needs, Unit};

async fn saying(world: &World, keyword: &str) -> Vec<String> {
    let filter = Filter { keyword: keyword.to_owned(), ..Filter::default() };
    let request = ListRequest { filter, order: Order::DEFAULT, page_size: 50, page_token: String::new() };
    let page = world.read(move |reading| {
        let page = reading.list_conversations(&request)?;
        let count = reading.count_conversations(&request.filter)?;
        assert_eq!(i64::from(page.filtered), count);
        Ok(page)
    });
    let conversations = page.await.unwrap().conversations;
    let mut ids: Vec<_> =
        conversations.iter().map(|view| view.conversation.name.conversation.to_string()).collect();
    ids.sort();
    ids
}

async fn say(world: &World, conversation: &str, message: &str, text: &str) {
    world.append(conversation, message, text).await.unwrap();
}

async fn start(world: &World, conversations: &[&str]) {
    for conversation in conversations {
        world.start(conversation, NewConversation::default()).await.unwrap();
    }
}

pub(crate) fn what_was_said_is_found_at_once_and_ever_after(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start(&world, &["a", "b", "c"]).await;
        say(&world, "a", "m1", "Ich möchte die STRAẞE ändern").await;
        say(&world, "b", "m1", "我要退款。 100% \"sure\" a_b * OR").await;
        say(&world, "c", "m1", "nothing of it").await;
        let asked: [(&str, &[&str]); 14] = [
            ("straße", &["a"]),
            ("ß", &["a"]),
            ("退款", &["b"]),
            ("退", &["b"]),
            ("0% \"S", &["b"]),
            ("a_b *", &["b"]),
            ("o", &["b", "c"]),
            ("OR", &["b"]),
            (".", &[]),
            ("_b", &["b"]),
            ("of it", &["c"]),
            ("it of", &[]),
            ("nothing of it.", &[]),
            ("möchte die straße ändern", &["a"]),
        ];
        for round in ["beside the index", "in the index"] {
            for (keyword, expected) in asked {
                assert_eq!(saying(&world, keyword).await, expected, "{round}: {keyword}");
            }
            world.indexed().await;
        }
        assert_eq!(saying(&world, &"junk %_*\"'".repeat(10_000)).await, [] as [&str; 0]);
        say(&world, "c", "m2", "a refund as well").await;
        assert_eq!(saying(&world, "REFUND").await, ["c"], "beside what is indexed");
    });
}

pub(crate) fn what_is_deleted_leaves_the_index(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start(&world, &["a", "b"]).await;
        for conversation in ["a", "b"] {
            say(&world, conversation, "m1", "xylophone").await;
            say(&world, conversation, "m2", "phone").await;
        }
        world.indexed().await;
        assert_eq!(
            fixture.rows_with("xyl"),
            [("keyword_gram".to_owned(), 1), ("message".to_owned(), 2)].into()
        );
        world.delete_message("a", "m1").await.unwrap();
        assert_eq!(saying(&world, "xylo").await, ["b"]);
        assert_eq!(saying(&world, "phone").await, ["a", "b"], "what another message says stays");
        world.delete("b").await.unwrap();
        assert_eq!(saying(&world, "xylo").await, [] as [&str; 0]);
        assert_eq!(fixture.rows_with("xyl"), [].into());
        world.delete_message("a", "m2").await.unwrap();
        world.indexed().await;
        assert!(!fixture.rows_with("pho").contains_key("keyword_gram"));
    });
}

pub(crate) fn what_another_message_says_stays_in_the_index(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start(&world, &["a"]).await;
        // The index knows thirds of a conversation apart: the first of these is in one with the last but one.
        let texts = ["xylophone", "phone", "else", "telephone", "xylophone"];
        for (id, text) in ["m1", "m2", "m3", "m4", "m5"].into_iter().zip(texts) {
            say(&world, "a", id, text).await;
        }
        world.indexed().await;
        for (gone, xylo, tele, phone) in [("m2", 1, 1, 1), ("m1", 1, 1, 1), ("m4", 1, 0, 1), ("m5", 0, 0, 0)]
        {
            world.delete_message("a", gone).await.unwrap();
            for (keyword, expected) in [("xylo", xylo), ("tele", tele), ("phone", phone)] {
                assert_eq!(saying(&world, keyword).await.len(), expected, "{keyword} without {gone}");
            }
        }
        assert_eq!(saying(&world, "else").await, ["a"]);
        assert_eq!(fixture.rows_with("xyl"), [].into());
    });
}

pub(crate) fn only_what_is_still_said_is_in_the_index(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start(&world, &["a"]).await;
        say(&world, "a", "m1", "xylophone").await;
        say(&world, "a", "m2", "xylophone").await;
        world.indexed().await;
        world.delete_message("a", "m1").await.unwrap();
    });
    assert!(fixture.findings().is_empty(), "{:?}", fixture.findings());
}

/// Appends a message that is not final, or gives it another text.
async fn grow(world: &World, text: &str, state: MessageState) {
    let (name, message) = (world.name("a"), id("m1"));
    let content = Content { text: safe(text), state, ..Content::default() };
    let needs = Needs::conversation(&name).messages([&message]);
    let work = move |unit: &mut Unit<'_>| {
        let mut conversation = unit.conversation(&name)?;
        let Some(mut found) = unit.find_message(&conversation, &message)? else {
            let message = conversation.append(message, content, false, unit.now())?;
            unit.insert_message(&conversation, &message);
            unit.put(&conversation);
            return Ok(());
        };
        let paths = vec!["text".to_owned(), "state".to_owned()];
        found.patch(&MessagePatch { values: content, paths }, unit.now())?;
        unit.update_message(&conversation, &found, ChangeKind::MessageUpdated);
        Ok(())
    };
    world.store.write(&world.scope, &ticket(), "grow", needs, work).await.unwrap();
}

pub(crate) fn a_text_that_grows_is_found_as_it_is(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start(&world, &["a"]).await;
        grow(&world, "I want two", MessageState::Partial).await;
        world.indexed().await;
        assert_eq!(saying(&world, "two").await, ["a"]);
        let growth =
            [("I want to cancel", MessageState::Partial), ("I want to cancel.", MessageState::Final)];
        for (text, state) in growth {
            grow(&world, text, state).await;
            assert_eq!(saying(&world, "two").await, [] as [&str; 0], "{text}");
            assert_eq!(saying(&world, "cancel").await, ["a"], "{text}");
            world.indexed().await;
            assert_eq!(saying(&world, "cancel").await, ["a"], "{text}");
        }
        assert_eq!(fixture.rows_with("two"), [].into());
        assert_eq!(fixture.rows_of_conversation(1).get("growing_text"), None);
    });
}

/// Letters of it stand in the text before, apart: the index learns nothing new by a text that says it.
const APART: &str = "abcd cde";
const TOGETHER: &str = "abcde";

async fn start_apart(world: &World) {
    start(world, &["a"]).await;
    for (message, text) in [("first", APART), ("second", "else"), ("third", "else")] {
        say(world, "a", message, text).await;
    }
    world.indexed().await;
    assert_eq!(saying(world, TOGETHER).await, [] as [&str; 0]);
}

pub(crate) fn a_text_of_known_letters_is_found(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start_apart(&world).await;
        say(&world, "a", "m1", TOGETHER).await;
        // No search looks before it is in the index.
        world.indexed().await;
        assert_eq!(saying(&world, TOGETHER).await, ["a"]);
        world.delete_message("a", "m1").await.unwrap();
        assert_eq!(saying(&world, TOGETHER).await, [] as [&str; 0]);
    });
}

pub(crate) fn a_text_that_grows_of_known_letters_is_found_as_it_is(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start_apart(&world).await;
        for (text, expected) in [(TOGETHER, 1), (APART, 0), (TOGETHER, 1), (APART, 0)] {
            grow(&world, text, MessageState::Partial).await;
            assert_eq!(saying(&world, TOGETHER).await.len(), expected, "{text}");
            world.indexed().await;
            assert_eq!(saying(&world, TOGETHER).await.len(), expected, "{text}");
        }
        grow(&world, TOGETHER, MessageState::Final).await;
        assert_eq!(saying(&world, TOGETHER).await, ["a"], "beside the index");
        world.indexed().await;
        assert_eq!(saying(&world, TOGETHER).await, ["a"], "in the index");
    });
}

pub(crate) fn an_index_of_another_form_is_made_anew_at_the_start(fixture: &impl Fixture) {
    in_world(fixture, async |world| {
        start(&world, &["a", "b"]).await;
        say(&world, "a", "m1", "a refund or a credit").await;
        say(&world, "b", "m1", "or a credit").await;
        world.indexed().await;
    });
    fixture.change("delete from keyword_gram");
    in_store(fixture.open(), async |world: World| {
        assert_eq!(saying(&world, "refund or").await, [] as [&str; 0], "the index is believed");
    });
    fixture.change("update conversation_index_progress set form = form - 1 where name = 'keywords'");
    in_store(fixture.open(), async |world: World| {
        assert_eq!(saying(&world, "refund or").await, ["a"]);
        assert_eq!(saying(&world, "or a").await, ["a", "b"]);
    });
    assert!(fixture.rows_with("fun").contains_key("keyword_gram"));
}
