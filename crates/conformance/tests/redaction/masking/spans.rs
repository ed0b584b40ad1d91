//! What was masked, and where: redactions on the message, and an ENTITY moment annotation for each hit, never with the value.

use hansard_conformance::desk::{Desk, column};
use hansard_conformance::house::house;
use hansard_conformance::secret::{Kind, holds};
use serde_json::{Value, json};

fn annotations(desk: &Desk, id: &str) -> Vec<Value> {
    let listed = desk.client.get(&desk.path(id, "/momentAnnotations?pageSize=1000")).ok();
    listed["momentAnnotations"].as_array().unwrap().clone()
}

fn number(annotation: &Value, field: &str) -> usize {
    usize::try_from(annotation.get(field).map_or(0, |value| value.as_i64().unwrap())).unwrap()
}

/// A text of several bytes a letter with a value of each kind, and the same text masked.
fn mixed() -> (String, String, Vec<(Kind, String)>) {
    let parts = [
        "Größe 退款 \u{1F600}: my credit card is ",
        ", ü, e-mail ",
        " — 電話 call me at ",
        ". Social security number ",
        " ✓",
    ];
    let told: Vec<(Kind, String)> =
        [Kind::Card, Kind::Email, Kind::Phone, Kind::Ssn].map(|kind| (kind, kind.value(5))).into();
    let (mut text, mut masked) = (parts[0].to_owned(), parts[0].to_owned());
    for ((kind, value), after) in told.iter().zip(&parts[1..]) {
        text += &format!("{value}{after}");
        masked += &format!("[{}]{after}", kind.label());
    }
    (text, masked, told)
}

#[test]
fn redactions_tell_where_the_masked_text_is_masked() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let (text, masked, told) = mixed();
    let stored = desk.append("a", "m", &text);
    assert_eq!(stored["text"], masked);
    let redactions = stored["redactions"].as_array().unwrap();
    assert_eq!(redactions.len(), told.len(), "{redactions:?}");
    for (redaction, (kind, _)) in redactions.iter().zip(&told) {
        let span = number(redaction, "start")..number(redaction, "end");
        assert_eq!(&masked[span], format!("[{}]", kind.label()), "bytes of the masked text");
        assert_eq!(redaction["entityType"], kind.label());
    }
}

#[test]
fn each_hit_is_an_annotation_with_offsets_before_and_after() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let (text, masked, told) = mixed();
    desk.append("a", "m", &text);
    let mut annotations = annotations(&desk, "a");
    annotations.sort_by_key(|annotation| number(annotation, "startIndex"));
    assert_eq!(annotations.len(), told.len(), "{annotations:?}");
    for (annotation, (kind, value)) in annotations.iter().zip(&told) {
        assert_eq!(annotation["moment"], format!("{}/moments/{}", desk.profile, kind.moment()));
        assert_eq!(annotation["message"], format!("{}/messages/m", desk.name("a")));
        let after = number(annotation, "startIndex")..number(annotation, "endIndex");
        assert_eq!(&masked[after], format!("[{}]", kind.label()));
        let before = number(annotation, "originalStartIndex")..number(annotation, "originalEndIndex");
        assert_eq!(&text[before], value, "bytes of what was said");
        assert!(!holds(&annotation.to_string(), value), "never with the value: {annotation}");
    }
}

#[test]
fn a_hit_in_another_field_names_the_field() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let told = |number: u32| Kind::Card.told(&Kind::Card.value(number));
    let message = json!({
        "text": told(1), "textHtml": told(2), "spokenText": told(3),
        "email": {"subject": told(4)}, "metadata": {"note": told(5)}, "originalEventData": {"raw": {"line": told(6)}},
    });
    desk.try_append("a", "m", &message).ok();
    let annotations = annotations(&desk, "a");
    assert_eq!(annotations.len(), 6, "every hit is recorded: {annotations:?}");
    let mut fields: Vec<String> =
        column(&annotations, "field").iter().map(|field| field.as_str().unwrap_or("").to_owned()).collect();
    fields.sort();
    fields.dedup();
    assert_eq!(fields.len(), 6, "each field has a name of its own: {fields:?}");
    for annotation in &annotations {
        let length = number(annotation, "originalEndIndex") - number(annotation, "originalStartIndex");
        assert_eq!(length, Kind::Card.value(1).len(), "{annotation}");
    }
}

#[test]
fn a_hit_finds_its_conversation_by_its_moment() {
    let desk = house().desk();
    desk.start("card", &json!({}));
    desk.append("card", "m", &Kind::Card.told(&Kind::Card.value(1)));
    desk.start("clean", &json!({}));
    desk.append("clean", "m", "told: nothing");
    let moment = format!("{}/moments/credit_card", desk.profile);
    let filter = json!({"moments": [{"momentWithAdherence": [{"momentName": moment}]}]});
    assert_eq!(desk.select(&filter), ["card"]);
}
