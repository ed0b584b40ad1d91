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

fn main() {
    let detector = Detector::default();
    let dialogs = corpus::dialogs(&corpus::shared("dialogs/taskmaster4.jsonl").unwrap_or_default());
    match std::env::args().nth(1).as_deref() {
        Some("speed") => report_speed(&detector, &dialogs),
        Some(kind) => {
            show(&detector, shared_set(), kind);
            show(&detector, generator::conversations(SEED, CONVERSATIONS).into_iter(), kind);
        }
        None => {
            report_quality(&detector, &dialogs);
            report_speed(&detector, &dialogs);
        }
    }
}

fn shared_set() -> impl Iterator<Item = Vec<Marked>> {
    let shared = corpus::marked(&corpus::shared("pii/presidio-synth.json").unwrap_or_default());
    shared.into_iter().map(|marked| vec![marked])
}

fn report_quality(detector: &Detector, dialogs: &[Vec<String>]) {
    println!("Shared set\n\n{}\n", score(detector, shared_set()).table());
    let generated = generator::conversations(SEED, CONVERSATIONS).into_iter();
    println!("Generated, seed {SEED}\n\n{}\n", score(detector, generated).table());
    let (masked, tokens) = corpus::masked(detector, dialogs, |_| {});
    let share = f64::from(masked) * 100.0 / f64::from(tokens);
    println!("Clean dialogs: {masked} of {tokens} tokens masked, {share:.3} %");
}

fn report_speed(detector: &Detector, dialogs: &[Vec<String>]) {
    let rate = speed::rate(detector, &speed::messages(dialogs));
    println!(
        "Speed: {:.0} MB/s of processor time on one thread, messages of 130 bytes ({:.0} MB/s on the wall's clock)",
        rate.processor, rate.wall
    );
    let mut doublings = speed::doublings(detector);
    doublings.sort_by(|a, b| b.times.total_cmp(&a.times));
    println!("Twice the text, the worst five of {}:", doublings.len());
    for doubling in &doublings[..5] {
        println!(
            "  {:.2} times the time: {}, {} KiB and twice that, {:.1} ns a byte",
            doubling.times,
            doubling.text,
            doubling.bytes >> 10,
            doubling.nanoseconds_per_byte
        );
    }
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
