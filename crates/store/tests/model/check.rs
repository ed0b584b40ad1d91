//! Compares what the store answers with what the model holds.

use crate::{
    condition,
    driver::{Driver, Told, groups_of, profile, team_of},
    operation::{CONVERSATIONS, Step},
    random::Random,
    record::{ACTOR, Kept, Logged, Noted, Record},
};
use hansard_domain::{
    Error, Id, Result, Time,
    caller::Scope,
    change::{Change, ChangeKind, Cursor},
    conversation::View,
    event::{Event, EventType},
    filter::{AgentFacts, AnnotationFacts, Filter, Order, OrderBy, Subject},
    message::Message,
};
use hansard_store::{ListRequest, Reading};
use std::cmp::Ordering;

const FILTERS: usize = 40;

/// Does a step in the model as well; both must come to the same outcome.
pub(crate) fn outcome(record: &mut Record, step: &Step, told: Told) {
    if record.knows(step) {
        assert!(matches!(told, Ok(None)), "done before, and not replayed but {told:?}: {step:?}");
        return;
    }
    // What fails does so at any time.
    let now = told.as_ref().map_or(Time(1_800_000_000_000_000), |told| told.expect("replayed, though new"));
    let expected = record.apply(step, now);
    assert_eq!(told.map(drop).map_err(|error| error.kind()), expected, "the outcome of {step:?}");
}

/// All that can be read of a conversation.
type Read = Result<(View, Vec<Message>, Vec<Event>, Vec<Event>)>;

pub(crate) async fn conversations(driver: &Driver, record: &Record, random: &mut Random) {
    let (page_size, kind) =
        (1 + random.below(4) as i32, *random.pick(&[EventType::Custom, EventType::TagAdded]));
    let read = move |reading: &Reading<'_>| -> Result<Vec<Read>> {
        let all = CONVERSATIONS.into_iter().map(|id| read_whole(reading, id, page_size, kind));
        Ok(all.collect())
    };
    let found = driver.read(&driver.admin, read).await.unwrap();
    for (id, found) in CONVERSATIONS.into_iter().zip(found) {
        match (record.conversations.get(&Id::known(id)), found) {
            (None, found) => assert!(found.is_err(), "{id} is there"),
            (Some(kept), found) => same(kept, found.unwrap(), kind),
        }
    }
    platform_ids(driver, record).await;
}

fn read_whole(reading: &Reading<'_>, id: &str, page_size: i32, kind: EventType) -> Read {
    let conversation = reading.conversation(&profile().conversation(Id::known(id)))?;
    let by_number = reading.by_legacy_id(conversation.number)?;
    assert_eq!(by_number, conversation);
    let messages = paged(|token| {
        let page = reading.list_messages(&conversation, true, page_size, token)?;
        Ok((page.items, page.next_page_token))
    })?;
    let events_of = |kinds: &[EventType]| {
        paged(|token| {
            let page = reading.list_events(&conversation, kinds, page_size, token)?;
            Ok((page.items, page.next_page_token))
        })
    };
    let (events, of_kind) = (events_of(&[])?, events_of(&[kind])?);
    let live = reading.list_messages(&conversation, false, 1000, "")?.items;
    let without_tombstones: Vec<_> =
        messages.iter().filter(|message| message.delete_time.is_none()).cloned().collect();
    assert_eq!(live, without_tombstones);
    for message in &messages {
        assert_eq!(reading.message(&conversation, &message.name.id)?, *message);
    }
    Ok((reading.view(conversation)?, messages, events, of_kind))
}

fn paged<T>(page: impl Fn(&str) -> Result<(Vec<T>, String)>) -> Result<Vec<T>> {
    let (mut all, mut token) = (Vec::new(), String::new());
    loop {
        let (items, next) = page(&token)?;
        assert!(token.is_empty() || !items.is_empty(), "a page without items");
        all.extend(items);
        if next.is_empty() {
            return Ok(all);
        }
        token = next;
    }
}

fn same(
    kept: &Kept,
    (view, messages, events, of_kind): (View, Vec<Message>, Vec<Event>, Vec<Event>),
    kind: EventType,
) {
    assert_eq!(view.conversation, kept.conversation);
    equal("message", &messages, &kept.messages);
    assert_eq!(view.tags, kept.tags.iter().cloned().collect::<Vec<_>>());
    let agent = kept.conversation.body.fields.agent.as_ref().map(Id::as_str);
    let (name, team) = match agent {
        Some("ada") => ("Ada B.", Some("blue")),
        Some("eve") => ("Eve", Some("blue")),
        Some("bob") => ("bob", Some("red")),
        other => (other.unwrap_or_default(), None),
    };
    assert_eq!((view.agent_user_name.as_str(), view.team.as_ref().map(Id::as_str)), (name, team));
    assert!((1..).zip(&events).all(|(sequence, event)| event.sequence == sequence));
    assert!(events.iter().all(|event| event.actor == ACTOR));
    let noted: Vec<_> = events.iter().zip(&kept.events).map(|(event, kept)| noted(event, kept)).collect();
    equal("event", &noted, &kept.events);
    assert_eq!(events.len(), kept.events.len());
    assert_eq!(of_kind, events.into_iter().filter(|event| event.kind == kind).collect::<Vec<_>>());
}

