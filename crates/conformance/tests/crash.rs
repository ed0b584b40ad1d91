//! What was acknowledged survives: kill -9 in a loop under load, and SIGTERM with work in flight.
//!
//! `HANSARD_CRASH_KILLS` sets the number of kills; a soak runs thousands. A kill cannot show what a power cut
//! would lose: that is for another test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::thread;
use std::time::Duration;

use hansard_conformance::binary::{create_key, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::round::Round;
use hansard_conformance::server::Server;
use serde_json::json;
use tempfile::TempDir;

const WRITERS: usize = 16;

fn folder() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    run_on(folder.path(), "profile create --customer acme --profile support --language en-US").ok();
    let key = create_key(folder.path(), "--customer acme --role admin");
    (folder, key)
}

fn serve(data_dir: &Path, key: &str) -> (Server, Desk) {
    let server = Server::start(data_dir);
    let desk = Desk::new(Client::new(server.address(), key), "customers/acme/profiles/support");
    (server, desk)
}

fn kills() -> usize {
    std::env::var("HANSARD_CRASH_KILLS").map_or(24, |kills| kills.parse().unwrap())
}

#[test]
fn a_crash_by_kill_9_loses_nothing_doubles_nothing_and_leaves_no_gap() {
    let (folder, key) = folder();
    let mut acknowledged = 0;
    let (mut server, mut desk) = serve(folder.path(), &key);
    let mut cursor = String::new();
    for number in 0..kills() {
        let mut round = Round::begin(&desk, &format!("round-{number}"), &cursor, WRITERS);
        round.load(&desk, || {
            thread::sleep(Duration::from_millis(30 + (number as u64 * 67) % 220));
            server.kill();
        });
        (server, desk) = serve(folder.path(), &key);
        round.verify(&desk);
        acknowledged += round.acknowledged();
        cursor = round.cursor().to_owned();
        desk.client.delete(&desk.path(round.conversation(), "")).ok();
    }
    assert!(acknowledged > kills() * WRITERS, "there was load: {acknowledged}");
    server.kill();
    run_on(folder.path(), "fsck").ok();
    println!("{} kills, {acknowledged} appends acknowledged, lost 0, duplicates 0, gaps 0", kills());
}

#[test]
fn no_crash_but_sigterm_with_work_in_flight_loses_nothing_and_exits_0() {
    let (folder, key) = folder();
    let (server, desk) = serve(folder.path(), &key);
    let mut round = Round::begin(&desk, "a", "", WRITERS);
    round.load(&desk, || {
        thread::sleep(Duration::from_millis(400));
        assert_eq!(server.terminate().code(), Some(0), "issue 2, section 5: exits 0");
    });
    assert!(round.least() > 0, "there was work in flight");
    let (_server, desk) = serve(folder.path(), &key);
    round.verify(&desk);
}

#[test]
fn no_crash_but_sigterm_with_a_stream_open_ends_in_time() {
    let (folder, key) = folder();
    let (server, desk) = serve(folder.path(), &key);
    desk.start("a", &json!({}));
    let mut stream = hansard_conformance::sse::Stream::open(desk.client.call("GET", &desk.at("/changes")));
    stream.take(1);
    let begun = std::time::Instant::now();
    assert_eq!(server.terminate().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(30), "streams are closed");
}
