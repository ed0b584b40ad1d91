//! Events: report and read.

use super::{Call, distinct, ids, redaction::TextWrite};
use crate::app::App;
use hansard_domain::{
    Error, Result, Time,
    caller::Permission,
    conversation::Conversation,
    event::{Event, EventType, NewEvent},
    name::{ConversationName, ProfileName},
    page::{Page, PageSizes},
    redact::Redactor,
};
use hansard_store::{Needs, Outcome, Receipt, Unit, Written};

struct Created(Vec<Event>);

impl Outcome for Created {
    fn receipt(&self) -> Receipt {
        Receipt { created: true, ids: self.0.iter().map(|event| event.name.id.to_string()).collect() }
    }
}

/// Stores events in order, all or nothing.
///
/// Safe to retry: a known event id returns the stored event unchanged.
pub async fn create(
    app: &App,
    call: &Call,
    name: &ConversationName,
    draft: impl Fn(&Redactor) -> Result<Vec<NewEvent>> + Sync,
) -> Result<Vec<Event>> {
    let write = TextWrite {
        conversation: name,
        resource: name,
        permission: Permission::CreateEvent,
        operation: "create_events",
    };
    let draft = |redactor: &Redactor| {
        let new = draft(redactor)?;
        distinct("events", new.iter().map(|new| new.id.as_ref()))?;
        Ok(new)
    };
    let needs =
        |needs: Needs, new: &Vec<NewEvent>| needs.events(new.iter().filter_map(|new| new.id.as_ref()));
    match write.run(app, call, draft, needs, create_in).await? {
        Written::Fresh(Created(events)) => Ok(events),
        Written::Replayed(receipt) => {
            let scope = call.caller.enter(&name.profile, name, Permission::CreateEvent)?;
            let (name, ids) = (name.clone(), ids(&receipt));
            let read = move |reading: &hansard_store::Reading<'_>| {
                let conversation = reading.conversation(&name)?;
                let found = ids.iter().map(|id| reading.find_event(&conversation, id));
                found.filter_map(Result::transpose).collect()
            };
            app.store.read(&scope, "replayed_events", read).await
        }
    }
}

fn create_in(unit: &mut Unit<'_>, conversation: &mut Conversation, new: Vec<NewEvent>) -> Result<Created> {
    let mut events = Vec::with_capacity(new.len());
    for new in new {
        let stored = match &new.id {
            Some(id) => unit.find_event(conversation, id)?,
            None => None,
        };
        events.push(match stored {
            Some(stored) => stored,
            None => unit.add_event(conversation, new)?,
        });
    }
    Ok(Created(events))
}

/// A page of events by sequence; of all types where `kinds` is empty.
pub async fn list(
    app: &App,
    call: &Call,
    parent: ConversationName,
    kinds: Vec<EventType>,
    (page_size, page_token): (i32, String),
) -> Result<Page<Event>> {
    let scope = call.caller.enter(&parent.profile, &parent, Permission::ReadConversations)?;
    let page_size = PageSizes::PARTS.effective(page_size)?;
    let read = move |reading: &hansard_store::Reading<'_>| {
        reading.list_events(&reading.conversation(&parent)?, &kinds, page_size, &page_token)
    };
    app.store.read(&scope, "list_events", read).await
}

/// A page of the profile's events that tell of a used suggestion, newest first; the range's ends are inclusive.
pub async fn list_suggestion_usages(
    app: &App,
    call: &Call,
    parent: &ProfileName,
    range: (Option<Time>, Option<Time>),
    (page_size, page_token): (i32, String),
) -> Result<Page<Event>> {
    let scope = call.caller.enter(parent, parent, Permission::ReadConversations)?;
    let page_size = PageSizes::PARTS.effective(page_size)?;
    if matches!(range, (Some(from), Some(to)) if from > to) {
        return Err(Error::invalid("endTime", "must not be before startTime"));
    }
    let read = move |reading: &hansard_store::Reading<'_>| {
        reading.list_suggestion_usages(range, page_size, &page_token)
    };
    app.store.read(&scope, "list_suggestion_usages", read).await
}
