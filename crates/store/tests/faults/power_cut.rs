//! Power cuts at random moments of a run under load; some again while the store recovers.
//!
//! `HANSARD_POWER_CUTS` sets their number; a soak makes thousands.

use std::env;

use crate::{
    desk::{self, Desk},
    image::{Crash, Image},
    random::Random,
    run::{Load, Run},
    shim,
    verdict::{Verdict, judge},
};

const CUTS: usize = 60;
/// Cuts of one run.
const CUTS_A_RUN: usize = 30;
const LOAD: Load = Load { writers: 8, steps: 40, backups: 1, flush_commits: true };

fn cuts() -> usize {
    env::var("HANSARD_POWER_CUTS").map_or(CUTS, |cuts| cuts.parse().unwrap())
}

/// Makes so many cuts of a run, and adds up the verdicts.
fn cut(run: &Run, cuts: usize, random: &mut Random) -> Verdict {
    let verdicts = (0..cuts).map(|_| cut_once(run, random.below(run.disk.now() + 1), random.next()));
    verdicts.sum()
}

fn cut_once(run: &Run, at: usize, seed: u64) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let held = folder.path().join("held");
    Image::after(&run.disk, at, Crash::PowerCut(seed)).materialise(&held);
    if !seed.is_multiple_of(4) {
        return judge(run, at, &held);
    }
    // The power fails again while the store recovers.
    let recovering = shim::attach(&held);
    let first = recovering.now();
    let Ok(desk) = Desk::open(&desk::options(&held)) else { return Verdict::REFUSED };
    desk.store.close().unwrap();
    let mut random = Random::new(seed);
    let again = first + random.below(recovering.now() + 1 - first);
    let held = folder.path().join("held-again");
    Image::after(&recovering, again, Crash::PowerCut(random.next())).materialise(&held);
    judge(run, at, &held)
}

/// One run in four leaves no log that the store refuses.
const CONTROL_RUNS_MAX: usize = 10;

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let mut random = Random::new(1);
    let (mut sum, mut left) = (Verdict::default(), cuts());
    while left > 0 {
        let run = Run::record(LOAD);
        let number = left.min(CUTS_A_RUN);
        let verdict = cut(&run, number, &mut random);
        assert!(verdict.is_kept(), "{verdict:?}");
        sum.kept += verdict.kept;
        left -= number;
        println!("{} power cuts, {} acknowledged writes looked for, lost 0", cuts() - left, sum.kept);
    }
    assert!(sum.kept > cuts() * LOAD.writers, "there was load: {sum:?}");
}

/// The same with commits that are not flushed: there is something to lose, and the test sees it go, or the store
/// sees it by itself.
#[test]
fn without_flushed_commits_the_test_finds_losses() {
    let (mut random, mut sum) = (Random::new(2), Verdict::default());
    for runs in 1..=CONTROL_RUNS_MAX {
        let run = Run::record(Load { flush_commits: false, ..LOAD });
        sum = [sum, cut(&run, CUTS_A_RUN, &mut random)].into_iter().sum();
        println!("{} power cuts with synchronous=NORMAL: {sum:?}", runs * CUTS_A_RUN);
        if sum.lost > 0 && sum.refused > 0 {
            return;
        }
    }
    panic!("{sum:?}");
}
