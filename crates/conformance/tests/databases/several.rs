//! What one of several servers does for all: the first key, redaction jobs, sweeps.

use crate::ground::{acme, desk_at, serve};
use hansard_cluster::Database;
use hansard_conformance::server::Server;
use serde_json::{Value, json};
use std::{
    thread,
    time::{Duration, Instant},
};

const CONVERSATIONS: usize = 120;
/// A lease runs out, and another server looks for what is left.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn of_servers_that_start_at_once_one_prints_a_key() {
    let database = Database::new();
    let url = database.url();
    let servers: Vec<Server> = thread::scope(|scope| {
        let starting: Vec<_> = (0..4).map(|_| scope.spawn(|| serve(&url, &[]))).collect();
        starting.into_iter().map(|server| server.join().unwrap()).collect()
    });
    let printed: Vec<String> =
        servers.iter().map(Server::printed).filter(|text| text.contains("hsk_")).collect();
    assert_eq!(printed.len(), 1, "{printed:?}");
    assert_eq!(database.run(&["select count(*) from api_key"]).unwrap().trim(), "1");
    assert_eq!(database.run(&["select count(*) from profile"]).unwrap().trim(), "1");
}

#[test]
fn another_server_goes_on_with_a_job_and_nothing_is_counted_twice() {
    let (database, key) = acme();
    let (one, other) = (serve(&database.url(), &[]), serve(&database.url(), &[]));
    let desk = desk_at(&one, &key);
    for number in 0..CONVERSATIONS {
        let id = format!("c{number}");
        desk.client.post(&desk.path(&id, ":start?featureOverride.skipPiiRedation=true"), &json!({})).ok();
        desk.append(&id, "m", "it is qvxzjkwpq@example.com, you know");
    }
    let job =
        desk.client.post(&desk.at(":eraseDataSubject"), &json!({"email": "qvxzjkwpq@example.com"})).ok();
    let name = job["job"]["name"].as_str().unwrap().to_owned();
    one.kill();
    let desk = desk_at(&other, &key);
    let until = Instant::now() + TAKEN_OVER_WITHIN;
    let done: Value = loop {
        let job = desk.client.get(&format!("/v1/{name}")).ok();
        if job["state"] == "DONE" {
            break job;
        }
        assert!(Instant::now() < until, "nobody goes on with it: {job}");
        thread::sleep(Duration::from_millis(200));
    };
    assert_eq!(done["doneConversations"], CONVERSATIONS.to_string());
    assert_eq!(done["messages"], CONVERSATIONS.to_string(), "each once: {done}");
    let dump = String::from_utf8(database.dump()).unwrap();
    assert!(!dump.contains("qvxzjkwpq"), "nothing is left of it");
    let leases = "select count(*) from lease where name like 'redaction job%'";
    let until = Instant::now() + TAKEN_OVER_WITHIN;
    while database.run(&[leases]).unwrap().trim() != "0" {
        assert!(Instant::now() < until, "the lease is given back");
        thread::sleep(Duration::from_millis(50));
    }
}
