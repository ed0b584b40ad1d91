//! Log lines and metrics: how they look and where they go.
//!
//! It emits none of its own. Log lines name resources, numbers and request ids, never the text of a message.

use std::{io, time::Duration};

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt};

const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// From half a millisecond to the longest that a request may take.
const SECONDS_BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people
    Human,
    /// One JSON object a line
    Json,
}

/// Sends log lines to standard error. Each carries the fields of its spans, the request id among them.
pub fn init_logging(format: LogFormat, level: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::builder()
        .parse(level)
        .with_context(|| format!("--log-level {level:?}: expected error, warn, info, debug or trace"))?;
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr);
    let installed = match format {
        LogFormat::Human => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
    };
    installed.map_err(|error| anyhow::anyhow!("cannot start logging: {error}"))
}

/// The process's metrics in Prometheus text form.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// Starts collecting, for the whole process. Call it once.
    pub fn install() -> anyhow::Result<Self> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS_BUCKETS)?
            .install_recorder()?;
        let upkeep = handle.clone();
        std::thread::Builder::new().name("metrics-upkeep".to_owned()).spawn(move || {
            loop {
                std::thread::sleep(UPKEEP_INTERVAL);
                upkeep.run_upkeep();
            }
        })?;
        Ok(Self { handle })
    }

    /// Everything measured so far, as `/metrics` answers it.
    pub fn render(&self) -> String {
        self.handle.render()
    }
}
