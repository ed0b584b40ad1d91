//! What a profile decides: types, thresholds, exceptions, styles, patterns of its own.

use hansard_conformance::desk::Desk;
use hansard_conformance::secret::Kind;
use serde_json::{Value, json};

use super::{configure, desk_with, said};

fn told(kind: Kind) -> String {
    kind.told(&kind.value(6))
}

#[test]
fn a_type_may_be_switched_off() {
    let desk = desk_with(&json!({"disabledEntityTypes": ["EMAIL"]}));
    assert_eq!(said(&desk, "email", &told(Kind::Email)), told(Kind::Email));
    assert_eq!(said(&desk, "card", &told(Kind::Card)), Kind::Card.masked());
}

#[test]
fn each_type_has_its_threshold() {
    let desk = desk_with(&json!({"thresholds": {"CREDIT_CARD": 1.0, "US_SSN": 0.01}}));
    let number = Kind::Ssn.value(6).replace('-', "");
    let bare = format!("told: {number}");
    assert_eq!(said(&desk, "low", &bare), "told: [US_SSN]", "a low threshold takes what looks like one");
    let high = said(&desk, "high", &format!("told: order {}", Kind::Card.value(6)));
    configure(&desk, &json!({}));
    assert!(high.contains(&Kind::Card.value(6)), "a threshold of 1 takes only what is certain: {high}");
    assert_eq!(said(&desk, "default", &bare), bare);
    assert_eq!(said(&desk, "card", &told(Kind::Card)), Kind::Card.masked());
}

#[test]
fn the_companys_own_hotline_stays() {
    let hotline = Kind::Phone.value(6);
    let desk = desk_with(&json!({"allowed": [hotline.replace(['(', ')'], "")]}));
    let text = Kind::Phone.told(&hotline);
    assert_eq!(said(&desk, "own", &text), text, "however it is written");
    assert_eq!(said(&desk, "other", &Kind::Phone.told(&Kind::Phone.value(7))), Kind::Phone.masked());
}

#[test]
fn each_style_keeps_what_it_says() {
    let (text, value) = (told(Kind::Card), Kind::Card.value(6));
    let styled = |style: &str| {
        let desk = desk_with(&json!({"style": style}));
        (said(&desk, "a", &text), desk)
    };
    assert_eq!(styled("LABEL").0, Kind::Card.masked());
    let (same_length, _) = styled("SAME_LENGTH");
    assert_eq!(same_length.chars().count(), text.chars().count());
    assert!(!same_length.contains(|letter: char| letter.is_ascii_digit()), "{same_length}");
    let (last_four, _) = styled("LAST_FOUR");
    let digits: String = last_four.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits, value[value.len() - 4..], "{last_four}");
}

#[test]
fn a_pseudonym_is_the_same_for_the_same_value_of_a_profile() {
    let pseudonym = |desk: &Desk, id: &str, value: &str| said(desk, id, &Kind::Card.told(value));
    let [desk, other] = [(); 2].map(|()| desk_with(&json!({"style": "PSEUDONYM"})));
    let value = Kind::Card.value(6);
    let first = pseudonym(&desk, "a", &value);
    assert!(first.contains("CREDIT_CARD") && !first.contains(&value), "{first}");
    assert_eq!(pseudonym(&desk, "b", &value.replace(' ', "-")), first);
    assert_ne!(pseudonym(&desk, "c", &Kind::Card.value(7)), first);
    assert_ne!(pseudonym(&other, "a", &value), first, "two profiles do not tell each other who is who");
}

#[test]
fn a_pattern_of_the_organisation_is_masked_in_its_style() {
    let desk = desk_with(&json!({}));
    let patterns = json!({"redactionPatterns": [{"entityType": "BADGE", "pattern": "BG-[0-9]{6}"}]});
    desk.client.patch(&desk.at("?updateMask=redactionPatterns"), &patterns).ok();
    assert_eq!(said(&desk, "a", "told: badge BG-551234 here"), "told: badge [BADGE] here");
    assert_eq!(said(&desk, "b", &told(Kind::Card)), Kind::Card.masked(), "beside the detector");
}

#[test]
fn settings_are_checked_when_they_are_saved() {
    let desk = desk_with(&json!({}));
    let refused: [Value; 4] = [
        json!({"disabledEntityTypes": ["NO_SUCH_TYPE"]}),
        json!({"thresholds": {"NO_SUCH_TYPE": 0.5}}),
        json!({"thresholds": {"EMAIL": -1}}),
        json!({"style": "NO_SUCH_STYLE"}),
    ];
    for redaction in refused {
        let answer = desk.client.patch(&desk.at("?updateMask=redaction"), &json!({"redaction": redaction}));
        assert_eq!(answer.code(), "INVALID_ARGUMENT", "{redaction}: {answer}");
    }
    let endless = json!({"redactionPatterns": [{"entityType": "X", "pattern": "(a+)+(?=b)"}]});
    desk.client.patch(&desk.at("?updateMask=redactionPatterns"), &endless).fails("INVALID_ARGUMENT");
}
