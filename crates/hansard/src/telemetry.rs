//! Log lines and metrics: how they look and where they go.
//!
//! It emits none of its own. Log lines name resources, numbers and request ids, never the text of a message; no label
//! of a metric names a tenant.

use std::{
    io::{self, IsTerminal},
    thread,
    time::Duration,
};

use anyhow::Context;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter,
    fmt::{MakeWriter, Subscriber as Lines},
    util::SubscriberInitExt,
};

const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// From half a millisecond to the longest that a request may take.
const SECONDS_BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// From one write alone to a full group.
const MEMBERS_BUCKETS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// From one conversation to what no search should read.
const ROWS_BUCKETS: [f64; 8] = [10.0, 100.0, 1_000.0, 5_000.0, 10_000.0, 20_000.0, 50_000.0, 1_000_000.0];

/// How log lines look: for people, or one JSON object a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Human,
    Json,
}

/// Sends log lines to standard error. Each carries the fields of its spans, the request id among them.
pub fn init_logging(format: LogFormat, level: &str) -> anyhow::Result<()> {
    let filter = filter(level)?;
    subscriber(format, filter, io::stderr).try_init().context("cannot start logging")
}

/// Refuses a level that [`init_logging`] would refuse.
pub fn check_level(level: &str) -> anyhow::Result<()> {
    filter(level).map(drop)
}

fn filter(level: &str) -> anyhow::Result<EnvFilter> {
    EnvFilter::builder()
        .parse(level)
        .with_context(|| format!("--log-level {level:?}: expected error, warn, info, debug or trace"))
}

fn subscriber<W>(format: LogFormat, filter: EnvFilter, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines =
        Lines::builder().with_env_filter(filter).with_writer(writer).with_ansi(io::stderr().is_terminal());
    match format {
        LogFormat::Human => Box::new(lines.with_target(false).finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).with_current_span(false).finish()),
    }
}

/// The process's metrics in Prometheus text form.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// Starts collecting, for the whole process. Call it once.
    pub fn install() -> anyhow::Result<Self> {
        let handle = prometheus()?.install_recorder()?;
        describe();
        let upkeep = handle.clone();
        thread::Builder::new().name("metrics-upkeep".to_owned()).spawn(move || {
            loop {
                thread::sleep(UPKEEP_INTERVAL);
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

fn prometheus() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("_members".to_owned()), &MEMBERS_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("_rows".to_owned()), &ROWS_BUCKETS)
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "hansard_rpc_requests_total",
        "Requests of the services, by method and code, gRPC and JSON alike."
    );
    describe_histogram!(
        "hansard_rpc_duration_seconds",
        "Time from a request to the end of its answer; streams are left out."
    );
    describe_histogram!("hansard_store_read_seconds", "Time that a read of the store takes, by its name.");
    describe_counter!("hansard_store_writes_total", "Writes, by name and outcome.");
    describe_histogram!(
        "hansard_store_commit_seconds",
        "Time from the start of a group of writes to its commit."
    );
    describe_histogram!("hansard_store_find_seconds", "Time that a list or a count takes, by its part.");
    describe_histogram!("hansard_store_find_rows", "Rows that a list or a count reads.");
    describe_gauge!(
        "hansard_store_unindexed_changes",
        "Changes that the index of keywords does not cover yet; searches read their texts."
    );
    describe_histogram!("hansard_store_group_members", "Writes that were committed together.");
    describe_gauge!("hansard_store_queue_members", "Writes that wait for the next group.");
    describe_counter!("hansard_store_damage_total", "Pages and frames that did not match their checksum.");
    describe_gauge!("hansard_store_wal_bytes", "Size of the write-ahead log.");
    describe_counter!("hansard_retention_deleted_total", "Conversations that sweeps have deleted.");
    describe_counter!(
        "hansard_retention_failures_total",
        "Conversations that are due and cannot be deleted."
    );
    describe_gauge!("hansard_retention_due_conversations", "Conversations that are due and not deleted yet.");
    describe_gauge!(
        "hansard_retention_held_conversations",
        "Conversations that would be due, were it not for a legal hold."
    );
    describe_gauge!(
        "hansard_retention_overdue_seconds",
        "For how long the first conversation that a sweep found to be due had been so; 0 once all are deleted."
    );
    describe_gauge!("hansard_retention_last_sweep_timestamp_seconds", "When the last whole sweep ended.");
    describe_histogram!("hansard_retention_batch_seconds", "Time that a sweep's transactions take.");
    describe_gauge!("hansard_connections", "Open connections.");
    describe_counter!(
        "hansard_connections_refused_total",
        "Connections that were refused: too many were open."
    );
    describe_gauge!("hansard_redaction_jobs", "Redaction jobs at work.");
    describe_counter!(
        "hansard_redaction_conversations_total",
        "Conversations that redaction jobs went through."
    );
    describe_counter!("hansard_clock_steps_total", "Steps of the system clock since the start.");
    describe_gauge!(
        "hansard_clock_offset_seconds",
        "How far the system clock is ahead of the times that are stored."
    );
    describe_gauge!(
        "hansard_clock_start_gap_seconds",
        "How far the system clock was ahead of the latest time in the store at the start."
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        let filter = EnvFilter::new("info");
        tracing::subscriber::with_default(subscriber(format, filter, move || writer.clone()), || {
            let _request = tracing::info_span!("request", request_id = "r-1").entered();
            tracing::info!(conversation = "c-1", "appended");
            tracing::debug!("not shown");
        });
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_line_carries_its_request_id() {
        let line: serde_json::Value = serde_json::from_str(logged(LogFormat::Json).trim()).unwrap();
        assert_eq!(line["message"], "appended");
        assert_eq!(line["conversation"], "c-1");
        assert_eq!(line["spans"][0]["request_id"], "r-1");
        let human = logged(LogFormat::Human);
        assert!(
            human.contains("r-1") && human.contains("appended") && !human.contains("not shown"),
            "{human}"
        );
    }

    #[test]
    fn metrics_are_rendered_with_their_description() {
        let recorder = prometheus().unwrap().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            describe();
            metrics::histogram!("hansard_store_group_members").record(3.0);
        });
        let text = recorder.handle().render();
        assert!(
            text.contains("# HELP hansard_store_group_members Writes that were committed together."),
            "{text}"
        );
        assert!(text.contains("hansard_store_group_members_bucket{le=\"4\"} 1"), "{text}");
    }
}
