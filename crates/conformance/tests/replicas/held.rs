//! A transaction that is held open in one profile delays that profile alone, and lets no reader skip.

use crate::trial::{RECOVERED_WITHIN, Trial};
use hansard_cluster::Settings;
use std::{thread, time::Duration};

const HELD: Duration = Duration::from_secs(3);

#[test]
fn a_transaction_held_open_delays_its_own_profile_alone() {
    let mut trial = Trial::open(&Settings::default());
    trial.under_load(|trial, progress| {
        // What a transaction that writes to the profile has: its claim, class 67, and its head.
        let claim = "select pg_advisory_xact_lock((67::int8 << 56) # profile_key) from profile where profile_id = 'support'";
        let head = "update profile_head set change_seq = change_seq
            where profile_key = (select profile_key from profile where profile_id = 'support')";
        let mut held = trial.own.hold(claim);
        held.run(head);
        let before = [0, 1].map(|server| progress[0].acknowledged(server));
        for server in 0..2 {
            progress[1].await_more(server, 10, HELD);
        }
        thread::sleep(HELD);
        let after = [0, 1].map(|server| progress[0].acknowledged(server));
        assert!(after[0] <= before[0] + 6 && after[1] <= before[1] + 6, "the control: {before:?}, {after:?}");
        drop(held);
        (0..2).for_each(|server| progress[0].await_more(server, 10, RECOVERED_WITHIN));
    });
}
