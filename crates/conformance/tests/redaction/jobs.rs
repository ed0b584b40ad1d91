//! Jobs of redaction, run to their end.

use std::thread;
use std::time::{Duration, Instant};

use hansard_conformance::desk::Desk;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

/// Begins a job and returns it when it is done.
#[track_caller]
pub(crate) fn run(desk: &Desk, path: &str, body: &Value) -> Value {
    let mut job = desk.client.post(&desk.at(path), body).ok()["job"].take();
    let name = job["name"].as_str().unwrap().to_owned();
    let deadline = Instant::now() + PATIENCE;
    while ["QUEUED", "RUNNING"].contains(&job["state"].as_str().unwrap()) {
        assert!(Instant::now() < deadline, "the job does not end: {job}");
        thread::sleep(Duration::from_millis(50));
        job = desk.client.get(&format!("/v1/{name}")).ok();
    }
    assert_eq!(job["state"], "DONE", "{job}");
    job
}

/// Counts what a job would do, and demands that it changes nothing.
#[track_caller]
pub(crate) fn dry_run(desk: &Desk, path: &str, body: &Value) -> Value {
    let mut body = body.clone();
    body["validateOnly"] = json!(true);
    let before = desk.changes();
    let job = run(desk, path, &body);
    assert_eq!(job["validateOnly"], true, "{job}");
    assert_eq!(desk.changes(), before, "a dry run changes nothing");
    job
}
