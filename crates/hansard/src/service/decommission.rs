//! Ending conversations whose service is shut down: one, or all of a deployment as a job.

use super::{Call, ids, state};
use crate::{app::App, auth, jobs::Job};
use hansard_domain::{
    Error, Id, Result,
    caller::{Permission, Scope},
    conversation::{StateChange, Status},
    filter::{Filter, Order, OrderBy},
    limits,
    name::{ConversationName, ProfileName},
    redact::Redactor,
};
use hansard_store::{Direct, Needs, NumberedRequest, Outcome, Receipt, Stretch, Written};
use std::sync::Arc;

/// What the history says.
const REASON: &str = "decommissioned";
/// Conversations that one transaction ends, so that other writes go on between.
const ENDED_AT_ONCE: usize = 50;

/// Ends one active conversation, with `ending` or as COMPLETED; one that has ended stays as it is.
pub async fn one(app: &App, call: &Call, name: &ConversationName, ending: Status) -> Result<()> {
    let draft = |redactor: &Redactor| StateChange::decommission(ending, redactor.text(REASON));
    state::change_state(app, call, name, draft).await
}

/// Which conversations a decommission ends.
#[derive(Debug, Clone)]
pub struct Request {
    pub parent: ProfileName,
    pub deployment_config_id: String,
    pub ending: Status,
}

impl Request {
    fn check(&self) -> Result<()> {
        if self.deployment_config_id.is_empty() {
            return Err(Error::missing("deployment.deploymentConfigId"));
        }
        limits::short("deployment.deploymentConfigId", &self.deployment_config_id)?;
        self.change().map(drop)
    }

    fn change(&self) -> Result<StateChange> {
        StateChange::decommission(self.ending, Redactor::NONE.text(REASON))
    }

    fn filter(&self) -> Filter {
        Filter {
            statuses: vec![Status::Active],
            deployment_config_ids: vec![self.deployment_config_id.clone()],
            include_dev_users: true,
            ..Filter::default()
        }
    }
}

struct Begun(Id);

impl Outcome for Begun {
    fn receipt(&self) -> Receipt {
        Receipt { created: true, ids: vec![self.0.to_string()] }
    }
}

/// Counts what [`begin`] would end.
pub async fn dry_run(app: &App, call: &Call, request: &Request) -> Result<i64> {
    let scope = enter(call, request)?;
    request.check()?;
    count(app, &scope, request).await
}

/// Begins to end all active conversations of a deployment.
pub async fn begin(app: &Arc<App>, call: &Call, request: Request) -> Result<Arc<Job>> {
    let scope = enter(call, &request)?;
    request.check()?;
    let id = app.jobs.new_id()?;
    let keep = |id: Id| move |_: &mut hansard_store::Unit<'_>| Ok(Begun(id));
    let written =
        app.store.write(&scope, &call.ticket, "begin_decommission", Needs::default(), keep(id)).await?;
    let id = match written {
        Written::Fresh(Begun(id)) => id,
        Written::Replayed(receipt) => {
            let id = ids(&receipt).swap_remove(0);
            if let Some(job) = app.jobs.find(&request.parent, &id) {
                return Ok(job);
            }
            // Forgotten, or never begun: it ends what is left.
            id
        }
    };
    let total = count(app, &scope, &request).await?;
    let begun =
        Job::new(id, request.parent.clone(), request.deployment_config_id.clone(), total, app.store.now());
    let job = app.jobs.add(begun)?;
    let (app, call, working) = (Arc::clone(app), call.without_key(), Arc::clone(&job));
    tokio::spawn(async move {
        let outcome = work(&app, &call, &scope, &request, &working).await;
        working.end(outcome, app.store.now());
    });
    Ok(job)
}

/// A job of the caller's project, while it is remembered.
pub fn job(app: &App, call: &Call, parent: &ProfileName, id: &Id) -> Result<Arc<Job>> {
    let scope = call.caller.enter(parent, format!("{parent}/jobs/{id}"), Permission::UpdateConversation)?;
    app.jobs.find(parent, id).ok_or_else(|| scope.not_found())
}

fn enter(call: &Call, request: &Request) -> Result<Scope> {
    call.caller.enter(&request.parent, &request.parent, Permission::UpdateConversation)
}

async fn count(app: &App, scope: &Scope, request: &Request) -> Result<i64> {
    let filter = request.filter();
    app.store.read(scope, "count_active", move |reading| reading.count_conversations(&filter)).await
}

/// Ends some at a time until none is left.
async fn work(app: &App, call: &Call, scope: &Scope, request: &Request, job: &Job) -> Result<()> {
    loop {
        if *app.stopping().borrow() {
            return Err(Error::unavailable("the server is stopping"));
        }
        auth::check_still_valid(app, &call.caller)?;
        let names = next(app, scope, request).await?;
        if names.is_empty() {
            return Ok(());
        }
        let change = request.change()?;
        let end = move |direct: &mut Direct<'_>| {
            let mut ended = 0;
            for name in &names {
                ended += usize::from(end_in(direct, name, change.clone())?);
            }
            Ok(Some(ended))
        };
        match app.store.transact(scope, &call.ticket, "decommission", end).await? {
            Written::Fresh(Some(ended)) => job.advance(ended),
            Written::Fresh(None) | Written::Replayed(_) => {}
        }
    }
}

/// The oldest that are still active.
async fn next(app: &App, scope: &Scope, request: &Request) -> Result<Vec<ConversationName>> {
    let request = NumberedRequest {
        filter: request.filter(),
        order: Order { by: OrderBy::StartTime, descending: false },
        includes_deleted: false,
        stretch: Stretch { skip: 0, take: ENDED_AT_ONCE },
    };
    let found = app.store.read(scope, "list_active", move |reading| reading.list_numbered(&request)).await?;
    Ok(found.items.into_iter().map(|view| view.conversation.name).collect())
}

/// Whether it was active.
fn end_in(direct: &mut Direct<'_>, name: &ConversationName, change: StateChange) -> Result<bool> {
    let Some(mut conversation) = direct.find_conversation(name).or_else(gone)? else { return Ok(false) };
    let (actor, now) = (direct.actor().name.clone(), direct.now());
    let Some(before) = conversation.change_state(change, &actor, now)? else { return Ok(false) };
    state::announce_status(direct, &mut conversation, before)?;
    direct.put(&conversation);
    Ok(true)
}

/// What was deleted meanwhile needs no end.
fn gone<T>(error: Error) -> Result<Option<T>> {
    if error.kind() == hansard_domain::ErrorKind::NotFound { Ok(None) } else { Err(error) }
}
