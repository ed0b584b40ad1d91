//! What arrived otherwise is found, named, and not served.

use crate::place::Place;
use hansard_store::moving::Stage;

/// Moves with something done to the target behind the mover's back, before it reads it again; answers the refusal.
fn refusal(statements: &[&str]) -> String {
    let place = Place::new();
    let mut is_planted = false;
    let moved = place.move_seen(|stage, _, _| {
        if stage == Stage::Verifying && !is_planted {
            place.database.run(statements).unwrap();
            is_planted = true;
        }
    });
    let error = moved.unwrap_err();
    assert!(place.open_database().unwrap_err().message().contains("is not whole"), "{error}");
    error.message().to_owned()
}

#[test]
fn a_changed_row_is_found() {
    let first =
        "(select position from message order by profile_key, conversation_key, position offset 2000 limit 1)";
    let change = format!("update message set content = content || '!' where position = {first}");
    let text = refusal(&[&change]);
    assert!(
        text.contains("the table message did not arrive") && text.contains("which has other values"),
        "{text}"
    );
    let text = refusal(&["update keyword_gram set members = members || '\\x00'::bytea where block = 0"]);
    assert!(text.contains("keyword_gram (profile_key 1, block 0, gram 00000000)"), "{text}");
}

#[test]
fn a_missing_row_is_found() {
    let text = refusal(&["delete from annotation where annotation_id = 'Z2'"]);
    assert!(text.contains("annotation_id \"Z2\"") && text.contains("which is missing"), "{text}");
    assert!(text.contains("(699 rows of digest") && text.contains("moved were 700"), "{text}");
}

#[test]
fn an_additional_row_is_found() {
    let text = refusal(&["insert into growing_text values (3, 5, 5)"]);
    let named =
        "growing_text (profile_key 3, conversation_key 5, position 5), which the folder does not have";
    assert!(text.contains(named), "{text}");
}
