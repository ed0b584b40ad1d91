//! What other processes have just made of the tenants.
//!
//! This process hears of it within milliseconds, but whoever made a key at one server may use it at another before that.

use super::{Tenancy, renew};
use crate::{Engine, engine::Reach};
use arc_swap::ArcSwap;
use hansard_domain::Result;
use std::{sync::Arc, time::Instant};
use tokio::sync::Mutex;

pub(crate) struct Lookout {
    engine: Arc<Engine>,
    tenancy: Arc<ArcSwap<Tenancy>>,
    /// When the last look began.
    looked: Mutex<Option<Instant>>,
}

impl Lookout {
    pub(crate) fn new(engine: Arc<Engine>, tenancy: Arc<ArcSwap<Tenancy>>) -> Self {
        Self { engine, tenancy, looked: Mutex::default() }
    }

    /// Takes in what was committed before this call.
    ///
    /// There is one look at a time, for everybody who asked before it began: no number of requests with keys that do not
    /// exist asks more of the database.
    pub(crate) async fn look(&self) -> Result<()> {
        let asked = Instant::now();
        let mut looked = self.looked.lock().await;
        if looked.is_some_and(|begun| begun >= asked) {
            return Ok(());
        }
        let (begun, tenancy) = (Instant::now(), Arc::clone(&self.tenancy));
        self.engine.read("renew_tenancy", Reach::Store, move |tx| renew(&tenancy, tx)).await?;
        *looked = Some(begun);
        Ok(())
    }
}
