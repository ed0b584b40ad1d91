//! A sweep that is killed, and one beside which others work: nothing goes by halves, and nobody waits for its end.

use std::collections::BTreeSet;

use hansard_conformance::binary::run_on;
use hansard_conformance::desk::Desk;
use hansard_conformance::store::holds;
use serde_json::json;

use crate::world::{Folder, await_that, bring, deletions, ended, metric, preview, set_policy};

const OLD: usize = 400;
/// In the text of every message.
const CANARY: &[u8] = b"zqxjkv";

fn id(number: usize) -> String {
    format!("old-{number}")
}

fn fill(folder: &Folder) {
    let (server, desk) = folder.serve("never");
    let old: Vec<_> = (0..OLD).map(|number| ended(&desk, &id(number), 90, &json!({}))).collect();
    bring(&desk, &old);
    set_policy(&desk, &json!([{"days": 30}]));
    desk.start("live", &json!({}));
    assert!(server.terminate().success());
}

/// Each conversation is there with all that belongs to it, or gone with its change.
fn check_whole(desk: &Desk) -> usize {
    let gone = deletions(desk);
    let distinct: BTreeSet<_> = gone.iter().cloned().collect();
    assert_eq!(distinct.len(), gone.len(), "each is deleted once");
    for number in 0..OLD {
        let is_gone = distinct.contains(&desk.name(&id(number)));
        let answer = desk.client.get(&desk.path(&id(number), ""));
        assert_eq!(answer.status == 404, is_gone, "{answer}");
        if !is_gone && number % 10 == 0 {
            assert_eq!(desk.messages(&id(number)).len(), 3);
        }
    }
    let left = desk.select(&json!({"messageKeyword": "zqxjkv"})).len();
    assert_eq!(left, OLD - gone.len(), "the index of keywords says the same");
    gone.len()
}

#[test]
fn a_killed_sweep_leaves_whole_conversations_and_the_next_ends_it() {
    let folder = Folder::new();
    fill(&folder);
    assert!(holds(folder.path(), CANARY), "the control: it is there before");
    let mut gone = 0;
    for kill in 0..3 {
        let (server, desk) = folder.serve("1s");
        await_that(|| metric(&desk, "hansard_retention_deleted_total") > 0.0, || "no sweep".to_owned());
        server.kill();
        assert!(run_on(folder.path(), "fsck").status == 0, "kill {kill}");
        let (server, desk) = folder.serve("never");
        let now_gone = check_whole(&desk);
        assert!(now_gone > gone, "it went on");
        assert_eq!(preview(&desk, &json!({}))["dueCount"], (OLD - now_gone).to_string());
        assert!(kill > 0 || now_gone < OLD, "the first kill came before the end");
        gone = now_gone;
        assert!(server.terminate().success());
    }
    let (server, desk) = folder.serve("1s");
    await_that(|| deletions(&desk).len() == OLD, || "not all are deleted".to_owned());
    await_that(|| !holds(folder.path(), CANARY), || "the text is still in the files".to_owned());
    assert_eq!(check_whole(&desk), OLD);
    assert_eq!(desk.select(&json!({})), ["live"]);
    assert!(server.terminate().success());
    run_on(folder.path(), "fsck").ok();
}

#[test]
fn appends_go_on_while_it_sweeps() {
    let folder = Folder::new();
    fill(&folder);
    let (_server, desk) = folder.serve("1s");
    let mut appended = 0;
    while deletions_of(&desk) < OLD as f64 {
        desk.append("live", &format!("m{appended}"), "meanwhile");
        appended += 1;
    }
    let kinds: Vec<_> = desk.changes().into_iter().map(|change| change["kind"].clone()).collect();
    let first = kinds.iter().position(|kind| kind == "CONVERSATION_DELETED").unwrap();
    let last = kinds.iter().rposition(|kind| kind == "CONVERSATION_DELETED").unwrap();
    let between = kinds[first..last].iter().filter(|kind| *kind == "MESSAGE_CREATED").count();
    // Batches are of five, and whoever waits goes between two.
    assert!(between >= OLD / 5 / 4, "only {between} of {appended} appends came between the deletions");
    let runs = kinds[first..=last].split(|kind| kind == "MESSAGE_CREATED");
    println!("{between} appends between; {:?} deletions in a row at most", runs.map(<[_]>::len).max());
}

fn deletions_of(desk: &Desk) -> f64 {
    metric(desk, "hansard_retention_deleted_total")
}
