//! `Idempotency-Key` on every mutating method of the descriptor: section 1, Retry.

use hansard_conformance::answer::Answer;
use hansard_conformance::client::Client;
use hansard_conformance::contract::{Method, methods};
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::house::{house, unique};
use hansard_conformance::sample::{Sample, Target};
use serde_json::{Value, json};

fn keyed(client: &Client, sample: &Sample, key: &str) -> Answer {
    sample.call(client).header("idempotency-key", key).send()
}

fn is_about_customers(method: &Method) -> bool {
    method.name.ends_with("Customer")
}

/// Prepares a fresh target of the method and builds the request about it.
fn fresh(method: &Method, desk: &Desk) -> Sample {
    let own_profile = ["UpdateProfile", "DeleteProfile"].contains(&method.name.as_str());
    let profile =
        if own_profile { unique("idem") } else { desk.profile.rsplit('/').next().unwrap().to_owned() };
    let customer = if is_about_customers(method) { unique("idem") } else { "acme".to_owned() };
    let mut target = Target { customer, profile, conversation: unique("conv"), item: unique("item") };
    target.prepare(method, &house().operator(), &house().admin());
    let mut sample = target.sample(method);
    sample.path = sample.path.replace("?etag=stale", "");
    sample
}

/// Returns an answer's status and body, without the secret that only the first answer holds; of a job that goes
/// on meanwhile the name.
fn outcome(answer: &Answer) -> (u16, Value) {
    let mut body = answer.json();
    if let Some(body) = body.as_object_mut() {
        body.remove("secret");
        if let Some(job) = body.get_mut("job") {
            *job = job["name"].take();
        }
    }
    (answer.status, body)
}

/// Sends the method's request twice with one key, then another request; returns what went wrong.
fn repeat(method: &Method, desk: &Desk) -> Result<(), String> {
    let client = if is_about_customers(method) { house().operator() } else { house().admin() };
    let key = unique("key");
    let sample = fresh(method, desk);
    let first = keyed(&client, &sample, &key);
    if first.status != 200 {
        return Err(format!("the first: {first}"));
    }
    let log = desk.changes();
    let again = keyed(&client, &sample, &key);
    if outcome(&again) != outcome(&first) {
        return Err(format!("not the first outcome: {again}, but first {first}"));
    }
    if desk.changes() != log {
        return Err("a second effect".to_owned());
    }
    let other = keyed(&client, &fresh(method, desk), &key);
    if !is_about_customers(method) && other.code() != "ABORTED" {
        return Err(format!("another request: {other}"));
    }
    Ok(())
}

#[test]
fn the_same_key_and_request_has_one_effect_and_one_outcome() {
    let desk = house().desk();
    let mutating = methods().iter().filter(|method| method.mutates());
    let faults: Vec<String> = mutating
        .filter_map(|method| repeat(method, &desk).err().map(|fault| format!("{}: {fault}", method.name)))
        .collect();
    assert!(faults.is_empty(), "1, Retry: {faults:#?}");
}

#[test]
fn a_given_id_is_given_once() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let calls = [
        ("/messages", json!({"text": "hi"}), "conversationMessage"),
        (
            "/messages:batchCreate",
            json!({"messages": [{"text": "hi"}, {"text": "ho"}]}),
            "conversationMessages",
        ),
        ("/events", json!({"type": "CUSTOM"}), "event"),
        ("/events:batchCreate", json!({"events": [{"type": "CUSTOM"}]}), "events"),
    ];
    for (rest, body, field) in calls {
        let key = unique("key");
        let call = || {
            desk.client
                .call("POST", &desk.path("a", rest))
                .json(&body)
                .header("idempotency-key", &key)
                .send()
                .ok()
        };
        let first = call();
        assert_eq!(call(), first, "{rest}: {field}");
    }
    assert_eq!(column(&desk.messages("a"), "text"), ["hi", "hi", "ho"]);
    assert_eq!(desk.events_of("a", "CUSTOM").len(), 2);
}

#[test]
fn a_retry_shows_the_resource_as_it_is_now() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let key = unique("key");
    let path = desk.path("a", "/messages?messageId=m1");
    let call = || {
        desk.client
            .call("POST", &path)
            .json(&json!({"text": "to be gone"}))
            .header("idempotency-key", &key)
            .send()
    };
    call().ok();
    desk.client.delete(&desk.path("a", "/messages/m1")).ok();
    let again = call();
    assert!(!again.text().contains("to be gone"), "1: what was redacted meanwhile stays gone: {again}");
}

#[test]
fn another_body_is_another_request_and_map_order_is_not() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let key = unique("key");
    let upsert = |body: &str| {
        let call = desk.client.call("POST", &desk.path("a", ":upsertMetadata"));
        call.bytes(format!("{{\"metadataValues\":{body}}}")).header("idempotency-key", &key).send()
    };
    upsert(r#"{"a":{"values":["1"]},"b":{"values":["2"]}}"#).ok();
    upsert(r#"{ "b": {"values":[{"stringValue":"2"}]}, "a": {"values":["1"]} }"#).ok();
    upsert(r#"{"a":{"values":["1"]},"b":{"values":["3"]}}"#).fails("ABORTED");
}

#[test]
fn a_failure_stores_nothing() {
    let desk = house().desk();
    let key = unique("key");
    let append = || {
        let call = desk.client.call("POST", &desk.path("a", "/messages?messageId=m1"));
        call.json(&json!({"text": "hi"})).header("idempotency-key", &key).send()
    };
    append().fails("NOT_FOUND");
    desk.start("a", &json!({}));
    assert_eq!(append().ok()["outcome"], "CREATED", "1: failures store nothing");
}

#[test]
fn a_key_is_scoped_to_customer_and_method() {
    let desk = house().desk();
    let key = unique("key");
    let start = |client: &Client, profile: &str| {
        let call = client.call("POST", &format!("/v1/customers/{profile}/conversations/scoped:start"));
        call.json(&json!({})).header("idempotency-key", &key).send()
    };
    let own = desk.profile.strip_prefix("customers/").unwrap();
    assert_eq!(start(&desk.client, own).ok()["outcome"], "CREATED");
    let globex = house().client(&house().keys.other_tenant);
    assert_eq!(start(&globex, "globex/profiles/support").ok()["outcome"], "CREATED");
    let close = desk.client.call("POST", &desk.path("scoped", ":close")).header("idempotency-key", &key);
    assert_eq!(close.send().ok(), json!({}), "another method");
}

#[test]
fn a_key_is_at_most_255_bytes() {
    let desk = house().desk();
    let start = |id: &str, key: &str| {
        desk.client.call("POST", &desk.path(id, ":start")).header("idempotency-key", key).send()
    };
    start("a", &"k".repeat(255)).ok();
    assert_eq!(start("b", &"k".repeat(256)).code(), "INVALID_ARGUMENT");
    desk.client.get(&desk.path("b", "")).fails("NOT_FOUND");
}
