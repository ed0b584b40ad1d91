//! The runner against a service in this process.

use std::{fs, path::Path};

use hansard::import::{self, Input, Options, Report};
use serde_json::json;
use tempfile::TempDir;
use tonic::Status;

use crate::{
    fake::{self, Shared},
    real_data::data,
};

const PARENT: &str = "customers/acme/profiles/support";

async fn run(fake: &Shared, inputs: Vec<Input>, options: Options) -> Report {
    import::run(fake::client(fake), PARENT.into(), inputs, Options { quiet: true, ..options }).await
}

fn folder(files: &[(&str, &[u8])]) -> (TempDir, Vec<Input>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let inputs = vec![Input::Path(folder.path().to_owned())];
    (folder, inputs)
}

fn dialog(id: &str, text: &str) -> String {
    json!({"conversation_id": id, "utterances": [{"index": 0, "speaker": "user", "text": text}]}).to_string()
}

fn places(report: &Report, folder: &Path) -> Vec<String> {
    let prefix = format!("{}/", folder.display());
    report.refusals.iter().map(|refusal| refusal.place.to_string().replace(&prefix, "")).collect()
}

#[tokio::test]
async fn all_sample_data_goes_in_once() {
    let (Some(vcon), Some(transcripts), Some(dialogs)) = (data("vcon"), data("transcripts"), data("dialogs"))
    else {
        return;
    };
    let inputs: Vec<Input> = [vcon, transcripts, dialogs].into_iter().map(Input::Path).collect();
    let fake = Shared::default();
    let first = run(&fake, inputs.clone(), Options::default()).await;
    assert_eq!((first.created, first.existing, first.refused), (11 + 53 + 710, 0, 0), "{:?}", first.refusals);
    let stored: usize = fake.lock().unwrap().stored.iter().map(|archive| archive.messages.len()).sum();
    assert_eq!(first.messages, stored as u64);
    assert_eq!(first.exit_status(), 0);
    let again = run(&fake, inputs, Options::default()).await;
    assert_eq!((again.created, again.existing, again.refused), (0, 11 + 53 + 710, 0));
    assert!(fake.lock().unwrap().calls.iter().all(|(_, count)| *count <= 200));
}

#[tokio::test]
async fn bad_items_are_placed_and_the_others_go_in() {
    let good = dialog("good", "hello");
    let mut lines = format!("\u{feff}{good}\r\n\r\n").into_bytes();
    lines.extend_from_slice(b"{\"conversation_id\": \"cut\", \"utter\n");
    lines.extend_from_slice(b"{\"conversation_id\": \"\xFF\", \"utterances\": []}\n");
    lines.extend_from_slice(b"{\"conversation_id\": \"nul\0\", \"utterances\": []}\n");
    lines.extend_from_slice(format!("{}\n   \n", dialog("other", "bye")).as_bytes());
    let pretty = b"{\n  \"uuid\": \"v\",\n  \"parties\": [\n    {\"name\": \"x\"}\n  ],\n  \"dialog\": [}\n";
    let whole = b"{\n\"uuid\": \"whole\",\n\"parties\": []\n}\n";
    let (folder, inputs) = folder(&[
        ("a.jsonl", &lines),
        ("b.json", pretty),
        ("c.json", whole),
        ("d.txt", b"[Phone rings]\nAgent: Hello.\nCustomer: Hi."),
        ("e.bin", b"\x00\x01\x02"),
        ("f.mp3", b"\x00\x01\x02"),
        ("g.json", b""),
        ("h.json", format!("[{good},\n{}]", dialog("listed", "x")).as_bytes()),
    ]);
    let fake = Shared::default();
    let report = run(&fake, inputs, Options::default()).await;
    assert_eq!(
        places(&report, folder.path()),
        ["a.jsonl:3", "a.jsonl:4", "a.jsonl:5", "b.json:6", "e.bin:1", "g.json:1"]
    );
    assert_eq!((report.created, report.existing, report.refused), (5, 1, 6));
    assert_eq!(report.exit_status(), 2);
}

#[tokio::test]
async fn lines_without_a_telling_name_are_lines_too() {
    let cut_first = format!("{{\"conversation_id\": \"cut\n{}\n{}\n", dialog("a", "x"), dialog("b", "x"));
    let (folder, inputs) = folder(&[("export", cut_first.as_bytes())]);
    let report = run(&Shared::default(), inputs, Options::default()).await;
    assert_eq!(places(&report, folder.path()), ["export:1"]);
    assert_eq!(report.created, 2);
}

#[tokio::test]
async fn what_the_service_refuses_is_reported_at_its_line() {
    let lines = ["a", "bad", "c"].map(|id| dialog(id, "x")).join("\n");
    let (folder, inputs) = folder(&[("lines.jsonl", lines.as_bytes())]);
    let fake = Shared::default();
    fake.lock().unwrap().refuse = Some("bad");
    let report = run(&fake, inputs, Options::default()).await;
    assert_eq!(places(&report, folder.path()), ["lines.jsonl:2"]);
    assert_eq!(report.refusals[0].reason, "conversation.name: is refused");
    assert_eq!((report.created, report.exit_status()), (2, 2));
}

#[tokio::test]
async fn batches_are_bounded_in_count_and_bytes() {
    let many: String = (0..450).map(|n| dialog(&format!("many-{n}"), "x") + "\n").collect();
    let large: String = (0..10).map(|n| dialog(&format!("large-{n}"), &"x".repeat(1 << 20)) + "\n").collect();
    let (_folder, inputs) = folder(&[("a.jsonl", many.as_bytes()), ("b.jsonl", large.as_bytes())]);
    let fake = Shared::default();
    assert_eq!(run(&fake, inputs, Options::default()).await.created, 460);
    let counts: Vec<usize> = fake.lock().unwrap().calls.iter().map(|(_, count)| *count).collect();
    assert_eq!(counts, [200, 200, 53, 3, 3, 1]);
}

#[tokio::test]
async fn a_server_is_spared_what_its_request_cannot_hold() {
    let large = dialog("large", &"x".repeat(8 << 20));
    let (_folder, inputs) = folder(&[("a.jsonl", large.as_bytes())]);
    let remote =
        run(&Shared::default(), inputs.clone(), Options { remote: true, ..Options::default() }).await;
    assert!(remote.refusals[0].reason.contains("a server takes"), "{:?}", remote.refusals);
    assert_eq!(run(&Shared::default(), inputs, Options::default()).await.created, 1);
}

#[tokio::test]
async fn a_busy_service_is_asked_again_with_the_same_key() {
    let (_folder, inputs) = folder(&[("a.jsonl", dialog("a", "x").as_bytes())]);
    let fake = Shared::default();
    fake.lock().unwrap().failures = vec![Status::unavailable("busy"), Status::resource_exhausted("full")];
    let report = run(&fake, inputs, Options::default()).await;
    assert_eq!((report.created, report.exit_status()), (1, 0));
    let calls = fake.lock().unwrap().calls.clone();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|(key, _)| *key == calls[0].0));
}

#[tokio::test]
async fn a_run_that_may_not_import_fails() {
    let (_folder, inputs) = folder(&[("a.jsonl", dialog("a", "x").as_bytes())]);
    let fake = Shared::default();
    fake.lock().unwrap().failures = vec![Status::permission_denied("reader may not import")];
    let report = run(&fake, inputs, Options::default()).await;
    assert_eq!((report.created, report.exit_status()), (0, 1));
    assert!(report.failure.unwrap().contains("reader may not import"));
    let absent = run(&fake, vec![Input::Path("no/such/file".into())], Options::default()).await;
    assert_eq!(absent.exit_status(), 2);
}
