//! ListConversations and CountConversations: paging, order, totals and what is left for later.

use std::collections::BTreeSet;

use hansard_conformance::client::escape;
use hansard_conformance::desk::{Desk, id_of};
use hansard_conformance::house::{house, seconds_ago, unique};
use serde_json::{Value, json};

/// A desk with conversations `c00`, `c01` ...; the higher the number, the later the start.
fn desk(count: u64) -> Desk {
    let desk = house().desk();
    for index in 0..count {
        desk.start(&format!("c{index:02}"), &json!({"startTime": seconds_ago(10_000 - index)}));
    }
    desk
}

fn ids(page: &Value) -> Vec<String> {
    page["conversations"].as_array().unwrap().iter().map(id_of).collect()
}

#[test]
fn the_newest_start_comes_first_and_ties_go_by_name() {
    let desk = house().desk();
    let [oldest, tie, newest] = [300, 200, 100].map(seconds_ago);
    for (id, start) in [("b", &oldest), ("d", &newest), ("a", &tie), ("c", &tie)] {
        desk.start(id, &json!({"startTime": start}));
    }
    assert_eq!(desk.select_in_order(&json!({})), ["d", "a", "c", "b"]);
    assert_eq!(desk.select_in_order(&json!({"orderBy": "start_time desc"})), ["d", "a", "c", "b"]);
    assert_eq!(desk.select_in_order(&json!({"orderBy": "start_time"})), ["b", "a", "c", "d"]);
}

#[test]
fn other_orders() {
    let desk = house().desk();
    for (id, start, end) in [("a", 900, 100), ("b", 500, 400), ("c", 1000, 700)] {
        desk.start(id, &json!({"startTime": seconds_ago(start)}));
        desk.verb(id, "updateState", &json!({"state": "CLOSED", "endTime": seconds_ago(end)})).ok();
    }
    let order = |by: &str| desk.select_in_order(&json!({"orderBy": by, "pageSize": 2}));
    assert_eq!(order("duration"), ["b", "c", "a"]);
    assert_eq!(order("duration desc"), ["a", "c", "b"]);
    assert_eq!(order("update_time"), ["a", "b", "c"]);
    assert_eq!(order("update_time desc"), ["c", "b", "a"]);
    for bad in ["nonsense", "start_time sideways", "start_time,duration", "start_time; drop"] {
        desk.try_list(&json!({"orderBy": bad})).invalid("orderBy");
    }
}

#[test]
fn pages_hold_each_conversation_once_at_any_size() {
    let desk = desk(23);
    let whole = ids(&desk.try_list(&json!({"pageSize": 1000})).ok());
    assert_eq!(whole.len(), 23);
    for size in [1, 2, 5, 22, 23, 24] {
        assert_eq!(desk.select_in_order(&json!({"pageSize": size})), whole, "pageSize {size}");
    }
    let last = desk.try_list(&json!({"pageSize": 23})).ok();
    assert_eq!(last["nextPageToken"], "", "1: empty token = last page");
    desk.try_list(&json!({"pageSize": -1})).invalid("pageSize");
    assert_eq!(ids(&desk.try_list(&json!({"pageSize": i32::MAX})).ok()).len(), 23, "1: above = the maximum");
}

#[test]
fn totals_are_capped_at_ten_pages_and_one() {
    let desk = desk(25);
    desk.verb("c03", "updateSkill", &json!({"skill": "billing"})).ok();
    let totals = |request: Value| {
        let page = desk.try_list(&request).ok();
        (page["totalConversations"].as_i64().unwrap(), page["filteredConversations"].as_i64().unwrap())
    };
    assert_eq!(totals(json!({"pageSize": 1})), (11, 11), "5: pageSize * 10 + 1");
    assert_eq!(totals(json!({"pageSize": 2})), (21, 21));
    assert_eq!(totals(json!({"pageSize": 3})), (25, 25));
    assert_eq!(totals(json!({})), (25, 25));
    assert_eq!(totals(json!({"pageSize": 1, "filter": {"skills": ["billing"]}})), (11, 1));
    assert_eq!(totals(json!({"filter": {"skills": ["none"]}})), (25, 0));
}

#[test]
fn the_default_page_is_50() {
    let desk = desk(51);
    let page = desk.try_list(&json!({})).ok();
    assert_eq!(ids(&page).len(), 50);
    assert_eq!(page["totalConversations"], 51);
    assert_ne!(page["nextPageToken"], "");
}

#[test]
fn each_row_has_its_message_count_and_last_message_time() {
    let desk = desk(2);
    desk.append("c00", "m1", "one");
    let last = desk.append("c00", "m2", "two");
    let page = desk.try_list(&json!({})).ok();
    let metadata = page["metadata"].as_object().unwrap();
    let names: BTreeSet<&str> = metadata.keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from([desk.name("c00").as_str(), desk.name("c01").as_str()]));
    let row = &metadata[&desk.name("c00")];
    assert_eq!(row["messageCount"], 2);
    assert_eq!(row["lastMessageTime"], last["sendTime"]);
    assert_eq!(page["conversations"][1], desk.conversation("c00"), "the list shows what get shows");
}

