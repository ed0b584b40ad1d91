//! The rules of the house that the compiler cannot keep, checked on the sources themselves.
//!
//! Each rule comes with a planted fault that it must find.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "house/dependencies.rs"]
mod dependencies;
#[path = "house/docs.rs"]
mod docs;
#[path = "house/lexer.rs"]
mod lexer;
#[path = "house/rules.rs"]
mod rules;
#[path = "house/sources.rs"]
mod sources;

use sources::Source;

/// Runs a rule on the repository.
fn check(rule: impl Fn(&Source) -> Vec<String>) {
    let found: Vec<String> = sources::all().iter().flat_map(rule).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    check(rules::machine_paths_and_registries);
}

#[test]
fn sql_stays_in_the_store() {
    check(rules::sql_outside_the_store);
}

#[test]
fn the_database_driver_stays_in_the_store() {
    check(rules::driver_outside_the_store);
}

#[test]
fn unsafe_code_stays_in_the_vfs() {
    check(rules::unsafe_outside_the_vfs);
}

#[test]
fn the_domain_does_no_io() {
    check(rules::io_in_the_domain);
}

#[test]
fn services_know_no_wire() {
    check(rules::wire_in_a_service);
}

#[test]
fn wire_types_stop_at_the_rim() {
    check(rules::wire_types_inside);
}

#[test]
fn modules_are_named_by_their_file() {
    check(rules::mod_rs);
}

#[test]
fn files_are_about_one_idea() {
    check(rules::long_file);
}

#[test]
fn functions_fit_on_a_screen() {
    check(rules::long_functions);
}

#[test]
fn the_documents_are_complete() {
    let sources = sources::all();
    let missing: Vec<String> = [docs::rpcs, docs::config_keys, docs::metrics]
        .iter()
        .flat_map(|names| docs::missing(&sources, names))
        .collect();
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}
