//! Everything that a store answers, a question each, to be compared with what it should answer.

use std::{fmt::Debug, future::Future, path::Path, sync::Arc};

use hansard_domain::{
    ErrorKind, Result,
    caller::{Caller, Permission, Role},
    change::Cursor,
    directory::EntryBody,
    filter::{Filter, Order},
    name::Collection,
};
use hansard_store::{ListRequest, Needs, Options, Reading, Store, Unit};
use rusqlite::{Connection, OpenFlags, types::Value};

use crate::{
    gate,
    world::{CUSTOMER, World, answered_by, id, profile},
};

/// The conversations that are asked for; the last was deleted.
pub(crate) const CONVERSATIONS: i32 = 8;
/// Those before have their terms in the sets of the index.
const FRESH_FROM: i32 = 6;

/// Fills a store so that its file has pages of every kind: text of many lengths, deleted and long ones.
pub(crate) async fn populate(world: &World) {
    let body = EntryBody { display_name: "Ada".to_owned(), team: Some(id("blue")), ..EntryBody::default() };
    world.put_entry(Collection::User, "ada", body).await.unwrap();
    for number in 0..CONVERSATIONS {
        let conversation = format!("c{number}");
        if number == FRESH_FROM {
            skip_numbers(world, 256).await;
        }
        world.start(&conversation, answered_by("ada")).await.unwrap();
        for message in 0..10 {
            let length = if message == 3 { 3_000 * number as usize } else { 60 + 17 * message };
            world.append(&conversation, &format!("m{message}"), &text(number, length)).await.unwrap();
        }
        world.delete_message(&conversation, "m7").await.unwrap();
        world.report(&conversation).await.unwrap();
    }
    world.delete(&format!("c{}", CONVERSATIONS - 1)).await.unwrap();
}

/// Gives numbers to conversations that are not made.
async fn skip_numbers(world: &World, count: usize) {
    let profile = profile(CUSTOMER, "support");
    let names: Vec<_> =
        (0..count).map(|number| profile.conversation(id(&format!("none-{number}")))).collect();
    let needs = Needs::new_conversation(&names[0]);
    let work = move |unit: &mut Unit<'_>| {
        names.iter().try_for_each(|name| unit.new_number(name).map(drop))?;
        Ok(())
    };
    world.store.write(&world.scope, &gate::ticket(), "skip", needs, work).await.unwrap();
}

/// Words that tell which they are, so that no two places hold the same.
pub(crate) fn text(seed: i32, length: usize) -> String {
    let words = (0..).map(|word| format!("word{}of{seed} ", word * 7 % 1009));
    let mut text = String::new();
    for word in words {
        text.push_str(&word);
        if text.len() > length {
            return text;
        }
    }
    text
}

/// Opens a store and asks it everything; an error is an answer too.
pub(crate) fn ask(folder: &Path) -> Vec<Result<String>> {
    match Store::open(&Options::new(folder)) {
        Ok(store) => {
            let store = Arc::new(store);
            let answers = ask_open(&store);
            // A store that found damage need not close well.
            let _ = store.close();
            answers
        }
        Err(error) => vec![Err(error)],
    }
}

/// Somebody who sees all of the profile that [`populate`] fills.
pub(crate) fn admin_of(store: &Arc<Store>) -> World {
    let caller = Caller::new(id(CUSTOMER), Vec::new(), Role::Admin, id("key"), None);
    let profile = profile(CUSTOMER, "support");
    let scope = caller.enter(&profile, "the resource", Permission::ReadConversations).unwrap();
    World { store: Arc::clone(store), scope }
}

/// Asks a store that is open everything.
pub(crate) fn ask_open(store: &Arc<Store>) -> Vec<Result<String>> {
    let world = admin_of(store);
    let request = || ListRequest {
        filter: Filter::default(),
        order: Order::DEFAULT,
        page_size: 100,
        page_token: String::new(),
    };
    let mut answers = vec![
        told(world.read(move |reading| reading.list_conversations(&request()))),
        told(world.read(|reading| reading.list_changes(Cursor(0), None, i32::MAX))),
    ];
    for number in 0..CONVERSATIONS {
        let name = world.name(&format!("c{number}"));
        answers.push(told(world.read(move |reading: &Reading<'_>| {
            let conversation = reading.conversation(&name)?;
            let messages = reading.list_messages(&conversation, true, 1000, "")?.items;
            Ok((messages, reading.list_events(&conversation, &[], 1000, "")?.items))
        })));
    }
    answers
}

fn told<T: Debug>(answer: impl Future<Output = Result<T>>) -> Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    // What is not found is an answer of its own: it says that there is none.
    match runtime.block_on(answer) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok("there is none".to_owned()),
        answer => answer.map(|answer| format!("{answer:?}")),
    }
}

/// What SQLite answers without our checks.
pub(crate) fn ask_without_checks(database: &Path) -> rusqlite::Result<String> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut answers = String::new();
    for table in ["conversation", "message", "event", "change", "profile_head"] {
        let mut rows = database.prepare(&format!("select * from {table} order by 1, 2, 3"))?;
        let columns = rows.column_count();
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                answers.push_str(&format!("{:?} ", row.get::<_, Value>(column)?));
            }
        }
    }
    Ok(answers)
}
