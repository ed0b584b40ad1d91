//! What arrives: every row of every table, and no table is forgotten.

use crate::{
    look,
    place::{Place, migrations},
};
use hansard_store::{MIGRATIONS, moving::LEFT_OUT};
use std::{collections::BTreeSet, fs};

#[test]
fn every_row_arrives_as_it_was_and_the_folder_stays_as_it_was() {
    let place = Place::new();
    let (lines, bytes) = (look::of_file(&place.file()), fs::read(place.file()).unwrap());
    let report = place.move_it().unwrap();
    let arrived = look::of_database(&place.database);
    for moved in &report.tables {
        let (sent, found) = (&lines[&moved.table], &arrived[&moved.table]);
        assert!(!sent.is_empty(), "{} was filled", moved.table);
        assert_eq!(moved.rows, sent.len() as u64, "{}", moved.table);
        let first = sent.iter().zip(found).find(|(one, other)| one != other);
        assert_eq!((found.len(), first), (sent.len(), None), "{}", moved.table);
    }
    assert_eq!(report.rows_before(), 0);
    assert!(fs::read(place.file()).unwrap() == bytes, "the file has changed");
    assert!(!arrived.keys().any(|table| table.starts_with("store_move")), "what was noted is gone");
    place.open_database().unwrap().close().unwrap();
}

/// Tables that are neither moved nor named with a reason.
fn forgotten<'t>(tables: impl IntoIterator<Item = &'t String>, moved: &BTreeSet<String>) -> Vec<&'t String> {
    let is_left_out =
        |table: &str| LEFT_OUT.iter().any(|(name, reason)| *name == table && !reason.is_empty());
    tables.into_iter().filter(|table| !moved.contains(*table) && !is_left_out(table)).collect()
}

#[test]
fn no_table_of_either_engine_is_forgotten() {
    let place = Place::new();
    let report = place.move_it().unwrap();
    let moved: BTreeSet<String> = report.tables.into_iter().map(|moved| moved.table).collect();
    let (of_file, of_database) = (look::of_file(&place.file()), look::of_database(&place.database));
    assert!(forgotten(of_file.keys(), &moved).is_empty());
    assert!(forgotten(of_database.keys(), &moved).is_empty());
    assert!(moved.contains("a_later_one"), "what a later step makes is moved because it is there");
    let planted = "planted".to_owned();
    assert_eq!(forgotten(of_file.keys().chain([&planted]), &moved), [&planted]);
    for (name, _) in LEFT_OUT {
        assert!(of_file.contains_key(*name), "{name} is left out, and is no table any more");
    }
}

#[test]
fn an_older_folder_is_brought_to_this_version_first() {
    let place = Place::filled(&MIGRATIONS[..5]);
    place.move_it().unwrap();
    let arrived = look::of_database(&place.database);
    assert_eq!(arrived["schema_migration"].len(), migrations().len());
    assert_eq!(arrived["annotation"], look::of_file(&place.file())["annotation"]);
}
