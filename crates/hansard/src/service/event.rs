//! Events: report and read.

use super::{
    Call, distinct, ids,
    redaction::{Exemption, redacted},
};
use crate::app::App;
use hansard_domain::{
    Result,
    caller::Permission,
    event::{Event, EventType, NewEvent},
    name::ConversationName,
    page::{Page, PageSizes},
    redact::Redactor,
};
use hansard_store::{Needs, Outcome, Receipt, Unit, Written};
use std::sync::Arc;

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
    let scope = call.caller.enter(&name.profile, name, Permission::CreateEvent)?;
    let profile = app.profile(&scope)?;
    let (scope, draft) = (&scope, &draft);
    let written = redacted(&profile.redactor, |redactor: Arc<Redactor>, exemption: Exemption| {
        let name = name.clone();
        async move {
            let new = draft(&redactor)?;
            distinct("events", new.iter().map(|new| new.id.as_ref()))?;
            let needs = Needs::conversation(&name).events(new.iter().filter_map(|new| new.id.as_ref()));
            let work = move |unit: &mut Unit<'_>| create_in(unit, &name, new, &exemption);
            app.store.write(scope, &call.ticket, "create_events", needs, work).await
        }
    });
    match written.await? {
        Written::Fresh(Created(events)) => Ok(events),
        Written::Replayed(receipt) => {
            let (name, ids) = (name.clone(), ids(&receipt));
            let read = move |reading: &hansard_store::Reading<'_>| {
                let conversation = reading.conversation(&name)?;
                let found = ids.iter().map(|id| reading.find_event(&conversation, id));
                found.filter_map(Result::transpose).collect()
            };
            app.store.read(scope, "replayed_events", read).await
        }
    }
}

fn create_in(
    unit: &mut Unit<'_>,
    name: &ConversationName,
    new: Vec<NewEvent>,
    exemption: &Exemption,
) -> Result<Created> {
    let mut conversation = unit.conversation(name)?;
    exemption.check(&conversation)?;
    let mut events = Vec::with_capacity(new.len());
    for new in new {
        let stored = match &new.id {
            Some(id) => unit.find_event(&conversation, id)?,
            None => None,
        };
        events.push(match stored {
            Some(stored) => stored,
            None => unit.add_event(&mut conversation, new)?,
        });
    }
    unit.put(&conversation);
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
