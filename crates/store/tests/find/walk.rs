//! Walks through the pages of a list while others write: what was there throughout, and whose place in the order did
//! not change, comes exactly once and in its place.

use crate::{
    act::{Act, Arrival},
    deed::Deed,
    question::{Page, Question},
    record::Kept,
    run,
    vocabulary::{TAGS, id, safe},
    world::World,
};
use hansard_domain::{
    Id, Span, Time,
    conversation::{NewConversation, State, Status},
    filter::{Filter, Order, OrderBy},
    message::Content,
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Conversations of each kind that are there throughout.
const OF_EACH_KIND: usize = 60;
/// What is done to conversations of a kind during the walks: nothing, messages only, all but their times, also their ends.
const KINDS: [&str; 4] = ["quiet", "said", "edited", "ended"];
const START: i64 = 1_779_990_000_000_000;
const PAGE_SIZE: i32 = 7;
const NEW_ONES: usize = 40;
/// Between two pages of a walk there are at least so many writes.
const WRITES_BETWEEN: usize = 2;

/// What the writers share with whoever walks.
#[derive(Debug, Default)]
struct Progress {
    writes: AtomicUsize,
    is_over: AtomicBool,
}

/// Many share a start, an update time and a duration, and ends of pages lie among them.
fn arrival(name: &str, number: usize) -> Arrival {
    let start = Time(START + 1_000_000 * (number % 9) as i64);
    let mut new = NewConversation { start_time: Some(start), ..NewConversation::default() };
    new.fields.skill = "wanted".to_owned();
    let ends = !number.is_multiple_of(3);
    if ends {
        new.state = State::Closed;
    }
    Arrival {
        id: Some(id(name)),
        new,
        end_time: ends.then(|| start.plus(Span::seconds(number as i64 % 5))),
        update_time: Some(Time(START + 1_000_000 * (number % 7) as i64)),
        ..Arrival::default()
    }
}

/// The write of a number, by one of four hands.
fn write(hand: usize, number: usize) -> Act {
    let of_kind = |kind: &str| id(&format!("{kind}-{}", number / 2 % OF_EACH_KIND));
    let is_even = number.is_multiple_of(2);
    match hand {
        0 if is_even => Act::Bring(vec![arrival(&format!("new-{number}"), number)]),
        // A few stay for a while; what is to be deleted may not be there yet.
        0 => Act::Do(id(&format!("new-{}", (number - 1).saturating_sub(NEW_ONES))), Deed::Delete),
        1 if is_even => {
            let content = Content { text: safe("hello"), ..Content::default() };
            let messages = vec![(id(&format!("m{number}")), content)];
            Act::Do(of_kind("said"), Deed::Append { messages, allow_closed: true })
        }
        1 => Act::Do(of_kind("said"), Deed::DeleteMessage(id(&format!("m{}", number - 1)))),
        2 if is_even => Act::Do(of_kind("edited"), Deed::AddTag(id(TAGS[number / 2 % TAGS.len()]))),
        2 => Act::Do(of_kind("edited"), Deed::SetDisplayName(safe(&format!("name {number}")))),
        _ => {
            let state = if is_even { State::Closed } else { State::Live };
            let (status, reason) = (Status::Unspecified, safe(""));
            Act::Do(of_kind("ended"), Deed::ChangeState { state, status, reason, end_time: None })
        }
    }
}

async fn write_on(world: Arc<World>, progress: Arc<Progress>, hand: usize) {
    for number in 0.. {
        if progress.is_over.load(Ordering::Relaxed) {
            return;
        }
        if world.do_one(0, write(hand, number)).await.is_ok() {
            progress.writes.fetch_add(1, Ordering::Relaxed);
        }
        world.time.pass(Duration::from_millis(1));
    }
}

/// Whether a kind keeps its place in an order, whatever is done to it here.
fn keeps_its_place(kind: &str, by: OrderBy) -> bool {
    match kind {
        "quiet" | "said" => true,
        "edited" => by != OrderBy::UpdateTime,
        _ => by == OrderBy::StartTime,
    }
}

/// The pages of one walk, with the time of the first.
async fn walk(world: &World, progress: &Progress, question: &Question) -> (Vec<Page>, Time) {
    let (mut pages, mut first, mut token) = (Vec::new(), None, String::new());
    loop {
        let wanted = progress.writes.load(Ordering::Relaxed) + WRITES_BETWEEN;
        while progress.writes.load(Ordering::Relaxed) < wanted {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        let asked = question.clone();
        let read =
            move |reading: &hansard_store::Reading<'_>| Ok((asked.page(reading, &token)?, reading.now()));
        let (page, now) = world.read(&world.scope(0, None), read).await.unwrap();
        token = page.token.clone();
        pages.push(page);
        let first = *first.get_or_insert(now);
        if token.is_empty() {
            return (pages, first);
        }
    }
}

/// What is wrong with a list: something comes twice, or what must come is missing or in another place.
fn fault(listed: &[Id], throughout: &[Id]) -> Option<String> {
    let place: HashMap<&Id, usize> = (0..).zip(throughout).map(|(at, id)| (id, at)).collect();
    let mut counts: HashMap<&Id, usize> = HashMap::new();
    listed.iter().for_each(|id| *counts.entry(id).or_default() += 1);
    // What is started and deleted only has its place as long as it is there.
    let comes_once = |id: &Id| place.contains_key(id) || id.as_str().starts_with("new-");
    if let Some((id, count)) = counts.iter().find(|(id, count)| comes_once(id) && **count > 1) {
        return Some(format!("{id} comes {count} times"));
    }
    let found: Vec<&Id> = listed.iter().filter(|id| place.contains_key(id)).collect();
    let expected: Vec<&Id> = throughout.iter().collect();
    if found == expected {
        return None;
    }
    let missing: Vec<_> = expected.iter().filter(|id| !counts.contains_key(**id)).collect();
    Some(format!("missing {missing:?}; or not in order: {found:?}"))
}

async fn fill(world: &mut World) {
    for kind in KINDS {
        let arrivals = (0..OF_EACH_KIND).map(|number| arrival(&format!("{kind}-{number}"), number));
        world.must(0, Act::Bring(arrivals.collect())).await;
    }
}

/// Walks once in one order, and answers how many pages there were.
async fn walk_once(world: &World, progress: &Progress, filter: Filter, order: Order) -> usize {
    let question =
        Question { filter, order, page_size: PAGE_SIZE, pages_max: usize::MAX, asks_changes: false };
    let (pages, now) = walk(world, progress, &question).await;
    let id_of = |kept: &Kept| kept.conversation.name.conversation.clone();
    let keeps = |kept: &&Kept| {
        let kind = kept.conversation.name.conversation.as_str().split('-').next().unwrap();
        keeps_its_place(kind, order.by)
    };
    let view = crate::record::View { own_of: None, flaw: None };
    // As they were before the first write; none of these has moved since.
    let throughout = world.records[0].listed(view, &Filter::default(), order, now);
    let throughout: Vec<Id> = throughout.into_iter().filter(keeps).map(id_of).collect();
    assert!(throughout.len() >= 2 * OF_EACH_KIND);
    let listed = pages.iter().flat_map(|page| &page.listed);
    let listed: Vec<Id> = listed.map(|view| view.conversation.name.conversation.clone()).collect();
    if let Some(fault) = fault(&listed, &throughout) {
        panic!("{question}: {fault}");
    }
    pages.len()
}

#[test]
fn a_walk_while_others_write_neither_repeats_nor_misses() {
    let mut world = World::open(&[("acme", "support")]);
    run(fill(&mut world));
    let (world, progress) = (Arc::new(world), Arc::<Progress>::default());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let pages = runtime.block_on(async {
        let writers: Vec<_> = (0..4)
            .map(|hand| tokio::spawn(write_on(Arc::clone(&world), Arc::clone(&progress), hand)))
            .collect();
        let mut pages = 0;
        for by in [OrderBy::StartTime, OrderBy::UpdateTime, OrderBy::Duration] {
            for descending in [false, true] {
                for skills in [Vec::new(), vec!["wanted".to_owned()]] {
                    let (filter, order) = (Filter { skills, ..Filter::default() }, Order { by, descending });
                    pages += walk_once(&world, &progress, filter, order).await;
                }
            }
        }
        progress.is_over.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.await.unwrap();
        }
        pages
    });
    println!("{pages} pages, {} writes meanwhile", progress.writes.load(Ordering::Relaxed));
    drop(runtime);
    assert_eq!(Arc::into_inner(world).unwrap().close(), None);
}

#[test]
fn a_repeated_a_missing_and_a_misplaced_conversation_are_noticed() {
    let ids = |names: &[&str]| -> Vec<Id> { names.iter().map(|name| id(name)).collect() };
    let throughout = ids(&["quiet-1", "quiet-2", "quiet-3"]);
    let is_faulty = |names: &[&str]| fault(&ids(names), &throughout).is_some();
    assert!(!is_faulty(&["quiet-1", "new-1", "quiet-2", "ended-1", "ended-1", "quiet-3"]));
    assert!(is_faulty(&["quiet-1", "quiet-2", "quiet-2", "quiet-3"]));
    assert!(is_faulty(&["quiet-1", "new-1", "quiet-2", "new-1", "quiet-3"]));
    assert!(is_faulty(&["quiet-1", "quiet-3"]));
    assert!(is_faulty(&["quiet-2", "quiet-1", "quiet-3"]));
}
