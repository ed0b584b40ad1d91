//! What a store is not moved from or into, and what the refusal says to do.

use crate::{
    fill,
    place::{Place, migrations},
};
use hansard_cluster::Database;
use hansard_store::{
    Folder, fsck, inspection,
    moving::{Stage, move_store},
};
use std::fs;

#[track_caller]
fn assert_refused(moved: hansard_domain::Result<hansard_store::moving::Report>, expected: &[&str]) {
    let error = moved.unwrap_err();
    for part in expected {
        assert!(error.message().contains(part), "{error} does not say {part}");
    }
}

#[test]
fn a_database_with_a_record_is_refused() {
    let place = Place::new();
    place.move_it().unwrap();
    assert_refused(place.move_it(), &["holds the store of this folder already", "serve"]);
    let other = Place { database: Database::new(), ..Place::new() };
    let url = place.url();
    let moved = move_store(&other.data_dir(), &url, &migrations(), &mut |_, _, _, _| {});
    assert_refused(moved, &["holds a record already", "name an empty database"]);
}

#[test]
fn the_unfinished_move_of_another_folder_is_refused() {
    let (place, other) = (Place::new(), Place::new());
    place.move_until("message", 1);
    let moved = move_store(&other.data_dir(), &place.url(), &migrations(), &mut |_, _, _, _| {});
    assert_refused(moved, &["the unfinished move of another folder", "empty database"]);
    place.move_it().unwrap();
}

#[test]
fn a_folder_that_was_written_to_meanwhile_is_refused() {
    let place = Place::new();
    place.move_until("message", 1);
    fill::open(&place.file()).execute("update change set kind = kind + 1 where kind = 0", []).unwrap();
    assert_refused(place.move_it(), &["was written to since the move began", "the table change differs"]);
    place.open_database().unwrap_err();
}

#[test]
fn an_unfinished_move_of_another_version_is_refused() {
    let place = Place::new();
    place.move_until("message", 1);
    place.database.run(&["update store_move set version = 3"]).unwrap();
    assert_refused(place.move_it(), &["whose stores have version 3", "finish it with the one that began it"]);
}

#[test]
fn two_movers_do_not_mix() {
    let (place, copy) = (Place::new(), tempfile::tempdir().unwrap());
    fs::copy(place.file(), copy.path().join("hansard.db")).unwrap();
    let mut is_overtaken = false;
    let moved = place.move_seen(|stage, table, done| {
        if stage == Stage::Copying && table == "message" && done > 0 && !is_overtaken {
            is_overtaken = true;
            let (url, migrations) = (place.url(), migrations());
            let stop =
                &mut |_: Stage, table: &str, done, _| assert!(table != "message" || done < 2000, "stopped");
            move_store(copy.path(), &url, &migrations, stop).unwrap_err();
        }
    });
    assert_refused(moved, &["another 'hansard migrate-store' fills the same database"]);
    place.move_it().unwrap();
}

#[test]
fn a_folder_in_use_or_without_a_store_is_refused() {
    let place = Place::new();
    let held = Folder::open(place.data_dir()).unwrap();
    assert_refused(place.move_it(), &["is in use by another hansard process"]);
    drop(held);
    let absent = place.folder.path().join("absent");
    let moved = move_store(&absent, &place.url(), &migrations(), &mut |_, _, _, _| {});
    assert_refused(moved, &["holds no store"]);
    assert!(!absent.exists(), "nothing is made");
}

#[test]
fn a_text_that_no_database_takes_is_named() {
    let place = Place::new();
    let plant = "update event set actor = 'a' || char(0) || 'b' where event_id = 'Z2'";
    assert_eq!(fill::open(&place.file()).execute(plant, []).unwrap(), 1);
    assert_refused(place.move_it(), &["NUL stands in actor", "event (profile_key"]);
}

#[test]
fn an_unfinished_move_is_told_by_whoever_looks() {
    let place = Place::new();
    assert!(!inspection::inspect_database(&place.url()).unwrap().is_unfinished);
    place.move_until("message", 1);
    assert!(inspection::inspect_database(&place.url()).unwrap().is_unfinished);
    let refused = fsck::check_database(&place.url(), &mut |_, _, _| {}).unwrap_err();
    assert!(refused.message().contains("migrate-store"), "{refused}");
}
