//! The detector of personal data: hits are whole characters, sorted and disjoint; what a mask wrote is never found again.

use hansard_pii::{Detector, Earlier, Hit, Key, Pattern, Settings, Style, mask};

/// Turns of a conversation stand between bytes that no text has.
const TURN_ENDS: u8 = 0xFF;

/// The input is the turns of a conversation.
pub fn check(input: &[u8]) {
    let mut earlier = [Earlier::none(), Earlier::none()];
    let turns = input.split(|&byte| byte == TURN_ENDS).filter_map(|turn| str::from_utf8(turn).ok());
    for turn in turns {
        for (detector, earlier) in detectors().iter().zip(&mut earlier) {
            let before = earlier.clone();
            let hits = detector.find_next(turn, earlier);
            assert_eq!(hits, detector.find(turn, &before), "{turn:?} is not found alike twice");
            check_hits(turn, &hits);
            for style in [Style::Label, Style::Pseudonym(Key::new("key"))] {
                check_mask(detector, turn, &hits, &style);
            }
        }
    }
}

fn detectors() -> [Detector; 2] {
    let pattern = |entity_type: &str, expression: &str| Pattern {
        entity_type: entity_type.to_owned(),
        expression: expression.to_owned(),
    };
    let own = Settings {
        patterns: vec![pattern("CASE_7", r"[A-Z]{1,9}_?[0-9a-f]+"), pattern("7", "[a-z]*[A-Z]{3}")],
        ..Settings::default()
    };
    [Detector::default(), Detector::new(&own).unwrap()]
}

fn check_hits(text: &str, hits: &[Hit]) {
    for hit in hits {
        assert!(hit.range.start < hit.range.end && text.get(hit.range.clone()).is_some(), "{hit:?} {text:?}");
        assert!((0.0..=1.0).contains(&hit.confidence), "{hit:?} {text:?}");
    }
    assert!(hits.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start), "{hits:?} {text:?}");
}

fn check_mask(detector: &Detector, text: &str, hits: &[Hit], style: &Style) {
    let (masked, places) = mask(text, hits, style);
    assert_eq!(places.len(), hits.len());
    let (mut before, mut after) = (0, 0);
    for (place, hit) in places.iter().zip(hits) {
        assert_eq!((&place.entity, &place.before), (&hit.entity, &hit.range));
        assert_eq!(text[before..place.before.start], masked[after..place.after.start], "{text:?}");
        (before, after) = (place.before.end, place.after.end);
    }
    assert_eq!(text[before..], masked[after..], "{text:?}");
    let again = detector.find(&masked, &Earlier::none());
    check_hits(&masked, &again);
    for hit in again {
        let ends_in = |place: usize| places.iter().any(|label| label.after.contains(&place));
        assert!(
            !ends_in(hit.range.start) && !ends_in(hit.range.end - 1),
            "{hit:?} is in a label of {masked:?}"
        );
    }
}
