//! How many bytes a second one thread searches, and whether twice the text takes twice the time.
//!
//! Time is the processor's time of this process, which other work on the machine disturbs little; the clock on the wall is
//! reported beside it. What is compared takes turns, and of each the fastest round counts: noise only adds.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use hansard_pii::{Detector, Earlier};
use rustix::time::{ClockId, clock_gettime};

use crate::hard::hard;

const MESSAGE_BYTES: usize = 130;
const ROUNDS: usize = 25;
/// Bytes of a round, so that it is long for its clock.
const ROUND_BYTES: usize = 4_000_000;
/// Lengths of the hard texts: what a message may have, and far more.
const HARD_BYTES: [usize; 2] = [1 << 15, 1 << 19];
const HARD_ROUNDS: usize = 7;
const HARD_ROUND_BYTES: usize = 1 << 18;

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

/// Megabytes a second.
pub(crate) struct Rate {
    /// By the processor's time: the median round.
    pub(crate) processor: f64,
    /// By the clock on the wall: the median round.
    pub(crate) wall: f64,
}

/// How fast messages are searched.
pub(crate) fn rate(detector: &Detector, messages: &[String]) -> Rate {
    let earlier = Earlier::none();
    let bytes: usize = messages.iter().map(String::len).sum();
    let times = ROUND_BYTES.div_ceil(bytes.max(1));
    let round = |_| {
        spent(|| {
            for message in std::iter::repeat_n(messages, times).flatten() {
                black_box(detector.find(black_box(message), &earlier));
            }
        })
    };
    let rounds: Vec<Spent> = (0..ROUNDS).map(round).collect();
    let median = |time: fn(&Spent) -> Duration| {
        let mut times: Vec<Duration> = rounds.iter().map(time).collect();
        times.sort();
        times[ROUNDS / 2].as_secs_f64()
    };
    let megabytes = (bytes * times) as f64 / 1e6;
    Rate {
        processor: megabytes / median(|spent| spent.processor),
        wall: megabytes / median(|spent| spent.wall),
    }
}

/// A hard text, and the processor's time for twice its length in times of that for once.
pub(crate) struct Doubling {
    pub(crate) text: &'static str,
    pub(crate) bytes: usize,
    pub(crate) times: f64,
    pub(crate) nanoseconds_per_byte: f64,
}

/// Doubles each hard text at each length.
pub(crate) fn doublings(detector: &Detector) -> Vec<Doubling> {
    let texts = |len: usize| hard(len).into_iter().zip(hard(2 * len)).map(move |texts| (len, texts));
    HARD_BYTES
        .into_iter()
        .flat_map(texts)
        .map(|(bytes, ((text, once), (_, twice)))| {
            let (mut short, mut long) = (Duration::MAX, Duration::MAX);
            let searches = (HARD_ROUND_BYTES / bytes).max(1);
            for _ in 0..HARD_ROUNDS {
                short = short.min(time(detector, &once, searches));
                long = long.min(time(detector, &twice, searches));
            }
            Doubling {
                text,
                bytes,
                times: long.as_secs_f64() / short.as_secs_f64(),
                nanoseconds_per_byte: long.as_secs_f64() * 1e9 / (twice.len() * searches) as f64,
            }
        })
        .collect()
}

fn time(detector: &Detector, text: &str, searches: usize) -> Duration {
    let search = || {
        for _ in 0..searches {
            black_box(detector.find(black_box(text), &Earlier::none()));
        }
    };
    spent(search).processor
}

struct Spent {
    processor: Duration,
    wall: Duration,
}

fn spent(work: impl FnOnce()) -> Spent {
    let (begin, begin_wall) = (processor_time(), Instant::now());
    work();
    Spent { processor: processor_time().saturating_sub(begin), wall: begin_wall.elapsed() }
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
