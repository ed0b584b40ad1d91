//! The write door: a thread for each writer of the store, a group of members a commit.
//!
//! It gathers what waits, has it run in one transaction, commits, and only then tells everyone. What
//! the members are and what they write is the [`Group`]'s business.

mod aside;

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError, RwLock},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, select};
use hansard_domain::{Error, ErrorKind, Result};

use self::aside::{Aside, Claiming, all_claims};
use crate::{
    engine::{Claim, Engine, Failure, Fault, Writer, WriterSlot, guarded, health::Monitor, lock},
    tx::Tx,
};

/// Members that may wait for a writer.
pub const WAITING_MAX: usize = 4096;
/// Members of one transaction.
pub const GROUP_MAX: usize = 512;
const SLOW: Duration = Duration::from_secs(1);
/// One write that waits at the door.
pub trait Member: Send + 'static {
    /// Its kind, as metrics and logs name it.
    fn name(&self) -> &'static str;

    /// Whether it runs in a transaction of its own.
    fn alone(&self) -> bool;

    /// Writes of one lane are done by one writer; none, by the one for all that has no lane.
    fn lane(&self) -> Option<u64> {
        None
    }

    /// Told exactly once, after the commit or the failure: `Ok` = committed.
    fn settle(self, outcome: Result<()>);
}

/// What turns members into rows.
pub trait Group: Send + 'static {
    type Member: Member;

    /// Loads what the members need, runs them and writes their rows; one call is one transaction.
    ///
    /// An error or a panic fails all these members and no other.
    fn run(&mut self, tx: &Tx<'_>, members: &mut [Self::Member]) -> Result<()>;

    /// Called after the commit, before anyone is told.
    fn committed(&mut self, members: &[Self::Member]);

    /// What a member needs nobody else to write meanwhile; asked only where several processes write to the store.
    fn claims(&self, member: &Self::Member) -> Vec<Claim> {
        let _ = member;
        Vec::new()
    }
}

/// The way in for writes; shared by all who write.
#[derive(Debug)]
pub struct Door<M: Member> {
    /// One for each writer.
    lanes: Vec<Lane<M>>,
    monitor: Monitor,
}

impl<M: Member> Door<M> {
    /// Starts the writer threads of a store; there is one door at a time. `group` is asked for each writer's own.
    pub fn open<G: Group<Member = M>>(engine: &Engine, group: impl FnMut() -> G) -> Result<Self> {
        let groups = std::iter::repeat_with(group);
        let lanes = engine.writers().iter().zip(groups);
        let lanes = lanes.map(|(slot, group)| Lane::open(slot, group, engine.monitor()));
        Ok(Self { lanes: lanes.collect::<Result<_>>()?, monitor: engine.monitor().clone() })
    }

    /// Queues a write. One that cannot be taken is settled at once, on this thread.
    pub fn submit(&self, member: M) {
        match self.monitor.refusal() {
            Some(error) => member.settle(Err(error)),
            None => self.lanes[place(member.lane(), self.lanes.len())].submit(member),
        }
    }

    /// Takes no more writes, finishes those that wait, and ends the threads.
    pub fn close(&self) {
        self.lanes.iter().for_each(Lane::shut);
        self.lanes.iter().for_each(Lane::join);
    }
}

/// The first lane is for what has none of its own, where there are others.
fn place(lane: Option<u64>, lanes: usize) -> usize {
    match (lane, lanes) {
        (None, _) | (_, ..=1) => 0,
        (Some(lane), lanes) => 1 + usize::try_from(lane % (lanes as u64 - 1)).unwrap_or_default(),
    }
}

