//! What was acknowledged survives: kill -9 in a loop under load, and SIGTERM with work in flight.
//!
//! `HANSARD_CRASH_KILLS` sets the number of kills; a soak runs thousands. A kill cannot show what a power cut
//! would lose: that is for another test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;
use std::time::Duration;

use hansard_conformance::binary::{create_key, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::{Desk, column, id_of};
use hansard_conformance::server::Server;
use serde_json::{Value, json};
use tempfile::TempDir;

const WRITERS: usize = 16;

/// A writer that goes on with the same append until it is acknowledged.
#[derive(Default)]
struct Writer {
    acknowledged: usize,
}

impl Writer {
    /// Appends until the server is gone or `limit` more are acknowledged.
    fn write(&mut self, number: usize, desk: &Desk, conversation: &str, limit: usize) {
        let last = self.acknowledged + limit;
        while self.acknowledged < last {
            let text = format!("{number}-{}", self.acknowledged);
            let message = json!({"text": text, "speaker": "VISITOR"});
            // Odd writers repeat a message id, even ones an idempotency key.
            let call = match number % 2 {
                1 => desk
                    .client
                    .call("POST", &desk.path(conversation, &format!("/messages?messageId=w{text}"))),
                _ => desk
                    .client
                    .call("POST", &desk.path(conversation, "/messages"))
                    .header("idempotency-key", &format!("{conversation}-{text}")),
            };
            match call.json(&message).try_send() {
                Ok(answer) if answer.status == 200 => self.acknowledged += 1,
                Ok(answer) if answer.status == 503 => return,
                Ok(answer) => panic!("{answer}"),
                Err(_) => return,
            }
        }
    }
}

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

/// One conversation under load, from its start to the proof that nothing was lost.
struct Round {
    conversation: String,
    /// The last change before the round.
    cursor: String,
    writers: Vec<Writer>,
}

impl Round {
    fn begin(desk: &Desk, conversation: &str, cursor: &str) -> Self {
        desk.start(conversation, &json!({}));
        let writers = (0..WRITERS).map(|_| Writer::default()).collect();
        Self { conversation: conversation.to_owned(), cursor: cursor.to_owned(), writers }
    }

    /// Runs all writers while `end` brings the server down.
    fn load(&mut self, desk: &Desk, end: impl FnOnce()) {
        thread::scope(|scope| {
            for (number, writer) in self.writers.iter_mut().enumerate() {
                let conversation = self.conversation.as_str();
                scope.spawn(move || writer.write(number, desk, conversation, usize::MAX / 2));
            }
            end();
        });
    }

    /// Lets each writer repeat what was in flight, then demands that everything is there once and in order.
    fn verify(&mut self, desk: &Desk) {
        for (number, writer) in self.writers.iter_mut().enumerate() {
            writer.write(number, desk, &self.conversation, 1);
        }
        let messages = desk.messages(&self.conversation);
        let positions: Vec<usize> = (1..=messages.len()).collect();
        assert_eq!(column(&messages, "sequencePosition"), positions, "gaps 0, repeats 0");
        let texts: Vec<&str> = messages.iter().map(|message| message["text"].as_str().unwrap()).collect();
        for (number, writer) in self.writers.iter().enumerate() {
            let prefix = format!("{number}-");
            let own: Vec<&str> = texts.iter().copied().filter(|text| text.starts_with(&prefix)).collect();
            let expected: Vec<String> =
                (0..writer.acknowledged).map(|index| format!("{prefix}{index}")).collect();
            assert_eq!(own, expected, "lost 0, duplicates 0: writer {number}");
        }
        let ids: BTreeSet<String> = messages.iter().map(id_of).collect();
        assert_eq!(ids.len(), messages.len());
        let announced: Vec<Value> = self.announced(desk);
        assert_eq!(announced, positions, "each append is announced once, in order");
    }

    /// Returns the positions of the messages that the change log announces.
    fn announced(&mut self, desk: &Desk) -> Vec<Value> {
        let name = desk.name(&self.conversation);
        let changes = desk.changes_after(&self.cursor);
        self.cursor = changes.last().map_or("", |change| change["cursor"].as_str().unwrap()).to_owned();
        let created = changes
            .iter()
            .filter(|change| change["kind"] == "MESSAGE_CREATED" && change["conversation"] == name.as_str());
        created.map(|change| change["sequence"].clone()).collect()
    }

    fn acknowledged(&self) -> usize {
        self.writers.iter().map(|writer| writer.acknowledged).sum()
    }
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
        let mut round = Round::begin(&desk, &format!("round-{number}"), &cursor);
        round.load(&desk, || {
            thread::sleep(Duration::from_millis(30 + (number as u64 * 67) % 220));
            server.kill();
        });
        (server, desk) = serve(folder.path(), &key);
        round.verify(&desk);
        acknowledged += round.acknowledged();
        cursor = round.cursor;
        desk.client.delete(&desk.path(&round.conversation, "")).ok();
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
    let mut round = Round::begin(&desk, "a", "");
    round.load(&desk, || {
        thread::sleep(Duration::from_millis(400));
        assert_eq!(server.terminate().code(), Some(0), "issue 2, section 5: exits 0");
    });
    assert!(round.writers.iter().all(|writer| writer.acknowledged > 0), "there was work in flight");
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
