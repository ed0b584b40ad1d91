//! PgBouncer stands between the servers and the database, with fewer connections than the servers have between them.
//!
//! The test command does not install it, so that these are run by `cargo xtask soak pooler`, and not here.

use crate::{
    faults::await_recovery,
    feed,
    trial::{ROLE, Trial, Way},
};
use hansard_cluster::{Own, Pooler, Settings};
use hansard_conformance::binary::{command, finish};
use std::{net::Ipv4Addr, thread, time::Duration};

const CONNECTIONS: usize = 5;
/// Two servers have more of their own, which session mode hands on one to one.
const CONNECTIONS_OF_SESSIONS: usize = 40;
const WORD: &str = "?pooling=transaction";

const OPEN: &str = "select count(*) from pg_stat_activity where application_name = 'hansard'";

/// Serves a cluster twice through a pooler; a server that is started anew finds it at the same place.
fn open(mode: &str, connections: usize, word: &str) -> (Trial, Pooler) {
    let own = Own::start(&Settings::default());
    let pooler = Pooler::start_in(mode, &own, ROLE, connections);
    let way = Way { runner: Vec::new(), url: pooler.url(word), host: Ipv4Addr::LOCALHOST.into() };
    (Trial::of(own, [way.clone(), way]), pooler)
}

fn open_pooled() -> (Trial, Pooler) {
    open("transaction", CONNECTIONS, WORD)
}

#[test]
#[ignore = "needs PgBouncer: cargo xtask soak pooler"]
fn watchers_are_told_through_a_pooler() {
    let (trial, _pooler) = open_pooled();
    feed::measure(&trial);
}

#[test]
#[ignore = "needs PgBouncer: cargo xtask soak pooler"]
fn servers_share_the_connections_of_a_pooler() {
    let (mut trial, _pooler) = open_pooled();
    trial.under_load(|trial, progress| {
        for _ in 0..20 {
            let open: usize = trial.own.query(&[OPEN]).unwrap().trim().parse().unwrap();
            assert!((2..=CONNECTIONS).contains(&open), "the control: {open} connections");
            thread::sleep(Duration::from_millis(100));
        }
        await_recovery(progress);
    });
}

#[test]
#[ignore = "needs PgBouncer: cargo xtask soak pooler"]
fn the_pooler_is_started_again() {
    let (mut trial, mut pooler) = open_pooled();
    trial.under_load(|trial, progress| {
        for _ in 0..3 {
            pooler.stop();
            (0..2).for_each(|server| trial.await_ready(server, 503));
            pooler.start_again();
            await_recovery(progress);
            (0..2).for_each(|server| trial.await_ready(server, 200));
        }
    });
}

#[test]
#[ignore = "needs PgBouncer: cargo xtask soak pooler"]
fn the_database_behind_a_pooler_crashes() {
    let (mut trial, _pooler) = open_pooled();
    trial.under_load(|trial, progress| {
        for _ in 0..2 {
            trial.own.crash();
            (0..2).for_each(|server| trial.await_ready(server, 503));
            trial.own.start_again();
            await_recovery(progress);
            (0..2).for_each(|server| trial.await_ready(server, 200));
        }
    });
}

#[test]
#[ignore = "needs PgBouncer: cargo xtask soak pooler"]
fn a_server_behind_a_pooler_is_killed() {
    let (mut trial, _pooler) = open_pooled();
    trial.under_load(|trial, progress| {
        for victim in [0, 1] {
            trial.kill(victim);
            trial.serve(victim);
            await_recovery(progress);
        }
    });
}

#[test]
#[ignore = "needs PgBouncer: cargo xtask soak pooler"]
fn a_pooler_in_session_mode_needs_no_word() {
    let (mut trial, _pooler) = open("session", CONNECTIONS_OF_SESSIONS, "");
    trial.under_load(|_, progress| await_recovery(progress));
    feed::measure(&trial);
}

/// Both at rest, where one who comes alone gets the same connection again and again, and under load.
#[test]
#[ignore = "needs PgBouncer: cargo xtask soak pooler"]
fn who_does_not_know_of_the_pooler_is_told() {
    let (mut trial, pooler) = open_pooled();
    let refuse = || {
        let mut serve = command();
        serve.args(["serve", "--listen", "127.0.0.1:0"]).env("HANSARD_STORE", pooler.url(""));
        let refused = finish(&mut serve);
        assert_ne!(refused.status, 0, "{}", refused.stdout);
        assert!(refused.stderr.contains("add pooling=transaction"), "{}", refused.stderr);
    };
    (0..5).for_each(|_| refuse());
    trial.under_load(|_, _| (0..10).for_each(|_| refuse()));
}
