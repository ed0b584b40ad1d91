//! A folder in which every method of the contract has been at work answers the same bytes once it is a database.

use crate::ground::{SUPPORT, run_at, serve};
use hansard_cluster::Database;
use hansard_conformance::{
    answer::Answer,
    binary::{Finished, command, finish},
    client::{Client, escape},
    contract::{Method, methods},
    data,
    desk::Desk,
    house::unique,
    records::{BASE, Records},
    sample::{Sample, Target},
    server::Server,
};
use serde_json::{Value, json};
use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

const AT: &str = "--customer acme --profile support";
const JOBS_END_WITHIN: Duration = Duration::from_secs(60);

/// Runs a command line, split at spaces, on a folder.
pub(crate) fn run_in(folder: &Path, line: &str) -> Finished {
    finish(command().args(line.split(' ')).arg("--data-dir").arg(folder))
}

/// Serves a folder.
pub(crate) fn serve_folder(folder: &Path) -> Server {
    let mut serve = command();
    serve.args(["serve", "--listen", "127.0.0.1:0", "--retention-interval", "never", "--data-dir"]);
    serve.arg(folder);
    Server::spawn(serve)
}

/// Moves a folder into a database.
pub(crate) fn move_folder(folder: &Path, url: &str) -> Finished {
    finish(command().args(["migrate-store", "--from"]).arg(folder).env("HANSARD_TO", url))
}

/// The keys of those who call.
struct Keys {
    operator: String,
    admin: String,
    agent: String,
    reader: String,
    /// Of the profile alone, as the second dialect wants it.
    project: String,
}

impl Keys {
    fn make(folder: &Path) -> Self {
        let key = |rest: &str| {
            run_in(folder, &format!("key create --customer acme {rest}")).ok().trim_end().to_owned()
        };
        Self {
            operator: key("--role operator"),
            admin: key("--role admin"),
            agent: key("--user ada --role agent"),
            reader: key("--role reader"),
            project: key("--profile support --role admin"),
        }
    }
}

/// A request that was made, and is made again elsewhere.
struct Request {
    key: String,
    sample: Sample,
    /// Of one that changes something.
    idempotency_key: Option<String>,
}

impl Request {
    fn send(&self, server: &Server) -> Answer {
        let call = self.sample.call(&Client::new(server.address(), &self.key));
        match &self.idempotency_key {
            Some(key) => call.header("idempotency-key", key).send(),
            None => call.send(),
        }
    }

    fn of_path(key: &str, path: &str) -> Self {
        let sample = Sample { verb: "GET".to_owned(), path: path.to_owned(), body: None };
        Self { key: key.to_owned(), sample, idempotency_key: None }
    }

    fn of_body(key: &str, path: &str, body: Value) -> Self {
        let sample = Sample { verb: "POST".to_owned(), path: path.to_owned(), body: Some(body) };
        Self { key: key.to_owned(), sample, idempotency_key: None }
    }
}

/// Has every method do its work once; returns the requests, to be sent again.
fn at_work(server: &Server, keys: &Keys) -> Vec<Request> {
    let request = |method: &Method| {
        let is_about_customers = method.name.ends_with("Customer") || method.name.ends_with("Customers");
        let is_of_profile = ["UpdateProfile", "DeleteProfile", "GetProfile"].contains(&&*method.name);
        let mut target = Target {
            customer: if is_about_customers { unique("moved") } else { "acme".to_owned() },
            profile: if is_of_profile { unique("moved") } else { "support".to_owned() },
            conversation: unique("conv"),
            item: unique("item"),
        };
        let [operator, admin] = [&keys.operator, &keys.admin].map(|key| Client::new(server.address(), key));
        target.prepare(method, &operator, &admin);
        let mut sample = target.sample(method);
        sample.path = sample.path.replace("?etag=stale", "");
        let key = if is_about_customers { &keys.operator } else { &keys.admin };
        let idempotency_key = method.mutates().then(|| unique("key"));
        Request { key: key.clone(), sample, idempotency_key }
    };
    let requests: Vec<Request> = methods().iter().filter(|method| !method.streams).map(request).collect();
    for request in &requests {
        let answer = request.send(server);
        assert_eq!(answer.status, 200, "{answer}");
    }
    requests
}

