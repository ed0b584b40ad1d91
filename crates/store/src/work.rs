//! Writes as the door sees them, and how a group of them becomes one transaction.

use crate::{
    Claim, Direct, Group, Member, Needs, Tx, Unit,
    clock::{Clock, Moment},
    effects::{Effects, KeptAt, RECENT_BYTES, Recent, State, Wanted},
    engine::{Reach, guarded},
    live::Live,
    news,
    table::{Kept, LastChange},
    tenancy::{self, ProfileKey, Tenancy},
    unit::{Admits, Mandate},
    versions::Versions,
};
use arc_swap::ArcSwap;
use hansard_domain::{Error, Result, Span, limits::IDEMPOTENCY_HOURS};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    mem,
    sync::Arc,
};
use tokio::sync::oneshot;
use twox_hash::XxHash3_64;

/// What a request brings along besides its content.
#[derive(Debug, Clone)]
pub struct Ticket {
    pub request_id: Arc<str>,
    pub idempotency: Option<Idempotency>,
}

/// A retry key with the identity of the request that it stands for.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// Full name of the method.
    pub method: &'static str,
    pub key: String,
    /// HMAC of the canonical request.
    pub fingerprint: [u8; 32],
}

/// How much is kept of the HMAC of a request.
const FINGERPRINT_BYTES: usize = 16;

/// What is kept of a success: enough to render it again, and no text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub created: bool,
    /// Ids of what the first request touched, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
}

/// A success that a retry can be answered from.
pub trait Outcome: Send + 'static {
    fn receipt(&self) -> Receipt;
}

