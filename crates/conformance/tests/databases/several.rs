//! Several servers of one database: what one does for all (the first key, redaction jobs, sweeps), and what holds at all once
//! one has acknowledged it.

use crate::ground::{SUPPORT, acme, desk_at, serve};
use hansard_cluster::Database;
use hansard_conformance::{client::Client, server::Server};
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

/// So often that one heard of too late is met.
const OFTEN: usize = 15;

#[test]
fn what_is_made_at_one_server_is_there_at_the_other_at_once() {
    let (database, key) = acme();
    let (one, other) = (serve(&database.url(), &[]), serve(&database.url(), &[]));
    let (here, there) = (Client::new(one.address(), &key), Client::new(other.address(), &key));
    for number in 0..OFTEN {
        let made = here.post("/v1/customers/acme/apiKeys", &json!({"role": "ADMIN"})).ok();
        let client = Client::new(other.address(), made["secret"].as_str().unwrap());
        client.get(&format!("/v1/{SUPPORT}")).ok();

        let profile = format!("/v1/customers/acme/profiles/p{number}");
        let body = json!({"displayName": "new", "languageCodes": ["en-US"]});
        here.post(&format!("/v1/customers/acme/profiles?profileId=p{number}"), &body).ok();
        there.post(&format!("{profile}/conversations/c:start"), &json!({})).ok();

        here.patch(&format!("{profile}?updateMask=displayName"), &json!({"displayName": "newer"})).ok();
        assert_eq!(there.get(&profile).ok()["displayName"], "newer");
    }
}

#[test]
fn what_one_server_has_masked_no_other_stores() {
    let (database, key) = acme();
    let (one, other) = (serve(&database.url(), &[]), serve(&database.url(), &[]));
    let (here, there) = (desk_at(&one, &key), desk_at(&other, &key));
    there.start("c", &json!({}));
    for number in 0..OFTEN {
        let pattern = format!("BG-{number}-[0-9]{{6}}");
        let policy = json!({"redactionPatterns": [{"entityType": "BADGE", "pattern": pattern}]});
        here.client.patch(&here.at("?updateMask=redactionPatterns"), &policy).ok();
        let said = format!("it is BG-{number}-123456");
        let stored = if number % 2 == 0 {
            there.append("c", &format!("m{number}"), &said)["text"].clone()
        } else {
            let id = format!("i{number}");
            let archive = json!({
                "conversation": {"name": there.name(&id)}, "messages": [{"text": said, "speaker": "VISITOR"}],
            });
            there.client.post(&there.at("/conversations:import"), &json!({"conversations": [archive]})).ok();
            there.messages(&id)[0]["text"].clone()
        };
        let stored = stored.as_str().unwrap();
        assert!(stored.contains("[BADGE]") && !stored.contains("123456"), "{number}: {stored}");
    }
}
