//! Measures the detector: what it finds, what it masks wrongly, how fast it is. `cargo xtask bench pii` runs it.
#![allow(clippy::print_stdout, reason = "the report is the product")]

mod corpus;
mod generator;
mod hard;
mod random;
mod score;
mod speed;
mod values;

use hansard_pii::{Detector, Earlier};

use crate::{corpus::Marked, score::Score};

const SEED: u32 = 7;
const CONVERSATIONS: usize = 4_000;
const HARD_BYTES: usize = 1 << 19;

fn main() {
    let detector = Detector::default();
    let dialogs = corpus::dialogs(&corpus::shared("dialogs/taskmaster4.jsonl").unwrap_or_default());
    let shared = corpus::marked(&corpus::shared("pii/presidio-synth.json").unwrap_or_default());
    let shown = std::env::args().nth(1);
    if let Some(kind) = &shown {
        show(&detector, shared.into_iter().map(|marked| vec![marked]), kind);
        show(&detector, generator::conversations(SEED, CONVERSATIONS).into_iter(), kind);
        return;
    }
    println!("Shared set\n\n{}\n", score(&detector, shared.into_iter().map(|marked| vec![marked])).table());
    let generated = generator::conversations(SEED, CONVERSATIONS).into_iter();
    println!("Generated, seed {SEED}\n\n{}\n", score(&detector, generated).table());
    let (masked, tokens) = corpus::masked(&detector, &dialogs, |_| {});
    println!(
        "Clean dialogs: {masked} of {tokens} tokens masked, {:.3} %",
        f64::from(masked) * 100.0 / f64::from(tokens)
    );
    let messages = speed::messages(&dialogs);
    println!(
        "Speed: {:.0} MB/s on one thread, messages of 130 bytes",
        speed::megabytes_per_second(&detector, &messages)
    );
    let doubling = speed::doubling(&detector, HARD_BYTES);
    let worst = doubling.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    println!(
        "Twice the text: {:.2} times the time at worst ({})",
        worst.map_or(0.0, |w| w.1),
        worst.map_or("", |w| w.0)
    );
}

fn score(detector: &Detector, conversations: impl Iterator<Item = Vec<Marked>>) -> Score {
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

/// Prints where a kind is missed or found wrongly.
fn show(detector: &Detector, conversations: impl Iterator<Item = Vec<Marked>>, kind: &str) {
    for conversation in conversations {
        let mut earlier = Earlier::none();
        for turn in conversation {
            let hits = detector.find_next(&turn.text, &mut earlier);
            let mut score = Score::default();
            score.add(&turn, &hits);
            let count = score.of(|entity| entity.name() == kind);
            if count.found < count.marked || count.right < count.hits {
                let wanted =
                    turn.spans.iter().filter(|span| span.entity.as_ref().is_some_and(|e| e.name() == kind));
                let wanted: Vec<_> = wanted.map(|span| &turn.text[span.range.clone()]).collect();
                let found: Vec<_> = hits
                    .iter()
                    .map(|hit| (hit.entity.name(), &turn.text[hit.range.clone()], hit.confidence))
                    .collect();
                println!("{:?}\n   wanted {wanted:?}\n   found {found:?}", turn.text);
            }
        }
    }
}
