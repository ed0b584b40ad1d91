//! The routes and their envelopes: section 3, the table and its Answers.

use hansard_conformance::records::{MIDNIGHT, Records, ids, message, path};
use serde_json::{Value, json};

const RESERVED: [&str; 5] = ["by-customer", "by-channel", "by-deployment", "by-date-range", "decommission"];

#[test]
fn the_reads_have_two_aliases() {
    let records = Records::open();
    let stored = records.begin("a", &json!({}));
    records.begin("b", &json!({"conversation_type": "SMS"}));
    for base in ["/v1/conversations", "/v1/conversation-configs", "/v1/conversation-configurations"] {
        assert_eq!(records.client.get(&format!("{base}/a")).data(200), stored, "{base}");
        let page = records.client.get(&format!("{base}?conversation_type=SMS")).page();
        assert_eq!(ids(&page), ["b"], "{base}");
    }
    for base in ["/v1/conversation-configs", "/v1/conversation-configurations"] {
        let answer = records.client.post(base, &records.minimal("c"));
        assert!([404, 405].contains(&answer.status), "aliases of the two reads alone: {answer}");
    }
    records.try_get("c").refused(404);
}

#[test]
fn every_write_answers_the_whole_record() {
    let records = Records::open();
    let created = records.create(&records.minimal("a"));
    assert_eq!(created, records.get("a"), "create");
    let summary = json!({"summary": "s", "key_points": ["k"], "action_items": [], "sentiment": "NEUTRAL"});
    let transfer = json!({"transfer_target": "1234", "transfer_status": "pending"});
    assert_eq!(records.append("a", &message("m1", "hi", 1)).whole(), records.get("a"), "append");
    assert_eq!(records.summarize("a", &summary).data(200), records.get("a"), "summary");
    assert_eq!(records.transfer("a", &transfer).data(200), records.get("a"), "call-transfer");
    assert_eq!(records.decommission("a").data(200), records.get("a"), "decommission");
    records.begin("b", &json!({}));
    assert_eq!(records.set_status("b", &json!({"status": "FAILED"})).data(200), records.get("b"), "status");
}

/// An append may be answered 200 or 201; the contract says neither.
trait Whole {
    fn whole(&self) -> Value;
}

impl Whole for hansard_conformance::answer::Answer {
    #[track_caller]
    fn whole(&self) -> Value {
        self.data(if self.status == 201 { 201 } else { 200 })
    }
}

#[test]
fn reserved_words_are_not_usable_as_ids() {
    let records = Records::open();
    for word in RESERVED {
        records.try_create(&records.minimal(word)).refused_naming("id");
        let started = records.desk.try_start(word, &json!({}));
        started.fails("INVALID_ARGUMENT");
    }
    assert_eq!(records.page("")["meta"]["totalCount"], 0);
}

#[test]
fn the_lists_by_one_field_select_by_it() {
    let records = Records::open();
    records.begin("a", &json!({"customer_id": "crm_1", "created_at": MIDNIGHT, "status": "COMPLETED", "durationInSeconds": 60}));
    records.begin(
        "b",
        &json!({"channel_id": "chan_x", "deployment_config_id": "deploy_x", "customer_id": "crm_2"}),
    );
    let listed = |rest: &str| ids(&records.client.get(&path(rest, "")).page());
    assert_eq!(listed("by-customer/crm_1"), ["a"]);
    assert_eq!(listed("by-channel/chan_x"), ["b"]);
    assert_eq!(listed("by-channel/chan_456"), ["a"]);
    assert_eq!(listed("by-deployment/deploy_x"), ["b"]);
    assert_eq!(listed("by-customer/nobody"), [""; 0]);
    let (start, end) = (MIDNIGHT - 1000, MIDNIGHT + 3_600_000);
    assert_eq!(listed(&format!("by-date-range?startDate={start}&endDate={end}")), ["a"]);
    assert_eq!(listed("by-date-range?startDate=2024-03-07T23:59:59Z&endDate=2024-03-08T01:00:00Z"), ["a"]);
    assert_eq!(listed("by-date-range?startDate=2020-01-01T00:00:00Z&endDate=2020-01-02T00:00:00Z"), [""; 0]);
    records.client.get(&path("by-date-range?startDate=noon", "")).refused_naming("startDate");
    let paged = records.client.get(&path("by-channel/chan_456?pageSize=1&page=1", "")).page();
    assert_eq!(paged["meta"]["pageSize"], 1, "a list like the other");
}

