//! What the rounds found, a line each, and their medians.

use std::fmt;

use crate::load::Load;

/// One round: the disk, ours and the yardstick, within a minute of each other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    /// fdatasync calls a second.
    pub(crate) disk: f64,
    pub(crate) ours: Load,
    pub(crate) bare: Load,
}

impl Round {
    pub(crate) const HEADER: &str =
        "round  fdatasync/s |  ours/s  p50 ms  p99 ms |  bare/s  p50 ms  p99 ms | ratio";

    fn ratio(&self) -> f64 {
        self.ours.per_second / self.bare.per_second
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let load = |load: Load| format!("{:>7.0} {:>7.2} {:>7.2}", load.per_second, load.p50_ms, load.p99_ms);
        write!(f, "{:>11.0} | {} | {} | {:>5.2}", self.disk, load(self.ours), load(self.bare), self.ratio())
    }
}

#[derive(Debug, Default)]
pub(crate) struct Rounds(Vec<Round>);

impl Rounds {
    pub(crate) fn push(&mut self, round: Round) {
        self.0.push(round);
    }
}

impl fmt::Display for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |pick: fn(&Round) -> f64| median(self.0.iter().map(pick).collect());
        write!(
            f,
            "median of {} rounds: ours {:.0}/s, bare sqlfts {:.0}/s, ratio {:.2}",
            self.0.len(),
            of(|round| round.ours.per_second),
            of(|round| round.bare.per_second),
            of(Round::ratio)
        )
    }
}

/// The middle value; of an even number the lower of the two in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let middle = |values: &[f64]| median(values.to_vec());
        assert!((middle(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((middle(&[4.0, 1.0, 3.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!(middle(&[]).is_nan());
    }
}
