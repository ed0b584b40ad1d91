//! The change log: section 6 of the contract, as pages, Server-Sent Events and a gRPC stream.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use hansard_conformance::client::runtime;
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::grpc;
use hansard_conformance::house::house;
use hansard_conformance::sse::Stream;
use hansard_proto::v1::{Change, WatchChangesRequest};
use serde_json::{Value, json};

/// A desk whose log holds one of each kind that issue 2 can write, the deletion aside.
fn story() -> Desk {
    let desk = house().desk();
    let tag = desk.create_tag("vip");
    desk.start("a", &json!({"metadata": {"k": {"values": ["v"]}}}));
    desk.try_append("a", "m1", &json!({"text": "he", "state": "PARTIAL"})).ok();
    desk.client.patch(&desk.path("a", "/messages/m1?updateMask=text"), &json!({"text": "hello"})).ok();
    desk.append("a", "m2", "bye");
    desk.client.delete(&desk.path("a", "/messages/m2")).ok();
    desk.client.post(&desk.path("a", "/tags"), &json!({"tag": tag})).ok();
    desk.client.delete(&desk.path("a", "/tags/vip")).ok();
    desk.verb("a", "updateSkill", &json!({"skill": "billing"})).ok();
    desk.close("a");
    desk.verb("a", "updateState", &json!({"state": "LIVE"})).ok();
    desk
}

fn cursor(change: &Value) -> &str {
    change["cursor"].as_str().unwrap()
}

/// Returns a page's change as a stream prints it: a message at the top, with its zero fields.
fn streamed(change: &Value) -> Value {
    let mut change = change.clone();
    change.as_object_mut().unwrap().entry("sequence").or_insert(json!(0));
    change
}

fn watch(desk: &Desk, query: &str) -> Stream {
    Stream::open(desk.client.call("GET", &desk.at(&format!("/changes{query}"))))
}

#[test]
fn every_kind_appears_in_the_order_of_the_acts() {
    let desk = story();
    let changes = desk.changes();
    let acts = [
        "CONVERSATION_STARTED",
        "MESSAGE_CREATED",
        "MESSAGE_UPDATED",
        "MESSAGE_CREATED",
        "MESSAGE_DELETED",
        "TAG_ADDED",
        "TAG_REMOVED",
        "CONVERSATION_UPDATED",
        "CONVERSATION_CLOSED",
        "CONVERSATION_REOPENED",
    ];
    let kinds = column(&changes, "kind");
    let mut rest = kinds.iter();
    for act in acts {
        assert!(rest.any(|kind| kind == act), "{act} in its place: {kinds:?}");
    }
    for change in &changes {
        assert_eq!(change["conversation"], desk.name("a").as_str());
        assert!(change["changeTime"].is_string());
    }
    let created = changes.iter().find(|change| change["kind"] == "MESSAGE_CREATED").unwrap();
    assert_eq!(created["resource"], format!("{}/messages/m1", desk.name("a")));
    assert_eq!(created["sequence"], 1);
    let events = changes.iter().filter(|change| change["kind"] == "EVENT_CREATED").count();
    assert_eq!(events, desk.events("a").len(), "each event is a change");
}

#[test]
fn the_log_never_holds_text() {
    let desk = house().desk();
    desk.start("a", &json!({"displayName": "secretword", "metadata": {"k": {"values": ["secretword"]}}}));
    desk.append("a", "m1", "secretword");
    let page = desk.client.get(&desk.at("/changes")).text();
    assert!(!page.contains("secretword"));
}

#[test]
fn cursors_are_stable_and_reading_starts_after_one() {
    let desk = story();
    let all = desk.changes();
    for (index, change) in all.iter().enumerate() {
        let named = cursor(change);
        assert!(
            named.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)),
            "6: {named}"
        );
        assert_eq!(desk.changes_after(named), all[index + 1..], "6: the same in every read");
    }
    let mut one_by_one = Vec::new();
    let mut at = String::new();
    loop {
        let page = desk.client.get(&desk.at(&format!("/changes?pageSize=1&cursor={at}"))).ok();
        at = page["nextCursor"].as_str().unwrap().to_owned();
        assert!(!at.is_empty(), "6: nextCursor is always set");
        match page["changes"].as_array().unwrap().as_slice() {
            [] => break,
            changes => one_by_one.extend(changes.iter().cloned()),
        }
    }
    assert_eq!(one_by_one, all);
    assert_eq!(at, cursor(all.last().unwrap()));
    desk.append("a", "m3", "more");
    assert_eq!(
        desk.changes_after(&at)[0]["kind"],
        "MESSAGE_CREATED",
        "what comes later follows the last cursor"
    );
}

#[test]
fn an_empty_log_has_a_next_cursor_too() {
    let desk = house().desk();
    let page = desk.client.get(&desk.at("/changes")).ok();
    assert_eq!(page["changes"], json!([]));
    let next = page["nextCursor"].as_str().unwrap().to_owned();
    assert!(!next.is_empty());
    desk.start("a", &json!({}));
    assert_eq!(desk.changes_after(&next), desk.changes());
}

#[test]
fn a_cursor_that_is_none_is_invalid() {
    let desk = story();
    for bad in ["!", "x%20y", "%00", "nonsense-nonsense-nonsense"] {
        desk.client.get(&desk.at(&format!("/changes?cursor={bad}"))).invalid("cursor");
    }
    desk.client.get(&desk.at("/changes?pageSize=-1")).invalid("pageSize");
}

#[test]
fn a_profile_sees_its_own_changes_only() {
    let desk = house().desk();
    let elsewhere = house().desk();
    elsewhere.start("b", &json!({}));
    desk.start("a", &json!({}));
    assert!(desk.changes().iter().all(|change| change["conversation"] == desk.name("a").as_str()));
}