impl Outcome for () {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

impl Outcome for Option<usize> {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

impl Outcome for bool {
    fn receipt(&self) -> Receipt {
        Receipt::default()
    }
}

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written<T> {
    Fresh(T),
    /// The same request succeeded before; to be rendered from the resources as they are now.
    Replayed(Receipt),
}

/// The work of one write, with the type of its outcome hidden from the door.
trait Task: Send {
    fn run(&mut self, unit: RunIn<'_, '_>) -> Result<Receipt>;
    fn replay(&mut self, receipt: Receipt);
    fn fail(&mut self, error: Error);
    fn settle(self: Box<Self>, outcome: Result<()>);
}

enum RunIn<'u, 't> {
    Group(&'u mut Unit<'t>),
    Alone(&'u mut Direct<'t>),
}

pub(crate) enum Work<G, A> {
    Grouped(G),
    Alone(A),
}

struct Typed<T, G, A> {
    work: Option<Work<G, A>>,
    done: Option<Result<Written<T>>>,
    reply: oneshot::Sender<Result<Written<T>>>,
}

impl<T, G, A> Task for Typed<T, G, A>
where
    T: Outcome,
    G: FnOnce(&mut Unit<'_>) -> Result<T> + Send,
    A: FnOnce(&mut Direct<'_>) -> Result<T> + Send,
{
    fn run(&mut self, unit: RunIn<'_, '_>) -> Result<Receipt> {
        let outcome = match (self.work.take(), unit) {
            (Some(Work::Grouped(work)), RunIn::Group(unit)) => work(unit)?,
            (Some(Work::Alone(work)), RunIn::Alone(direct)) => work(direct)?,
            _ => return Err(Error::internal("a write came through the wrong door")),
        };
        let receipt = outcome.receipt();
        self.done = Some(Ok(Written::Fresh(outcome)));
        Ok(receipt)
    }

    fn replay(&mut self, receipt: Receipt) {
        self.done = Some(Ok(Written::Replayed(receipt)));
    }

    fn fail(&mut self, error: Error) {
        self.done = Some(Err(error));
    }

    fn settle(self: Box<Self>, outcome: Result<()>) {
        let answer = match (outcome, self.done) {
            (_, Some(Err(own))) => Err(own),
            (Err(error), _) => Err(error),
            (Ok(()), Some(done)) => done,
            (Ok(()), None) => Err(Error::internal("a write was committed without having run")),
        };
        // Nobody listens where the client has gone; what is committed stays.
        let _ = self.reply.send(answer);
    }
}

/// A write at the door.
pub(crate) struct Job {
    name: &'static str,
    mandate: Mandate,
    idempotency: Option<Idempotency>,
    needs: Option<Needs>,
    task: Box<dyn Task>,
}

impl Job {
    pub(crate) fn grouped<T: Outcome>(
        name: &'static str,
        (mandate, idempotency): (Mandate, Option<Idempotency>),
        needs: Needs,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T> + Send + 'static,
    ) -> (Self, oneshot::Receiver<Result<Written<T>>>) {
        let (reply, answer) = oneshot::channel();
        let work: Work<_, fn(&mut Direct<'_>) -> Result<T>> = Work::Grouped(work);
        let task = Box::new(Typed { work: Some(work), done: None, reply });
        (Self { name, mandate, idempotency, needs: Some(needs), task }, answer)
    }

    pub(crate) fn alone<T: Outcome>(
        name: &'static str,
        (mandate, idempotency): (Mandate, Option<Idempotency>),
        work: impl FnOnce(&mut Direct<'_>) -> Result<T> + Send + 'static,
    ) -> (Self, oneshot::Receiver<Result<Written<T>>>) {
        let (reply, answer) = oneshot::channel();
        let work: Work<fn(&mut Unit<'_>) -> Result<T>, _> = Work::Alone(work);
        let task = Box::new(Typed { work: Some(work), done: None, reply });
        (Self { name, mandate, idempotency, needs: None, task }, answer)
    }

    /// What this write must have alone.
    fn claims(&self) -> impl Iterator<Item = Claim> {
        let tenancy = (!matches!(self.mandate.admits, Admits::Profile(..))).then_some(Claim::Tenancy);
        let profile = self.mandate.profile().map(|(profile, _)| Claim::Profile(profile.key));
        let key = self.idempotency.as_ref().map(|idempotency| {
            let text = format!("{} {} {}", self.mandate.customer.0, idempotency.method, idempotency.key);
            Claim::Key(XxHash3_64::oneshot(text.as_bytes()))
        });
        tenancy.into_iter().chain(profile).chain(key)
    }

    fn wanted(&self) -> Option<Wanted<'_>> {
        let ((profile, _), needs) = (self.mandate.profile()?, self.needs.as_ref()?);
        Some(Wanted { customer: self.mandate.customer, profile: profile.key, needs })
    }

    fn kept_at(&self) -> Option<KeptAt> {
        let idempotency = self.idempotency.as_ref()?;
        Some((self.mandate.customer, idempotency.method, idempotency.key.clone()))
    }

    /// Answers from what an earlier, equal request left; true where it did.
    fn replay(&mut self, state: &State) -> Result<bool> {
        let (Some(key), Some(idempotency)) = (self.kept_at(), &self.idempotency) else { return Ok(false) };
        let Some(kept) = state.kept(&key) else { return Ok(false) };
        if !idempotency.fingerprint.starts_with(&kept.fingerprint) {
            return Err(Error::aborted(
                "the Idempotency-Key was used for another request: send a new key with a new request",
            ));
        }
        self.task.replay(crate::json::read(&kept.receipt)?);
        Ok(true)
    }

    fn keep(&self, receipt: &Receipt, effects: &mut Effects) -> Result<()> {
        if let (Some(at), Some(idempotency)) = (self.kept_at(), &self.idempotency) {
            let fingerprint = idempotency.fingerprint[..FINGERPRINT_BYTES].to_vec();
            effects.kept.push((at, Kept { fingerprint, receipt: crate::json::write(receipt)? }));
        }
        Ok(())
    }
}

impl Member for Box<Job> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn alone(&self) -> bool {
        self.needs.is_none()
    }

    /// Each profile has its own: what is remembered of it is with the writer.
    fn lane(&self) -> Option<u64> {
        self.mandate.profile().map(|(profile, _)| profile.key.0.cast_unsigned())
    }

    fn settle(self, outcome: Result<()>) {
        self.task.settle(outcome);
    }
}

/// Turns jobs into rows, and their success into news.
pub(crate) struct Writing {
    pub clock: Clock,
    pub live: Arc<Live>,
    pub versions: Arc<Versions>,
    pub tenancy: Arc<ArcSwap<Tenancy>>,
    recent: Recent,
    /// Where other processes write, too: the last change of each profile that this one wrote.
    written: HashMap<ProfileKey, LastChange>,
    /// The group in hand, until it is committed.
    state: Option<State>,
    news: Vec<(ProfileKey, LastChange)>,
    new_tenancy: Option<Tenancy>,
}

impl Writing {
    pub(crate) fn new(
        clock: Clock,
        (live, versions): (Arc<Live>, Arc<Versions>),
        tenancy: Arc<ArcSwap<Tenancy>>,
    ) -> Self {
        let recent = Recent::of_bytes(RECENT_BYTES);
        let (written, state, news, new_tenancy) = Default::default();
        Self { clock, live, versions, tenancy, recent, written, state, news, new_tenancy }
    }

    /// A group begins with what its predecessors left; if it fails, with nothing.
    fn begin(&mut self) -> State {
        State::new(mem::replace(&mut self.recent, Recent::of_bytes(RECENT_BYTES)))
    }

    /// Takes in what other processes have written to the profiles that are claimed: nothing is known of what they
    /// changed, and no time is before theirs.
    fn catch_up(&mut self, tx: &Tx<'_>, jobs: &[Box<Job>]) -> Result<()> {
        if !tx.is_shared() {
            return Ok(());
        }
        let profiles = jobs.iter().filter_map(|job| Some(job.mandate.profile()?.0.key));
        let profiles: Vec<_> = profiles.collect::<BTreeSet<_>>().into_iter().collect();
        for (profile, last) in profiles.iter().zip(tx.last_changes(&profiles)?) {
            let Some(last) = last else { continue };
            // By its time, too: a standby that took over without the last changes may have given their numbers anew.
            if self.written.get(profile) != Some(&last) {
                self.recent.remove_where(|(of, _)| of == profile);
            }
            if let Some(time) = last.time {
                self.clock.not_before(time);
            }
        }
        Ok(())
    }

    fn run_group(&mut self, tx: &Tx<'_>, jobs: &mut [Box<Job>], at: Moment) -> Result<(State, Effects)> {
        let tenancy = self.tenancy.load();
        let mut state = self.begin();
        let mut standing = Vec::with_capacity(jobs.len());
        for job in jobs {
            match job.mandate.renew(&tenancy) {
                Ok(()) => standing.push(job),
                Err(error) => job.task.fail(error),
            }
        }
        state.load_kept(tx, standing.iter().filter_map(|job| job.kept_at()).collect(), at.counted)?;
        state.load(tx, &standing.iter().filter_map(|job| job.wanted()).collect::<Vec<_>>())?;
        let mut effects = Effects::default();
        for job in standing {
            let done = guarded(|| run_member(&mut state, job, at));
            match done {
                Ok(Some(own)) => {
                    state.take_in(&own);
                    effects.extend(own);
                }
                Ok(None) => {}
                Err(error) => job.task.fail(error),
            }
        }
        Ok((state, effects))
    }

    fn run_alone(&mut self, tx: &Tx<'_>, job: &mut Job, at: Moment) -> Result<(State, Effects)> {
        let tenancy = self.tenancy.load_full();
        job.mandate.renew(&tenancy)?;
        let mut state = self.begin();
        state.load_kept(tx, job.kept_at().into_iter().collect(), at.counted)?;
        if job.replay(&state)? {
            return Ok((state, Effects::default()));
        }
        let unit = Unit {
            mandate: &job.mandate,
            state: &mut state,
            effects: Effects::default(),
            now: at.now,
            tx: Some(tx),
        };
        let mut direct = Direct { unit, tx, tenancy, changes_tenancy: false, at };
        let receipt = job.task.run(RunIn::Alone(&mut direct))?;
        let (mut effects, changes_tenancy) = (direct.unit.effects, direct.changes_tenancy);
        job.keep(&receipt, &mut effects)?;
        state.take_in(&effects);
        // A write of the system's own that changes nothing is to succeed on a full disk, too.
        if changes_tenancy || !job.mandate.is_of_system() {
            tx.put_clock_mark(at)?;
        }
        if changes_tenancy {
            tx.count_tenancy_version()?;
            news::tell_tenancy(tx)?;
            self.new_tenancy = Some(Tenancy::load(tx)?);
        }
        Ok((state, effects))
    }
}

/// What conversations' jobs may touch: what they are about. Who changes the tenants reads them all anew.
fn reach(jobs: &[Box<Job>]) -> Reach {
    if jobs.iter().any(|job| !matches!(job.mandate.admits, Admits::Profile(..))) {
        return Reach::Store;
    }
    let profiles = jobs.iter().filter_map(|job| Some(job.mandate.profile()?.0));
    let keys: BTreeSet<_> = profiles.map(|profile| (profile.customer_key, profile.key)).collect();
    let (customers, profiles): (BTreeSet<_>, Vec<_>) = keys.into_iter().unzip();
    Reach::Tenants { customers: customers.into_iter().collect(), profiles }
}

/// Runs one member; answers what it wants written, or nothing where it was a replay.
fn run_member(state: &mut State, job: &mut Job, at: Moment) -> Result<Option<Effects>> {
    if job.replay(state)? {
        return Ok(None);
    }
    let mut unit = Unit { mandate: &job.mandate, state, effects: Effects::default(), now: at.now, tx: None };
    let receipt = job.task.run(RunIn::Group(&mut unit))?;
    let mut effects = unit.effects;
    job.keep(&receipt, &mut effects)?;
    Ok(Some(effects))
}

impl Group for Writing {
    type Member = Box<Job>;

    fn run(&mut self, tx: &Tx<'_>, jobs: &mut [Box<Job>]) -> Result<()> {
        self.news.clear();
        self.new_tenancy = None;
        self.state = None;
        if tx.is_shared() {
            tenancy::renew(&self.tenancy, tx)?;
        }
        tx.confine(&reach(jobs))?;
        self.catch_up(tx, jobs)?;
        let at = self.clock.moment();
        let (mut state, mut effects) = match jobs {
            [job] if job.alone() => self.run_alone(tx, job, at)?,
            jobs => self.run_group(tx, jobs, at)?,
        };
        let changed: BTreeSet<_> = effects.changed().collect();
        state.write_conversations(tx, &changed, &mut effects.index)?;
        // Of a shared store no version is ever told.
        if !tx.is_shared() {
            self.versions.begin(changed.into_iter().collect());
        }
        self.news = effects.write(tx, at.counted.plus(Span::hours(IDEMPOTENCY_HOURS)))?;
        news::tell_changes(tx, &self.news)?;
        self.state = Some(state);
        Ok(())
    }

    fn claims(&self, job: &Box<Job>) -> Vec<Claim> {
        job.claims().collect()
    }

    fn committed(&mut self, _: &[Box<Job>]) {
        if let Some(state) = self.state.take() {
            self.recent = state.into_recent();
        }
        self.versions.end();
        if let Some(tenancy) = self.new_tenancy.take() {
            tenancy::put_newer(&self.tenancy, tenancy);
        }
        self.written.extend(self.news.iter().copied());
        for (profile, last) in self.news.drain(..) {
            self.live.announce(profile, last.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_goes_by_the_name_of_its_write() {
        let mandate = || (Mandate::of_system(), None);
        let (alone, _answer) = Job::alone("tag", mandate(), |_: &mut Direct<'_>| Ok(()));
        let (grouped, _answer) =
            Job::grouped("append", mandate(), Needs::default(), |_: &mut Unit<'_>| Ok(()));
        let (alone, grouped) = (Box::new(alone), Box::new(grouped));
        assert_eq!((alone.name(), alone.alone()), ("tag", true));
        assert_eq!((grouped.name(), grouped.alone()), ("append", false));
    }
}