/// Tells the first that differs, which a whole list would hide.
fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: &[T], expected: &[T]) {
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found, expected, "{what} {at}");
    }
    assert_eq!(found.len(), expected.len(), "how many there are of: {what}");
}

/// The event without what the model cannot foretell.
fn noted(event: &Event, kept: &Noted) -> Noted {
    Noted {
        id: kept.id.is_some().then(|| event.name.id.clone()),
        kind: event.kind,
        content: event.content.clone(),
        event_time: event.event_time,
        create_time: event.create_time,
    }
}

/// The newest conversation of a platform id, with and without an account.
async fn platform_ids(driver: &Driver, record: &Record) {
    for (id, account) in [("one", ""), ("one", "x"), ("two", "y"), ("One", "")] {
        let read = move |reading: &Reading<'_>| reading.by_platform_id(id, account);
        let found = driver.read(&driver.admin, read).await.ok().map(|found| found.name.conversation);
        let newest = record.conversations.values().filter(|kept| {
            let info = kept.conversation.body.fields.platform_info.as_ref();
            info.is_some_and(|info| {
                info.platform_conversation_id == id
                    && (account.is_empty() || info.platform_account_id == account)
            })
        });
        let newest = newest.max_by_key(|kept| (kept.conversation.body.start_time, kept.conversation.number));
        assert_eq!(
            found,
            newest.map(|kept| kept.conversation.name.conversation.clone()),
            "{id} of {account:?}"
        );
    }
}

/// Reads the log from somewhere, as admin and as agent, with and without a filter.
pub(crate) async fn log(driver: &Driver, record: &Record, random: &mut Random) {
    let filter = random.once_in(2).then(|| condition::filter(random));
    let after = if random.once_in(3) { 0 } else { random.below(record.log.len() + 1) };
    let limit = 1 + random.below(60);
    for scope in [&driver.admin, &driver.agent] {
        let asked = filter.clone();
        let read = move |reading: &Reading<'_>| {
            let changes = reading.list_changes(Cursor(after as i64), asked.as_ref(), limit as i32)?;
            Ok((changes, reading.last_cursor()?, reading.now()))
        };
        let (changes, last, now) = driver.read(scope, read).await.unwrap();
        assert_eq!(last.0, record.log.len() as i64);
        let expected = (1..).zip(&record.log).skip(after);
        let expected = expected.filter(|(_, entry)| hears(record, scope, filter.as_ref(), entry, now));
        let expected: Vec<_> = expected.take(limit).map(|(cursor, entry)| (cursor, entry.clone())).collect();
        assert_eq!(changes.len(), expected.len(), "the log after {after} for {scope:?}, {filter:?}");
        let changes: Vec<_> =
            changes.iter().zip(&expected).map(|(change, (_, entry))| told(change, entry)).collect();
        equal("change", &changes, &expected);
    }
}

/// Deletions pass every filter; everything else is asked of the conversation as it is now.
fn hears(record: &Record, scope: &Scope, filter: Option<&Filter>, entry: &Logged, now: Time) -> bool {
    if entry.kind == ChangeKind::ConversationDeleted {
        return scope.own_of().is_none() || entry.agent.as_ref() == scope.own_of();
    }
    if filter.is_none() && scope.own_of().is_none() {
        return true;
    }
    let present = record.conversations.get(&entry.conversation);
    let same = present.filter(|kept| kept.conversation.number == entry.number);
    same.is_some_and(|kept| {
        sees(scope, kept) && filter.is_none_or(|filter| condition::selects(filter, kept, now))
    })
}

fn sees(scope: &Scope, kept: &Kept) -> bool {
    scope.own_of().is_none_or(|own| kept.conversation.body.fields.agent.as_ref() == Some(own))
}

/// The change as the model writes it, without what it cannot foretell.
fn told(change: &Change, entry: &Logged) -> (i64, Logged) {
    let foretold = change.kind != ChangeKind::EventCreated || entry.part.is_some();
    let told = Logged {
        conversation: change.conversation.conversation.clone(),
        kind: change.kind,
        part: change.part.clone().filter(|_| foretold),
        sequence: change.sequence,
        time: change.change_time,
        ..entry.clone()
    };
    (change.cursor.0, told)
}

