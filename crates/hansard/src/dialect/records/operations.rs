//! Each route's request to its operation, and the outcome back.

use axum::body::Body;
use hansard_domain::{
    Error, Result,
    conversation::{StateChange, Status},
    filter::{Filter, Order, OrderBy},
    limits,
    name::{ConversationName, ProfileName},
    redact::{Redactor, Turns},
};
use hansard_store::{NumberedRequest, Stretch};
use http::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Ask, Refusal, envelope, envelope::Page, from_record, project, query::Query, read, routes::Operation,
    schema, schema::Schema, to_record, wire,
};
use crate::{
    dialect::transcode::percent,
    service::{Call, edit, message, record, record::Record, state, transfer},
};

type Answer = Result<Response<Body>, Refusal>;

/// Runs the operation of a route.
pub(super) async fn run(mut ask: Ask<'_>) -> Answer {
    if ask.route.operation == Operation::Create {
        return create(ask).await;
    }
    let profile = ask.profile(project::Named::default()).await?;
    match ask.route.operation {
        Operation::Create => create(ask).await,
        Operation::List
        | Operation::ListByCustomer
        | Operation::ListByChannel
        | Operation::ListByDeployment
        | Operation::ListByDateRange => list(&ask, &profile).await,
        Operation::Decommission => super::decommission::begin(&mut ask, &profile).await,
        Operation::GetDecommission => super::decommission::get(&ask, &profile),
        Operation::Get => {
            let includes_deleted = ask.query.flag("includeDeleted").unwrap_or(false);
            ask.answer(StatusCode::OK, ask.name(&profile)?, includes_deleted).await
        }
        Operation::Delete => {
            let name = ask.name(&profile)?;
            crate::service::conversation::soft_delete(ask.app, &ask.call()?, name.clone()).await?;
            ask.answer(StatusCode::OK, name, true).await
        }
        Operation::ListMessages => list_messages(&ask, &profile).await,
        Operation::AppendMessages => append(&mut ask, &profile).await,
        Operation::SetStatus => set_status(&mut ask, &profile).await,
        Operation::SetSummary => set_summary(&mut ask, &profile).await,
        Operation::ReportTransfer => report_transfer(&mut ask, &profile).await,
    }
}

impl Ask<'_> {
    /// The profile that the request is about, by its query and by what its body says.
    async fn profile(&self, in_body: project::Named<'_>) -> Result<ProfileName> {
        let named = project::Named {
            organization: one_of(
                "organization_id",
                in_body.organization,
                self.query.text("organization_id"),
            )?,
            project: one_of("project_id", in_body.project, self.query.text("project_id"))?,
        };
        project::profile(self.app, &self.caller, named).await
    }

    fn name(&self, profile: &ProfileName) -> Result<ConversationName> {
        project::conversation(profile, "id", &self.id()?)
    }

    /// What stands in the path for an id.
    pub(super) fn id(&self) -> Result<String> {
        // A slash that was encoded is part of it, and a plus is no space.
        let text = self.id.unwrap_or_default().replace('+', "%2B");
        let decoded = percent::decode_query(&text).map_err(|fault| Error::from(fault.within("id")))?;
        Ok(decoded.into_owned())
    }

    /// The body as its schema has it; `path` is where it stands in the record.
    pub(super) fn body<T: DeserializeOwned>(&mut self, schema: &Schema, path: &str) -> Result<T, Refusal> {
        read::object(schema, path, &mut self.body).map_err(Refusal::Faults)?;
        typed(&self.body)
    }

    /// Says in the body where a record belongs, where the query or the key says it alone.
    async fn add_what_the_key_decides(&mut self) -> Result<()> {
        let named = |name: &str| self.query.text(name).map(str::to_owned);
        let organization = named("organization_id").or_else(|| Some(self.caller.customer().to_string()));
        let project = match named("project_id") {
            Some(named) => Some(named),
            None => project::only_one(self.app, &self.caller).await?.map(|only| only.to_string()),
        };
        let Value::Object(entries) = &mut self.body else { return Ok(()) };
        for (name, decided) in [("organization_id", organization), ("project_id", project)] {
            if let Some(decided) = decided.filter(|_| !entries.contains_key(name)) {
                entries.insert(name.to_owned(), Value::String(decided));
            }
        }
        Ok(())
    }

    /// Answers the record as it is now.
    pub(super) async fn answer(&self, status: StatusCode, name: ConversationName, deleted: bool) -> Answer {
        let call = Call { ticket: self.ticket_without_key(), caller: self.caller.clone() };
        let record = record::get(self.app, &call, name, deleted).await?;
        Ok(self.answer_record(status, record))
    }

    fn answer_record(&self, status: StatusCode, record: Record) -> Response<Body> {
        envelope::success(status, &to_record::record(record), self.app.store.now())
    }
}

