//! The sweep: conversations that are due by the retention of their profile are deleted, a few at a time.
//!
//! It remembers nothing between two transactions: what is due is found anew, and looked at once more in the transaction
//! that deletes it. So it may end anywhere, and a policy or a legal hold counts from the moment it is stored.

use crate::{app::App, service::lease::Lease};
use hansard_domain::{
    Error, ErrorKind, Result, Time,
    audit::AuditAction,
    caller::{Caller, Permission, Scope},
    name::ProfileName,
};
use hansard_store::{Direct, DuePage, Outcome, Receipt, Ticket, Written};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Blocks of conversations that one read looks at.
const BLOCKS_AT_ONCE: usize = 16;
/// No transaction begins another conversation after so long: whoever writes waits for it.
const BATCH_TIME_MAX: Duration = Duration::from_millis(20);
const PAUSE_MIN: Duration = Duration::from_millis(10);
/// Of a long sweep, how often the files are rid of what it has deleted.
const TRUNCATE_EVERY: Duration = Duration::from_secs(20);

/// What a sweep did, or found to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    pub deleted: u64,
    /// Due and not deleted yet.
    pub due: u64,
    /// Would be due, were it not for a legal hold.
    pub held: u64,
    /// When the first of those that are due was due.
    pub earliest: Option<Time>,
}

/// A sweep of all profiles, or of one.
pub struct Sweep<'a> {
    app: &'a App,
    /// Conversations that one transaction deletes.
    batch: usize,
    /// What is due by then.
    by: Time,
    swept: Swept,
    truncated: Instant,
    lease: Option<&'a Lease<'a>>,
}

struct Expired {
    looked_at: usize,
    deleted: u64,
}

impl Outcome for Expired {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

/// Sweeps every profile of the store; nothing where another server does.
pub async fn all(app: &App, batch: usize) -> Result<Option<Swept>> {
    let Some(lease) = Lease::take(&app.store, "retention sweep").await? else { return Ok(None) };
    let profiles: Vec<ProfileName> = {
        let tenancy = app.store.tenancy();
        let of_customer = |(id, _)| tenancy.profiles(id).into_iter().map(|profile| profile.name.clone());
        tenancy.customers().into_iter().flat_map(of_customer).collect()
    };
    let swept = Sweep { lease: Some(&lease), ..Sweep::new(app, batch) }.run(&profiles).await;
    lease.release().await;
    swept.map(Some)
}

/// Sweeps one profile.
pub async fn profile(app: &App, batch: usize, profile: &ProfileName) -> Result<Swept> {
    Sweep::new(app, batch).run(std::slice::from_ref(profile)).await
}

impl<'a> Sweep<'a> {
    fn new(app: &'a App, batch: usize) -> Self {
        let (swept, truncated) = (Swept::default(), Instant::now());
        Self { app, batch: batch.max(1), by: app.store.steady(), swept, truncated, lease: None }
    }

    async fn run(mut self, profiles: &[ProfileName]) -> Result<Swept> {
        if self.app.store.is_clock_doubtful() {
            let text = "the system clock was far ahead of the store at the start: nothing is deleted by it until the next start";
            return Err(Error::failed_precondition(text));
        }
        for profile in profiles {
            unless_gone(self.survey(profile).await)?;
        }
        self.publish();
        for profile in profiles {
            unless_gone(self.delete_due(profile).await)?;
        }
        if self.swept.deleted > 0 {
            self.app.store.request_truncate();
        }
        Ok(self.swept)
    }

    /// Counts what there is to do.
    async fn survey(&mut self, profile: &ProfileName) -> Result<()> {
        let scope = enter(profile)?;
        let mut from = Some(0);
        while let Some(block) = from {
            let page = self.page(&scope, block).await?;
            self.swept.due += page.due.len() as u64;
            self.swept.held += page.held.unsigned_abs();
            let earliest = self.swept.earliest.into_iter().chain(page.earliest).min();
            self.swept.earliest = earliest;
            from = page.next;
        }
        Ok(())
    }

    async fn delete_due(&mut self, profile: &ProfileName) -> Result<()> {
        let scope = enter(profile)?;
        let mut from = Some(0);
        while let Some(block) = from {
            let page = self.page(&scope, block).await?;
            self.delete_all(&scope, &page.due).await?;
            from = page.next;
        }
        Ok(())
    }

