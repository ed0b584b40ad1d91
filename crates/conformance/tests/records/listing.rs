//! GET /v1/conversations: pages, filters and order.

use hansard_conformance::records::{MIDNIGHT, Records, ids, message};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

/// A project of five records that differ in everything that a list may be asked for.
fn shelf() -> Records {
    let records = Records::open();
    let spoken = json!([message("m1", "The refund of my boarding pass", 1)]);
    let of_day = |day: i64| MIDNIGHT + day * DAY;
    let begin = |id: &str, fields: Value| {
        records.begin(id, &fields);
    };
    begin(
        "call",
        json!({"created_at": of_day(0), "direction": "inbound", "customer_id": "crm_1", "messages": spoken,
        "status": "COMPLETED", "durationInSeconds": 60}),
    );
    begin(
        "chat",
        json!({"conversation_type": "OTT_CHAT", "created_at": of_day(1), "is_campaign": true,
        "status": "FAILED", "durationInSeconds": 60}),
    );
    begin(
        "text",
        json!({"conversation_type": "SMS", "created_at": of_day(2), "direction": "outbound",
        "deployment_config_id": "deploy_x", "status": "ABANDONED", "durationInSeconds": 60}),
    );
    begin(
        "mail",
        json!({"conversation_type": "EMAIL", "created_at": of_day(3), "channel_id": "chan_x",
        "status": "COMPLETED", "durationInSeconds": 60}),
    );
    begin("live", json!({"conversation_type": "WHATSAPP", "created_at": of_day(4)}));
    records
}

#[test]
fn every_filter_selects() {
    let records = shelf();
    let at = |day: i64| MIDNIGHT + day * DAY;
    let cases = [
        ("conversation_type=SMS".to_owned(), vec!["text"]),
        ("conversation_type=SMS&conversation_type=EMAIL".to_owned(), vec!["mail", "text"]),
        ("status=ACTIVE".to_owned(), vec!["live"]),
        ("status=FAILED&status=ABANDONED".to_owned(), vec!["chat", "text"]),
        ("channel_id=chan_x".to_owned(), vec!["mail"]),
        ("deployment_config_id=deploy_x".to_owned(), vec!["text"]),
        ("customer_id=crm_1".to_owned(), vec!["call"]),
        ("direction=inbound".to_owned(), vec!["call"]),
        ("direction=outbound".to_owned(), vec!["text"]),
        ("is_campaign=true".to_owned(), vec!["chat"]),
        ("is_campaign=false".to_owned(), vec!["call", "live", "mail", "text"]),
        ("hasMessages=true".to_owned(), vec!["call"]),
        ("hasMessages=false".to_owned(), vec!["chat", "live", "mail", "text"]),
        ("search=boarding%20PASS".to_owned(), vec!["call"]),
        ("search=nothing-of-this".to_owned(), vec![]),
        (format!("end={}", at(1) - 1), vec!["call"]),
        (format!("start={}", at(3)), vec!["live", "mail"]),
        (format!("start={}&end={}", at(1), at(2)), vec!["chat", "text"]),
        (format!("start={}&status=COMPLETED", at(1)), vec!["mail"]),
        ("direction=inbound&is_campaign=true".to_owned(), vec![]),
    ];
    for (query, expected) in cases {
        assert_eq!(records.select(&query), expected, "{query}");
    }
}

#[test]
fn filters_that_mean_nothing_are_refused_by_name() {
    let records = Records::open();
    for query in [
        "is_campaign=maybe",
        "hasMessages=2",
        "start=noon",
        "end=noon",
        "page=x",
        "page=-1",
        "pageSize=-1",
        "sortBy=size",
        "sortDirection=up",
    ] {
        records
            .client
            .get(&format!("/v1/conversations?{query}"))
            .refused_naming(query.split('=').next().unwrap());
    }
}

#[test]
fn pages_part_the_list_and_say_where_they_are() {
    let records = shelf();
    let mut read = Vec::new();
    for (page, items) in [(1, 2), (2, 2), (3, 1)] {
        let answer = records.page(&format!("page={page}&pageSize=2&sortBy=created_at&sortDirection=asc"));
        let meta = json!({"page": page, "pageSize": 2, "totalCount": 5, "totalPages": 3,
            "hasNextPage": page < 3, "hasPreviousPage": page > 1});
        assert_eq!(answer["meta"], meta);
        assert_eq!(answer["data"].as_array().unwrap().len(), items);
        read.extend(ids(&answer));
    }
    assert_eq!(read, ["call", "chat", "text", "mail", "live"]);
    let past = records.page("page=9&pageSize=2");
    assert_eq!([&past["data"], &past["meta"]["totalCount"]], [&json!([]), &json!(5)]);
    let filtered = records.page("status=COMPLETED&pageSize=1");
    assert_eq!(filtered["meta"]["totalCount"], 2, "of those that the filter selects");
}

#[test]
fn a_page_has_20_unless_asked_and_at_most_1000() {
    let records = Records::open();
    for index in 0..21 {
        records.begin(&format!("c{index}"), &json!({}));
    }
    let page = records.page("");
    assert_eq!([&page["meta"]["page"], &page["meta"]["pageSize"]], [1, 20]);
    assert_eq!(ids(&page).len(), 20);
    assert_eq!(records.page("pageSize=5000")["meta"]["pageSize"], 1000);
}

#[test]
fn the_order_is_by_creation_or_update_in_either_direction() {
    let records = shelf();
    let listed = |query: &str| ids(&records.page(query));
    let mut by_creation = vec!["call", "chat", "text", "mail", "live"];
    assert_eq!(listed("sortBy=created_at&sortDirection=asc"), by_creation);
    by_creation.reverse();
    assert_eq!(listed("sortBy=created_at&sortDirection=desc"), by_creation);
    let summary = json!({"summary": "s", "key_points": [], "action_items": [], "sentiment": "MIXED"});
    records.summarize("chat", &summary).data(200);
    assert_eq!(listed("sortBy=updated_at&sortDirection=desc")[0], "chat");
    assert_eq!(listed("sortBy=updated_at&sortDirection=asc")[4], "chat");
}

#[test]
fn what_was_written_is_listed_at_once() {
    let records = Records::open();
    for index in 0..5 {
        let id = format!("c{index}");
        records
            .begin(&id, &json!({"customer_id": id, "messages": [message("m1", &format!("word{index}"), 1)]}));
        assert_eq!(records.select(&format!("customer_id={id}")), [id.as_str()]);
        assert_eq!(records.select(&format!("search=word{index}")), [id.as_str()]);
        records.set_status(&id, &json!({"status": "FAILED"})).data(200);
        assert_eq!(records.select(&format!("status=FAILED&customer_id={id}")), [id.as_str()]);
    }
}

#[test]
fn a_page_far_beyond_the_last_is_empty() {
    let records = shelf();
    let page = records.page("page=2147483647&pageSize=1000");
    assert_eq!([&page["data"], &page["meta"]["totalCount"]], [&json!([]), &json!(5)]);
    records.client.get("/v1/conversations?page=99999999999999999999").refused_naming("page");
}
