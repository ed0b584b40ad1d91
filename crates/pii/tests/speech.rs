//! What people say: numbers in words, with repetitions and over several turns.
#![allow(clippy::unwrap_used)]

use hansard_pii::{Detector, Earlier, Pattern, Settings};

fn found(text: &str) -> Vec<(String, String)> {
    let hits = Detector::default().find(text, &Earlier::none());
    hits.into_iter().map(|hit| (hit.entity.name().to_owned(), text[hit.range].to_owned())).collect()
}

fn assert_found(text: &str, kind: &str, value: &str) {
    assert!(found(text).contains(&(kind.to_owned(), value.to_owned())), "{text:?}: {:?}", found(text));
}

#[test]
fn numbers_that_are_read_out() {
    for (before, value, after, kind) in [
        (
            "my card is ",
            "four one one one, one one one one, one one one one, one one one one",
            "",
            "CREDIT_CARD",
        ),
        (
            "it's a visa, ",
            "four triple one double one double one double one double one double one double one",
            "",
            "CREDIT_CARD",
        ),
        ("my phone number is ", "oh two oh seven nine four six double oh one eight", "", "PHONE_NUMBER"),
        ("call me on ", "two zero one five five five zero one two three", " please", "PHONE_NUMBER"),
        ("my social is ", "oh seven eight oh five eleven twenty", "", "US_SSN"),
        ("the cvv is ", "one two three", "", "CVV"),
        ("date of birth ", "the third of May nineteen eighty two", "", "DATE_OF_BIRTH"),
        ("it is ", "j o h n at gmail dot com", "", "EMAIL"),
        ("send it to ", "anna underscore k at example dot org", "", "EMAIL"),
        (
            "the IBAN is ",
            "g b eight two w e s t one two three four five six nine eight seven six five four three two",
            "",
            "IBAN",
        ),
    ] {
        let text = format!("{before}{value}{after}");
        let value = value.strip_prefix("the ").unwrap_or(value);
        assert_found(&text, kind, value);
    }
}

#[test]
fn a_card_that_is_read_out_over_turns() {
    let detector = Detector::default();
    let mut earlier = Earlier::none();
    for (turn, is_part) in [
        ("Could you read me the first four digits of your card?", false),
        ("4111", true),
        ("thanks, and the next?", false),
        ("one one one one", true),
        ("go on", false),
        ("uh 1111", true),
        ("and the last ones?", false),
        ("1111", true),
    ] {
        let hits = detector.find_next(turn, &mut earlier);
        assert_eq!(hits.iter().any(|hit| hit.entity.name() == "CREDIT_CARD"), is_part, "{turn}: {hits:?}");
    }
}

#[test]
fn the_last_four_are_masked_where_they_end_a_card_that_was_read_out() {
    let detector = Detector::default();
    let mut earlier = Earlier::none();
    let asked =
        ["What is your credit card number? First four?", "And the next four?", "Then?", "And the last four?"];
    for (question, digits) in asked.iter().zip(["4539", "1488", "1003", "3471"]) {
        assert_eq!(detector.find_next(question, &mut earlier), [], "{question}");
        let hits = detector.find_next(digits, &mut earlier);
        assert_eq!(hits.len(), 1, "{question} {digits}");
    }
    let mut earlier = Earlier::none();
    detector.find_next("And the last four of your card?", &mut earlier);
    assert_eq!(detector.find_next("3471", &mut earlier), []);
}

#[test]
fn a_name_that_was_asked_for() {
    let detector = Detector::default();
    let mut earlier = Earlier::none();
    assert_eq!(detector.find_next("May I have your full name?", &mut earlier), []);
    assert_eq!(detector.find_next("maria lopez", &mut earlier)[0].entity.name(), "PERSON");
}

#[test]
fn what_is_nobodys_stays() {
    for text in [
        "your order number is 4111111111111112",
        "we need one or two of those three by four",
        "version 10.2.0.1 of the app is out",
        "it costs $1,299.00 in total",
        "the meeting is at 10:30 on 12/03/2025",
        "May I help you? Will that be all?",
        "I'd like two mochas, please. One with Oat milk.",
        "tracking number 9400 1000 0000 0000 0000 00",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn an_organisation_looks_for_its_own() {
    let own = |expression: &str| Settings {
        patterns: vec![Pattern { entity_type: "MEMBER_ID".into(), expression: expression.into() }],
        ..Settings::default()
    };
    let detector = Detector::new(&own(r"\bM-\d{6}\b")).unwrap();
    let hits = detector.find("I am Ｍ-１２３４５６ here", &Earlier::none());
    assert_eq!(hits[0].entity.name(), "MEMBER_ID");
    for bad in ["(", "x*", "(?:a{1000}){1000}"] {
        assert!(Detector::new(&own(bad)).is_err(), "{bad}");
    }
}

#[test]
fn what_a_customer_did_is_no_name() {
    for text in [
        "Customer inquired about product pricing and placed an order.",
        "the caller yelled",
        "guest overslept and complained",
        "Patient fainted. Client rescheduled.",
    ] {
        assert!(found(text).is_empty(), "{text:?}: {:?}", found(text));
    }
    for (text, name) in [
        ("customer: pavel novak", "pavel novak"),
        ("Customer Zdenka Vrbova called", "Zdenka Vrbova"),
        ("the customer maria garcia called", "maria garcia"),
    ] {
        assert_found(text, "PERSON", name);
    }
}
