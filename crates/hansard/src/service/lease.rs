//! Work that one of the servers which share a store does for all of them, as long as it holds a lease.
//!
//! Two may hold one for a moment, where a clock or a server stands still: what they do must bear that.

use hansard_domain::{Error, Result, Span};
use hansard_store::Store;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long the work of a server that is gone stays undone.
const TIME: Span = Span::seconds(20);
const RENEW_EVERY: Duration = Duration::from_secs(5);

/// A lease that this server has.
pub struct Lease<'a> {
    store: &'a Store,
    name: String,
    renewed: Mutex<Instant>,
}

impl<'a> Lease<'a> {
    /// Takes a lease; nothing where another server has it.
    pub async fn take(store: &'a Store, name: &str) -> Result<Option<Self>> {
        let (name, renewed) = (name.to_owned(), Mutex::new(Instant::now()));
        Ok(store.lease(&name, TIME).await?.then_some(Self { store, name, renewed }))
    }

    /// Renews it in time; to be called again and again while the work goes on. Fails where another server has it now.
    pub async fn keep(&self) -> Result<()> {
        if self.age() < RENEW_EVERY {
            return Ok(());
        }
        if !self.store.lease(&self.name, TIME).await? {
            return Err(Error::aborted("another server goes on with this"));
        }
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Ok(())
    }

    fn age(&self) -> Duration {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Gives it back; where that fails it runs out by itself.
    pub async fn release(self) {
        if let Err(error) = self.store.release(&self.name).await {
            tracing::warn!(%error, name = self.name, "a lease is left to run out");
        }
    }
}
