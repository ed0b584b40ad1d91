//! The one clock of the process. The system clock is a witness here, not a master: it may be stepped at any moment.
//!
//! Three readings come of it. [`Clock::now`] is what is stored: it follows the system clock, slowly, and never goes
//! back. [`Clock::steady`] is what ends are judged by: the calendar as it was at the start, and what has passed since.
//! [`Clock::counted`] is the time that the store has been open, for what is kept for so long.
//! It does not decide which clock is right: it tells of a step and goes on. docs/decisions/0014 has the reasons.

mod manual;

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
    time::Duration,
};

use hansard_domain::{Span, Time};

use crate::engine::lock;

pub use manual::ManualTimeSource;

/// The stored time gains or loses at most one part in so many until it agrees with the system clock.
const SLEW: i128 = 10;
/// Between two looks at the system clock, what differs by more is a step; time servers slew away what is less.
const STEP_MIN: Span = Span::milliseconds(500);
/// A store that was not open for longer makes a start look twice at the clock.
const GAP_MAX: Span = Span::hours(30 * 24);

/// Where time comes from.
pub trait TimeSource: Debug + Send + Sync {
    /// What the system clock shows.
    fn wall(&self) -> Time;

    /// What has passed since some fixed moment, sleep of the machine included; no step changes it.
    fn passed(&self) -> Duration;
}

/// The clocks of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemTimeSource;

impl TimeSource for SystemTimeSource {
    fn wall(&self) -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    fn passed(&self) -> Duration {
        #[cfg(target_os = "linux")]
        let clock = rustix::time::ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        let clock = rustix::time::ClockId::Monotonic;
        let passed = rustix::time::clock_gettime(clock);
        Duration::try_from(passed).unwrap_or_default()
    }
}

/// Where a store's clock stood when it was last written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// No stored time is later.
    pub latest: Time,
    pub counted: Time,
}

/// One moment, in the readings that a write needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub now: Time,
    pub counted: Time,
}

/// The clock of an open store.
#[derive(Debug, Clone)]
pub(crate) struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Arc<dyn TimeSource>,
    started: Duration,
    calendar: Time,
    counted: Time,
    /// The start found the system clock so far ahead that it may be wrong.
    is_doubtful: bool,
    hand: Mutex<Hand>,
}

/// The stored time, in nanoseconds so that the smallest advance has its tenth.
#[derive(Debug)]
struct Hand {
    time_ns: i128,
    at: Duration,
    /// How far the system clock was ahead of the steady one at the last look.
    ahead: Span,
}

impl Clock {
    /// Goes on from where the store's clock stood; a new store has no mark.
    pub(crate) fn resume(source: Arc<dyn TimeSource>, mark: Option<Mark>) -> Self {
        let (wall, started) = (source.wall(), source.passed());
        let latest = mark.map_or(wall, |mark| mark.latest);
        tell_of_start(wall, latest);
        let time_ns = i128::from(wall.max(latest).0) * 1000;
        let hand = Mutex::new(Hand { time_ns, at: started, ahead: Span(0) });
        let counted = mark.map_or(wall, |mark| mark.counted);
        let is_doubtful = wall.since(latest) > GAP_MAX;
        Self(Arc::new(Inner { source, started, calendar: wall, counted, is_doubtful, hand }))
    }

    /// The time that is stored: never before one that it gave, in this process or an earlier one.
    pub(crate) fn now(&self) -> Time {
        let mut hand = lock(&self.0.hand);
        let at = self.0.source.passed();
        let passed = ns(at.saturating_sub(hand.at));
        let freely = hand.time_ns + passed;
        let behind = i128::from(self.0.source.wall().0) * 1000 - freely;
        hand.time_ns = freely + behind.clamp(-passed / SLEW, passed / SLEW);
        hand.at = hand.at.max(at);
        Time(i64::try_from(hand.time_ns / 1000).unwrap_or(i64::MAX))
    }

    /// The calendar of the start and what has passed since: no step reaches it.
    pub(crate) fn steady(&self) -> Time {
        self.0.calendar.plus(self.open())
    }