/// What body and query say alike.
fn one_of<'r>(field: &str, body: Option<&'r str>, query: Option<&'r str>) -> Result<Option<&'r str>> {
    match (body, query) {
        (Some(body), Some(query)) if body != query => {
            Err(Error::invalid(field, "differs between the body and the query"))
        }
        (body, query) => Ok(body.or(query)),
    }
}

/// A tree that has passed its schema.
fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, Refusal> {
    T::deserialize(value).map_err(|error| Refusal::Error(Error::internal(error)))
}

async fn create(mut ask: Ask<'_>) -> Answer {
    ask.add_what_the_key_decides().await?;
    let given: wire::Record = ask.body(&schema::RECORD, "")?;
    let named =
        project::Named { organization: Some(&given.organization_id), project: Some(&given.project_id) };
    let profile = ask.profile(named).await?;
    let name = project::conversation(&profile, "id", &given.id)?;
    let call = ask.call()?;
    let draft = |redactor: &Redactor| from_record::record(given.clone(), redactor);
    let created = record::create(ask.app, &call, &name, draft).await?;
    let status = if created.created { StatusCode::CREATED } else { StatusCode::OK };
    Ok(ask.answer_record(status, created.record))
}

async fn list(ask: &Ask<'_>, profile: &ProfileName) -> Answer {
    let page = ask.query.page()?;
    let request = NumberedRequest {
        filter: filter(ask)?,
        order: order(&ask.query),
        includes_deleted: ask.query.flag("includeDeleted").unwrap_or(false),
        stretch: Stretch { skip: page.skip(), take: page.size },
    };
    let found = record::list(ask.app, &ask.call()?, profile, request).await?;
    let records = found.items.into_iter().map(to_record::listed).collect();
    let page = Page::new(records, found.total, (page.page, page.size));
    Ok(envelope::success(StatusCode::OK, &page, ask.app.store.now()))
}

fn order(query: &Query) -> Order {
    let by =
        if query.text("sortBy") == Some("updated_at") { OrderBy::UpdateTime } else { OrderBy::StartTime };
    Order { by, descending: query.text("sortDirection") != Some("asc") }
}

/// What a list selects. Records know no users, so those of dev users are like all others.
fn filter(ask: &Ask<'_>) -> Result<Filter> {
    let query = &ask.query;
    let id = ask.id.map(|_| ask.id()).transpose()?;
    let by = |operation: Operation| id.clone().filter(|_| ask.route.operation == operation);
    let one = |by: Option<String>, name: &str| by.map_or_else(|| query.texts(name), |id| vec![id]);
    let (start, end) = match ask.route.operation {
        Operation::ListByDateRange => ("startDate", "endDate"),
        _ => ("start", "end"),
    };
    let (from, to) = (query.time(start, false), query.time(end, true));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Error::invalid(end, format!("must not be before {start}")));
    }
    Ok(Filter {
        include_dev_users: true,
        channels: query.words("conversation_type"),
        statuses: query.words("status"),
        directions: query.words("direction"),
        deployment_channel_ids: one(by(Operation::ListByChannel), "channel_id"),
        deployment_config_ids: one(by(Operation::ListByDeployment), "deployment_config_id"),
        crm_customer_ids: one(by(Operation::ListByCustomer), "customer_id"),
        campaign: query.flag("is_campaign"),
        with_messages: query.flag("hasMessages"),
        keyword: query.text("search").unwrap_or_default().to_owned(),
        started_from: from,
        range_end: to,
        ..Filter::default()
    })
}

