//! A move that was stopped goes on where it was, and nothing is there twice.

use crate::{look, place::Place};
use hansard_store::moving::Stage;

fn assert_whole(place: &Place) {
    let (mut sent, mut arrived) = (look::of_file(&place.file()), look::of_database(&place.database));
    for table in ["schema_migration", "lease"] {
        sent.remove(table);
        arrived.remove(table);
    }
    assert!(sent == arrived, "the stores differ");
}

#[test]
fn a_move_stopped_again_and_again_ends_whole() {
    let place = Place::new();
    let stops =
        [("annotation", 512), ("change", 1), ("change", 600), ("keyword_gram", 512), ("message", 1000)];
    for (table, rows) in stops {
        place.move_until(table, rows);
        let refused = place.open_database().unwrap_err();
        assert!(refused.message().contains("has not finished"), "{refused}");
    }
    let mut again = 0;
    let report = place.move_seen(|stage, _, _| again += u64::from(stage == Stage::Resuming)).unwrap();
    assert!(again > 0 && report.rows_before() > 8_000, "{} rows were there", report.rows_before());
    assert!(report.rows_before() < report.rows());
    assert_whole(&place);
}

#[test]
fn a_move_stopped_while_it_verifies_ends_whole() {
    let place = Place::new();
    let stopped = place.move_seen(|stage, table, _| {
        assert!(stage != Stage::Verifying || table != "profile", "stopped by the test");
    });
    stopped.unwrap_err();
    place.open_database().unwrap_err();
    let report = place.move_it().unwrap();
    assert_eq!(report.rows_before(), report.rows());
    assert_whole(&place);
}

#[test]
fn a_lost_connection_is_told_and_resumed() {
    let place = Place::new();
    let mut is_blocked = false;
    let lost = place.move_seen(|stage, table, done| {
        if stage == Stage::Copying && table == "message" && done > 0 && !is_blocked {
            is_blocked = true;
            place.set_reachable(false);
        }
    });
    let text = lost.unwrap_err().message().to_owned();
    assert!(text.contains("run the same command again"), "{text}");
    place.set_reachable(true);
    let report = place.move_it().unwrap();
    assert!(report.rows_before() > 0);
    assert_whole(&place);
}

#[test]
fn a_batch_that_fails_in_its_middle_leaves_nothing_of_itself() {
    let place = Place::new();
    let refuse = "create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'planted'; end $$";
    let one = "create trigger refuse before insert on message for each row when (new.message_id = 'Z702')
        execute function refuse()";
    let mut is_planted = false;
    let failed = place.move_seen(|stage, _, _| {
        if stage == Stage::Copying && !is_planted {
            is_planted = true;
            place.database.run(&[refuse, one]).unwrap();
        }
    });
    let text = failed.unwrap_err().message().to_owned();
    assert!(text.contains("the database refused rows of message"), "{text}");
    place.database.run(&["drop function refuse cascade"]).unwrap();
    place.move_it().unwrap();
    assert_whole(&place);
}
