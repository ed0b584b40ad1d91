//! How many bytes a second one thread searches, and whether twice the text takes twice the time.

use std::{hint::black_box, time::Instant};

use hansard_pii::{Detector, Earlier};

use crate::hard::hard;

const MESSAGE_BYTES: usize = 130;
const ROUNDS: usize = 9;

/// Messages of 130 bytes from real dialogs, and every fiftieth with personal data in it.
pub(crate) fn messages(dialogs: &[Vec<String>]) -> Vec<String> {
    let text = dialogs.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    let text: String = text.chars().filter(char::is_ascii).collect();
    let mut messages: Vec<String> = text
        .as_bytes()
        .chunks_exact(MESSAGE_BYTES)
        .map(|chunk| String::from_utf8_lossy(chunk).into_owned())
        .collect();
    for message in messages.iter_mut().step_by(50) {
        message.replace_range(60..101, "my card is 4111-1111-1111-1111, call 4155");
    }
    messages
}

/// The median of some rounds, in megabytes a second.
pub(crate) fn megabytes_per_second(detector: &Detector, messages: &[String]) -> f64 {
    let earlier = Earlier::none();
    let bytes: usize = messages.iter().map(String::len).sum();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begin = Instant::now();
            messages.iter().for_each(|message| {
                black_box(detector.find(black_box(message), &earlier));
            });
            bytes as f64 / 1e6 / begin.elapsed().as_secs_f64()
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

/// For each hard text the time for twice its length, in times of that for once.
pub(crate) fn doubling(detector: &Detector, len: usize) -> Vec<(&'static str, f64)> {
    let time = |text: &str| {
        let round = |_| {
            let begin = Instant::now();
            black_box(detector.find(black_box(text), &Earlier::none()));
            begin.elapsed().as_secs_f64()
        };
        (0..5).map(round).fold(f64::INFINITY, f64::min)
    };
    hard(len)
        .into_iter()
        .zip(hard(2 * len))
        .map(|((name, once), (_, twice))| (name, time(&twice) / time(&once)))
        .collect()
}
