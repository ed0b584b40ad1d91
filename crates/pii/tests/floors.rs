//! What must be found of the shared set, of the seeded generator, and how little of clean dialogs may be masked.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "../measure/corpus.rs"]
mod corpus;
#[path = "../measure/generator.rs"]
mod generator;
#[path = "../measure/random.rs"]
mod random;
#[path = "../measure/score.rs"]
mod score;
#[path = "../measure/values.rs"]
mod values;

use hansard_pii::{Detector, Earlier, Entity};

use crate::score::{Count, Score, wilson};

fn is_structured(entity: &Entity) -> bool {
    !matches!(entity, Entity::Person | Entity::Address)
}

/// The real data, which stands beside the repository; without it a test is skipped, in CI it fails.
fn shared(path: &str) -> Option<String> {
    let text = corpus::shared(path);
    assert!(text.is_some() || std::env::var_os("CI").is_none(), "../shared/data/{path} is absent");
    if text.is_none() {
        eprintln!("skipped: ../shared/data/{path} is absent");
    }
    text
}

fn score(detector: &Detector, conversations: impl IntoIterator<Item = Vec<corpus::Marked>>) -> Score {
    let mut score = Score::default();
    for conversation in conversations {
        let mut earlier = Earlier::none();
        for turn in conversation {
            let hits = detector.find_next(&turn.text, &mut earlier);
            score.add(&turn, &hits);
        }
    }
    score
}

fn meets_floors(score: &Score) -> Result<(), String> {
    let (structured, all) = (score.of(is_structured), score.of(|_| true));
    let met = structured.recall() >= 0.97 && structured.precision() >= 0.95 && all.f2() >= 0.85;
    if met { Ok(()) } else { Err(format!("{structured:?} {all:?}\n{}", score.table())) }
}

#[test]
fn the_shared_set_is_found() {
    let Some(set) = shared("pii/presidio-synth.json") else { return };
    let marked = corpus::marked(&set);
    assert_eq!(marked.len(), 1_000);
    let conversations = || marked.iter().map(|marked| vec![marked.clone()]);
    meets_floors(&score(&Detector::default(), conversations())).unwrap();

    // A detector without a kind must miss the floors.
    let deaf = hansard_pii::Settings { thresholds: [(Entity::CreditCard, 2.0)].into(), ..Default::default() };
    assert!(meets_floors(&score(&Detector::new(&deaf).unwrap(), conversations())).is_err());
}

#[test]
fn the_generated_set_is_found() {
    let score = score(&Detector::default(), generator::conversations(11, 1_500));
    let structured = score.of(is_structured);
    assert!(structured.precision() >= 0.97 && structured.recall() >= 0.93, "{}", score.table());
    assert!(score.of(|_| true).f2() >= 0.85, "{}", score.table());
}

#[test]
fn clean_dialogs_stay_as_they_are() {
    let Some(dialogs) = shared("dialogs/taskmaster4.jsonl") else { return };
    let mut shown = Vec::new();
    let (masked, tokens) =
        corpus::masked(&Detector::default(), &corpus::dialogs(&dialogs), |text| shown.push(text.to_owned()));
    assert!(
        tokens > 20_000 && f64::from(masked) <= 0.003 * f64::from(tokens),
        "{masked} of {tokens}: {shown:?}"
    );
}

#[test]
fn scores_are_counted_as_they_are_defined() {
    let count = Count { marked: 10, found: 8, hits: 16, right: 8 };
    assert!((count.recall() - 0.8).abs() < 1e-9 && (count.precision() - 0.5).abs() < 1e-9);
    assert!((count.f2() - 5.0 * 0.4 / 2.8).abs() < 1e-9);
    let (low, high) = wilson(8, 10);
    assert!((low - 0.490).abs() < 0.001 && (high - 0.943).abs() < 0.001, "{low} {high}");
}
