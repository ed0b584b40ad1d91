//! A move that is killed, or loses its database, goes on where it was; until it has ended nothing serves what is there.

use crate::{
    ground::{SUPPORT, run_at, serve, spawn_stuck},
    moved::{move_folder, run_in, serve_folder},
};
use hansard_cluster::{Database, Held, Own, Settings};
use hansard_conformance::{binary::command, client::Client, desk::Desk};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::Child,
};
use tempfile::TempDir;

/// A folder with a profile, some conversations, and an admin's key.
fn folder() -> (TempDir, PathBuf, String) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    run_in(&folder, "profile create --customer acme --profile support --language en-US").ok();
    let key = run_in(&folder, "key create --customer acme --role admin").ok().trim_end().to_owned();
    let server = serve_folder(&folder);
    let desk = Desk::new(Client::new(server.address(), &key), SUPPORT);
    for number in 0..5 {
        let id = format!("c{number}");
        desk.start(&id, &json!({}));
        (0..3).for_each(|said| drop(desk.append(&id, &format!("m{said}"), "hello")));
    }
    assert!(server.terminate().success());
    (parent, folder, key)
}

/// A move that waits for a lock which the test holds.
fn stuck(folder: &Path, own: &Own, lock: &str) -> (Child, Held) {
    let mut mover = command();
    mover.args(["migrate-store", "--from"]).arg(folder).env("HANSARD_TO", own.url());
    spawn_stuck(mover, own, lock)
}

fn kill(mut mover: Child) {
    mover.kill().unwrap();
    mover.wait().unwrap();
}

/// Demands that nothing serves or reads what is there.
fn assert_unserved(url: &str) {
    for line in ["serve --listen 127.0.0.1:0", "fsck"] {
        let refused = run_at(url, line);
        assert_eq!(refused.status, 1, "{line}: {}", refused.stdout);
        assert!(
            refused.stderr.contains("a 'hansard migrate-store' into it has not finished"),
            "{}",
            refused.stderr
        );
    }
    let told = run_at(url, "doctor");
    assert!(told.status == 1 && told.stdout.contains("a move into it has not finished"), "{}", told.stdout);
}

#[test]
fn a_move_that_is_killed_at_any_place_goes_on_there() {
    let (_parent, folder, key) = folder();
    let own = Own::start(&Settings::default());
    // An opening makes the tables, so that they can be locked; it leaves nothing that the move would be refused for.
    assert_eq!(run_at(&own.url(), "key list --customer acme").status, 1);
    let mut before = 0;
    for table in ["audit_entry", "change", "event", "message", "conversation"] {
        let (mover, held) = stuck(&folder, &own, &format!("lock table {table} in share mode"));
        kill(mover);
        drop(held);
        assert_unserved(&own.url());
        let rows = "select sum(row_count) from store_move_table";
        let noted: i64 = own.query(&[rows]).unwrap().trim().parse().unwrap();
        assert!(noted >= before, "{table}: {noted} after {before}");
        before = noted;
    }
    assert!(before > 0);
    // Everything is there and verified, and the last transaction is not committed.
    let (mover, held) = stuck(&folder, &own, "lock table store_move_table in access share mode");
    kill(mover);
    drop(held);
    assert_unserved(&own.url());
    let moved = move_folder(&folder, &own.url()).ok();
    assert!(moved.contains("of them by an earlier run) and verified"), "{moved}");
    assert!(run_at(&own.url(), "fsck").ok().contains("clean"));
    let server = serve(&own.url(), &[]);
    let desk = Desk::new(Client::new(server.address(), &key), SUPPORT);
    assert_eq!(desk.messages("c4").len(), 3);
}

#[test]
fn a_move_whose_database_crashes_goes_on_where_it_was() {
    let (_parent, folder, _) = folder();
    let mut own = Own::start(&Settings::default());
    assert_eq!(run_at(&own.url(), "key list --customer acme").status, 1);
    let (mover, held) = stuck(&folder, &own, "lock table message in share mode");
    own.crash();
    drop(held);
    let ended = mover.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("run the same command again, and it goes on where it stopped"), "{told}");
    own.start_again();
    assert_unserved(&own.url());
    let moved = move_folder(&folder, &own.url()).ok();
    assert!(moved.contains("of them by an earlier run) and verified"), "{moved}");
    assert!(run_at(&own.url(), "fsck").ok().contains("clean"));
}

#[test]
fn what_cannot_be_moved_is_refused_with_a_remedy() {
    let (parent, folder, _) = folder();
    let database = Database::new();
    let server = serve_folder(&folder);
    let refused = move_folder(&folder, &database.url());
    assert!(
        refused.status == 1 && refused.stderr.contains("is in use by a running server"),
        "{}",
        refused.stderr
    );
    server.terminate();
    let refused = move_folder(&parent.path().join("nowhere"), &database.url());
    assert!(refused.status == 1 && refused.stderr.contains("holds no store"), "{}", refused.stderr);
    let other = Database::new();
    run_at(&other.url(), "profile create --customer other --profile p --language en-US").ok();
    let refused = move_folder(&folder, &other.url());
    assert!(refused.status == 1 && refused.stderr.contains("name an empty database"), "{}", refused.stderr);
    assert!(run_at(&other.url(), "profile list --customer other").ok().contains('p'), "it is as it was");
    let refused = move_folder(&folder, "host=somewhere password=s3cret");
    assert!(refused.status == 2 && refused.stderr.contains("--to: "), "{}", refused.stderr);
    assert!(!refused.stderr.contains("s3cret"), "{}", refused.stderr);
    move_folder(&folder, &database.url()).ok();
    let again = move_folder(&folder, &database.url());
    assert!(again.status == 1 && again.stderr.contains("its move has finished"), "{}", again.stderr);
}
