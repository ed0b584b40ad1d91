//! Sweeps what is due by the retention of its profile, now and then.

use crate::{app::App, config::Retention, service::sweep};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// The start itself comes first.
const FIRST_AFTER: Duration = Duration::from_secs(30);

/// Sweeps until it is aborted; the first time soon after the start.
pub(super) async fn keep_sweeping(app: Arc<App>, retention: Retention) {
    let Some(every) = retention.every else { return };
    let mut pause = every.min(FIRST_AFTER);
    loop {
        tokio::time::sleep(pause).await;
        pause = every;
        let begun = Instant::now();
        match sweep::all(&app, retention.batch).await {
            Ok(None) => tracing::debug!("another server sweeps"),
            Ok(Some(swept)) => {
                metrics::gauge!("hansard_retention_last_sweep_timestamp_seconds")
                    .set(app.store.steady().0 as f64 / 1e6);
                if swept.deleted > 0 {
                    let took_s = begun.elapsed().as_secs_f64();
                    tracing::info!(deleted = swept.deleted, held = swept.held, took_s, "swept what was due");
                }
            }
            Err(error) => tracing::warn!(%error, "a sweep of the retention failed; the next goes on"),
        }
    }
}
