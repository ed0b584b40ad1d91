//! The control: a server that does not overwrite what it deletes, and the search that must notice.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use aho_corasick::AhoCorasick;
use hansard_conformance::binary::command;
use hansard_conformance::residue::{Canaries, Form, Search};

use crate::ground::Ground;
use crate::residue::{search, ways};

const SETTING: &str = "secure_delete";
/// After this long the search finds nothing any more where deleted bytes are overwritten.
const SETTLED: Duration = Duration::from_secs(5);

/// Writes a copy of the binary that asks SQLite for a setting it does not know, which SQLite passes over.
///
/// SQLite's own word for the setting stands between zero bytes and stays as it is.
fn forgetful(folder: &Path) -> PathBuf {
    let mut binary = fs::read(command().get_program()).unwrap();
    let words = AhoCorasick::new([SETTING]).unwrap();
    let ours: Vec<usize> = words
        .find_iter(&binary)
        .filter(|word| binary[word.start() - 1] != 0 || binary[word.end()] != 0)
        .map(|word| word.end() - 1)
        .collect();
    assert!(!ours.is_empty(), "the binary asks for {SETTING}");
    for last in ours {
        binary[last] = b'X';
    }
    let copy = folder.join("hansard");
    fs::write(&copy, binary).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    copy
}

#[test]
fn without_overwriting_the_search_finds_much() {
    let elsewhere = tempfile::tempdir().unwrap();
    let ground = Ground::open_with(&forgetful(elsewhere.path()));
    let mut canaries = Canaries::default();
    let remove = ways::tell_all(&ground, &mut canaries);
    ways::await_index(&ground);
    remove.into_iter().for_each(|remove| remove(&ground));
    thread::sleep(SETTLED);
    let left = search(&ground, &Search::new(canaries.given()));
    assert!(left.iter().any(|trace| trace.form == Form::Raw), "the control must hit");
    println!("without secure_delete: {} traces of {} canaries", left.len(), canaries.given().len());
}
