//! Jobs that remove from many conversations, and outlive the process.
//!
//! What a job goes through is written down when it begins, in small batches by number; each conversation is one
//! transaction, which counts in the job what it removed, so that a restart goes on exactly where it was. Whom a job
//! looks for is sealed in the store, and gone from it when the job ends.

use super::{
    Call, labels, reason,
    work::{Done, Look, Task, remove},
};
use crate::{app::App, auth, service::ids};
use hansard_domain::{
    Error, ErrorKind, Id, Result,
    audit::AuditAction,
    caller::{Caller, Permission, Scope},
    filter::Filter,
    name::ProfileName,
    page::{Page, PageSizes},
    redact::{JobBody, JobKind, JobState, RedactionJob, Subject, Tally},
};
use hansard_store::{Direct, Outcome, Reading, Receipt, Ticket, Written, tenancy::ProfileTenant};
use std::{sync::Arc, time::Duration};

/// Jobs of the store that are open at once.
const OPEN_MAX: usize = 8;
const RETRY_AFTER: Duration = Duration::from_secs(1);

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

    fn task(&self, profile: &ProfileTenant) -> Result<Task> {
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
    let parent = request.parent.clone();
    let scope = call.caller.enter(&parent, &parent, Permission::RedactMessage)?;
    let profile = app.profile(&scope)?;
    let task = request.aim.task(&profile)?;
    let reason = task.reason(&reason(&profile, &request.reason)?);
    let sealed = match &request.aim {
        Aim::Erase(subject) => {
            let plain = serde_json::to_vec(subject).map_err(Error::internal)?;
            Some(app.store.secret().seal(&bound(&parent), &plain)?)
        }
        Aim::Redact { .. } => None,
    };
    let selected = match &request.aim {
        Aim::Redact { filter, .. } => {
            let filter = Filter { include_dev_users: true, ..filter.as_ref().clone() };
            Some(
                app.store
                    .read(&scope, "list_to_redact", move |reading| reading.list_numbers(&filter))
                    .await?,
            )
        }
        Aim::Erase(_) => None,
    };
    let entity_types = match &request.aim {
        Aim::Redact { entity_types, .. } => entity_types.clone(),
        Aim::Erase(_) => Vec::new(),
    };
    let body = JobBody {
        kind: request.aim.kind(),
        state: JobState::Queued,
        validate_only: request.validate_only,
        reason,
        entity_types,
        key: call.caller.key().cloned(),
        ..JobBody::default()
    };
    let (action, owner) = (request.aim.action(), parent.clone());
    let work = move |direct: &mut Direct<'_>| {
        if direct.open_redaction_jobs()? >= OPEN_MAX {
            return Err(Error::unavailable("too many jobs are open; try again when one has ended"));
        }
        let numbers = selected.map_or_else(|| direct.list_all_numbers(), Ok)?;
        let total = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
        let (now, body) = (direct.now(), JobBody { total, ..body });
        let id = direct.new_id();
        let job = RedactionJob { id, parent: owner.clone(), body, create_time: now, update_time: now };
        direct.insert_redaction_job(&job, sealed.as_deref(), &numbers)?;
        direct.audit(action, owner.redaction_job(job.id.clone()));
        Ok(Begun(job))
    };
    match app.store.transact(&scope, &call.ticket, "begin_redaction_job", work).await? {
        Written::Fresh(Begun(job)) => {
            spawn(app, job.parent.clone(), job.id.clone());
            Ok(job)
        }
        Written::Replayed(receipt) => {
            let id = ids(&receipt).pop().ok_or_else(|| Error::internal("a receipt without an id"))?;
            get(app, call, &parent, id).await
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
fn bound(parent: &ProfileName) -> Vec<u8> {
    format!("redaction job of {parent}").into_bytes()
}

/// Goes on with every job that a former process left open.
pub async fn resume(app: &Arc<App>) -> Result<()> {
    for (parent, id) in app.store.open_redaction_jobs().await? {
        tracing::info!(job = %id, "going on with a redaction job");
        spawn(app, parent, id);
    }
    Ok(())
}

fn spawn(app: &Arc<App>, parent: ProfileName, id: Id) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        metrics::gauge!("hansard_redaction_jobs").increment(1.0);
        loop {
            let hand = Hand { app: &app, parent: &parent, id: &id };
            match hand.run().await {
                Err(_) if *app.stopping().borrow() => break,
                Err(error) if error.kind() == ErrorKind::Unavailable => {
                    tracing::warn!(job = %id, %error, "a redaction job waits");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
                outcome => {
                    if let Err(error) = hand.end(outcome.err()).await {
                        tracing::warn!(job = %id, %error, "the end of a redaction job cannot be written");
                    }
                    break;
                }
            }
        }
        metrics::gauge!("hansard_redaction_jobs").decrement(1.0);
    });
}

