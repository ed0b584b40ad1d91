//! SampleConversations: deterministic, in pages, of what the filter selects.

use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use serde_json::{Value, json};

const CONVERSATIONS: usize = 40;

/// Conversations c00, c01 ... of which each third is a CHAT; cNN has NN % 4 messages.
fn world() -> Desk {
    let desk = house().desk();
    for index in 0..CONVERSATIONS {
        let id = format!("c{index:02}");
        desk.start(&id, &json!({"channel": if index % 3 == 0 { "CHAT" } else { "VOICE" }}));
        (0..index % 4).for_each(|message| drop(desk.append(&id, &format!("m{message}"), "hello")));
    }
    desk
}

fn sample(desk: &Desk, request: &Value) -> Value {
    desk.client.post(&desk.at("/conversations:sample"), request).ok()
}

fn names(page: &Value) -> Vec<String> {
    let samples = page["samples"].as_array().unwrap().iter();
    samples.map(|sample| sample["conversation"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_same_request_has_the_same_sample_and_pages_go_on_in_it() {
    let desk = world();
    let whole = names(&sample(&desk, &json!({})));
    assert_eq!(whole.len(), CONVERSATIONS);
    let mut sorted = whole.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), CONVERSATIONS, "each once");
    assert_ne!(sorted, whole, "in an order of its own");
    assert_eq!(names(&sample(&desk, &json!({"samplingMethod": "UNIFORM"}))), whole, "no method is this one");
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let page = sample(&desk, &json!({"pageSize": 7, "pageToken": token}));
        pages.extend(names(&page));
        token = page["nextPageToken"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(pages, whole);
    desk.start("late", &json!({}));
    let later = names(&sample(&desk, &json!({})));
    let known: Vec<&String> = later.iter().filter(|name| !name.ends_with("/late")).collect();
    assert_eq!(known, whole.iter().collect::<Vec<_>>(), "what comes later moves nothing");
}

#[test]
fn the_filter_selects_and_another_filter_draws_anew() {
    let desk = world();
    let chats = json!({"filter": {"conversations": {"channel": "CHAT"}}});
    let drawn = names(&sample(&desk, &chats));
    assert_eq!(drawn.len(), CONVERSATIONS.div_ceil(3));
    let of_all: Vec<String> =
        names(&sample(&desk, &json!({}))).into_iter().filter(|name| drawn.contains(name)).collect();
    assert_ne!(drawn, of_all, "the seed is of the filter");
    let short = sample(&desk, &json!({"filter": {"maxMessages": 1}}));
    assert_eq!(names(&short).len(), CONVERSATIONS / 2);
    assert_eq!(
        names(&sample(&desk, &json!({"filter": {"maxMessages": 0}}))).len(),
        CONVERSATIONS,
        "0 is no limit"
    );
}

#[test]
fn counts_are_answered_unless_they_are_not_wanted() {
    let desk = world();
    for found in sample(&desk, &json!({}))["samples"].as_array().unwrap() {
        let name = found["conversation"].as_str().unwrap();
        let index: u64 = name.rsplit_once("/c").unwrap().1.parse().unwrap();
        assert_eq!(found["messageCount"].as_u64().unwrap_or(0), index % 4, "{name}");
    }
    let without = sample(&desk, &json!({"disableMessageCounts": true}));
    assert!(without["samples"].as_array().unwrap().iter().all(|sample| sample.get("messageCount").is_none()));
}

#[test]
fn what_is_wrong_is_refused() {
    let desk = world();
    let refused = |request: Value, field: &str| {
        desk.client.post(&desk.at("/conversations:sample"), &request).invalid(field);
    };
    refused(json!({"pageSize": -1}), "pageSize");
    refused(json!({"filter": {"maxMessages": -1}}), "filter.maxMessages");
    refused(json!({"filter": {"conversations": {"tags": ["x"]}}}), "filter.conversations.tags[0]");
    refused(json!({"samplingMethod": 7}), "samplingMethod");
    refused(json!({"filterText": "x"}), "filterText");
    let token = sample(&desk, &json!({"pageSize": 5}))["nextPageToken"].clone();
    refused(json!({"pageToken": token, "filterText": "channel = CHAT"}), "pageToken");
    refused(json!({"pageToken": token, "filter": {"maxMessages": 3}}), "pageToken");
    let elsewhere = house().desk();
    elsewhere
        .client
        .post(&elsewhere.at("/conversations:sample"), &json!({"pageToken": token}))
        .invalid("pageToken");
    let stranger = Client::new(house().server.address(), &house().keys.other_tenant);
    stranger.post(&desk.at("/conversations:sample"), &json!({})).fails("NOT_FOUND");
}
