//! Numbers as they are spoken: digit by digit, and over several turns.

use hansard_conformance::desk::column;
use hansard_conformance::house::house;
use hansard_conformance::secret::Kind;
use serde_json::json;

use super::said;

#[test]
fn digits_are_read_out_over_several_turns() {
    let desk = house().desk();
    desk.start("a", &json!({"channel": "VOICE"}));
    let card = Kind::Card.value(3);
    let groups: Vec<&str> = card.split(' ').collect();
    let asked =
        ["What is your credit card number? First four?", "And the next four?", "Then?", "And the last four?"];
    for (index, (question, group)) in asked.iter().zip(&groups).enumerate() {
        desk.try_append("a", &format!("q{index}"), &json!({"text": question, "speaker": "AGENT"})).ok();
        desk.append("a", &format!("a{index}"), group);
    }
    let texts = column(&desk.messages("a"), "text");
    for (question, stored) in asked.iter().zip(texts.iter().step_by(2)) {
        assert_eq!(stored, question, "what is asked stays");
    }
    for (group, stored) in groups.iter().zip(texts.iter().skip(1).step_by(2)) {
        assert!(!stored.as_str().unwrap().contains(group), "{group} is part of a card: {texts:?}");
    }
}

#[test]
fn spoken_digits_are_digits() {
    let desk = house().desk();
    let spoken = [
        (
            "told: my card number is four one one one one one one one one one one one one one one one okay",
            "one",
        ),
        (
            "told: it is a visa card four triple one, double one double one, one one one one, one one one one",
            "triple",
        ),
        ("told: my social is five three six, two two, oh one four seven", "three"),
        ("told: my email is w a n d a at gmail dot com", "gmail"),
    ];
    for (index, (text, gone)) in spoken.iter().enumerate() {
        let stored = said(&desk, &format!("c{index}"), text);
        assert!(!stored.contains(gone) && stored.starts_with("told: "), "{text}: {stored}");
    }
}

#[test]
fn a_batch_is_heard_as_turns() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    let card = Kind::Card.value(4);
    let mut messages = vec![
        json!({"text": "Please read me your credit card number, four digits at a time.", "speaker": "AGENT"}),
    ];
    messages.extend(card.split(' ').map(|group| json!({"text": group, "speaker": "VISITOR"})));
    desk.client.post(&desk.path("a", "/messages:batchCreate"), &json!({"messages": messages})).ok();
    let texts = column(&desk.messages("a"), "text");
    for group in card.split(' ') {
        assert!(!texts.iter().any(|text| text.as_str().unwrap().contains(group)), "{group}: {texts:?}");
    }
}

#[test]
fn digits_that_nobody_asked_for_stay() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    for (id, text) in
        [("m1", "How many boxes did you order?"), ("m2", "4111"), ("m3", "And which year?"), ("m4", "2019")]
    {
        assert_eq!(desk.append("a", id, text)["text"], text);
    }
}
