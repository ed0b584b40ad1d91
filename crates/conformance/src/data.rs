//! What lies beside the repository: real calls, transcripts and dialogs, and the pages that the contract was made from.
//!
//! They are read here on their own terms, so that a test can tell what an import should have brought in.

use std::path::PathBuf;

use serde_json::Value;

/// Returns the folder of the data; none where it is missing, which in CI is a failure.
pub fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", folder.display());
    println!("SKIPPED: {} is missing", folder.display());
    None
}

/// Returns a page that the contract was made from; none where it is missing, which in CI is a failure.
pub fn seed(name: &str) -> Option<String> {
    let page = folder()?.join("../seeds").join(name);
    Some(std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display())))
}

/// One line of a conversation as the source has it.
#[derive(Debug, PartialEq)]
pub struct Line {
    /// Whether the customer's side spoke.
    pub by_visitor: bool,
    pub text: String,
}

/// One conversation as the source has it.
#[derive(Debug)]
pub struct Source {
    pub id: String,
    pub lines: Vec<Line>,
    pub record: Value,
}

/// Reads all dialogs.
pub fn dialogs() -> Vec<Source> {
    json_lines("dialogs/taskmaster4.jsonl")
        .map(|record| {
            let lines =
                list(&record["utterances"]).map(|turn| line(turn["speaker"] == "user", &turn["text"]));
            Source { id: text(&record["conversation_id"]), lines: lines.collect(), record: record.clone() }
        })
        .collect()
}

/// Reads all vCons.
pub fn vcons() -> Vec<Source> {
    let files = folder().unwrap().join("vcon").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    files
        .map(|path| {
            let record: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            let transcript =
                list(&record["analysis"]).find(|analysis| analysis["type"] == "transcript").unwrap();
            let lines =
                list(&transcript["body"]).map(|turn| line(turn["speaker"] == "Customer", &turn["message"]));
            Source { id: text(&record["uuid"]), lines: lines.collect(), record: record.clone() }
        })
        .collect()
}

/// Reads all telephone transcripts; their lines only where each is marked `Agent` or `Customer`.
pub fn transcripts() -> Vec<Source> {
    json_lines("transcripts/contact-centre-calls.jsonl")
        .map(|record| {
            let content = text(&record["Content"]);
            let spoken = content.lines().filter_map(|line| {
                let (speaker, said) = line.trim().split_once(": ")?;
                let role = speaker.split(' ').next()?;
                ["Agent", "Customer"]
                    .contains(&role)
                    .then(|| Line { by_visitor: role == "Customer", text: said.to_owned() })
            });
            Source { id: text(&record["ConversationId"]), lines: spoken.collect(), record: record.clone() }
        })
        .collect()
}

fn json_lines(path: &str) -> impl Iterator<Item = Value> {
    let content = std::fs::read_to_string(folder().unwrap().join(path)).unwrap();
    content.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>().into_iter()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn line(by_visitor: bool, said: &Value) -> Line {
    Line { by_visitor, text: text(said) }
}
