//! Appends of a server on PostgreSQL against what `pgbench` inserts into a table of the same cluster.

use anyhow::{Context, Result};
use hansard_cluster::{Own, Settings, run as run_program};

use super::Benchmark;
use crate::{
    Setup, disk,
    figure::Figure,
    hansard::{CONVERSATIONS, Hansard},
    load::block_on,
    rounds::Rounds,
    yardstick::{Template, hload},
};

pub(super) const DATABASE: Benchmark = Benchmark { name: "database", run };
const CLIENTS: u32 = 64;
const BATCH_CLIENTS: u32 = 8;
const MESSAGES: usize = 100;
const YARD: &str = "yard";

/// What the scripts insert into, with its text found by word.
const TABLE: [&str; 2] = [
    "create table message (id bigserial primary key, tenant int, conv int, ts timestamptz, speaker int, text text, meta jsonb)",
    "create index on message using gin (to_tsvector('simple', text))",
];

fn run(setup: &Setup) -> Result<Vec<Figure>> {
    let cluster = cluster()?;
    let server = block_on(Hansard::on_database(setup, &cluster.url()))?;
    let single = server.append_template();
    let path = format!("conversations/bench-{{rnd:{CONVERSATIONS}}}/messages:batchCreate");
    let message = r#"{"speaker": "VISITOR", "text": "{text}"}"#;
    let batch = server.template(&path, &format!(r#"{{"messages": [{}]}}"#, [message; MESSAGES].join(",")));
    let singles = rounds(setup, &cluster, "single appends", (CLIENTS, &single), "pgmsg.sql")?;
    let batches = rounds(setup, &cluster, "batches of 100", (BATCH_CLIENTS, &batch), "pgbatch.sql")?;
    Ok(vec![
        Figure::at_least(0.8, "single appends, of pgbench's inserts", singles),
        Figure::at_least(0.4, "batches of 100, of pgbench's of 100 rows", batches),
    ])
}

/// A cluster with default durability, and beside the store's database that of the scripts.
pub(super) fn cluster() -> Result<Own> {
    let settings = [("shared_buffers", "512MB"), ("max_connections", "200")];
    let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    let cluster = Own::start(&Settings { settings, ..Settings::default() });
    let asked = |done: Result<String, String>| done.map_err(anyhow::Error::msg);
    asked(cluster.query(&[&format!("create database {YARD}")]))?;
    let yard = yard(&cluster);
    TABLE.iter().for_each(|statement| drop(run_program("psql", &["-d", &yard, "-c", statement])));
    Ok(cluster)
}

fn yard(cluster: &Own) -> String {
    format!("postgres://hansard@127.0.0.1:{}/{YARD}", cluster.port())
}

/// The median of ours over theirs, each a number of seconds in turns.
fn rounds(
    setup: &Setup,
    cluster: &Own,
    what: &str,
    (clients, template): (u32, &Template),
    script: &str,
) -> Result<f64> {
    let mut rounds = Rounds::begin(&format!("{what} over JSON on PostgreSQL, {clients} clients"));
    for _ in 0..setup.rounds {
        let disk = disk::appends_per_second(setup)?;
        let ours = hload(setup, clients, template)?;
        let theirs = pgbench(setup, cluster, clients, script)?;
        rounds.push(&[
            ("fdatasync/s", disk),
            ("| ours/s", ours.per_second),
            ("p50 ms", ours.p50_ms),
            ("p99 ms", ours.p99_ms),
            ("| pgbench/s", theirs),
            ("| ratio", ours.per_second / theirs),
        ]);
    }
    rounds.finish();
    Ok(rounds.median("| ratio"))
}

/// Transactions a second of a script.
fn pgbench(setup: &Setup, cluster: &Own, clients: u32, script: &str) -> Result<f64> {
    let (clients, seconds) = (clients.to_string(), setup.seconds.to_string());
    let script = setup.pgbench_scripts.join(script);
    let script = script.to_str().context("a path that is not UTF-8")?;
    let args = ["-n", "-c", &clients, "-j", "2", "-T", &seconds, "-f", script, &yard(cluster)];
    let printed = run_program("pgbench", &args);
    let rate = printed.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next());
    rate.context("pgbench printed no rate")?.parse().context("pgbench's rate is no number")
}
