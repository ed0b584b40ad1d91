//! Events.

use super::batch_size;
use crate::{
    app::App,
    dialect::service::{
        from_proto::{self, names},
        to_proto,
    },
    service::{Call, event},
};
use hansard_domain::{Error, Result, redact::Redactor};
use hansard_proto::v1 as pb;
use std::sync::Arc;

pub(super) async fn create_conversation_event(
    app: &Arc<App>,
    call: &Call,
    given: pb::CreateConversationEventRequest,
) -> Result<pb::CreateConversationEventResponse> {
    let parent = names::conversation("parent", &given.parent)?;
    let reported = given.event.ok_or_else(|| Error::missing("event"))?;
    let draft = |redactor: &Redactor| {
        let new = from_proto::event::new_event(reported.clone(), &parent, redactor);
        Ok(vec![new.map_err(|error| error.within("event"))?])
    };
    let events = event::create(app, call, &parent, draft).await?;
    let event = events.into_iter().next().map(to_proto::event);
    Ok(pb::CreateConversationEventResponse { event })
}

pub(super) async fn batch_create_conversation_events(
    app: &Arc<App>,
    call: &Call,
    given: pb::BatchCreateConversationEventsRequest,
) -> Result<pb::BatchCreateConversationEventsResponse> {
    let parent = names::conversation("parent", &given.parent)?;
    batch_size("events", given.events.len())?;
    let draft = |redactor: &Redactor| {
        let events = given.events.iter().cloned().enumerate();
        let new = events.map(|(index, reported)| {
            from_proto::event::new_event(reported, &parent, redactor)
                .map_err(|error| error.within(&format!("events[{index}]")))
        });
        new.collect()
    };
    let events = event::create(app, call, &parent, draft).await?;
    let events = events.into_iter().map(to_proto::event).collect();
    Ok(pb::BatchCreateConversationEventsResponse { events })
}

pub(super) async fn list_conversation_events(
    app: &Arc<App>,
    call: &Call,
    given: pb::ListConversationEventsRequest,
) -> Result<pb::ListConversationEventsResponse> {
    let parent = names::conversation("parent", &given.parent)?;
    let types = given.filter.unwrap_or_default().types;
    let kinds = types.into_iter().enumerate();
    let kinds = kinds.map(|(index, kind)| from_proto::code(&format!("filter.types[{index}]"), kind));
    let kinds = kinds.collect::<Result<_>>()?;
    let page = (given.page_size, given.page_token);
    let page = event::list(app, call, parent, kinds, page).await?;
    Ok(pb::ListConversationEventsResponse {
        conversation_events: page.items.into_iter().map(to_proto::event).collect(),
        next_page_token: page.next_page_token,
    })
}

pub(super) async fn list_suggestion_usages(
    app: &Arc<App>,
    call: &Call,
    given: pb::ListSuggestionUsagesRequest,
) -> Result<pb::ListSuggestionUsagesResponse> {
    let parent = names::profile("parent", &given.parent)?;
    let range = (
        from_proto::optional_time("startTime", given.start_time.as_ref())?,
        from_proto::optional_time("endTime", given.end_time.as_ref())?,
    );
    let page = (given.page_size, given.page_token);
    let page = event::list_suggestion_usages(app, call, &parent, range, page).await?;
    Ok(pb::ListSuggestionUsagesResponse {
        suggestion_usages: page.items.into_iter().map(to_proto::event).collect(),
        next_page_token: page.next_page_token,
    })
}