/// The profile in the second dialect.
fn records(desk: &Desk, keys: &Keys) -> Records {
    let client = Client::new(desk.client.address(), &keys.project);
    let [organization, project] = ["acme", "support"].map(str::to_owned);
    Records { client, desk: desk.clone(), organization, project }
}

/// Waits until no job is at work any more.
fn await_jobs(desk: &Desk) {
    let until = Instant::now() + JOBS_END_WITHIN;
    loop {
        let jobs = desk.client.get(&desk.at("/redactionJobs")).ok();
        if !jobs.to_string().contains("QUEUED") && !jobs.to_string().contains("RUNNING") {
            return;
        }
        assert!(Instant::now() < until, "{jobs}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// What is asked besides: pages in the middle, searches, cursors, callers, the other dialect.
fn further(server: &Server, keys: &Keys) -> Vec<Request> {
    let desk = Desk::new(Client::new(server.address(), &keys.admin), SUPPORT);
    let list = desk.at("/conversations");
    let mut requests = Vec::new();
    for key in [&keys.operator, &keys.admin, &keys.agent, &keys.reader] {
        requests.push(Request::of_path(key, "/whoami"));
        requests.push(Request::of_body(key, &list, json!({"pageSize": 1000})));
    }
    for filter in ["hello", "text:help", "skill = billing", "tag:*", "duration > 1m AND channel = VOICE"] {
        requests.push(Request::of_body(&keys.admin, &list, json!({"filterText": filter, "pageSize": 1000})));
    }
    let mut body = json!({"pageSize": 7});
    for _ in 0..3 {
        let page = desk.client.post(&list, &body).ok();
        body["pageToken"] = page["nextPageToken"].clone();
        requests.push(Request::of_body(&keys.admin, &list, body.clone()));
    }
    let mut cursor = String::new();
    for _ in 0..20 {
        let path = desk.at(&format!("/changes?pageSize=100&cursor={}", escape(&cursor)));
        let page = desk.client.get(&path).ok();
        requests.push(Request::of_path(&keys.admin, &path));
        cursor = page["nextCursor"].as_str().unwrap().to_owned();
    }
    for record in ["", "/call-1", "/hostile"] {
        requests.push(Request::of_path(&keys.project, &format!("{BASE}{record}")));
    }
    requests
}

/// An answer byte for byte, or without what is of its moment: a token is sealed anew, keys are used, what is live lasts.
fn shown(answer: &Answer) -> String {
    let text = format!("{} {}", answer.status, answer.text());
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return text };
    if let Some(token) = body["nextPageToken"].as_str().filter(|token| !token.is_empty()) {
        return text.replace(token, "(token)");
    }
    let is_of_records = body.get("success").is_some();
    if !is_of_records && !text.contains("/apiKeys/") {
        return text;
    }
    if let Some(fields) = body.as_object_mut().filter(|_| is_of_records) {
        fields.retain(|name, _| !["timestamp", "metadata"].contains(&name.as_str()));
    }
    forget_moment(&mut body);
    format!("{} {body}", answer.status)
}

fn forget_moment(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_moment),
        Value::Object(fields) => {
            fields.retain(|name, _| !["lastUseTime", "durationInSeconds"].contains(&name.as_str()));
            fields.values_mut().for_each(forget_moment);
        }
        _ => {}
    }
}

/// Where two texts begin to differ.
fn difference(one: &str, other: &str) -> Option<String> {
    let at = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let around = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(80).min(text.len())..])
            .chars()
            .take(200)
            .collect::<String>()
    };
    (one != other).then(|| format!("{} / {}", around(one), around(other)))
}

