//! Whether the store takes writes, for whoever watches.

use std::sync::{Arc, Mutex};

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::watch;

use super::{
    fault::{Fault, broken, unreachable},
    lock,
};
use hansard_domain::Error;

/// The state of the store as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    Ready,
    /// Writes fail and reads go on; writes resume by themselves once there is space.
    DiskFull,
    /// The database's server cannot be reached: reads and writes fail, and go on by themselves once it can.
    Unreachable,
    /// A write or a flush failed, so none is accepted any more: the process should end and recover at
    /// its next start.
    Failed(String),
}

/// The one place where the state changes.
#[derive(Debug, Clone)]
pub(crate) struct Monitor {
    state: watch::Sender<Health>,
    /// Settings of the server that lose what it acknowledged when its machine fails.
    relaxed: Arc<Mutex<Vec<&'static str>>>,
    wake: (Sender<()>, Receiver<()>),
}

impl Monitor {
    pub(crate) fn new() -> Self {
        Self { state: watch::Sender::new(Health::Ready), relaxed: Arc::default(), wake: bounded(1) }
    }

    /// Wakes whoever looks for what the store waits for.
    pub(super) fn wakes(&self) -> Receiver<()> {
        self.wake.1.clone()
    }

    /// Notes which settings of the server are relaxed, and says so where that is new.
    pub(super) fn note_relaxations(&self, now: &[&'static str]) {
        metrics::gauge!("hansard_store_durability_relaxed").set(if now.is_empty() { 0.0 } else { 1.0 });
        let before = std::mem::replace(&mut *lock(&self.relaxed), now.to_vec());
        if before == now {
            return;
        }
        if now.is_empty() {
            tracing::info!("durability: the server keeps what it acknowledges again");
        } else {
            let off = now.join(", ");
            tracing::warn!(
                off,
                "durability: relaxed: a crash of the server's machine may lose what was acknowledged"
            );
        }
    }

    pub(super) fn relaxations(&self) -> Vec<&'static str> {
        lock(&self.relaxed).clone()
    }

    pub(super) fn is_unreachable(&self) -> bool {
        *self.state.borrow() == Health::Unreachable
    }

    pub(super) fn watch(&self) -> watch::Receiver<Health> {
        self.state.subscribe()
    }

    pub(crate) fn is_disk_full(&self) -> bool {
        *self.state.borrow() == Health::DiskFull
    }

    /// Whether writes wait for something that may come back.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(&*self.state.borrow(), Health::DiskFull | Health::Unreachable)
    }

    pub(crate) fn has_failed(&self) -> bool {
        matches!(&*self.state.borrow(), Health::Failed(_))
    }

    /// Why no write is accepted now, if so.
    pub(crate) fn refusal(&self) -> Option<Error> {
        match &*self.state.borrow() {
            Health::Ready => None,
            Health::DiskFull => Some(Fault::DiskFull.error()),
            Health::Unreachable => Some(unreachable()),
            Health::Failed(reason) => Some(broken(reason)),
        }
    }

    /// Draws the consequence of a failed write, commit or checkpoint.
    pub(crate) fn report(&self, fault: &Fault) {
        match fault {
            Fault::DiskFull => self.become_disk_full(),
            Fault::Lost(reason) => self.become_unreachable(reason),
            Fault::Broken(reason) => self.fail(reason),
            Fault::Busy | Fault::Conflict | Fault::Damaged(_) | Fault::Interrupted | Fault::Statement => {}
        }
    }

    /// Notes that there is space on the disk again, or that the database is there.
    pub(crate) fn recovered(&self) {
        let waits = |state: &Health| matches!(state, Health::DiskFull | Health::Unreachable);
        if self.change(waits, Health::Ready) {
            tracing::info!("what the store waited for is there again: writes go on");
        }
    }

    fn become_disk_full(&self) {
        let changed = self.change(|state| *state == Health::Ready, Health::DiskFull);
        if changed {
            tracing::error!("the disk is full: writes fail until there is space, reads go on");
        }
    }

    fn become_unreachable(&self, reason: &str) {
        let changed = self.change(|state| *state == Health::Ready, Health::Unreachable);
        if changed {
            // The one who looks for it again may be asleep.
            let _ = self.wake.0.try_send(());
            tracing::error!(reason, "the database cannot be reached: reads and writes fail until it can");
        }
    }

    fn fail(&self, reason: &str) {
        let failed = Health::Failed(reason.to_owned());
        let changed = self.change(|state| !matches!(state, Health::Failed(_)), failed);
        if changed {
            tracing::error!(reason, "a write or flush failed: the store takes no more writes");
        }
    }

    fn change(&self, when: impl FnOnce(&Health) -> bool, next: Health) -> bool {
        self.state.send_if_modified(|state| {
            let change = when(state);
            if change {
                *state = next;
            }
            change
        })
    }
}
