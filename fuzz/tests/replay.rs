//! Every input that is kept holds every property: the corpora, and what once broke something.
#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use hansard_fuzz::{TARGETS, Target};

/// Larger inputs only slow the search.
const INPUT_BYTES_MAX: u64 = 16 * 1024;

fn inputs(kind: &str, target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(kind).join(target.name);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let input = |path: &Path| {
        assert!(path.metadata().unwrap().len() <= INPUT_BYTES_MAX, "{} is too large", path.display());
        (path.display().to_string(), fs::read(path).unwrap())
    };
    entries.map(|entry| input(&entry.unwrap().path())).collect()
}

#[test]
fn what_is_kept_breaks_nothing() {
    for target in &TARGETS {
        for (path, input) in inputs("corpus", target).into_iter().chain(inputs("regressions", target)) {
            println!("{path}");
            (target.check)(&input);
        }
    }
}

#[test]
fn every_target_has_a_fuzzer_and_a_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for target in &TARGETS {
        assert!(folder.join(format!("targets/{}.rs", target.name)).is_file(), "{}", target.name);
        assert!(inputs("corpus", target).len() >= 10, "{}", target.name);
    }
    assert_eq!(fs::read_dir(folder.join("targets")).unwrap().count(), TARGETS.len());
}
