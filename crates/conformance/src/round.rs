//! One conversation under load by writers that know what was acknowledged to them, and the proof that all of it is there,
//! once and in order.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::desk::{Desk, column, id_of};

/// Before a writer tries again what failed.
const PAUSE: Duration = Duration::from_millis(10);
/// Appends of a writer at another server than its own, before it looks whether that is there again.
const ABROAD_MAX: usize = 5;
/// A server that gives no answer within this has gone, or its database has.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);

/// A writer that goes on with the same append until it is acknowledged.
#[derive(Default)]
struct Writer {
    acknowledged: usize,
}

impl Writer {
    /// Sends the next append, or the same again; returns whether it was acknowledged. What is not is refused with 503, or
    /// the connection breaks.
    fn send(&mut self, number: usize, desk: &Desk, conversation: &str) -> bool {
        let text = format!("{number}-{}", self.acknowledged);
        let message = json!({"text": text, "speaker": "VISITOR"});
        // Odd writers repeat a message id, even ones an idempotency key.
        let call = match number % 2 {
            1 => desk.client.call("POST", &desk.path(conversation, &format!("/messages?messageId=w{text}"))),
            _ => desk
                .client
                .call("POST", &desk.path(conversation, "/messages"))
                .header("idempotency-key", &format!("{} {text}", desk.name(conversation))),
        };
        match call.json(&message).try_send_within(ANSWERED_WITHIN) {
            Ok(answer) if answer.status == 200 => {
                self.acknowledged += 1;
                true
            }
            Ok(answer) if answer.status == 503 => false,
            Ok(answer) => panic!("{answer}"),
            Err(_) => false,
        }
    }
}

/// How writers get on, by the number of the server.
#[derive(Debug)]
pub struct Progress {
    acknowledged: Vec<AtomicUsize>,
    refused: Vec<AtomicUsize>,
}

impl Progress {
    fn of(servers: usize) -> Self {
        let counters = || (0..servers).map(|_| AtomicUsize::new(0)).collect();
        Self { acknowledged: counters(), refused: counters() }
    }

    pub fn acknowledged(&self, server: usize) -> usize {
        self.acknowledged[server].load(Ordering::SeqCst)
    }

    pub fn refused(&self, server: usize) -> usize {
        self.refused[server].load(Ordering::SeqCst)
    }

    /// Waits until a server has acknowledged so many more.
    #[track_caller]
    pub fn await_more(&self, server: usize, more: usize, within: Duration) {
        let (begun, goal) = (Instant::now(), self.acknowledged(server) + more);
        while self.acknowledged(server) < goal {
            assert!(begun.elapsed() < within, "server {server} acknowledges nothing within {within:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// One conversation under load, from its start to the proof that nothing was lost.
pub struct Round {
    conversation: String,
    /// The last change before the round.
    cursor: String,
    writers: Vec<Writer>,
}

impl Round {
    pub fn begin(desk: &Desk, conversation: &str, cursor: &str, writers: usize) -> Self {
        desk.start(conversation, &json!({}));
        let writers = (0..writers).map(|_| Writer::default()).collect();
        Self { conversation: conversation.to_owned(), cursor: cursor.to_owned(), writers }
    }

    pub fn conversation(&self) -> &str {
        &self.conversation
    }

    /// Returns the last change that was looked at.
    pub fn cursor(&self) -> &str {
        &self.cursor
    }

    /// Runs all writers while `end` brings the server down; each ends with its first failure.
    pub fn load(&mut self, desk: &Desk, end: impl FnOnce()) {
        let conversation = &self.conversation;
        thread::scope(|scope| {
            for (number, writer) in self.writers.iter_mut().enumerate() {
                scope.spawn(move || while writer.send(number, desk, conversation) {});
            }
            end();
        });
    }

    /// Runs the writers of several rounds, each on its own servers, until `during` ends. Where an append fails it is tried
    /// again at the next server.
    pub fn persist(rounds: &mut [(Self, Vec<Desk>)], during: impl FnOnce(&[Progress])) {
        let progress: Vec<Progress> = rounds.iter().map(|(_, desks)| Progress::of(desks.len())).collect();
        let is_over = Over(AtomicBool::new(false));
        thread::scope(|scope| {
            for ((round, desks), progress) in rounds.iter_mut().zip(&progress) {
                let (conversation, desks, is_over) = (&round.conversation, &*desks, &is_over.0);
                for (number, writer) in round.writers.iter_mut().enumerate() {
                    scope.spawn(move || {
                        let home = number / 2 % desks.len();
                        let (mut at, mut abroad) = (home, 0);
                        while !is_over.load(Ordering::SeqCst) {
                            if writer.send(number, &desks[at], conversation) {
                                progress.acknowledged[at].fetch_add(1, Ordering::SeqCst);
                                abroad = if at == home { 0 } else { abroad + 1 };
                                at = if abroad < ABROAD_MAX { at } else { home };
                                continue;
                            }
                            progress.refused[at].fetch_add(1, Ordering::SeqCst);
                            at = (at + 1) % desks.len();
                            thread::sleep(PAUSE);
                        }
                    });
                }
            }
            let ended = is_over.at_the_end();
            during(&progress);
            drop(ended);
        });
    }

    /// Lets each writer repeat what was in flight, then demands that everything is there once and in order.
    #[track_caller]
    pub fn verify(&mut self, desk: &Desk) {
        for (number, writer) in self.writers.iter_mut().enumerate() {
            assert!(writer.send(number, desk, &self.conversation), "what was in flight can be repeated");
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

    /// Returns how many appends were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.writers.iter().map(|writer| writer.acknowledged).sum()
    }

    /// Returns how many were to the writer with the fewest.
    pub fn least(&self) -> usize {
        self.writers.iter().map(|writer| writer.acknowledged).min().unwrap_or_default()
    }
}

/// Tells writers to end, also where the test fails.
struct Over(AtomicBool);

impl Over {
    fn at_the_end(&self) -> impl Drop + '_ {
        struct End<'a>(&'a AtomicBool);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        End(&self.0)
    }
}