    async fn delete_all(&mut self, scope: &Scope, numbers: &[i64]) -> Result<()> {
        let (mut left, mut batch) = (numbers, self.batch);
        while !left.is_empty() && !*self.app.stopping().borrow() {
            self.keep_lease().await?;
            let (begun, size) = (Instant::now(), left.len().min(batch));
            match self.expire(scope, left[..size].to_vec()).await {
                Ok(expired) => {
                    left = &left[expired.looked_at..];
                    self.note(&expired, begun.elapsed());
                }
                // One that cannot be read does not keep the others: alone it is passed over.
                Err(error) if error.kind() == ErrorKind::Internal && size > 1 => {
                    tracing::warn!(%error, "a batch of the sweep failed: it is tried one by one");
                    batch = 1;
                }
                Err(error) if error.kind() == ErrorKind::Internal => {
                    tracing::error!(%error, number = left[0], "a conversation that is due cannot be deleted");
                    metrics::counter!("hansard_retention_failures_total").increment(1);
                    left = &left[1..];
                }
                Err(error) => return Err(error),
            }
            // As long as others had to wait, they go first.
            tokio::time::sleep(begun.elapsed().max(PAUSE_MIN)).await;
        }
        Ok(())
    }

    async fn page(&self, scope: &Scope, from: i64) -> Result<DuePage> {
        self.keep_lease().await?;
        let policy = self.app.profile(scope).await?.body.retention.clone();
        let by = self.by;
        let read =
            move |reading: &hansard_store::Reading<'_>| reading.due_page(&policy, by, from, BLOCKS_AT_ONCE);
        self.app.store.read(scope, "list_due", read).await
    }

    async fn expire(&self, scope: &Scope, numbers: Vec<i64>) -> Result<Expired> {
        let by = self.by;
        let work = move |direct: &mut Direct<'_>| expire_in(direct, &numbers, by);
        let ticket = Ticket { request_id: Arc::from(""), idempotency: None };
        match self.app.store.transact(scope, &ticket, "expire", work).await? {
            Written::Fresh(expired) => Ok(expired),
            Written::Replayed(_) => Err(Error::internal("a sweep is never replayed")),
        }
    }

    async fn keep_lease(&self) -> Result<()> {
        match self.lease {
            Some(lease) => lease.keep().await,
            None => Ok(()),
        }
    }

    fn note(&mut self, expired: &Expired, took: Duration) {
        self.swept.deleted += expired.deleted;
        // What was due and is not any more was found so by the transaction.
        self.swept.due = self.swept.due.saturating_sub(expired.looked_at as u64);
        metrics::counter!("hansard_retention_deleted_total").increment(expired.deleted);
        metrics::histogram!("hansard_retention_batch_seconds").record(took.as_secs_f64());
        self.publish();
        if self.truncated.elapsed() >= TRUNCATE_EVERY {
            self.truncated = Instant::now();
            self.app.store.request_truncate();
        }
    }

    fn publish(&self) {
        metrics::gauge!("hansard_retention_due_conversations").set(self.swept.due as f64);
        metrics::gauge!("hansard_retention_held_conversations").set(self.swept.held as f64);
        let earliest = self.swept.earliest.filter(|_| self.swept.due > 0);
        let overdue = earliest.map_or(0.0, |due| self.by.since(due).0 as f64 / 1e6);
        metrics::gauge!("hansard_retention_overdue_seconds").set(overdue);
    }
}

/// Deletes those of the conversations that are due by now, by the policy as the transaction finds it.
fn expire_in(direct: &mut Direct<'_>, numbers: &[i64], by: Time) -> Result<Expired> {
    let (profile, begun) = (Arc::clone(direct.profile()), Instant::now());
    let mut expired = Expired { looked_at: 0, deleted: 0 };
    for number in numbers {
        if expired.looked_at > 0 && begun.elapsed() > BATCH_TIME_MAX {
            break;
        }
        expired.looked_at += 1;
        let Some(conversation) = direct.by_number(*number)? else { continue };
        if conversation.due_time(&profile.body.retention).is_some_and(|due| due <= by) {
            direct.delete_conversation(&conversation)?;
            expired.deleted += 1;
        }
    }
    if expired.deleted > 0 {
        direct.audit(AuditAction::ExpireConversations, &profile.name);
    }
    Ok(expired)
}

fn enter(profile: &ProfileName) -> Result<Scope> {
    Caller::system(profile.customer.clone()).enter(profile, profile, Permission::DeleteConversation)
}

/// A profile that was deleted meanwhile has nothing to sweep.
fn unless_gone(outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests;
