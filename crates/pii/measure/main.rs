//! Measures the detector: what it finds, what it masks wrongly, how fast it is.
#![allow(clippy::print_stdout, reason = "the report is the product")]

mod corpus;
mod score;

use hansard_pii::{Detector, Earlier};

fn main() {
    let detector = Detector::default();
    let marked = corpus::marked(&corpus::shared("pii/presidio-synth.json").unwrap_or_default());
    let mut score = score::Score::default();
    let verbose = std::env::args().nth(1);
    for sample in &marked {
        let hits = detector.find(&sample.text, &Earlier::none());
        let mut one = score::Score::default();
        one.add(sample, &hits);
        score.add(sample, &hits);
        if let Some(kind) = &verbose {
            for (entity, count) in &one.kinds {
                if entity.name() == kind && (count.found < count.marked || count.right < count.hits) {
                    let spans: Vec<_> = sample
                        .spans
                        .iter()
                        .filter(|s| s.entity.as_ref() == Some(entity))
                        .map(|s| &sample.text[s.range.clone()])
                        .collect();
                    let found: Vec<_> = hits
                        .iter()
                        .map(|h| (h.entity.name(), &sample.text[h.range.clone()], h.confidence))
                        .collect();
                    println!("{:?}\n   want {spans:?}\n   got {found:?}", sample.text);
                }
            }
        }
    }
    println!("{}", score.table());
    let mut tokens = 0;
    let mut masked = 0;
    for dialog in corpus::dialogs(&corpus::shared("dialogs/taskmaster4.jsonl").unwrap_or_default()) {
        let mut earlier = Earlier::none();
        for turn in dialog {
            let hits = detector.find_next(&turn, &mut earlier);
            tokens += turn.split_whitespace().count();
            for hit in &hits {
                masked += turn[hit.range.clone()].split_whitespace().count();
                println!("{:?} {:?} in {turn:?}", hit.entity, &turn[hit.range.clone()]);
            }
        }
    }
    println!("clean: {masked} of {tokens}");
}
