//! PUT summary: stored, replaced with a revision count, and found by sentiment in the one filter.

use hansard_conformance::records::Records;
use serde_json::{Value, json};

use super::attributes::SENTIMENTS;

fn summary(text: &str, sentiment: &str) -> Value {
    json!({"summary": text, "key_points": ["k1", "k2"], "action_items": [], "sentiment": sentiment})
}

#[test]
fn it_is_replaced_and_counted() {
    let records = Records::open();
    records.begin("a", &json!({}));
    for revision in 1..=3 {
        let sent = summary(&format!("summary {revision}"), "NEUTRAL");
        let record = records.summarize("a", &sent).data(200);
        assert_eq!(record["conversationSummary"], sent, "replaced whole");
        let seen = records.desk.conversation("a")["summary"].take();
        assert_eq!([&seen["summary"], &seen["revision"]], [&sent["summary"], &json!(revision)], "{seen}");
    }
    records.begin("b", &json!({"conversationSummary": summary("came with it", "MIXED")}));
    assert_eq!(records.desk.conversation("b")["summary"]["revision"], 1);
}

#[test]
fn it_may_come_after_the_end() {
    let records = Records::open();
    records.begin("a", &json!({"status": "COMPLETED"}));
    let record = records.summarize("a", &summary("afterwards", "POSITIVE")).data(200);
    assert_eq!([&record["status"], &record["conversationSummary"]["sentiment"]], ["COMPLETED", "POSITIVE"]);
}

#[test]
fn the_service_sees_and_writes_the_same_summary() {
    let records = Records::open();
    records.begin("a", &json!({"conversationSummary": summary("of the record", "NEGATIVE")}));
    let seen = records.desk.conversation("a")["summary"].take();
    assert_eq!([&seen["summary"], &seen["sentiment"]], ["of the record", "NEGATIVE"]);
    assert_eq!(seen["keyPoints"], json!(["k1", "k2"]));
    let other =
        json!({"summary": {"summary": "of the service", "actionItems": ["call"], "sentiment": "MIXED"}});
    records.desk.client.patch(&records.desk.path("a", "?updateMask=summary"), &other).ok();
    let read = json!({"summary": "of the service", "key_points": [], "action_items": ["call"], "sentiment": "MIXED"});
    assert_eq!(records.get("a")["conversationSummary"], read);
}

#[test]
fn the_one_filter_finds_it_by_sentiment() {
    let records = Records::open();
    let desk = &records.desk;
    for sentiment in SENTIMENTS {
        records.begin(sentiment, &json!({"conversationSummary": summary("s", sentiment)}));
    }
    records.begin("unsaid", &json!({}));
    assert_eq!(desk.select(&json!({"sentiments": ["NEGATIVE"]})), ["NEGATIVE"]);
    assert_eq!(desk.select(&json!({"sentiments": ["NEGATIVE", "MIXED"]})), ["MIXED", "NEGATIVE"]);
    assert_eq!(
        desk.select(&json!({"sentiments": ["SENTIMENT_UNSPECIFIED"]})),
        ["unsaid"],
        "the zero value in a list"
    );
    let count = desk.client.get(&desk.at("/conversations:count?filter.sentiments=POSITIVE")).ok();
    assert_eq!(count["count"], "1");
    records.summarize("NEGATIVE", &summary("better now", "POSITIVE")).data(200);
    assert_eq!(desk.select(&json!({"sentiments": ["NEGATIVE"]})), [""; 0], "replaced in the index too");
    assert_eq!(desk.select(&json!({"sentiments": ["POSITIVE"]})), ["NEGATIVE", "POSITIVE"]);
    desk.try_list(&json!({"filter": {"sentiments": ["HAPPY"]}})).fails("INVALID_ARGUMENT");
}

#[test]
fn the_text_of_a_filter_says_it_too() {
    let records = Records::open();
    for sentiment in ["POSITIVE", "NEGATIVE"] {
        records.begin(sentiment, &json!({"conversationSummary": summary("s", sentiment)}));
    }
    let listed = records.desk.try_list(&json!({"filterText": "sentiment = NEGATIVE"})).ok();
    let names = hansard_conformance::desk::column(listed["conversations"].as_array().unwrap(), "name");
    assert_eq!(names, [records.desk.name("NEGATIVE")]);
}
