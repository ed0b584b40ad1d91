//! Faults under load: what was acknowledged is there once and in order, and work goes on soon after they are healed.

use crate::trial::{RECOVERED_WITHIN, ROLE, Trial};
use hansard_cluster::Settings;
use hansard_conformance::round::Progress;
use std::{process::Command, thread, time::Duration};

/// Acknowledgements by which work goes on.
const SOME: usize = 10;

const CUT: &str =
    "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'hansard'";

/// Demands that both servers take writes of both profiles again.
pub(crate) fn await_recovery(progress: &[Progress]) {
    for server in 0..2 {
        for of_profile in progress {
            of_profile.await_more(server, SOME, RECOVERED_WITHIN);
        }
    }
}

#[test]
fn a_server_is_killed() {
    let mut trial = Trial::open(&Settings::default());
    trial.under_load(|trial, progress| {
        for victim in [0, 1] {
            trial.kill(victim);
            for of_profile in progress {
                of_profile.await_more(1 - victim, SOME, RECOVERED_WITHIN);
            }
            trial.serve(victim);
            await_recovery(progress);
        }
    });
}

#[test]
fn the_database_crashes() {
    let mut trial = Trial::open(&Settings::default());
    trial.under_load(|trial, progress| {
        for _ in 0..2 {
            trial.own.crash();
            for server in 0..2 {
                trial.await_ready(server, 503);
            }
            let refused = progress[0].refused(0);
            thread::sleep(Duration::from_secs(1));
            assert!(progress[0].refused(0) > refused, "who asks is refused");
            trial.own.start_again();
            await_recovery(progress);
            (0..2).for_each(|server| trial.await_ready(server, 200));
        }
    });
}

#[test]
fn connections_are_cut() {
    let mut trial = Trial::open(&Settings::default());
    trial.under_load(|trial, progress| {
        for _ in 0..20 {
            trial.own.query(&[CUT]).unwrap();
            thread::sleep(Duration::from_millis(100));
        }
        await_recovery(progress);
    });
}

#[test]
fn a_statement_is_slow() {
    let mut trial = Trial::open(&Settings::default());
    trial.under_load(|trial, progress| {
        let held = trial.own.hold("lock table message in access exclusive mode");
        let before = progress[0].acknowledged(0) + progress[0].acknowledged(1);
        thread::sleep(Duration::from_secs(7));
        let after = progress[0].acknowledged(0) + progress[0].acknowledged(1);
        assert!(after <= before + 12, "the control: nothing can be written ({before}, {after})");
        assert!(progress[0].refused(0) + progress[0].refused(1) > 0, "nobody waits for ever");
        drop(held);
        await_recovery(progress);
    });
}

#[test]
fn the_database_takes_no_more_connections() {
    let mut trial = Trial::open(&Settings::default());
    trial.under_load(|trial, progress| {
        let limit = |most: i32| format!("alter role {ROLE} connection limit {most}");
        trial.own.query(&[&limit(0), CUT]).unwrap();
        (0..2).for_each(|server| trial.await_ready(server, 503));
        trial.own.query(&[&limit(-1)]).unwrap();
        await_recovery(progress);
        (0..2).for_each(|server| trial.await_ready(server, 200));
    });
}

/// Its transactions stay open; the database ends them.
#[test]
fn a_server_stands_still() {
    let mut trial = Trial::open(&Settings::default());
    trial.under_load(|trial, progress| {
        let pid = trial.pid(0);
        signal("-STOP", &pid);
        for of_profile in progress {
            of_profile.await_more(1, SOME, RECOVERED_WITHIN);
        }
        signal("-CONT", &pid);
        await_recovery(progress);
    });
}

fn signal(which: &str, pid: &str) {
    assert!(Command::new("kill").args([which, pid]).status().unwrap().success());
}
