//! The black-box suite against PostgreSQL: the same tests, each server on a database of its own.
//!
//! Each target is one process here, so that its tests share a server. What the other engine does with its files is left
//! out, and so is what does not touch a store.

use std::path::Path;

use crate::cargo::{cargo, succeeds};

/// A target, what of it needs a folder, and what it is told.
struct Target {
    name: &'static str,
    skipped: &'static [&'static str],
    variable: Option<(&'static str, &'static str)>,
}

const fn target(name: &'static str, skipped: &'static [&'static str]) -> Target {
    Target { name, skipped, variable: None }
}

const TARGETS: [Target; 7] = [
    target(
        "conformance",
        &[
            // Of the folder itself: its lock, its backup, its pages.
            "check_config::",
            "cli::a_backup_while_serving",
            "cli::a_damaged_backup",
            "cli::a_folder_in_use",
            "cli::fsck_tells",
            "doctor::",
            "remote::a_folder_in_use",
            // Of no store.
            "demo::",
            "external_detector::",
            "wire::",
        ],
    ),
    target("records", &[]),
    target("retention", &[]),
    // What is left in files: a database's are its server's.
    target("redaction", &["residue::", "receipts::verify_of_a_folder", "masking::places", "masking::real"]),
    Target { name: "histories", skipped: &[], variable: Some(("HANSARD_HISTORIES", "1")) },
    target("crash", &[]),
    target("fresh_search", &[]),
];

/// Runs them all; answers whether all went well.
pub(super) fn run(binary: &Path) -> anyhow::Result<bool> {
    let mut failed = Vec::new();
    for Target { name, skipped, variable } in TARGETS {
        println!("on PostgreSQL: {name}");
        let mut test = cargo("test");
        test.args(["--quiet", "--package", "hansard-conformance", "--test", name, "--"]);
        test.args(skipped.iter().flat_map(|skipped| ["--skip", skipped]));
        test.env("HANSARD_BIN", binary).env("HANSARD_TEST_STORE", "postgres").envs(variable);
        if !succeeds(&mut test)? {
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        println!("\n*** ON PostgreSQL THESE FAILED: {} ***\n", failed.join(", "));
    }
    Ok(failed.is_empty())
}
