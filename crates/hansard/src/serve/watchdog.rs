//! What runs beside the requests: upkeep, and an eye on the store.

use crate::{app::App, dialect};
use hansard_store::Health;
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use tonic_health::{ServingStatus, server::HealthReporter};

const UPKEEP_EVERY: Duration = Duration::from_secs(60);

/// Writes down what can wait, every minute.
pub(super) async fn keep_up(app: Arc<App>) {
    let mut ticks = interval(UPKEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        if let Err(error) = app.upkeep().await {
            tracing::warn!(%error, "upkeep failed; it is tried again in a minute");
        }
    }
}

/// Looks at the system clock every second.
pub(super) async fn watch_clock(app: Arc<App>) {
    let mut ticks = interval(Duration::from_secs(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        app.store.watch_clock();
    }
}

/// Resolves with the reason when the store takes no more writes for good.
pub(super) async fn failure(app: &App) -> String {
    let mut health = app.store.health();
    let failed = health.wait_for(|health| matches!(health, Health::Failed(_))).await;
    let reason = failed.ok().map(|health| match &*health {
        Health::Failed(reason) => reason.clone(),
        _ => String::new(),
    });
    match reason {
        Some(reason) => reason,
        None => std::future::pending().await,
    }
}

/// Keeps the gRPC health of the server and of each service as the store and the server's end have it.
pub(super) async fn report_health(app: Arc<App>, health: HealthReporter) {
    let (mut store, mut stopping) = (app.store.health(), app.stopping());
    loop {
        let serves = *store.borrow_and_update() == Health::Ready && !*stopping.borrow_and_update();
        let status = if serves { ServingStatus::Serving } else { ServingStatus::NotServing };
        for name in dialect::service::NAMES.iter().chain(&[""]) {
            health.set_service_status(name, status).await;
        }
        tokio::select! {
            changed = store.changed() => if changed.is_err() { return },
            changed = stopping.changed() => if changed.is_err() { return },
        }
    }
}
