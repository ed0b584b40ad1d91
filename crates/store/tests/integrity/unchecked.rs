//! A store that an early build made, without room for checksums in its pages.

use std::{fs, path::Path};

use hansard_store::{MIGRATIONS, Options, Store, backup, fsck};
use rusqlite::Connection;

use crate::{
    answers::{ask, ask_without_checks},
    files::{Files, closed_store, database},
    rot::same,
};

#[test]
fn a_store_without_checksums_gets_them_at_its_next_start() {
    let store = closed_store();
    let truth = ask(store.path());
    let old = tempfile::tempdir().unwrap();
    copy_without_checksums(&database(&store), &database(&old));
    let report = fsck::check_folder(old.path(), &mut |_, _, _| {}).unwrap();
    assert!(report.is_clean() && report.pages == 0, "{:?}", report.findings);
    assert!(report.notes[0].contains("get checksums at the next start"), "{:?}", report.notes);

    let backed_up = old.path().join("backup");
    backup::backup(old.path(), &backed_up, &mut |_, _| {}).unwrap();
    let restored = old.path().join("restored");
    backup::restore(&backed_up, &restored, MIGRATIONS, true, &mut |_, _| {}).unwrap();

    for folder in [old.path(), &restored] {
        assert!(ask(folder).iter().zip(&truth).all(|(answer, truth)| same(answer, truth)));
        let report = fsck::check_folder(folder, &mut |_, _, _| {}).unwrap();
        let pages = fs::metadata(folder.join("hansard.db")).unwrap().len() / 8192;
        assert!(report.is_clean() && report.notes.is_empty(), "{:?} {:?}", report.findings, report.notes);
        assert_eq!(report.pages, pages, "every page is checked");
        assert!(ask(folder).iter().zip(&truth).all(|(answer, truth)| same(answer, truth)), "and again");
    }
}

/// A kill before the pages with checksums have left the log.
#[test]
fn a_kill_while_checksums_are_added_is_made_up_for() {
    let store = closed_store();
    let truth = ask(store.path());
    let old = tempfile::tempdir().unwrap();
    copy_without_checksums(&database(&store), &database(&old));
    let reader = Connection::open(database(&old)).unwrap();
    reader.execute_batch("begin; select count(*) from message").unwrap();
    let opened = Store::open(&Options::new(old.path())).unwrap();
    let killed = Files::of(old.path()).lay_out();
    drop((reader, opened));
    let report = fsck::check_folder(killed.path(), &mut |_, _, _| {}).unwrap();
    assert!(report.is_clean() && report.frames > 0, "{:?}", report.findings);
    for _ in 0..2 {
        assert!(ask(killed.path()).iter().zip(&truth).all(|(answer, truth)| same(answer, truth)));
        let report = fsck::check_folder(killed.path(), &mut |_, _, _| {}).unwrap();
        assert!(report.is_clean() && report.pages > 0 && report.notes.is_empty(), "{:?}", report.findings);
    }
}

fn copy_without_checksums(from: &Path, to: &Path) {
    let expected = ask_without_checks(from).unwrap();
    let old = Connection::open(to).unwrap();
    old.execute_batch(
        "pragma page_size = 8192; pragma journal_mode = wal; pragma application_id = 0x48414e53",
    )
    .unwrap();
    old.execute("attach ?1 as new", [from.to_str().unwrap()]).unwrap();
    let list = |kind: &str| -> Vec<(String, String)> {
        let sql = "select name, sql from new.sqlite_schema where type = ?1 and sql is not null";
        let mut listed = old.prepare(sql).unwrap();
        let rows = listed.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    for (name, sql) in list("table") {
        old.execute_batch(&format!("{sql}; insert into main.{name} select * from new.{name}")).unwrap();
    }
    for (_, sql) in list("index") {
        old.execute_batch(&sql).unwrap();
    }
    old.execute_batch("detach new; pragma wal_checkpoint(truncate)").unwrap();
    drop(old);
    assert_eq!(ask_without_checks(to).unwrap(), expected);
}