#[test]
fn the_absent_is_404_on_every_route() {
    let records = Records::open();
    let summary = json!({"summary": "s", "key_points": [], "action_items": [], "sentiment": "NEUTRAL"});
    records.try_get("absent").refused(404);
    records.client.get(&path("absent", "/messages")).refused(404);
    records.append("absent", &message("m1", "hi", 1)).refused(404);
    records.set_status("absent", &json!({"status": "COMPLETED"})).refused(404);
    records.summarize("absent", &summary).refused(404);
    records
        .transfer("absent", &json!({"transfer_target": "1234", "transfer_status": "pending"}))
        .refused(404);
    records.decommission("absent").refused(404);
    records.delete("absent").refused(404);
    assert_eq!(records.try_get("absent").json()["code"], "NOT_FOUND");
    for rest in ["/nonsense", "/status/more"] {
        records.client.get(&path("absent", rest)).refused(404);
    }
}

#[test]
fn a_wrong_method_is_405_with_allow() {
    let records = Records::open();
    let cases = [
        ("PUT", path("a", ""), vec!["DELETE", "GET"]),
        ("DELETE", "/v1/conversations".to_owned(), vec!["GET", "POST"]),
        ("POST", path("a", "/status"), vec!["PATCH"]),
        ("GET", path("a", "/call-transfer"), vec!["PUT"]),
        ("DELETE", path("a", "/messages"), vec!["GET", "POST"]),
    ];
    for (verb, path, allowed) in cases {
        let answer = records.client.call(verb, &path).send();
        answer.refused(405);
        let allow = answer.header("allow").unwrap_or_else(|| panic!("Allow: {answer}"));
        let mut methods: Vec<&str> =
            allow.split(',').map(str::trim).filter(|verb| !["HEAD", "OPTIONS"].contains(verb)).collect();
        methods.sort_unstable();
        assert_eq!(methods, allowed, "{answer}");
    }
}

#[test]
fn unknown_keys_and_queries_are_refused_by_name() {
    let records = Records::open();
    let before = records.begin("a", &json!({}));
    let client = &records.client;
    client.get("/v1/conversations?nonsense=1").refused_naming("nonsense");
    client.get(&path("a", "/messages?nonsense=1")).refused_naming("nonsense");
    client.get(&path("by-customer/x", "?nonsense=1")).refused_naming("nonsense");
    records.set_status("a", &json!({"status": "FAILED", "nonsense": 1})).refused_naming("nonsense");
    let transfer = json!({"transfer_target": "1234", "transfer_status": "pending", "nonsense": 1});
    records.transfer("a", &transfer).refused_naming("nonsense");
    let summary =
        json!({"summary": "s", "key_points": [], "action_items": [], "sentiment": "MIXED", "nonsense": 1});
    records.summarize("a", &summary).refused_naming("nonsense");
    let mut unknown = message("m1", "hi", 1);
    unknown["nonsense"] = json!(1);
    records.append("a", &unknown).refused_naming("nonsense");
    assert_eq!(records.get("a"), before, "nothing changed");
}

#[test]
fn a_range_of_dates_needs_its_ends_in_order() {
    let records = Records::open();
    records.client.get(&path("by-date-range?endDate=2024-03-08", "")).refused_naming("startDate");
    records.client.get(&path("by-date-range?startDate=2024-03-08", "")).refused_naming("endDate");
    let reversed = records.client.get(&path("by-date-range?startDate=2024-03-09&endDate=2024-03-08", ""));
    reversed.refused(400);
    records.begin("a", &json!({"created_at": MIDNIGHT + 43_200_000}));
    let page = records.client.get(&path("by-date-range?startDate=2024-03-08&endDate=2024-03-08", "")).page();
    assert_eq!(ids(&page), ["a"], "a day is a whole one");
}