    /// Whether this start took a clock at its word that looks just as if it were wrong.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.0.is_doubtful
    }

    /// Counts while the store is open, and stands still while it is not.
    pub(crate) fn counted(&self) -> Time {
        self.0.counted.plus(self.open())
    }

    /// Goes on from a time that another process has stored.
    pub(crate) fn not_before(&self, time: Time) {
        let mut hand = lock(&self.0.hand);
        hand.time_ns = hand.time_ns.max(i128::from(time.0) * 1000);
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment { now: self.now(), counted: self.counted() }
    }

    /// Looks whether the system clock was stepped since the last look, and tells of it.
    pub(crate) fn watch(&self) {
        let now = self.now();
        let wall = self.0.source.wall();
        metrics::gauge!("hansard_clock_offset_seconds").set(seconds(wall.since(now)));
        let ahead = wall.since(self.steady());
        let step = Span(ahead.0 - std::mem::replace(&mut lock(&self.0.hand).ahead, ahead).0);
        if step.0.abs() < STEP_MIN.0 {
            return;
        }
        metrics::counter!("hansard_clock_steps_total").increment(1);
        tracing::warn!(
            step_s = seconds(step),
            offset_s = seconds(wall.since(now)),
            "the system clock was stepped: stored times follow it by at most a tenth of what passes, nothing \
             expires early; see the clock in docs/operating.md"
        );
    }

    fn open(&self) -> Span {
        let open = self.0.source.passed().saturating_sub(self.0.started);
        Span(i64::try_from(open.as_micros()).unwrap_or(i64::MAX))
    }
}

fn tell_of_start(wall: Time, latest: Time) {
    let gap = wall.since(latest);
    metrics::gauge!("hansard_clock_start_gap_seconds").set(seconds(gap));
    if gap.0 < -STEP_MIN.0 {
        tracing::warn!(
            gap_s = seconds(gap),
            "the system clock is behind the latest time in the store: stored times go on from there"
        );
    } else if gap > GAP_MAX {
        tracing::warn!(
            gap_s = seconds(gap),
            "the system clock is far ahead of the latest time in the store: if it is wrong, stop now and correct \
             it, since stored times never go back"
        );
    }
}

fn ns(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)
}

fn seconds(span: Span) -> f64 {
    span.0 as f64 / 1e6
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn an_undisturbed_clock_shows_the_system_clock() {
        let time = ManualTimeSource::new();
        let clock = Clock::resume(time.clone(), None);
        for _ in 0..1000 {
            time.pass(Duration::from_nanos(1_234_567));
        }
        let error = clock.now().since(time.wall()).0.abs();
        assert!(error <= 1000, "{error} us");
        assert_eq!(clock.steady(), clock.counted());
    }

    #[test]
    fn a_step_back_is_followed_slowly_and_never_turns_the_order() {
        let time = ManualTimeSource::new();
        let clock = Clock::resume(time.clone(), None);
        time.step(Span::hours(-1));
        let (mut last, started) = (clock.now(), clock.steady());
        for _ in 0..11_000 {
            time.pass(Duration::from_secs(4));
            let now = clock.now();
            assert!(now > last, "{now:?} after {last:?}");
            last = now;
        }
        assert_eq!(last, time.wall(), "after ten hours an hour has been given back");
        assert_eq!(clock.steady().since(started), Span::seconds(44_000), "ends are not moved");
    }

    #[test]
    fn a_step_of_years_ahead_moves_no_end_and_little_else() {
        let time = ManualTimeSource::new();
        let clock = Clock::resume(time.clone(), None);
        let (steady, now) = (clock.steady(), clock.now());
        time.step(Span::hours(5 * 365 * 24));
        time.pass(HOUR);
        assert_eq!(clock.steady().since(steady), Span::hours(1));
        assert_eq!(clock.counted().since(steady), Span::hours(1));
        assert_eq!(clock.now().since(now), Span::seconds(3600 + 360));
    }

    #[test]
    fn small_advances_are_slewed_too() {
        let time = ManualTimeSource::new();
        let clock = Clock::resume(time.clone(), None);
        let before = clock.now();
        time.step(Span::hours(1));
        for _ in 0..1_000_000 {
            time.pass(Duration::from_micros(1));
            clock.now();
        }
        assert_eq!(clock.now().since(before), Span::milliseconds(1100));
    }

    #[test]
    fn a_start_goes_on_after_the_mark_and_counts_no_absence() {
        let time = ManualTimeSource::new();
        let first = Clock::resume(time.clone(), None);
        time.pass(HOUR);
        let mark = Mark { latest: first.now(), counted: first.counted() };
        time.step(Span::hours(-3));
        let back = Clock::resume(time.clone(), Some(mark));
        assert!(back.now() >= mark.latest, "never below the latest");
        assert_eq!(back.steady(), time.wall());
        time.step(Span::hours(9 * 365 * 24));
        let ahead = Clock::resume(time.clone(), Some(mark));
        assert!(!back.is_doubtful() && ahead.is_doubtful());
        assert_eq!(ahead.now(), time.wall(), "a start takes the system clock at its word");
        assert_eq!(ahead.counted(), mark.counted, "but what is kept is kept");
    }
}
