//! What was read before is never answered in place of what is there now: section 1, read your write.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use serde_json::json;

fn texts(desk: &Desk) -> Vec<String> {
    let messages = desk.messages("a");
    messages.iter().map(|message| message["text"].as_str().unwrap_or_default().to_owned()).collect()
}

fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk
}

#[test]
fn each_kind_of_write_is_seen_by_the_next_read() {
    let desk = desk();
    for round in 0..3 {
        let id = format!("m{round}");
        desk.append("a", &id, "first");
        assert_eq!(texts(&desk).last().unwrap(), "first");
        assert_eq!(texts(&desk).last().unwrap(), "first", "asked again");
        let partial = json!({"text": "grows", "state": "PARTIAL"});
        desk.try_append("a", &format!("p{round}"), &partial).ok();
        assert_eq!(texts(&desk).last().unwrap(), "grows");
        let path = desk.path("a", &format!("/messages/p{round}?updateMask=text"));
        desk.client.patch(&path, &json!({"text": "grows more"})).ok();
        assert_eq!(texts(&desk).last().unwrap(), "grows more");
        desk.client.delete(&desk.path("a", &format!("/messages/{id}"))).ok();
        assert!(!texts(&desk).contains(&"first".to_owned()), "a deleted text is never answered again");
    }
}

#[test]
fn a_conversation_of_the_same_name_does_not_inherit_an_answer() {
    let desk = desk();
    desk.append("a", "m1", "of the first");
    assert_eq!(texts(&desk), ["of the first"]);
    desk.client.delete(&desk.path("a", "")).ok();
    desk.client.get(&desk.path("a", "/conversationMessages")).fails("NOT_FOUND");
    desk.start("a", &json!({}));
    assert!(texts(&desk).is_empty());
}

#[test]
fn an_answer_that_one_caller_got_is_not_for_whoever_may_not_see_it() {
    let desk = desk();
    let path = desk.path("a", "/conversationMessages");
    desk.append("a", "m1", "confidential");
    let agent = house().client(&house().keys.agent);
    let others =
        [&agent, &house().client(&house().keys.other_tenant), &house().client(&house().keys.other_profile)];
    for _ in 0..3 {
        desk.client.get(&path).ok();
        for other in others {
            assert!(!other.get(&path).text().contains("confidential"));
        }
    }
}

#[test]
fn an_agent_loses_sight_with_the_conversation() {
    let desk = house().desk();
    desk.start("a", &json!({"agent": "customers/acme/users/ada"}));
    desk.append("a", "m1", "said to ada");
    let path = desk.path("a", "/conversationMessages");
    let ada = house().client(&house().keys.agent);
    for _ in 0..2 {
        assert!(ada.get(&path).ok().to_string().contains("said to ada"));
    }
    desk.client
        .patch(&desk.path("a", "?updateMask=agent"), &json!({"agent": "customers/acme/users/bob"}))
        .ok();
    ada.get(&path).fails("NOT_FOUND");
    desk.client.get(&path).ok();
    ada.get(&path).fails("NOT_FOUND");
}

#[test]
fn under_concurrent_writers_a_read_after_an_acknowledged_write_finds_it() {
    const WRITERS: usize = 8;
    const ROUNDS: usize = 60;
    let desk = desk();
    let stale = AtomicUsize::new(0);
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (desk, stale) = (&desk, &stale);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let text = format!("{writer}-{round}");
                    desk.append("a", &format!("m-{text}"), &text);
                    stale.fetch_add(usize::from(!texts(desk).contains(&text)), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(stale.into_inner(), 0, "reads that missed an acknowledged write");
}