/// What works on one job.
struct Hand<'a> {
    app: &'a Arc<App>,
    parent: &'a ProfileName,
    id: &'a Id,
}

impl Hand<'_> {
    /// Goes through what is left, batch by batch.
    async fn run(&self) -> Result<()> {
        let job = self.job().await?;
        let (scope, call) = self.authority(&job)?;
        let task = Arc::new(self.task(&job, &scope).await?);
        loop {
            if *self.app.stopping().borrow() {
                return Err(Error::unavailable("the server is stopping"));
            }
            auth::check_still_valid(self.app, &call.caller)?;
            let id = self.id.clone();
            let next = move |reading: &Reading<'_>| reading.next_redaction_batch(&id);
            let Some((batch, numbers)) = self.app.store.read(&scope, "next_redaction_batch", next).await?
            else {
                return Ok(());
            };
            let mut found = Found { done: numbers.len(), ..Found::default() };
            for number in numbers {
                let look = self.look(&scope, &task, number, &mut found).await?;
                if look
                    && !job.body.validate_only
                    && !self.remove(&scope, &call, &task, number, &mut found).await?
                {
                    return Ok(());
                }
            }
            metrics::counter!("hansard_redaction_conversations_total").increment(found.done as u64);
            if !self.finish(&scope, &call, batch, found).await? {
                return Ok(());
            }
            self.app.store.request_truncate();
        }
    }

    /// Whether there is something to remove. What is held, or only to be counted, is noted.
    async fn look(&self, scope: &Scope, task: &Arc<Task>, number: i64, found: &mut Found) -> Result<bool> {
        let task = Arc::clone(task);
        let read = move |reading: &Reading<'_>| {
            let Some(conversation) = reading.find_by_number(number)? else { return Ok(None) };
            let look = task.look(&conversation, &reading.parts(&conversation), reading.now())?;
            let mut tally = Tally::default();
            look.count(&conversation, &mut tally);
            let held = matches!(look, Look::Held).then(|| conversation.name.to_string());
            Ok(Some((!matches!(look, Look::Nothing | Look::Held), tally, held)))
        };
        let Some((is_found, tally, held)) = self.app.store.read(scope, "look_for_redaction", read).await?
        else {
            return Ok(false);
        };
        found.tally.extend(tally);
        found.held.extend(held);
        Ok(is_found)
    }

    /// False where the job is over.
    async fn remove(
        &self,
        scope: &Scope,
        call: &Call,
        task: &Arc<Task>,
        number: i64,
        found: &mut Found,
    ) -> Result<bool> {
        let (id, task) = (self.id.clone(), Arc::clone(task));
        let work = move |direct: &mut Direct<'_>| remove(direct, (&id, number), &task);
        match self.app.store.transact(scope, &call.ticket, "redact_conversation", work).await? {
            Written::Fresh(Done::Over) => return Ok(false),
            Written::Fresh(Done::Held) => {
                let read = move |reading: &Reading<'_>| reading.find_by_number(number);
                let held = self.app.store.read(scope, "find_held", read).await?;
                found.held.extend(held.map(|conversation| conversation.name.to_string()));
            }
            Written::Fresh(Done::Removed | Done::Nothing) | Written::Replayed(_) => {}
        }
        Ok(true)
    }

    /// Writes down that a batch was gone through; false where the job is over.
    async fn finish(&self, scope: &Scope, call: &Call, batch: i64, found: Found) -> Result<bool> {
        let id = self.id.clone();
        let work = move |direct: &mut Direct<'_>| {
            let mut job = direct.redaction_job(&id)?;
            if !job.body.state.is_open() {
                return Ok(false);
            }
            job.start(direct.now())?;
            job.body.done += i64::try_from(found.done).unwrap_or(i64::MAX);
            if job.body.validate_only {
                job.body.tally.extend(found.tally);
            }
            found.held.iter().for_each(|name| job.hold(name));
            direct.delete_redaction_batch(&id, batch)?;
            direct.update_redaction_job(&job)?;
            Ok(true)
        };
        let written = self.app.store.transact(scope, &call.ticket, "finish_redaction_batch", work).await?;
        Ok(matches!(written, Written::Fresh(true)))
    }

    /// Ends the job, unless it was cancelled; what it looked for is gone with that.
    async fn end(&self, error: Option<Error>) -> Result<()> {
        let own = Caller::system(self.parent.customer.clone());
        let scope = own.enter(self.parent, self.parent, Permission::RedactMessage)?;
        let (id, ticket) = (self.id.clone(), self.ticket());
        let work = move |direct: &mut Direct<'_>| {
            let mut job = direct.redaction_job(&id)?;
            if job.body.state.is_open() {
                job.end(error.as_ref(), direct.now())?;
                direct.update_redaction_job(&job)?;
            }
            Ok(())
        };
        self.app.store.transact(&scope, &ticket, "end_redaction_job", work).await?;
        self.app.store.request_truncate();
        Ok(())
    }

    async fn job(&self) -> Result<RedactionJob> {
        let own = Caller::system(self.parent.customer.clone());
        let scope = own.enter(self.parent, self.parent, Permission::RedactMessage)?;
        let id = self.id.clone();
        self.app.store.read(&scope, "get_redaction_job", move |reading| reading.redaction_job(&id)).await
    }

    /// The authority of whoever asked for the job, as it is now.
    fn authority(&self, job: &RedactionJob) -> Result<(Scope, Call)> {
        let caller = match &job.body.key {
            None => Caller::command_line(self.parent.customer.clone()),
            Some(key) => auth::caller_of(self.app, key)
                .ok_or_else(|| Error::failed_precondition("the API key that asked for the job has ended"))?,
        };
        let scope = caller.enter(self.parent, self.parent, Permission::RedactMessage)?;
        Ok((scope, Call { caller, ticket: self.ticket() }))
    }

    fn ticket(&self) -> Ticket {
        Ticket { request_id: Arc::from(self.id.as_str()), idempotency: None }
    }

    async fn task(&self, job: &RedactionJob, scope: &Scope) -> Result<Task> {
        let profile = self.app.profile(scope)?;
        if job.body.kind == JobKind::RedactConversations {
            return Ok(Task::redact(&profile, job.body.entity_types.clone()));
        }
        let id = self.id.clone();
        let sealed =
            self.app.store.read(scope, "read_subject", move |reading| reading.sealed_of_job(&id)).await?;
        let plain = self.app.store.secret().open(&bound(self.parent), &sealed);
        let subject: Option<Subject> = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        let subject = subject.ok_or_else(|| {
            Error::failed_precondition("whom the job looks for cannot be read any more: ask again")
        })?;
        Aim::Erase(subject).task(&profile)
    }
}

/// What a batch found.
#[derive(Debug, Default)]
struct Found {
    done: usize,
    tally: Tally,
    held: Vec<String>,
}
