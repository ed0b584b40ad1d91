//! The proof fails where something is lost, doubled, left out or in another order: each is planted into the database.

use crate::trial::{PROFILES, RECOVERED_WITHIN, Trial, cursor_of};
use hansard_cluster::Settings;
use hansard_conformance::{
    round::Round,
    watcher::{Told, assert_told},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

/// What is done behind the servers' backs to a profile with some appends.
const PLANTED: [(&str, &str); 4] = [
    ("an acknowledged append is lost", "delete from message where {in} and position >= 4"),
    ("a gap", "delete from message where {in} and position = 2"),
    ("a change is left out", "delete from change where {in} and change_seq = 4"),
    (
        "an append is there twice",
        "update message set content = (select content from message where {in} and position = 3) where {in} and position = 5",
    ),
];

#[test]
fn planted_faults_are_found() {
    let trial = Trial::open(&Settings::default());
    for (number, (what, sql)) in PLANTED.iter().enumerate() {
        let profile = format!("p{number}");
        trial.make_profile(&profile);
        let desks = trial.desks(0, &profile);
        let mut rounds = vec![(Round::begin(&desks[0], "c", "", 2), desks)];
        Round::persist(&mut rounds, |progress| progress[0].await_more(0, 8, RECOVERED_WITHIN));
        let of_it = format!("profile_key = (select profile_key from profile where profile_id = '{profile}')");
        trial.own.query(&[&sql.replace("{in}", &of_it)]).unwrap();
        let (round, desks) = &mut rounds[0];
        let verdict = catch_unwind(AssertUnwindSafe(|| round.verify(&desks[1])));
        assert!(verdict.is_err(), "{what} is not noticed");
    }
}

#[test]
fn a_watcher_that_skips_doubles_or_reorders_is_found() {
    let trial = Trial::open(&Settings::default());
    let desk = trial.desk(0, PROFILES[0]);
    desk.start("c", &serde_json::json!({}));
    (0..5).for_each(|number| drop(desk.append("c", &format!("m{number}"), "said")));
    let changes = desk.changes();
    let told = |order: &[usize]| -> Vec<Told> {
        let one = |index: &usize| {
            let change = changes[*index].clone();
            Told { at: Instant::now(), cursor: cursor_of(&change), change }
        };
        order.iter().map(one).collect()
    };
    let whole: Vec<usize> = (0..changes.len()).collect();
    assert_told(&told(&whole), &changes);
    let mut skipped = whole.clone();
    skipped.remove(2);
    let mut doubled = whole.clone();
    doubled.insert(3, 2);
    let mut reordered = whole.clone();
    reordered.swap(1, 2);
    for order in [skipped, doubled, reordered, whole[..3].to_vec()] {
        assert!(catch_unwind(|| assert_told(&told(&order), &changes)).is_err(), "{order:?}");
    }
}