#[test]
fn a_page_token_is_bound_to_customer_operation_filter_and_order() {
    let desk = desk(4);
    let filter = json!({"liveFilter": "LIVE_ONLY"});
    let request = json!({"pageSize": 2, "filter": filter});
    let token = desk.try_list(&request).ok()["nextPageToken"].take();
    let with = |change: Value| {
        let mut request = json!({"pageSize": 2, "filter": filter, "pageToken": token});
        request.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        request
    };
    assert_eq!(ids(&desk.try_list(&with(json!({}))).ok()), ["c01", "c00"]);
    assert_eq!(ids(&desk.try_list(&with(json!({"pageSize": 1}))).ok()), ["c01"]);
    desk.try_list(&with(json!({"filter": {}}))).invalid("pageToken");
    desk.try_list(&with(json!({"filter": {"liveFilter": "CLOSED_ONLY"}}))).invalid("pageToken");
    desk.try_list(&with(json!({"orderBy": "duration"}))).invalid("pageToken");
    house().desk().try_list(&with(json!({}))).invalid("pageToken");
    let globex = Desk::new(house().client(&house().keys.other_tenant), "customers/globex/profiles/support");
    globex.try_list(&with(json!({}))).invalid("pageToken");
    let query = format!("/conversationMessages?pageToken={}", escape(token.as_str().unwrap()));
    desk.client.get(&desk.path("c00", &query)).invalid("pageToken");
}

#[test]
fn a_tampered_page_token_is_refused() {
    let desk = desk(3);
    let token = desk.try_list(&json!({"pageSize": 1})).ok()["nextPageToken"].as_str().unwrap().to_owned();
    let refused = |token: &str| {
        desk.try_list(&json!({"pageSize": 1, "pageToken": token})).invalid("pageToken");
    };
    for index in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'Q' } else { b'A' };
        refused(&String::from_utf8(bytes).unwrap());
    }
    for other in ["x", "AAAA", &token[1..], &token[..token.len() - 1], &format!("{token}{token}"), "\u{fc}"] {
        refused(other);
    }
}

#[test]
fn acknowledged_writes_are_seen_by_the_next_list_and_count() {
    let desk = house().desk();
    for index in 0..20 {
        let id = format!("c{index}");
        desk.start(&id, &json!({}));
        assert!(desk.select(&json!({})).contains(&id), "5: always");
        let name = unique("name");
        desk.verb(&id, "updateDisplayName", &json!({"displayName": name})).ok();
        assert_eq!(desk.select(&json!({"displayNameContains": name})), [id.as_str()]);
        desk.close(&id);
        let count = desk.client.get(&desk.at("/conversations:count?filter.liveFilter=CLOSED_ONLY")).ok();
        assert_eq!(count["count"], (index + 1).to_string(), "1: int64 as string");
    }
}

#[test]
fn count_is_exact_and_takes_a_body_as_well() {
    let desk = desk(12);
    desk.verb("c03", "updateSkill", &json!({"skill": "billing"})).ok();
    let count = |body: Value| desk.client.post(&desk.at("/conversations:count"), &body).ok();
    assert_eq!(count(json!({})), json!({"count": "12"}));
    assert_eq!(count(json!({"filter": {"skills": ["billing"]}})), json!({"count": "1"}));
    let get = |query: &str| desk.client.get(&desk.at(&format!("/conversations:count?{query}")));
    assert_eq!(get("filter.skills=billing").ok(), json!({"count": "1"}));
    assert_eq!(
        get("filter.skills=billing&filter.skills=other&filter.liveFilter=LIVE_ONLY").ok(),
        json!({"count": "1"})
    );
    assert_eq!(
        get("filter.range_start_time=2100-01-01T00:00:00Z").ok()["count"],
        "12",
        "a LIVE one has no end"
    );
    let arrays_of_objects = get("filter.users=x");
    assert_eq!(arrays_of_objects.code(), "INVALID_ARGUMENT", "2: {arrays_of_objects}");
}

#[test]
fn empty_filter_fields_do_not_filter() {
    let desk = desk(2);
    let zero = json!({
        "users": [], "usersOrGroups": {}, "platformConversationId": "", "messageKeyword": "", "moments": [],
        "liveFilter": "LIVE_FILTER_UNSPECIFIED", "commentsFilter": "COMMENTS_FILTER_UNSPECIFIED",
        "liveAssistFilter": "LIVE_ASSIST_FILTER_UNSPECIFIED", "audioLinkStatus": "AUDIO_LINK_STATUS_UNSPECIFIED",
        "scorecardStatusFilter": "SCORECARD_STATUS_FILTER_UNSPECIFIED", "channel": "CHANNEL_UNSPECIFIED",
        "calibrationStatusFilter": "SCORECARD_STATUS_FILTER_UNSPECIFIED", "languageCode": "", "unassigned": false,
        "rangeStartTime": null, "sources": [],
    });
    assert_eq!(desk.select(&zero), ["c00", "c01"], "5");
}
