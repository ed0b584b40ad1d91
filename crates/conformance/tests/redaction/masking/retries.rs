//! A retry finds what it sent before, though that was masked.

use hansard_conformance::answer::Answer;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::{house, unique};
use hansard_conformance::secret::{Kind, holds};
use serde_json::{Value, json};

fn keyed(desk: &Desk, key: &str, path: &str, body: &Value) -> Answer {
    desk.client.call("POST", &desk.path("a", path)).header("idempotency-key", key).json(body).send()
}

#[test]
fn the_same_key_answers_the_same_masked_message() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let [value, other] = [1, 2].map(|number| Kind::Card.value(number));
    let message =
        |value: &str| json!({"text": Kind::Card.told(value), "metadata": {"note": Kind::Card.told(value)}});
    let single = ["/messages", "/messages?messageId=m"];
    for path in single {
        let key = unique("key");
        let first = keyed(&desk, &key, path, &message(&value)).ok();
        assert_eq!(first["conversationMessage"]["text"], Kind::Card.masked());
        let count = desk.messages("a").len();
        assert_eq!(keyed(&desk, &key, path, &message(&value)).ok(), first);
        let refused = keyed(&desk, &key, path, &message(&other));
        refused.fails("ABORTED");
        assert!(!holds(&refused.text(), &other), "{refused}");
        assert_eq!(desk.messages("a").len(), count, "one effect");
    }
    let key = unique("key");
    let batch = json!({"messages": [message(&value), message(&other)]});
    let first = keyed(&desk, &key, "/messages:batchCreate", &batch).ok();
    assert_eq!(keyed(&desk, &key, "/messages:batchCreate", &batch).ok(), first);
    assert!(!holds(&first.to_string(), &value) && !holds(&first.to_string(), &other));
}

#[test]
fn the_same_message_id_answers_the_stored_message() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let first = desk.append("a", "m", &Kind::Card.told(&Kind::Card.value(1)));
    let again = desk.try_append("a", "m", &json!({"text": Kind::Card.told(&Kind::Card.value(2))})).ok();
    assert_eq!(again, json!({"conversationMessage": first, "outcome": "ALREADY_EXISTS"}));
}