/// The way to one writer.
#[derive(Debug)]
struct Lane<M: Member> {
    queue: RwLock<Option<Sender<M>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl<M: Member> Lane<M> {
    fn open<G: Group<Member = M>>(slot: &WriterSlot, group: G, monitor: &Monitor) -> Result<Self> {
        let slot = WriterSlot::clone(slot);
        let writer = lock(&slot).take().ok_or_else(|| Error::internal("the store has a door already"))?;
        let (queue, waiting) = bounded(WAITING_MAX);
        let (monitor, aside) = (monitor.clone(), Aside::default());
        let keeper = Keeper { writer, group, waiting, next_alone: None, aside, monitor };
        let thread = thread::Builder::new()
            .name("store-write".to_owned())
            .spawn(move || *lock(&slot) = Some(keeper.run()))
            .map_err(Error::internal)?;
        Ok(Self { queue: RwLock::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    fn submit(&self, member: M) {
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queue.as_ref() else {
            return member.settle(Err(shutting_down()));
        };
        let waiting = metrics::gauge!("hansard_store_queue_members");
        waiting.increment(1.0);
        let refused = match queue.try_send(member) {
            Ok(()) => return,
            Err(TrySendError::Full(member)) => (member, Error::exhausted("too many writes waiting; retry")),
            Err(TrySendError::Disconnected(member)) => (member, shutting_down()),
        };
        waiting.decrement(1.0);
        refused.0.settle(Err(refused.1));
    }

    fn shut(&self) {
        self.queue.write().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn join(&self) {
        if let Some(thread) = lock(&self.thread).take()
            && thread.join().is_err()
        {
            tracing::error!("a writer thread panicked");
        }
    }
}

impl<M: Member> Drop for Door<M> {
    fn drop(&mut self) {
        self.close();
    }
}

fn shutting_down() -> Error {
    Error::unavailable("the server is shutting down; retry")
}

/// A writer thread's own.
struct Keeper<G: Group> {
    writer: Writer,
    group: G,
    waiting: Receiver<G::Member>,
    /// A member that was found while gathering others, and must not run with them.
    next_alone: Option<G::Member>,
    /// Members that need what another process holds.
    aside: Aside<G::Member>,
    monitor: Monitor,
}

/// What there is to do.
enum Turn<M> {
    Write(Vec<M>),
    Upkeep,
    Close,
}

impl<G: Group> Keeper<G> {
    fn run(mut self) -> Writer {
        let mut wait = None;
        loop {
            match self.next(wait) {
                Turn::Write(members) => self.write(members),
                Turn::Upkeep => {}
                Turn::Close => {
                    let left = self.aside.take_all().into_iter().map(|one| one.member);
                    settle(left.collect(), &Err(shutting_down()));
                    return self.writer;
                }
            }
            self.write_aside();
            wait = self.keep_up().into_iter().chain(self.aside.due_in()).min();
        }
    }

    /// Waits for work, at most `wait` when there is upkeep to do.
    fn next(&mut self, wait: Option<Duration>) -> Turn<G::Member> {
        if let Some(member) = self.next_alone.take() {
            return Turn::Write(vec![member]);
        }
        select! {
            recv(self.waiting) -> first => match first {
                Ok(first) => Turn::Write(self.gather(first)),
                Err(_) => Turn::Close,
            },
            recv(self.writer.wakes()) -> _ => Turn::Upkeep,
            default(wait.unwrap_or(Duration::MAX)) => Turn::Upkeep,
        }
    }

    /// Takes what waits already; waiting longer would only delay the first.
    fn gather(&mut self, first: G::Member) -> Vec<G::Member> {
        let mut members = vec![first];
        if members[0].alone() {
            return members;
        }
        while members.len() < GROUP_MAX {
            match self.waiting.try_recv() {
                Ok(member) if member.alone() => {
                    self.next_alone = Some(member);
                    break;
                }
                Ok(member) => members.push(member),
                Err(_) => break,
            }
        }
        members
    }

    fn write(&mut self, members: Vec<G::Member>) {
        metrics::gauge!("hansard_store_queue_members").decrement(members.len() as f64);
        if let Some(error) = self.monitor.refusal() {
            return settle(members, &Err(error));
        }
        if !self.writer.is_shared() {
            return self.run_to_end(members);
        }
        let since = Instant::now();
        let claiming = members.into_iter().map(|member| {
            let claims = self.group.claims(&member);
            Claiming { member, claims, since }
        });
        let (behind, first): (Vec<_>, Vec<_>) = claiming.partition(|one| self.aside.is_before(&one.claims));
        self.aside.put(behind);
        self.claim_and_run(first, true);
    }

    /// Tries those again that need what another process holds, and refuses who has waited for too long.
    fn write_aside(&mut self) {
        let (late, again) = self.aside.take_due();
        settle(late.into_iter().map(|one| one.member).collect(), &Err(Fault::Busy.error()));
        if let Some(error) = self.monitor.refusal() {
            return settle(again.into_iter().map(|one| one.member).collect(), &Err(error));
        }
        let (alone, grouped): (Vec<_>, Vec<_>) = again.into_iter().partition(|one| one.member.alone());
        self.claim_and_run(grouped, false);
        alone.into_iter().for_each(|one| self.claim_and_run(vec![one], false));
    }

    /// Runs those whose claims can be had; the others wait aside.
    fn claim_and_run(&mut self, claiming: Vec<Claiming<G::Member>>, is_patient: bool) {
        let Some(name) = claiming.first().map(|one| one.member.name()) else { return };
        let all = all_claims(&claiming);
        let had: BTreeSet<Claim> = match self.writer.begin(&all, is_patient) {
            Ok(had) => had.into_iter().collect(),
            Err(failure) => {
                let outcome = Err(self.failed(name, failure));
                return settle(claiming.into_iter().map(|one| one.member).collect(), &outcome);
            }
        };
        let has_all = |one: &Claiming<G::Member>| one.claims.iter().all(|claim| had.contains(claim));
        let (ready, others): (Vec<_>, Vec<_>) = claiming.into_iter().partition(has_all);
        self.aside.put(others);
        if ready.is_empty() {
            return self.writer.give_up();
        }
        self.run_to_end(ready.into_iter().map(|one| one.member).collect());
    }

    fn run_to_end(&mut self, mut members: Vec<G::Member>) {
        let outcome = self.transact(&mut members);
        if outcome.is_ok()
            && let Err(error) = guarded(|| {
                self.group.committed(&members);
                Ok(())
            })
        {
            tracing::error!(?error, "failed after the commit");
        }
        settle(members, &outcome);
    }

    fn transact(&mut self, members: &mut [G::Member]) -> Result<()> {
        let started = Instant::now();
        let group = &mut self.group;
        let done = self.writer.transact_begun(|tx| group.run(tx, members));
        let took = started.elapsed();
        metrics::histogram!("hansard_store_group_members").record(members.len() as f64);
        metrics::histogram!("hansard_store_commit_seconds").record(took.as_secs_f64());
        if took > SLOW {
            let took_ms = took.as_millis() as u64;
            tracing::warn!(name = members[0].name(), members = members.len(), took_ms, "slow write");
        }
        done.map_err(|failure| self.failed(members[0].name(), failure))
    }

    fn failed(&self, name: &'static str, failure: Failure) -> Error {
        match &failure.fault {
            None if failure.error.kind() != ErrorKind::Internal => {}
            fault => tracing::error!(name, error = ?failure.error, ?fault, "a write failed"),
        }
        if let Some(fault) = &failure.fault {
            self.monitor.report(fault);
        }
        failure.error
    }

    /// What is done between two groups; returns how long it can wait.
    fn keep_up(&mut self) -> Option<Duration> {
        if self.monitor.has_failed() {
            return None;
        }
        self.writer.keep_up(&self.monitor)
    }
}

fn settle<M: Member>(members: Vec<M>, outcome: &Result<()>) {
    let label = if outcome.is_ok() { "committed" } else { "failed" };
    for member in members {
        let name = member.name();
        metrics::counter!("hansard_store_writes_total", "name" => name, "outcome" => label).increment(1);
        let told = guarded(|| {
            member.settle(outcome.clone());
            Ok(())
        });
        if let Err(error) = told {
            tracing::error!(name, ?error, "a write could not be told its outcome");
        }
    }
}
