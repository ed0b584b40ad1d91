//! What must hold for any text, and for a value however it is written.
#![allow(clippy::unwrap_used)]

use hansard_pii::{Detector, Earlier, Entity, Hit, Pattern, Settings, Style, mask};
use proptest::prelude::*;

fn find(text: &str) -> Vec<Hit> {
    Detector::default().find(text, &Earlier::none())
}

fn kinds(text: &str) -> Vec<Entity> {
    find(text).into_iter().map(|hit| hit.entity).collect()
}

fn check(text: &str) {
    let hits = find(text);
    for hit in &hits {
        assert!(hit.range.start < hit.range.end, "{hit:?} in {text:?}");
        assert!(text.get(hit.range.clone()).is_some(), "{hit:?} in {text:?}");
        assert!((0.0..=1.0).contains(&hit.confidence), "{hit:?}");
    }
    for pair in hits.windows(2) {
        assert!(pair[0].range.end <= pair[1].range.start, "{pair:?} in {text:?}");
    }
    let (masked, places) = mask(text, &hits, &Style::Label);
    for (hit, place) in hits.iter().zip(&places) {
        assert_eq!(masked[place.after.clone()], format!("[{}]", hit.entity));
    }
}

/// Pieces of which hard texts are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,9}",
        "[ .,:/()+@'_#-]{1,3}",
        "[A-Za-z]{1,9}",
        "\\PC{1,4}",
        Just("\u{200B}".to_owned()),
        Just("４１１１".to_owned()),
        Just("e\u{301}".to_owned()),
        prop::sample::select(vec![
            "four ",
            "double ",
            "oh ",
            "my name is ",
            "card ",
            "@gmail.com",
            " at ",
            " dot com",
            "GB82 ",
            "://",
            "::",
            "12 Oak Street ",
            "[PERSON]",
            "ssn ",
            "Jan ",
            "born ",
            "cvv ",
            "passport ",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn hits_are_whole_characters_sorted_and_disjoint(pieces in prop::collection::vec(piece(), 0..24)) {
        check(&pieces.concat());
    }

    #[test]
    fn any_text_is_searched(text in "\\PC{0,80}") {
        check(&text);
    }

    #[test]
    fn separators_and_widths_change_nothing(
        value in prop::sample::select(VALUES.to_vec()),
        wide in any::<bool>(),
        hidden in any::<bool>(),
        separator in prop::sample::select(vec!["", " ", "-", "\u{A0}", "\u{2011}"]),
    ) {
        let (before, digits, kind) = value;
        let groups: Vec<String> = digits.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        let mut text = groups.join(separator);
        if wide {
            text = text.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).filter(|_| c.is_ascii_graphic()).unwrap_or(c)).collect();
        }
        if hidden {
            text = text.chars().flat_map(|c| [c, '\u{200D}']).collect();
        }
        let sentence = format!("{before}{text}");
        let hits = find(&sentence);
        prop_assert!(hits.iter().any(|hit| hit.entity.name() == kind && hit.range.start <= before.len() && hit.range.end + 3 >= sentence.trim_end().len()), "{sentence:?} {hits:?}");
    }

    #[test]
    fn a_masked_text_holds_nothing_more(value in prop::sample::select(SENTENCES.to_vec())) {
        let hits = find(value);
        prop_assert!(!hits.is_empty());
        let (masked, _) = mask(value, &hits, &Style::Label);
        prop_assert_eq!(kinds(&masked), Vec::<Entity>::new(), "{}", masked);
    }
}

/// Published test numbers, and what stands before them.
const VALUES: &[(&str, &str, &str)] = &[
    ("my card is ", "4111111111111111", "CREDIT_CARD"),
    ("charge ", "5555555555554444", "CREDIT_CARD"),
    ("wire to ", "GB82WEST12345698765432", "IBAN"),
    ("wire to ", "DE89370400440532013000", "IBAN"),
    ("social security number ", "078051120", "US_SSN"),
    ("NHS number ", "9434765919", "UK_NHS"),
    ("PESEL ", "44051401359", "PL_PESEL"),
    ("Aadhaar ", "234123412346", "IN_AADHAAR"),
];

const SENTENCES: &[&str] = &[
    "my card is 4111 1111 1111 1111 and it expires 09/27, the cvv is 123",
    "call me on +44 20 7946 0018 or write to jane@example.org",
    "I was born on 14 March 1985 and my social security number is 078-05-1120",
    "my name is Maria and I live at 12 Rosemary Lane, London SW1A 1AA",
    "four one one one one one one one one one one one one one one one is my card number",
    "j o h n at gmail dot com",
];

#[test]
fn composed_and_decomposed_letters_are_one() {
    let (composed, decomposed) = ("Grüße von Jürgen Müller", "Gru\u{308}ße von Ju\u{308}rgen Mu\u{308}ller");
    assert_eq!(kinds(composed), [Entity::Person]);
    assert_eq!(kinds(composed), kinds(decomposed));
    let hit = &find(decomposed)[0];
    assert_eq!(&decomposed[hit.range.clone()], "Ju\u{308}rgen Mu\u{308}ller");
}

#[test]
fn look_alike_letters_are_one() {
    assert_eq!(kinds("write to jоhn@exаmple.cоm"), [Entity::Email]);
}

#[test]
fn an_allowed_value_passes_however_it_is_written() {
    let settings = Settings { allowed: vec!["+44 20 7946 0018".to_owned()], ..Settings::default() };
    let detector = Detector::new(&settings).unwrap();
    for text in ["call +44 20 7946 0018", "call +442079460018", "call +44 (20) 7946-0018"] {
        assert_eq!(detector.find(text, &Earlier::none()), [], "{text}");
        assert_eq!(kinds(text), [Entity::Phone], "{text}");
    }
}

#[test]
fn a_label_is_never_a_hit() {
    let own = |entity_type: &str, expression: &str| Pattern {
        entity_type: entity_type.to_owned(),
        expression: expression.to_owned(),
    };
    let patterns = vec![own("CASE_7", "[A-Z]+_?[0-9a-f]*"), own("7", "[0-9]+|.[A-Z]+.")];
    let detector = Detector::new(&Settings { patterns, ..Settings::default() }).unwrap();
    let names = Entity::ALL.iter().map(Entity::name).chain(["CASE_7", "7"]);
    for name in names {
        for label in [format!("[{name}]"), format!("[{name}_0123456789ab]")] {
            for around in ["my name is @ Lee", "card @4111", "\u{301}@\u{301}", "[@ @]", "http://u:@@h.de/"] {
                let text = around.replace('@', &label);
                for hit in detector.find(&text, &Earlier::none()) {
                    let touches = |place: usize| {
                        text.match_indices(&label).any(|(at, _)| (at..at + label.len()).contains(&place))
                    };
                    let (first, last) = (hit.range.start, hit.range.end - 1);
                    assert!(![first, last].into_iter().any(touches), "{hit:?} in {text:?}");
                }
            }
        }
    }
}

#[test]
fn a_number_between_brackets_is_no_label() {
    assert_eq!(kinds("pay with [4111111111111111]"), [Entity::CreditCard]);
    assert_eq!(kinds("national insurance [AB123456C]"), [Entity::UkNino]);
}
