//! Counts the steps of the loops that look around a place, so that tests can see that work grows with the text alone.
//!
//! Outside the crate's own tests it does nothing.

#[cfg(test)]
#[path = "../measure/hard.rs"]
mod hard;

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Counts one step.
pub(crate) fn step() {
    #[cfg(test)]
    STEPS.set(STEPS.get() + 1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detector, Earlier};

    const BYTES: usize = 6_000;

    fn steps(work: impl FnOnce()) -> u64 {
        STEPS.set(0);
        work();
        STEPS.get()
    }

    fn is_linear(once: u64, twice: u64) -> bool {
        twice * 10 <= once * 21 + 2_000
    }

    #[test]
    fn twice_the_text_is_twice_the_work() {
        let detector = Detector::default();
        let search = |text: &str| steps(|| drop(detector.find(text, &Earlier::none())));
        for ((name, once), (_, twice)) in hard::hard(BYTES).into_iter().zip(hard::hard(2 * BYTES)) {
            let (once_steps, twice_steps) = (search(&once), search(&twice));
            assert!(is_linear(once_steps, twice_steps), "{name}: {once_steps}, then {twice_steps}");
            assert!(once_steps <= 200 * BYTES as u64, "{name}: {once_steps}");
        }
    }

    #[test]
    fn squared_work_is_noticed() {
        let squared = |count: u64| steps(|| (0..count * count).for_each(|_| step()));
        assert!(!is_linear(squared(200), squared(400)));
    }
}
