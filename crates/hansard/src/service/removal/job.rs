//! Jobs that remove from many conversations: begun, asked for, cancelled.
//!
//! What a job goes through is written down when it begins, by number. Whom it looks for is sealed in the store, and gone
//! from it when the job ends. Going through it is `hand`'s matter.

use super::{Call, hand, labels, reason, work::Task};
use crate::{app::App, service::ids};
use hansard_domain::{
    Error, Id, Result,
    audit::AuditAction,
    caller::{Permission, Scope},
    filter::Filter,
    name::ProfileName,
    page::{Page, PageSizes},
    redact::{JobBody, JobKind, JobState, RedactionJob, Subject},
};
use hansard_store::{Direct, Outcome, Reading, Receipt, Written, tenancy::ProfileTenant};
use std::sync::Arc;

/// Jobs of the store that are open at once.
const OPEN_MAX: usize = 100;

/// What a job is to do.
#[derive(Debug, Clone)]
pub struct Request {
    pub parent: ProfileName,
    pub aim: Aim,
    pub reason: String,
    pub validate_only: bool,
}

#[derive(Debug, Clone)]
pub enum Aim {
    /// Masks what the detector finds in what the filter selects; of all kinds where none is named.
    Redact {
        filter: Box<Filter>,
        entity_types: Vec<String>,
    },
    Erase(Subject),
}

struct Begun(RedactionJob);

impl Outcome for Begun {
    fn receipt(&self) -> Receipt {
        Receipt { created: true, ids: vec![self.0.id.to_string()] }
    }
}

impl Aim {
    fn kind(&self) -> JobKind {
        match self {
            Self::Redact { .. } => JobKind::RedactConversations,
            Self::Erase(_) => JobKind::EraseDataSubject,
        }
    }

    fn action(&self) -> AuditAction {
        match self {
            Self::Redact { .. } => AuditAction::RedactConversations,
            Self::Erase(_) => AuditAction::EraseDataSubject,
        }
    }

    fn entity_types(&self) -> Vec<String> {
        match self {
            Self::Redact { entity_types, .. } => entity_types.clone(),
            Self::Erase(_) => Vec::new(),
        }
    }

    /// Whom to look for, sealed for as long as the job is open.
    fn sealed(&self, app: &App, parent: &ProfileName) -> Result<Option<Vec<u8>>> {
        let Self::Erase(subject) = self else { return Ok(None) };
        app.store.secret().seal(&bound(parent), &subject.to_bytes()?).map(Some)
    }

    /// The numbers that the filter selects; nothing where it is all of the profile.
    async fn selected(&self, app: &App, scope: &Scope) -> Result<Option<Vec<i64>>> {
        let Self::Redact { filter, .. } = self else { return Ok(None) };
        let filter = Filter { include_dev_users: true, ..filter.as_ref().clone() };
        let read = move |reading: &Reading<'_>| reading.list_numbers(&filter);
        app.store.read(scope, "list_to_redact", read).await.map(Some)
    }

    pub(super) fn task(&self, profile: &ProfileTenant) -> Result<Task> {
        match self {
            Self::Redact { entity_types, .. } => {
                let known = labels(profile);
                let unknown = entity_types.iter().position(|name| !known.has(name));
                if let Some(index) = unknown {
                    let text = "names no kind of personal data that is looked for here";
                    return Err(Error::invalid(format!("entityTypes[{index}]"), text));
                }
                Ok(Task::redact(profile, entity_types.clone()))
            }
            Self::Erase(subject) => {
                let search = subject.search(labels(profile))?;
                Ok(Task::Erase { search, entity_type: subject.entity_type() })
            }
        }
    }
}

/// Begins a job.
pub async fn begin(app: &Arc<App>, call: &Call, request: Request) -> Result<RedactionJob> {
    let Request { parent, aim, .. } = &request;
    let scope = call.caller.enter(parent, parent, Permission::RedactMessage)?;
    let profile = app.profile(&scope).await?;
    let task = aim.task(&profile)?;
    let body = JobBody {
        kind: aim.kind(),
        state: JobState::Queued,
        validate_only: request.validate_only,
        reason: task.reason(&reason(&profile, &request.reason)?),
        entity_types: aim.entity_types(),
        key: call.caller.key().cloned(),
        ..JobBody::default()
    };
    let sealed = aim.sealed(app, parent)?;
    let selected = aim.selected(app, &scope).await?;
    let (action, parent) = (aim.action(), parent.clone());
    let work = move |direct: &mut Direct<'_>| {
        if direct.open_redaction_jobs()? >= OPEN_MAX {
            return Err(Error::unavailable("too many jobs are open; try again when one has ended"));
        }
        let numbers = selected.map_or_else(|| direct.list_all_numbers(), Ok)?;
        let total = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
        let (id, now, body) = (direct.new_id(), direct.now(), JobBody { total, ..body });
        let job = RedactionJob { id, parent, body, create_time: now, update_time: now };
        direct.insert_redaction_job(&job, sealed.as_deref(), &numbers)?;
        direct.audit(action, job.parent.redaction_job(job.id.clone()));
        Ok(Begun(job))
    };
    match app.store.transact(&scope, &call.ticket, "begin_redaction_job", work).await? {
        Written::Fresh(Begun(job)) => {
            hand::spawn(app, job.parent.clone(), job.id.clone());
            Ok(job)
        }
        Written::Replayed(receipt) => {
            let id = ids(&receipt).pop().ok_or_else(|| Error::internal("a receipt without an id"))?;
            get(app, call, &request.parent, id).await
        }
    }
}

pub async fn get(app: &App, call: &Call, parent: &ProfileName, id: Id) -> Result<RedactionJob> {
    let scope = enter(call, parent, &id)?;
    app.store.read(&scope, "get_redaction_job", move |reading| reading.redaction_job(&id)).await
}

/// A page of jobs, newest first.
pub async fn list(
    app: &App,
    call: &Call,
    parent: &ProfileName,
    (page_size, page_token): (i32, String),
) -> Result<Page<RedactionJob>> {
    let scope = call.caller.enter(parent, parent, Permission::RedactMessage)?;
    let page_size = PageSizes::PARTS.effective(page_size)?;
    let read = move |reading: &Reading<'_>| reading.list_redaction_jobs(page_size, &page_token);
    app.store.read(&scope, "list_redaction_jobs", read).await
}

/// Ends a job before its work is done; one that has ended stays as it is.
pub async fn cancel(app: &App, call: &Call, parent: &ProfileName, id: Id) -> Result<RedactionJob> {
    let scope = enter(call, parent, &id)?;
    let work = {
        let (id, owner) = (id.clone(), parent.clone());
        move |direct: &mut Direct<'_>| {
            let mut job = direct.redaction_job(&id)?;
            if job.body.state.is_open() {
                job.cancel(direct.now())?;
                direct.update_redaction_job(&job)?;
                direct.audit(AuditAction::CancelRedactionJob, owner.redaction_job(id));
            }
            Ok(Begun(job))
        }
    };
    app.store.transact(&scope, &call.ticket, "cancel_redaction_job", work).await?;
    app.store.request_truncate();
    get(app, call, parent, id).await
}

fn enter(call: &Call, parent: &ProfileName, id: &Id) -> Result<Scope> {
    call.caller.enter(parent, parent.redaction_job(id.clone()), Permission::RedactMessage)
}

/// What a job's secret is bound to.
pub(super) fn bound(parent: &ProfileName) -> Vec<u8> {
    format!("redaction job of {parent}").into_bytes()
}