/// What the command line tells of a store.
fn told(run: impl Fn(&str) -> Finished) -> Vec<String> {
    let lines = [
        format!("export {AT}"),
        format!("list {AT} --limit 0 --output jsonl"),
        format!("list {AT} --text help --limit 0 --output names"),
        format!("count {AT} --text thank"),
        format!("sample {AT} --max-messages 9 --output names"),
        format!("tail {AT} --from beginning --limit 500 --output jsonl"),
        format!("retention {AT} --dry-run"),
        "profile list --customer acme".to_owned(),
    ];
    lines.iter().map(|line| run(line).ok()).collect()
}

#[test]
fn what_was_asked_of_the_folder_the_database_answers_the_same() {
    let (parent, database) = (tempfile::tempdir().unwrap(), Database::new());
    let (folder, url) = (parent.path().join("data"), database.url());
    run_in(&folder, &format!("profile create {AT} --language en-US")).ok();
    if let Some(data) = data::folder() {
        let mut import = command();
        import.args(format!("import {AT}").split(' ')).arg("--data-dir").arg(&folder);
        finish(import.args([data.join("dialogs"), data.join("vcon")])).ok();
    }
    let keys = Keys::make(&folder);
    let server = serve_folder(&folder);
    let mut requests = at_work(&server, &keys);
    let desk = Desk::new(Client::new(server.address(), &keys.admin), SUPPORT);
    let hostile = "\u{202E}a\u{1F469}\u{200D}\u{1F680} 'b' \\ \"c\" e\u{301} \u{FEFF}\t\u{10FFFF}";
    desk.start(
        "hostile",
        &json!({"displayName": hostile, "platformInfo": {"platformConversationId": hostile.repeat(99)}}),
    );
    desk.append("hostile", "m", &hostile.repeat(999));
    let records = records(&desk, &keys);
    records.create(&records.with("call-1", &json!({"conversation_type": "OTT_CHAT"})));
    let position = desk.append("conv-1", "first", "said in the folder")["sequencePosition"].clone();
    await_jobs(&desk);
    requests.extend(further(&server, &keys));
    assert!(server.terminate().success());
    // What is exported is audited, so that it comes before what lists that.
    let lines = told(|line| run_in(&folder, line));
    let server = serve_folder(&folder);
    let before: Vec<String> = requests.iter().map(|request| shown(&request.send(&server))).collect();
    let seen = desk.seen_by(Client::new(server.address(), &keys.admin)).changes();
    assert!(server.terminate().success());

    let moved = move_folder(&folder, &url).ok();
    assert!(moved.contains("moved to") && moved.contains("and verified"), "{moved}");
    assert!(run_at(&url, "fsck").ok().contains("clean"));
    let server = serve(&url, &["--retention-interval", "never"]);
    let desk = Desk::new(Client::new(server.address(), &keys.admin), SUPPORT);
    assert_eq!(desk.changes(), seen, "no retry adds anything");
    let asked = requests.iter().zip(before).filter_map(|(request, before)| {
        let differs = difference(&before, &shown(&request.send(&server)))?;
        Some(format!("{} {}: {differs}", request.sample.verb, request.sample.path))
    });
    let differing: Vec<String> = asked.collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(desk.changes(), seen, "no retry adds anything");
    for (one, other) in lines.iter().zip(told(|line| run_at(&url, line))) {
        assert_eq!(difference(one, &other), None);
    }
    let cursor = seen.last().unwrap()["cursor"].as_str().unwrap();
    let next = desk.append("conv-1", "second", "said in the database");
    assert_eq!(next["sequencePosition"].as_i64(), position.as_i64().map(|position| position + 1));
    assert_eq!(desk.changes_after(cursor).len(), 1, "the log goes on after the last cursor");
    assert!(run_in(&folder, "fsck").ok().contains("clean"), "the folder is as it was");
}