/// Lists and counts by random filters, in random orders, page by page.
pub(crate) async fn lists(driver: &Driver, record: &Record, random: &mut Random) {
    for _ in 0..FILTERS {
        let filter = condition::filter(random);
        let by = *random.pick(&[OrderBy::StartTime, OrderBy::UpdateTime, OrderBy::Duration]);
        let order = Order { by, descending: random.once_in(2) };
        definition(record, &filter, driver.store.now());
        let scope = if random.once_in(4) { &driver.agent } else { &driver.admin };
        list(driver, record, scope, (filter, order, 1 + random.below(4) as i32)).await;
    }
}

/// The domain's definition of a filter says what the contract says.
fn definition(record: &Record, filter: &Filter, now: Time) {
    for kept in record.conversations.values() {
        let user = kept.conversation.body.fields.agent.as_ref().map_or("", Id::as_str);
        let agent = AgentFacts {
            team: team_of(user).map(Id::known),
            groups: groups_of(user).iter().map(|group| Id::known(*group)).collect(),
            is_dev_user: user == "eve",
        };
        let tags: Vec<Id> = kept.tags.iter().cloned().collect();
        let present = kept.messages.iter().filter(|message| message.delete_time.is_none());
        let texts: Vec<String> = present.map(|message| message.content.text.as_str().to_owned()).collect();
        let (conversation, annotations) = (&kept.conversation, &AnnotationFacts::default());
        let subject = Subject { conversation, agent: &agent, tags: &tags, annotations, texts: &texts };
        let expected = condition::selects(filter, kept, now);
        assert_eq!(filter.matches(&subject, now), expected, "{filter:?} of {kept:?}");
    }
}

async fn list(driver: &Driver, record: &Record, scope: &Scope, asked: (Filter, Order, i32)) {
    let (filter, order, page_size) = asked;
    let (mut listed, mut token, mut first_now) = (Vec::new(), String::new(), None);
    let cap = page_size * 10 + 1;
    loop {
        let request = ListRequest { filter: filter.clone(), order, page_size, page_token: token };
        let read = move |reading: &Reading<'_>| Ok((reading.list_conversations(&request)?, reading.now()));
        let (page, now) = driver.read(scope, read).await.unwrap_or_else(|error| fail(&filter, &error));
        let now = *first_now.get_or_insert(now);
        let selected = selection(record, scope, &filter, order, now);
        let total = record.conversations.values().filter(|kept| sees(scope, kept)).count() as i32;
        assert_eq!(
            (page.total, page.filtered),
            (total.min(cap), (selected.len() as i32).min(cap)),
            "{filter:?}"
        );
        assert!(page.conversations.len() <= page_size as usize);
        listed.extend(page.conversations.into_iter().map(|view| view.conversation.name.conversation));
        token = page.next_page_token;
        if token.is_empty() {
            assert_eq!(listed, selected, "{filter:?} by {order:?}, {page_size} a page");
            break;
        }
    }
    let asked = filter.clone();
    let read = move |reading: &Reading<'_>| Ok((reading.count_conversations(&asked)?, reading.now()));
    let (count, now) = driver.read(scope, read).await.unwrap_or_else(|error| fail(&filter, &error));
    assert_eq!(count, selection(record, scope, &filter, order, now).len() as i64, "{filter:?}");
}

fn fail(filter: &Filter, error: &Error) -> ! {
    panic!("{error:?} for {filter:?}")
}

/// Ids of the conversations that a filter selects, in order; ties go by name.
fn selection(record: &Record, scope: &Scope, filter: &Filter, order: Order, now: Time) -> Vec<Id> {
    let selected = record.conversations.values();
    let selected = selected.filter(|kept| sees(scope, kept) && condition::selects(filter, kept, now));
    let mut selected: Vec<&Kept> = selected.collect();
    let value = |kept: &Kept| {
        let body = &kept.conversation.body;
        match order.by {
            OrderBy::StartTime => body.start_time.0,
            OrderBy::UpdateTime => body.update_time.0,
            OrderBy::Duration => body.end_time.unwrap_or(now).since(body.start_time).0,
        }
    };
    let in_order = |ordering: Ordering| if order.descending { ordering.reverse() } else { ordering };
    selected.sort_by(|one, other| {
        let by_value = in_order(value(one).cmp(&value(other)));
        by_value.then_with(|| one.conversation.name.cmp(&other.conversation.name))
    });
    selected.into_iter().map(|kept| kept.conversation.name.conversation.clone()).collect()
}
