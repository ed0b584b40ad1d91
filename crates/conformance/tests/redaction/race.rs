//! Removing while others append, listen, export and back up: nothing asked for after the acknowledgement holds the text.

mod readers;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hansard_conformance::client::runtime;
use hansard_conformance::grpc;
use hansard_conformance::residue::{Canaries, Canary, Search};
use hansard_proto::v1::ExportConversationsRequest;
use serde_json::json;

use crate::ground::Ground;

const CONVERSATIONS: usize = 3;
const MESSAGES: usize = 24;
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than the windows of a connection, so that an export waits for its reader.
const FILLERS: usize = 80;
const FILLER_BYTES: usize = 60 << 10;
const AS_IS: &str = ":start?featureOverride.skipPiiRedation=true";

/// What has been acknowledged as removed, and what the readers saw.
#[derive(Default)]
pub(crate) struct Watch {
    removed: Mutex<Vec<Canary>>,
    leaks: Mutex<Vec<String>>,
    /// Who saw a text that was still there: a reader that sees nothing proves nothing.
    seen: Mutex<BTreeSet<&'static str>>,
    done: AtomicBool,
}

/// Lets the readers end, also when a removal fails.
struct End<'a>(&'a Watch);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.done.store(true, Ordering::SeqCst);
    }
}

impl Watch {
    fn is_done(&self) -> bool {
        self.done.load(Ordering::SeqCst)
    }

    /// Asks once; what was removed before must not be in the answer.
    fn ask(&self, reader: &'static str, ask: impl FnOnce() -> Vec<u8>) {
        let removed = self.removed();
        let answer = String::from_utf8_lossy(&ask()).into_owned();
        let held = removed.iter().filter(|canary| answer.contains(&canary.text));
        self.leak(held.map(|canary| format!("{reader}: {}", canary.place)));
        if holds_a_canary(&answer) {
            self.seen.lock().unwrap().insert(reader);
        }
    }

    fn leak(&self, leaks: impl IntoIterator<Item = String>) {
        self.leaks.lock().unwrap().extend(leaks);
    }

    fn removed(&self) -> Vec<Canary> {
        self.removed.lock().unwrap().clone()
    }
}

/// Returns whether an answer holds a letter that only canaries have.
fn holds_a_canary(answer: &str) -> bool {
    answer.chars().any(|letter| ('\u{3400}'..='\u{4DBF}').contains(&letter))
}

fn conversation(index: usize) -> String {
    format!("c{}", index % CONVERSATIONS)
}

fn tell(ground: &Ground) -> Vec<Canary> {
    let desk = &ground.desk;
    for index in 0..CONVERSATIONS {
        desk.client.post(&desk.path(&conversation(index), AS_IS), &json!({})).ok();
    }
    let mut canaries = Canaries::default();
    for index in 0..CONVERSATIONS * MESSAGES {
        let text = format!("told {}", canaries.give(&format!("{}/m{index}", conversation(index))));
        desk.append(&conversation(index), &format!("m{index}"), &text);
    }
    canaries.given().to_vec()
}

/// Removes the text of a message, each second time by deleting it; returns when that is acknowledged.
fn remove(ground: &Ground, index: usize, canary: &Canary) {
    let desk = &ground.desk;
    let path = desk.path(&conversation(index), &format!("/messages/m{index}"));
    if index.is_multiple_of(2) {
        desk.client.delete(&path).ok();
        return;
    }
    let body = json!({
        "moment": format!("{}/moments/rare", desk.profile),
        "startIndex": "told ".len(),
        "endIndex": "told ".len() + canary.text.len(),
    });
    desk.client.post(&format!("{path}:redact"), &body).ok();
}

#[test]
fn nothing_asked_for_after_the_acknowledgement_holds_the_text() {
    let ground = Ground::open();
    let canaries = tell(&ground);
    let watch = Watch::default();
    thread::scope(|scope| {
        for reader in readers::ALL {
            let (ground, watch) = (&ground, &watch);
            scope.spawn(move || reader(ground, watch));
        }
        let _end = End(&watch);
        for (index, canary) in canaries.iter().enumerate() {
            remove(&ground, index, canary);
            watch.removed.lock().unwrap().push(canary.clone());
            thread::sleep(Duration::from_millis(60));
        }
    });
    let leaks = watch.leaks.lock().unwrap();
    assert!(leaks.is_empty(), "{} leaks: {leaks:#?}", leaks.len());
    let seen = watch.seen.lock().unwrap();
    for reader in ["messages", "export", "backup", "SSE", "gRPC watch"] {
        assert!(seen.contains(reader), "{reader} saw no text at all");
    }
    leaves_no_trace(&ground, &canaries);
}

/// Demands that what was written beside the removals, such as the index of keywords, holds nothing in the end.
fn leaves_no_trace(ground: &Ground, canaries: &[Canary]) {
    let search = Search::new(canaries);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let traces = ground.stored(&search);
        if traces.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "{} traces: {:?}", traces.len(), traces[0]);
        thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn an_export_that_began_before_sends_nothing_of_it_after() {
    let ground = Ground::open();
    let desk = &ground.desk;
    for index in 0..FILLERS {
        let id = format!("a{index:03}");
        desk.client.post(&desk.path(&id, AS_IS), &json!({"startTime": "2026-01-05T09:00:00Z"})).ok();
        desk.append(&id, "m", &"filler ".repeat(FILLER_BYTES / 7));
    }
    let mut canaries = Canaries::default();
    for (id, message) in [("y", "redacted"), ("z", "deleted")] {
        desk.client.post(&desk.path(id, AS_IS), &json!({"startTime": "2026-01-06T09:00:00Z"})).ok();
        desk.append(id, message, &format!("told {}", canaries.give(message)));
    }
    let mut client = grpc::conversations(desk.client.address(), &ground.key);
    let request = ExportConversationsRequest { parent: desk.profile.clone(), ..Default::default() };
    let mut stream = runtime().block_on(client.export_conversations(request)).unwrap().into_inner();
    let first = runtime().block_on(stream.message()).unwrap().unwrap();
    assert!(first.conversation.unwrap().name.contains("/a000"), "oldest start first");
    thread::sleep(Duration::from_millis(500));

    let span = json!({
        "moment": format!("{}/moments/rare", desk.profile),
        "startIndex": "told ".len(),
        "endIndex": "told ".len() + canaries.given()[0].text.len(),
    });
    desk.client.post(&desk.path("y", "/messages/redacted:redact"), &span).ok();
    desk.client.delete(&desk.path("z", "/messages/deleted")).ok();
    let mut names = 1;
    let mut rest = String::new();
    while let Some(archive) = runtime().block_on(stream.message()).unwrap() {
        names += 1;
        rest.push_str(&format!("{archive:?}"));
    }
    assert_eq!(names, FILLERS + 2);
    for canary in canaries.given() {
        assert!(!rest.contains(&canary.text), "{} was sent after it was acknowledged as gone", canary.place);
    }
}
