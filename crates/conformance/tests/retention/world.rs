//! A server that sweeps, and conversations that ended long ago.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use hansard_conformance::binary::{create_key, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::seconds_ago;
use hansard_conformance::server::Server;
use serde_json::{Value, json};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const PROFILE: &str = "customers/acme/profiles/support";
pub(crate) const DAY: u64 = 24 * 3600;

/// A stopped folder and the key of an admin.
pub(crate) struct Folder {
    pub(crate) dir: TempDir,
    pub(crate) key: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        run_on(dir.path(), "profile create --customer acme --profile support --language en-US").ok();
        let key = create_key(dir.path(), "--customer acme --role admin");
        Self { dir, key }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Serves it, sweeping as often as told.
    pub(crate) fn serve(&self, interval: &str) -> (Server, Desk) {
        let args = ["--retention-interval", interval, "--retention-batch", "5"];
        let server = Server::start_with(self.path(), &args);
        let desk = Desk::new(Client::new(server.address(), &self.key), PROFILE);
        (server, desk)
    }
}

/// A conversation that ended so many days ago, with three messages.
pub(crate) fn ended(desk: &Desk, id: &str, days: u64, fields: &Value) -> Value {
    let mut conversation = json!({
        "name": desk.name(id),
        "state": "CLOSED",
        "startTime": seconds_ago(days * DAY + 600),
        "endTime": seconds_ago(days * DAY),
    });
    conversation.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let message = |number| json!({"text": format!("zqxjkv {id} {number}"), "speaker": "VISITOR"});
    json!({"conversation": conversation, "messages": [message(1), message(2), message(3)]})
}

/// Brings conversations in; all must be new.
#[track_caller]
pub(crate) fn bring(desk: &Desk, archives: &[Value]) {
    for archives in archives.chunks(500) {
        let answer = desk.client.post(&desk.at("/conversations:import"), &json!({"conversations": archives}));
        let answer = answer.ok();
        let results = answer["results"].as_array().unwrap();
        assert!(results.iter().all(|result| result["outcome"] == "CREATED"), "{answer}");
    }
}

#[track_caller]
pub(crate) fn set_policy(desk: &Desk, rules: &Value) {
    let path = desk.at("?updateMask=retention");
    let profile = desk.client.patch(&path, &json!({"retention": {"rules": rules}})).ok();
    assert_eq!(profile["retention"]["rules"].as_array().map_or(0, Vec::len), rules.as_array().unwrap().len());
}

#[track_caller]
pub(crate) fn preview(desk: &Desk, body: &Value) -> Value {
    desk.client.post(&desk.at(":previewRetention"), body).ok()
}

/// Waits until the profile holds exactly these.
#[track_caller]
pub(crate) fn await_left(desk: &Desk, left: &[&str]) {
    await_that(
        || desk.select(&json!({})) == left,
        || format!("left: {:?}, wanted: {left:?}", desk.select(&json!({}))),
    );
}

#[track_caller]
pub(crate) fn await_that(mut holds: impl FnMut() -> bool, told: impl Fn() -> String) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{}", told());
        thread::sleep(Duration::from_millis(20));
    }
}

/// The value of a metric without labels; 0 while it is not there.
pub(crate) fn metric(desk: &Desk, name: &str) -> f64 {
    let text = desk.client.get("/metrics").text();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
    value.unwrap_or_default()
}

/// Waits until a whole sweep began and ended after this call.
#[track_caller]
pub(crate) fn await_sweep(desk: &Desk) {
    const LAST: &str = "hansard_retention_last_sweep_timestamp_seconds";
    for _ in 0..2 {
        let before = metric(desk, LAST);
        await_that(|| metric(desk, LAST) > before, || "no sweep".to_owned());
    }
}

pub(crate) fn audited(desk: &Desk, action: &str) -> Vec<Value> {
    let entries = desk.client.get("/v1/customers/acme/auditEntries?pageSize=1000").ok();
    let entries = entries["auditEntries"].as_array().cloned().unwrap_or_default();
    entries.into_iter().filter(|entry| entry["action"] == action).collect()
}

/// The names in the log's deletions, in their order.
pub(crate) fn deletions(desk: &Desk) -> Vec<String> {
    let changes = desk.changes().into_iter().filter(|change| change["kind"] == "CONVERSATION_DELETED");
    changes.map(|change| change["conversation"].as_str().unwrap().to_owned()).collect()
}
