//! One verdict for one value, however its letters are encoded.

use hansard_conformance::house::house;
use hansard_conformance::secret::Kind;

use super::said;

fn full_width(text: &str) -> String {
    let widen = |letter: char| match letter {
        '!'..='~' => char::from_u32(u32::from(letter) + 0xFEE0).unwrap(),
        other => other,
    };
    text.chars().map(widen).collect()
}

fn joined_by(text: &str, mark: &str) -> String {
    text.chars().map(|letter| letter.to_string()).collect::<Vec<_>>().join(mark)
}

#[test]
fn one_value_has_one_verdict() {
    let desk = house().desk();
    for (index, kind) in [Kind::Card, Kind::Ssn, Kind::Email].into_iter().enumerate() {
        let value = kind.value(8);
        let forms = [
            ("as it is", value.clone()),
            ("full width", full_width(&value)),
            ("zero-width space", joined_by(&value, "\u{200B}")),
            ("zero-width joiner", joined_by(&value, "\u{200D}")),
            ("soft hyphen", joined_by(&value, "\u{AD}")),
            ("byte order mark inside", value.replacen('1', "1\u{FEFF}", 1)),
            ("no-break spaces", value.replace(' ', "\u{A0}")),
            ("other hyphens", value.replace('-', "\u{2011}")),
        ];
        for (form, written) in forms {
            let stored = said(&desk, &format!("c{index}-{}", form.replace(' ', "-")), &kind.told(&written));
            assert_eq!(stored, kind.masked(), "{kind:?}, {form}");
        }
    }
}

#[test]
fn composed_and_decomposed_letters_are_the_same() {
    let desk = house().desk();
    let composed = "told: schreib an j\u{FC}rgen.m\u{FC}ller77@brightmail.org bitte";
    let decomposed = composed.replace('\u{FC}', "u\u{308}");
    let stored = [said(&desk, "nfc", composed), said(&desk, "nfd", &decomposed)];
    assert_eq!(stored[0], stored[1]);
    assert!(stored[0].contains("[EMAIL]") && !stored[0].contains("brightmail"), "{stored:?}");
}

#[test]
fn look_alike_letters_do_not_hide_an_address() {
    let desk = house().desk();
    // Cyrillic o and a.
    let stored = said(&desk, "a", "told: write to wand\u{430}.q77@brightm\u{430}il.\u{43E}rg please");
    assert!(!stored.contains("q77"), "{stored}");
}

#[test]
fn clean_text_keeps_its_code_points() {
    let desk = house().desk();
    let text = "told: e\u{301} \u{E9} ｆｕｌｌ ｗｉｄｔｈ １２ \u{200D} \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} 退款";
    assert_eq!(said(&desk, "a", text), text, "contract 1: identical code points");
}
