//! Bit rot in a database that was closed, and in a backup: found by `fsck`, and never served.

use std::{fs, path::Path};

use hansard_store::{MIGRATIONS, backup, fsck};

use crate::{
    answers::{ask, ask_without_checks},
    files::{Files, Random, closed_store, database, flipped},
};

const FLIPS: usize = 160;
const CUTS: usize = 40;

#[test]
fn a_flipped_bit_of_the_database_is_found_and_never_served() {
    let store = closed_store();
    let truth = ask(store.path());
    assert!(truth.iter().all(Result::is_ok), "{truth:?}");
    let bare_truth = ask_without_checks(&database(&store)).unwrap();
    let whole = Files::of(store.path());
    let mut random = Random(1876);
    let (mut refused, mut wrong_without_checks) = (0, 0);
    for _ in 0..FLIPS {
        let bit = random.below(whole.database.len() * 8);
        let rotten = Files { database: flipped(&whole.database, bit), ..whole.clone() }.lay_out();
        let bare = ask_without_checks(&database(&rotten));
        wrong_without_checks += usize::from(bare.is_ok_and(|answer| answer != bare_truth));
        let report = fsck::check_folder(rotten.path(), &mut |_, _, _| {}).unwrap();
        assert_eq!(report.findings_total, 1, "bit {bit}: {:?}", report.findings);
        let page = u32::try_from(bit / 8 / 8192 + 1).unwrap();
        assert_eq!(report.findings[0].place, fsck::Place::Page(page), "bit {bit}");
        let answers = ask(rotten.path());
        for (answer, truth) in answers.iter().zip(&truth) {
            assert!(answer.is_err() || same(answer, truth), "bit {bit}: a wrong answer was served");
        }
        refused += usize::from(answers.iter().any(Result::is_err));
    }
    assert!(
        wrong_without_checks > FLIPS / 20,
        "the control: {wrong_without_checks} wrong answers without checks"
    );
    println!(
        "{FLIPS} flips: all found; {refused} refused; {wrong_without_checks} served wrong without checks"
    );
}

#[test]
fn a_database_that_is_cut_short_is_found_and_never_served() {
    let store = closed_store();
    let truth = ask(store.path());
    let whole = Files::of(store.path());
    let mut random = Random(7);
    for _ in 0..CUTS {
        let length = random.below(whole.database.len());
        let rotten = Files { database: whole.database[..length].to_vec(), ..whole.clone() }.lay_out();
        let report = fsck::check_folder(rotten.path(), &mut |_, _, _| {}).unwrap();
        assert!(!report.is_clean(), "{length} bytes");
        for (answer, truth) in ask(rotten.path()).iter().zip(&truth) {
            assert!(answer.is_err() || same(answer, truth), "{length} bytes: a wrong answer was served");
        }
    }
}

#[test]
fn a_page_in_the_place_of_another_is_found_and_never_served() {
    let store = closed_store();
    let truth = ask(store.path());
    let mut files = Files::of(store.path());
    let last = files.database.len() - 8192;
    files.database.copy_within(2 * 8192..3 * 8192, last);
    let rotten = files.lay_out();
    assert_eq!(fsck::check_folder(rotten.path(), &mut |_, _, _| {}).unwrap().findings_total, 1);
    let answers = ask(rotten.path());
    assert!(answers.iter().zip(&truth).all(|(answer, truth)| answer.is_err() || same(answer, truth)));
}

#[test]
fn a_rotten_backup_is_found_and_never_restored() {
    let store = closed_store();
    let file = store.path().join("backup");
    backup::backup(store.path(), &file, &mut |_, _| {}).unwrap();
    assert!(fsck::check_backup(&file, &mut |_, _, _| {}).unwrap().is_clean());
    let bare_truth = ask_without_checks(&file).unwrap();
    let whole = fs::read(&file).unwrap();
    let mut random = Random(12);
    let mut wrong_without_checks = 0;
    for case in 0..FLIPS {
        let folder = tempfile::tempdir().unwrap();
        let rotten = folder.path().join("backup");
        let bytes = if case % 4 == 0 {
            whole[..random.below(whole.len())].to_vec()
        } else {
            flipped(&whole, random.below(whole.len() * 8))
        };
        fs::write(&rotten, bytes).unwrap();
        let bare = ask_without_checks(&rotten);
        wrong_without_checks += usize::from(bare.is_ok_and(|answer| answer != bare_truth));
        let report = fsck::check_backup(&rotten, &mut |_, _, _| {}).unwrap();
        assert!(!report.is_clean(), "case {case}");
        assert!(restore(&rotten, &folder.path().join("restored")).is_err(), "case {case}");
    }
    assert!(wrong_without_checks > 0, "the control");
}

fn restore(from: &Path, to: &Path) -> hansard_domain::Result<backup::RestoreReport> {
    backup::restore(from, to, MIGRATIONS, false, &mut |_, _| {})
}

/// Whether two answers are the same; an error is the same as none.
pub(crate) fn same(answer: &hansard_domain::Result<String>, truth: &hansard_domain::Result<String>) -> bool {
    matches!((answer, truth), (Ok(answer), Ok(truth)) if answer == truth)
}
