//! Removals from many conversations: by the detector over a filter, and of a person.

use hansard_conformance::binary::run_on;
use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::{House, house};
use hansard_conformance::server::Server;
use hansard_conformance::store;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CARD: &str = "4111 1111 1111 1111";
/// More than one batch of a job.
const CONVERSATIONS: i64 = 120;
const DEADLINE: Duration = Duration::from_secs(60);

/// Waits for the end of a job and returns it.
fn ended(desk: &Desk, begun: &Value) -> Value {
    let name = begun["job"]["name"].as_str().unwrap();
    let deadline = Instant::now() + DEADLINE;
    loop {
        let job = desk.client.get(&format!("/v1/{name}")).ok();
        if !["QUEUED", "RUNNING"].contains(&job["state"].as_str().unwrap()) {
            return job;
        }
        assert!(Instant::now() < deadline, "{job}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn run(desk: &Desk, verb: &str, body: &Value) -> Value {
    let begun = desk.client.post(&desk.at(verb), body).ok();
    let job = ended(desk, &begun);
    assert_eq!(job["state"], "DONE", "{job}");
    job
}

/// Starts a conversation that is exempt from masking, and says something in it.
fn exempt(desk: &Desk, id: &str, body: &Value, texts: &[&str]) {
    desk.client.post(&desk.path(id, ":start?featureOverride.skipPiiRedation=true"), body).ok();
    for (index, text) in texts.iter().enumerate() {
        desk.append(id, &format!("m{index}"), text);
    }
}

fn text(desk: &Desk, id: &str, index: usize) -> Value {
    desk.messages(id)[index]["text"].clone()
}

fn count(value: &Value) -> i64 {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn the_detector_masks_what_a_filter_selects() {
    let desk = house().desk();
    let summary = json!({"skill": "billing", "summary": {"summary": format!("paid with {CARD}")}});
    exempt(&desk, "a", &summary, &[&format!("card {CARD}"), "and jo@example.com", "4111-1111 11111111"]);
    exempt(&desk, "b", &json!({"skill": "billing"}), &["nothing here"]);
    exempt(&desk, "c", &json!({"skill": "sales"}), &[&format!("card {CARD}")]);
    let body = json!({"filterText": "skill = billing", "entityTypes": ["CREDIT_CARD"], "validateOnly": true});
    let dry = run(&desk, "/conversations:redact", &body);
    assert_eq!((count(&dry["totalConversations"]), count(&dry["doneConversations"])), (2, 2));
    assert_eq!((count(&dry["messages"]), count(&dry["places"])), (2, 3), "{dry}");
    assert_eq!(dry["typeCounts"], json!({"CREDIT_CARD": "3"}));
    assert_eq!(text(&desk, "a", 0), format!("card {CARD}"), "a dry run changes nothing");
    assert!(!dry.to_string().contains("4111 1111"));
    let mut body = body.clone();
    body["validateOnly"] = json!(false);
    let done = run(&desk, "/conversations:redact", &body);
    for field in ["messages", "places", "typeCounts", "totalConversations"] {
        assert_eq!(done[field], dry[field], "what was counted is what was done");
    }
    assert_eq!(text(&desk, "a", 0), "card [CREDIT_CARD]");
    assert_eq!(text(&desk, "a", 1), "and jo@example.com");
    assert_eq!(text(&desk, "a", 2), "[CREDIT_CARD]");
    assert_eq!(desk.conversation("a")["summary"]["summary"], "paid with [CREDIT_CARD]");
    assert_eq!(text(&desk, "c", 0), format!("card {CARD}"));
    let again = run(&desk, "/conversations:redact", &body);
    assert_eq!(count(&again["places"]), 0, "what is masked is not masked again");
    let receipts = desk.client.get(&desk.at("/redactionReceipts")).ok();
    assert_eq!(receipts["redactionReceipts"][0]["job"], done["name"]);
    desk.client
        .post(&desk.at("/conversations:redact"), &json!({"entityTypes": ["X"]}))
        .invalid("entityTypes[0]");
}

#[test]
fn a_person_is_erased_however_the_number_is_written() {
    let desk = house().desk();
    let own = json!({"visitor": {"platformVisitorId": "+44 20 7946 0018"}});
    exempt(&desk, "own", &own, &["hello"]);
    exempt(
        &desk,
        "mentions",
        &json!({"metadata": {"caller": {"values": [{"numberValue": 442079460018.0_f64}]}}}),
        &["call (020) 7946-0018", "two oh seven nine four six double oh one eight", "0207946001"],
    );
    exempt(&desk, "other", &json!({}), &["call 020 7946 0019"]);
    let hidden = json!({"visitor": {"platformVisitorId": "someone"}});
    exempt(&desk, "hidden", &hidden, &["+442079460018"]);
    let body = json!({"phoneNumber": "+442079460018", "reason": "asked by +44 20 7946 0018"});
    let mut dry = body.clone();
    dry["validateOnly"] = json!(true);
    let counted = run(&desk, ":eraseDataSubject", &dry);
    assert_eq!(count(&counted["deletedConversations"]), 1, "{counted}");
    let job = run(&desk, ":eraseDataSubject", &body);
    assert_eq!((&job["places"], &job["deletedConversations"]), (&counted["places"], &json!("1")));
    desk.client.get(&desk.path("own", "")).fails("NOT_FOUND");
    assert_eq!(text(&desk, "mentions", 0), "call ([PHONE_NUMBER]");
    assert_eq!(text(&desk, "mentions", 1), "[PHONE_NUMBER]");
    assert_eq!(text(&desk, "mentions", 2), "0207946001", "another, shorter number");
    assert_eq!(text(&desk, "other", 0), "call 020 7946 0019");
    assert_eq!(text(&desk, "hidden", 0), "+[PHONE_NUMBER]");
    let caller = &desk.conversation("mentions")["metadata"]["caller"]["values"][0];
    assert_eq!(caller["stringValue"], "[PHONE_NUMBER]");
    assert_eq!(job["reason"], "asked by [PHONE_NUMBER]");
    let told = json!([
        job,
        desk.client.get(&desk.at("/redactionJobs")).ok(),
        desk.client.get(&desk.at("/redactionReceipts")).ok(),
        house().admin().get("/v1/customers/acme/auditEntries?pageSize=1000").ok(),
    ]);
    let told = told.to_string();
    assert!(!told.contains("79460018") && !told.contains("7946 0018"), "{told}");
}

#[test]
fn a_person_is_one_of_three() {
    let desk = house().desk();
    exempt(&desk, "a", &json!({"visitor": {"platformVisitorId": "Visitor-77"}}), &["hi"]);
    exempt(&desk, "b", &json!({}), &["this is visitor 77 again", "Ada@Example.com"]);
    let mail = json!({"text": "x", "speaker": "VISITOR", "email": {"from": "Ada <ada@example.com>"}});
    exempt(&desk, "c", &json!({"channel": "EMAIL"}), &[]);
    desk.try_append("c", "m", &mail).ok();
    run(&desk, ":eraseDataSubject", &json!({"visitorId": "visitor-77"}));
    desk.client.get(&desk.path("a", "")).fails("NOT_FOUND");
    assert_eq!(text(&desk, "b", 0), "this is [VISITOR_ID] again");
    run(&desk, ":eraseDataSubject", &json!({"email": "ada@example.com"}));
    desk.client.get(&desk.path("c", "")).fails("NOT_FOUND");
    assert_eq!(text(&desk, "b", 1), "[EMAIL]");
    for body in [json!({}), json!({"email": "a@b", "visitorId": "abcd"})] {
        desk.client.post(&desk.at(":eraseDataSubject"), &body).fails("INVALID_ARGUMENT");
    }
    desk.client.post(&desk.at(":eraseDataSubject"), &json!({"email": "ada"})).invalid("email");
    desk.client.post(&desk.at(":eraseDataSubject"), &json!({"phoneNumber": "12"})).invalid("phoneNumber");
}

#[test]
fn a_job_goes_on_after_a_crash_and_leaves_nothing_of_whom_it_looked_for() {
    let House { server, keys, folder } = House::build();
    let desk = |server: &Server| {
        Desk::new(Client::new(server.address(), &keys.admin), "customers/acme/profiles/support")
    };
    let before = desk(&server);
    let ids: Vec<String> = (0..CONVERSATIONS).map(|index| format!("c{index}")).collect();
    for id in &ids {
        exempt(&before, id, &json!({}), &["it is qvxzjkwpq@example.com, you know"]);
    }
    let begun =
        before.client.post(&before.at(":eraseDataSubject"), &json!({"email": "qvxzjkwpq@example.com"})).ok();
    server.kill();
    let server = Server::start(folder.path());
    let after = desk(&server);
    let job = ended(&after, &begun);
    assert_eq!(
        (job["state"].as_str(), count(&job["doneConversations"])),
        (Some("DONE"), CONVERSATIONS),
        "{job}"
    );
    assert_eq!(count(&job["places"]), CONVERSATIONS, "each is counted once");
    assert!(ids.iter().all(|id| text(&after, id, 0) == "it is [EMAIL], you know"));
    assert!(server.terminate().success());
    assert!(!store::holds(folder.path(), b"qvxzjkwpq"));
    if store::is_shared() {
        return;
    }
    let values = folder.path().with_extension("values");
    std::fs::write(&values, "qvxzjkwpq@example.com\n").unwrap();
    run_on(folder.path(), &format!("redact verify --values {}", values.display())).ok();
    std::fs::remove_file(values).unwrap();
}

#[test]
fn a_job_is_cancelled_and_listed() {
    let desk = house().desk();
    exempt(&desk, "a", &json!({}), &["hello"]);
    let job = run(&desk, ":eraseDataSubject", &json!({"visitorId": "nobody", "validateOnly": true}));
    let listed = desk.client.get(&desk.at("/redactionJobs")).ok();
    assert_eq!(listed["redactionJobs"][0]["name"], job["name"]);
    let cancel = format!("/v1/{}:cancel", job["name"].as_str().unwrap());
    assert_eq!(desk.client.post(&cancel, &json!({})).ok()["state"], "DONE", "what has ended stays as it is");
}
