//! ListSuggestionUsages: the USED_* events of a profile.

use hansard_conformance::client::{escape, runtime};
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::grpc;
use hansard_conformance::house::house;
use hansard_proto::v1::ListSuggestionUsagesRequest;
use serde_json::{Value, json};

const USED: [&str; 6] = [
    "USED_SUGGESTION",
    "USED_HINT_SUGGESTION",
    "USED_HINT_DOCUMENT_CHIP",
    "USED_SEARCH_SUGGESTION",
    "USED_KB_SEARCH",
    "USED_KB_DOCUMENT",
];

/// A desk where each suggestion was used once, an hour after the other, in `own` and `other` in turn.
fn desk() -> Desk {
    let desk = house().desk();
    desk.start("own", &json!({"agent": "customers/acme/users/ada"}));
    desk.start("other", &json!({"agent": "customers/acme/users/bob"}));
    for (hour, kind) in (10..).zip(USED) {
        let id = if hour % 2 == 0 { "own" } else { "other" };
        let event = json!({"type": kind, "eventTime": format!("2026-01-05T{hour}:00:00Z")});
        desk.client.post(&desk.path(id, "/events"), &event).ok();
        desk.client.post(&desk.path(id, "/events"), &json!({"type": "CONVERSATION_HOLD"})).ok();
    }
    desk
}

fn list(desk: &Desk, query: &str) -> (Vec<Value>, String) {
    let page = desk.client.get(&desk.at(&format!("/suggestionUsages?{query}"))).ok();
    let types = column(page["suggestionUsages"].as_array().unwrap(), "type");
    (types, escape(page["nextPageToken"].as_str().unwrap()))
}

#[test]
fn usages_are_listed_newest_first_in_pages() {
    let desk = desk();
    let newest_first: Vec<Value> = USED.iter().rev().map(|kind| json!(kind)).collect();
    assert_eq!(list(&desk, ""), (newest_first.clone(), String::new()));
    let (first, token) = list(&desk, "pageSize=4");
    let (second, end) = list(&desk, &format!("pageSize=4&pageToken={token}"));
    assert_eq!(([first, second].concat(), end), (newest_first, String::new()));
    desk.client
        .get(&desk.at(&format!("/suggestionUsages?startTime=2026-01-05T10:00:00Z&pageToken={token}")))
        .invalid("pageToken");
}

#[test]
fn a_range_has_inclusive_ends() {
    let desk = desk();
    let range = "startTime=2026-01-05T11:00:00Z&endTime=2026-01-05T13:00:00Z";
    assert_eq!(list(&desk, range).0, [USED[3], USED[2], USED[1]]);
    let backwards = "/suggestionUsages?startTime=2026-01-05T11:00:00Z&endTime=2026-01-05T10:00:00Z";
    desk.client.get(&desk.at(backwards)).invalid("endTime");
}

#[test]
fn an_agent_sees_the_usages_of_its_own() {
    let desk = desk();
    let agent = desk.seen_by(house().client(&house().keys.agent));
    assert_eq!(list(&agent, "").0, [USED[4], USED[2], USED[0]]);
}

#[test]
fn deleted_conversations_take_theirs_along() {
    let desk = desk();
    desk.client.delete(&desk.path("own", "")).ok();
    assert_eq!(list(&desk, "").0, [USED[5], USED[3], USED[1]]);
}

#[test]
fn grpc_says_the_same() {
    let desk = desk();
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let request =
        ListSuggestionUsagesRequest { parent: desk.profile.clone(), page_size: 1, ..Default::default() };
    let page = runtime().block_on(client.list_suggestion_usages(request)).unwrap().into_inner();
    assert_eq!(page.suggestion_usages[0].r#type().as_str_name(), USED[5]);
    assert!(
        page.suggestion_usages[0].name.starts_with(&desk.name("other")) && !page.next_page_token.is_empty()
    );
}