async fn list_messages(ask: &Ask<'_>, profile: &ProfileName) -> Answer {
    let page = ask.query.page()?;
    let stretch = Stretch { skip: page.skip(), take: page.size };
    let found = record::list_messages(ask.app, &ask.call()?, ask.name(profile)?, stretch).await?;
    let messages = found.items.iter().map(to_record::message).collect();
    let page = Page::new(messages, found.total, (page.page, page.size));
    Ok(envelope::success(StatusCode::OK, &page, ask.app.store.now()))
}

async fn append(ask: &mut Ask<'_>, profile: &ProfileName) -> Answer {
    let mut given = match std::mem::take(&mut ask.body) {
        Value::Array(items) => items,
        one => vec![one],
    };
    read::list(&schema::MESSAGE, "messages", &mut given).map_err(Refusal::Faults)?;
    limits::items_at_most("messages", given.len(), limits::BATCH_ITEMS_MAX)?;
    ask.body = Value::Array(given);
    let messages: Vec<wire::Message> = typed(&ask.body)?;
    let (name, call) = (ask.name(profile)?, ask.call()?);
    let allow_closed = ask.query.flag("allowClosed").unwrap_or(false);
    let draft = |turns: &mut Turns<'_>| from_record::messages(messages.clone(), turns);
    message::append(ask.app, &call, &name, allow_closed, draft).await?;
    ask.answer(StatusCode::OK, name, false).await
}

async fn set_status(ask: &mut Ask<'_>, profile: &ProfileName) -> Answer {
    let given: wire::StatusChange = ask.body(&schema::STATUS_CHANGE, "")?;
    let (name, call) = (ask.name(profile)?, ask.call()?);
    limits::short("reason", given.reason.as_deref().unwrap_or_default())?;
    let draft = |redactor: &Redactor| {
        let metadata = from_record::json(given.metadata.clone(), redactor);
        limits::json_at_most("metadata", &metadata)?;
        let reason = from_record::text(given.reason.clone(), redactor);
        StateChange::report(from_record::word::<Status>(&given.status)?, reason, metadata)
    };
    state::change_state(ask.app, &call, &name, draft).await?;
    ask.answer(StatusCode::OK, name, false).await
}

async fn set_summary(ask: &mut Ask<'_>, profile: &ProfileName) -> Answer {
    let given: wire::Summary = ask.body(&schema::SUMMARY, "conversationSummary")?;
    let (name, call) = (ask.name(profile)?, ask.call()?);
    let draft = |redactor: &Redactor| from_record::summary(&given, redactor);
    edit::set_summary(ask.app, &call, &name, draft).await?;
    ask.answer(StatusCode::OK, name, false).await
}

async fn report_transfer(ask: &mut Ask<'_>, profile: &ProfileName) -> Answer {
    let given: wire::CallTransfer = ask.body(&schema::TRANSFER, "call_transfer")?;
    let (name, call) = (ask.name(profile)?, ask.call()?);
    let draft = |redactor: &Redactor| {
        let transfer = from_record::transfer(given.clone(), redactor)?;
        transfer.check().map_err(|error| error.within("transfers[0]"))?;
        Ok(transfer)
    };
    transfer::report(ask.app, &call, &name, draft).await?;
    ask.answer(StatusCode::OK, name, false).await
}