#[test]
fn a_filter_narrows_and_deletions_pass_it() {
    let desk = house().desk();
    for (id, channel) in [("voice", "VOICE"), ("chat", "CHAT"), ("gone", "CHAT")] {
        desk.start(id, &json!({"channel": channel}));
        desk.append(id, "m1", "hi");
    }
    desk.client.delete(&desk.path("gone", "")).ok();
    let page = desk.client.get(&desk.at("/changes?pageSize=1000&filter.channel=VOICE")).ok();
    let changes = page["changes"].as_array().unwrap();
    let deletions: Vec<&Value> =
        changes.iter().filter(|change| change["kind"] == "CONVERSATION_DELETED").collect();
    assert_eq!(deletions.len(), 1, "6: deletions pass every filter");
    assert_eq!(deletions[0]["conversation"], desk.name("gone").as_str());
    let others = changes.iter().filter(|change| change["kind"] != "CONVERSATION_DELETED");
    let names: Vec<&Value> = others.map(|change| &change["conversation"]).collect();
    assert!(!names.is_empty() && names.iter().all(|name| **name == desk.name("voice").as_str()), "{names:?}");
}

#[test]
fn a_stream_replays_and_goes_on() {
    let desk = story();
    let all = desk.changes();
    let mut stream = watch(&desk, "");
    assert_eq!(stream.status, 200);
    assert!(stream.content_type.starts_with("text/event-stream"), "{}", stream.content_type);
    for (event, change) in stream.take(all.len()).iter().zip(&all) {
        assert_eq!(event.id, cursor(change), "2: id is the cursor");
        assert_eq!(event.data, streamed(change), "2: data is the change");
    }
    desk.append("a", "m9", "live");
    let live = stream.take(1).remove(0);
    assert_eq!(live.data["resource"], format!("{}/messages/m9", desk.name("a")));
}

#[test]
fn a_stream_resumes_from_any_cursor_and_last_event_id_wins() {
    let desk = story();
    let all = desk.changes();
    for index in [0, 3, all.len() - 2] {
        let next = &all[index + 1];
        let query = format!("?cursor={}", cursor(&all[index]));
        assert_eq!(watch(&desk, &query).take(1)[0].data, streamed(next));
        let call =
            desk.client.call("GET", &desk.at(&format!("/changes?cursor={}", cursor(all.last().unwrap()))));
        let mut resumed = Stream::open(call.header("last-event-id", cursor(&all[index])));
        assert_eq!(resumed.take(1)[0].data, streamed(next), "2: Last-Event-ID wins over cursor");
    }
}

#[test]
fn a_stream_obeys_the_filter() {
    let desk = house().desk();
    let mut stream = watch(&desk, "?filter.channel=VOICE");
    desk.start("chat", &json!({"channel": "CHAT"}));
    desk.start("voice", &json!({"channel": "VOICE"}));
    assert_eq!(stream.take(1)[0].data["conversation"], desk.name("voice").as_str());
}

#[test]
fn only_accept_names_the_stream() {
    let desk = story();
    for accept in ["application/json", "*/*"] {
        let page = desk.client.call("GET", &desk.at("/changes")).header("accept", accept).send();
        assert!(page.ok()["changes"].is_array(), "2: the streaming one if and only if Accept names it");
    }
    assert_eq!(watch(&desk, "?cursor=%21").status, 400);
}

#[test]
fn the_grpc_stream_is_the_same_log() {
    let desk = story();
    let all = desk.changes();
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let request = WatchChangesRequest {
        parent: desk.profile.clone(),
        cursor: cursor(&all[0]).to_owned(),
        ..Default::default()
    };
    let received: Vec<Change> = runtime().block_on(async {
        let mut stream = client.watch_changes(request).await.unwrap().into_inner();
        let mut received = Vec::new();
        while received.len() < all.len() - 1 {
            received.push(stream.message().await.unwrap().unwrap());
        }
        received
    });
    for (change, expected) in received.iter().zip(&all[1..]) {
        assert_eq!(change.cursor, cursor(expected));
        assert_eq!(change.kind().as_str_name(), expected["kind"]);
    }
}

#[test]
fn a_reader_beside_writers_misses_nothing_and_sees_nothing_twice() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let done = AtomicBool::new(false);
    let mut stream = watch(&desk, "");
    let read = thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let desk = &desk;
                scope.spawn(move || {
                    for index in 0..20 {
                        desk.append("a", &format!("{writer}-{index}"), "x");
                    }
                })
            })
            .collect();
        let reader = scope.spawn(|| {
            let mut changes = Vec::new();
            loop {
                let last_round = done.load(Ordering::SeqCst);
                let at = changes.last().map_or(String::new(), |change| cursor(change).to_owned());
                changes.extend(desk.changes_after(&at));
                if last_round {
                    return changes;
                }
            }
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        done.store(true, Ordering::SeqCst);
        reader.join().unwrap()
    });
    let all = desk.changes();
    assert_eq!(read, all);
    let appended: Vec<&Value> = all.iter().filter(|change| change["kind"] == "MESSAGE_CREATED").collect();
    assert_eq!(
        appended.iter().map(|change| change["sequence"].clone()).collect::<Vec<_>>(),
        (1..=160).collect::<Vec<_>>()
    );
    let pushed: Vec<Value> = stream.take(all.len()).into_iter().map(|event| event.data).collect();
    assert_eq!(pushed, all.iter().map(streamed).collect::<Vec<_>>());
    assert!(stream.next(Duration::from_millis(200)).is_none());
}
