//! DELETE: soft, with a body; the record vanishes from the reads, lists, counts and searches of both dialects.

use hansard_conformance::records::{MIDNIGHT, Records, message, now_ms, path};
use serde_json::json;

#[test]
fn a_deleted_record_vanishes_from_both_dialects() {
    let records = Records::open();
    for id in ["gone", "kept"] {
        records.begin(id, &json!({"customer_id": "crm_1", "messages": [message("m1", "boarding pass", 1)]}));
    }
    let answer = records.delete("gone");
    answer.data(200);
    assert!(!answer.body.is_empty(), "3: DELETE answers a body too");

    records.try_get("gone").refused(404);
    records.client.get(&path("gone", "/messages")).refused(404);
    for query in ["", "search=boarding", "customer_id=crm_1", "hasMessages=true"] {
        assert_eq!(records.select(query), ["kept"], "{query}");
    }
    assert_eq!(records.page("")["meta"]["totalCount"], 1);

    let desk = &records.desk;
    desk.client.get(&desk.path("gone", "")).fails("NOT_FOUND");
    desk.client.get(&desk.path("gone", "/conversationMessages")).fails("NOT_FOUND");
    assert_eq!(desk.select(&json!({})), ["kept"]);
    assert_eq!(desk.select(&json!({"messageKeyword": "boarding"})), ["kept"]);
    assert_eq!(desk.client.get(&desk.at("/conversations:count")).ok()["count"], "1");
    let sampled = desk.client.post(&desk.at("/conversations:sample"), &json!({})).ok();
    assert_eq!(sampled["samples"].as_array().unwrap().len(), 1);
    let kinds = hansard_conformance::desk::column(&desk.changes(), "kind");
    assert!(kinds.contains(&json!("CONVERSATION_DELETED")), "watchers hear of it: {kinds:?}");
}

#[test]
fn include_deleted_shows_it_with_its_time() {
    let records = Records::open();
    records.begin("gone", &json!({"record_id": "r"}));
    records.begin("kept", &json!({}));
    records.delete("gone").data(200);
    let read = records.client.get(&path("gone", "?includeDeleted=true")).data(200);
    assert_eq!(read["record_id"], "r");
    let deleted_at = read["deleted_at"].as_i64().unwrap_or_else(|| panic!("deleted_at is set: {read}"));
    assert!((now_ms() - deleted_at).abs() < 60_000);
    assert_eq!(records.select("includeDeleted=true"), ["gone", "kept"]);
    assert_eq!(records.select("includeDeleted=false"), ["kept"]);
}

#[test]
fn a_deleted_record_takes_no_write() {
    let records = Records::open();
    records.begin("gone", &json!({}));
    records.delete("gone").data(200);
    records.set_status("gone", &json!({"status": "FAILED"})).refused(404);
    records.append("gone", &message("m1", "hi", 1)).refused(404);
    records.decommission("gone").refused(404);
    records.desk.verb("gone", "updateSkill", &json!({"skill": "x"})).fails("NOT_FOUND");
    records.desk.try_append("gone", "m1", &json!({"text": "hi"})).fails("NOT_FOUND");
    let read = records.client.get(&path("gone", "?includeDeleted=true")).data(200);
    assert_eq!(read["status"], "ACTIVE", "as it was when it was deleted");
}

#[test]
fn every_other_read_of_the_service_leaves_it_out() {
    let records = Records::open();
    let desk = &records.desk;
    let tag = desk.create_tag("vip");
    desk.start("gone", &json!({"platformInfo": {"platformConversationId": "p-1"}, "skill": "billing"}));
    desk.append("gone", "m1", "hello");
    desk.client.post(&desk.path("gone", "/tags"), &json!({"tag": tag})).ok();
    let comment = json!({"text": "Well done."});
    desk.client.post(&desk.path("gone", "/comments?commentId=c1"), &comment).ok();
    let legacy = desk.conversation("gone")["legacyChatId"].clone();
    records.delete("gone").data(200);
    let rests =
        ["/conversationEvents", "/messages/m1", "/tags", "/comments", "/comments/c1", "/momentAnnotations"];
    for rest in rests {
        desk.client.get(&desk.path("gone", rest)).fails("NOT_FOUND");
    }
    let fetches = [
        "/conversations:fetchByPlatformId?platformConversationId=p-1".to_owned(),
        format!("/conversations:fetchByLegacyId?legacyChatId={legacy}"),
    ];
    for fetch in fetches {
        desk.client.get(&desk.at(&fetch)).fails("NOT_FOUND");
    }
    let name = format!("{}/messages/m1", desk.name("gone"));
    desk.client.get(&desk.path("gone", &format!("/messages:batchGet?names={name}"))).fails("NOT_FOUND");
    for filter in
        [json!({"tags": [tag]}), json!({"skills": ["billing"]}), json!({"commentsFilter": "WITH_COMMENTS"})]
    {
        assert_eq!(desk.select(&filter), [""; 0], "{filter}");
    }
    let exported = desk.client.get(&desk.at("/conversations:export")).text();
    assert!(!exported.contains("gone"), "{exported}");
}

#[test]
fn its_id_stays_taken_and_says_so() {
    let records = Records::open();
    let desk = &records.desk;
    records.begin("gone", &json!({}));
    records.delete("gone").data(200);
    records.try_create(&records.minimal("gone")).refused(409);
    desk.try_start("gone", &json!({})).fails("ALREADY_EXISTS");
    let agent = json!({"agent": "customers/acme/users/ada"});
    let closing = desk.path("gone", ":start?closeAgentOtherConversations=true");
    desk.client.post(&closing, &agent).fails("ALREADY_EXISTS");
    let archive =
        |id: &str| json!({"conversation": {"name": desk.name(id), "startTime": "2024-03-08T00:00:00Z"}});
    let body = json!({"conversations": [archive("gone"), archive("by-customer"), archive("new")]});
    let results = desk.client.post(&desk.at("/conversations:import"), &body).ok()["results"].take();
    let outcomes = hansard_conformance::desk::column(results.as_array().unwrap(), "outcome");
    assert_eq!(outcomes, ["REFUSED", "REFUSED", "CREATED"], "each for itself: {results}");
    let kept = records.client.get(&path("gone", "?includeDeleted=true")).data(200);
    assert_eq!(kept["channel_id"], "chan_456", "as it was");
}

#[test]
fn one_that_says_so_itself_is_kept_as_deleted() {
    let records = Records::open();
    let deleted_at = MIDNIGHT + 5000;
    let record =
        records.begin("gone", &json!({"created_at": MIDNIGHT, "deleted_at": deleted_at, "record_id": "r"}));
    assert_eq!([&record["deleted_at"], &record["record_id"]], [&json!(deleted_at), &json!("r")]);
    records.try_get("gone").refused(404);
    assert_eq!(records.select(""), [""; 0]);
    let kept = records.client.get(&path("gone", "?includeDeleted=true")).data(200);
    assert_eq!(kept, record);
}

#[test]
fn the_services_delete_leaves_nothing_to_include() {
    let records = Records::open();
    for id in ["seen", "hidden"] {
        records.begin(id, &json!({"messages": [message("m1", "boarding pass", 1)]}));
    }
    records.delete("hidden").data(200);
    for id in ["seen", "hidden"] {
        records.desk.client.delete(&records.desk.path(id, "")).ok();
        records.client.get(&path(id, "?includeDeleted=true")).refused(404);
    }
    assert_eq!(records.select("includeDeleted=true"), [""; 0], "what must go goes, hidden or not");
    records.begin("hidden", &json!({}));
}
