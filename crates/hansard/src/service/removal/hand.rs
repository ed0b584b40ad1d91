//! What works on a job, and goes on with it after a restart.
//!
//! Batch by batch; each conversation is one transaction, which counts in the job what it removed, so that a job that was
//! interrupted goes on exactly where it was. It has the authority of whoever asked for the job, as that is now.
//! Of servers that share a store one works on a job, by a lease; another goes on with it where that one is gone.

use super::{
    Call,
    job::{Aim, bound},
    work::{Done, Look, Task, remove},
};
use crate::{app::App, auth, service::lease::Lease};
use hansard_domain::{
    Error, ErrorKind, Id, Result,
    caller::{Caller, Permission, Scope},
    name::ProfileName,
    redact::{JobKind, RedactionJob, Subject, Tally},
};
use hansard_store::{Direct, Reading, Ticket, Written};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Semaphore;

const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How often jobs of servers that are gone are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Jobs that are at work at once; the others wait in their order.
const AT_WORK: usize = 4;

/// Who works on what, and the places of those that are at work.
#[derive(Debug)]
pub struct Hands {
    places: Semaphore,
    taken: Mutex<HashSet<Id>>,
}

impl Default for Hands {
    fn default() -> Self {
        Self { places: Semaphore::new(AT_WORK), taken: Mutex::default() }
    }
}

impl Hands {
    fn taken(&self) -> std::sync::MutexGuard<'_, HashSet<Id>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Goes on with every job that a former process left open.
pub async fn resume(app: &Arc<App>) -> Result<()> {
    for (parent, id) in app.store.open_redaction_jobs().await? {
        spawn(app, parent, id);
    }
    Ok(())
}

/// Looks again and again for jobs that another server, which is gone, has left; until it is aborted.
pub async fn keep_resuming(app: Arc<App>) {
    while app.store.is_shared() {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Err(error) = resume(&app).await {
            tracing::warn!(%error, "open redaction jobs cannot be looked for");
        }
    }
}

/// Works on a job, unless this server does already.
pub(super) fn spawn(app: &Arc<App>, parent: ProfileName, id: Id) {
    if !app.hands.taken().insert(id.clone()) {
        return;
    }
    let app = Arc::clone(app);
    tokio::spawn(async move {
        work(&app, &parent, &id).await;
        app.hands.taken().remove(&id);
    });
}

async fn work(app: &Arc<App>, parent: &ProfileName, id: &Id) {
    let _place = app.hands.places.acquire().await;
    // Where there is no answer now, whoever looks for open jobs finds this one again.
    let Ok(Some(lease)) = Lease::take(&app.store, &format!("redaction job {id}")).await else { return };
    metrics::gauge!("hansard_redaction_jobs").increment(1.0);
    Hand { app, parent, id, lease: &lease }.run_to_end().await;
    metrics::gauge!("hansard_redaction_jobs").decrement(1.0);
    lease.release().await;
}

/// What works on one job.
struct Hand<'a> {
    app: &'a Arc<App>,
    parent: &'a ProfileName,
    id: &'a Id,
    lease: &'a Lease<'a>,
}

impl Hand<'_> {
    /// Works until the job has ended, the server ends, or another server goes on with it.
    async fn run_to_end(&self) {
        loop {
            match self.run().await {
                Err(_) if *self.app.stopping().borrow() => return,
                Err(error) if error.kind() == ErrorKind::Unavailable => {
                    tracing::warn!(job = %self.id, %error, "a redaction job waits");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
                Err(error) if error.kind() == ErrorKind::Aborted => {
                    tracing::warn!(job = %self.id, %error, "a redaction job is left");
                    return;
                }
                outcome => {
                    if let Err(error) = self.end(outcome.err()).await {
                        tracing::warn!(job = %self.id, %error, "the end of a redaction job cannot be written");
                    }
                    return;
                }
            }
        }
    }

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
                self.lease.keep().await?;
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
            if !direct.delete_redaction_batch(&id, batch)? {
                // Another server, whose lease had run out, has gone through it all the same.
                return Ok(true);
            }
            job.start(direct.now())?;
            job.body.done += i64::try_from(found.done).unwrap_or(i64::MAX);
            if job.body.validate_only {
                job.body.tally.extend(found.tally);
            }
            found.held.iter().for_each(|name| job.hold(name));
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
        let profile = self.app.profile(scope).await?;
        if job.body.kind == JobKind::RedactConversations {
            return Ok(Task::redact(&profile, job.body.entity_types.clone()));
        }
        let id = self.id.clone();
        let sealed =
            self.app.store.read(scope, "read_subject", move |reading| reading.sealed_of_job(&id)).await?;
        let plain = self.app.store.secret().open(&bound(self.parent), &sealed);
        let subject = plain.and_then(|plain| Subject::from_bytes(&plain)).ok_or_else(|| {
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
