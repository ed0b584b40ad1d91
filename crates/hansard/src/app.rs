//! The application: what every operation gets as its first argument.

use crate::{
    config::detector::NamedDetector,
    detectors::Detectors,
    jobs::Jobs,
    service::{feed::Feeds, redaction::hearing::Heard, removal::hand::Hands},
};
use hansard_domain::{Id, Result, Time, caller::Scope};
use hansard_store::{Location, Options, Store, tenancy::ProfileTenant};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::watch;

/// The store and what the process knows beside it.
pub struct App {
    pub store: Store,
    /// What watchers share.
    pub feeds: Feeds,
    /// What was said lately in conversations.
    pub heard: Heard,
    /// Places for redaction jobs that are at work.
    pub hands: Hands,
    /// Detectors of personal data beside ours.
    pub detectors: Detectors,
    /// What goes on after its request was answered.
    pub jobs: Jobs,
    key_uses: Mutex<HashMap<Id, Time>>,
    stopping: watch::Sender<bool>,
}

impl App {
    /// Opens a store.
    pub fn open(location: &Location) -> Result<Arc<Self>> {
        Self::open_with(&Options::at(location.clone()), Vec::new())
    }

    /// Opens a store with these options, for a server with these external detectors.
    pub fn open_with(options: &Options, detectors: Vec<NamedDetector>) -> Result<Arc<Self>> {
        let store = Store::open(options)?;
        let (stopping, _) = watch::channel(false);
        Ok(Arc::new(Self {
            store,
            feeds: Feeds::default(),
            heard: Heard::default(),
            hands: Hands::default(),
            detectors: Detectors::new(detectors),
            jobs: Jobs::default(),
            key_uses: Mutex::default(),
            stopping,
        }))
    }

    /// The profile that a scope admits to, or the scope's NotFound.
    pub async fn profile(&self, scope: &Scope) -> Result<Arc<ProfileTenant>> {
        self.store.profile(scope).await
    }

    /// Notes that an API key was used; written down by [`App::upkeep`].
    pub fn note_key_use(&self, id: &Id) {
        let mut uses = self.key_uses.lock().unwrap_or_else(PoisonError::into_inner);
        uses.insert(id.clone(), self.store.now());
    }

    /// Writes down what can wait: uses of keys, expired idempotency keys.
    pub async fn upkeep(&self) -> Result<()> {
        let uses = std::mem::take(&mut *self.key_uses.lock().unwrap_or_else(PoisonError::into_inner));
        self.store.upkeep(uses.into_iter().collect()).await
    }

    /// Tells streams to end.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Becomes true when the server stops.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }
}
