//! One function a rule: a source in, its faults out.

use crate::{
    lexer::{Layers, layers},
    sources::Source,
};

const FILE_LINES_MAX: usize = 450;
const FUNCTION_LINES_MAX: usize = 80;

/// Paths of one machine, and hosts that only a package manager should know. Cut in two, so as not to find itself.
const PRIVATE: [&str; 9] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("npmjs", "."),
    concat!("proxy.golang", ".org"),
    concat!("registry.", "yarnpkg"),
];

/// Words that make a string literal SQL. English has most of them too, but not side by side.
const SQL: [&[&str]; 8] = [
    &["select ", " from "],
    &["insert into "],
    &["update ", " set "],
    &["delete from "],
    &["create table "],
    &["create index "],
    &["pragma "],
    &["on conflict"],
];

const DRIVERS: [&str; 4] = ["rusqlite", "libsqlite3_sys", "postgres", "tokio_postgres"];
const IO: [&str; 9] =
    ["tokio", "prost", "prost_types", "rusqlite", "reqwest", "hyper", "SystemTime", "Instant", "tonic"];
const IO_PATHS: [&str; 4] = ["std::fs", "std::net", "std::env", "Timestamp::now"];
const WIRE: [&str; 10] = [
    "http",
    "tonic",
    "prost",
    "prost_types",
    "prost_reflect",
    "serde",
    "serde_json",
    "axum",
    "hyper",
    "hansard_proto",
];

pub(crate) fn machine_paths_and_registries(source: &Source) -> Vec<String> {
    if source.path == "Cargo.lock" {
        return Vec::new();
    }
    faults(source, &source.text, |line| {
        PRIVATE.iter().find(|private| line.contains(**private)).map(|p| format!("names {p}"))
    })
}

pub(crate) fn sql_outside_the_store(source: &Source) -> Vec<String> {
    let concerned = ["crates/hansard/src/", "crates/domain/src/", "crates/proto/src/"];
    if !source.is_rust() || !concerned.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    faults(source, &layers(&source.text).strings.to_lowercase(), |line| {
        let statement = SQL.iter().find(|words| words.iter().all(|word| line.contains(word)))?;
        Some(format!("holds SQL ({})", statement.concat().trim()))
    })
}

pub(crate) fn driver_outside_the_store(source: &Source) -> Vec<String> {
    // The yardstick of a benchmark is SQLite itself, asked without us.
    let allowed = ["crates/store/", "crates/vfs/", "xtask/tests/", "bench/Cargo.toml", "bench/src/find/raw"];
    if allowed.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    let is_manifest = source.path.ends_with("/Cargo.toml");
    let text = if source.is_rust() { layers(&source.text).code } else { source.text.clone() };
    faults(source, &text, |line| {
        let driver = DRIVERS.iter().find(|driver| has_word(line, driver))?;
        (source.is_rust() || is_manifest)
            .then(|| format!("uses {driver}; only crates/store and crates/vfs may"))
    })
}

pub(crate) fn unsafe_outside_the_vfs(source: &Source) -> Vec<String> {
    if !source.is_rust() || source.path.starts_with("crates/vfs/src/") {
        return Vec::new();
    }
    faults(source, &layers(&source.text).code, |line| {
        let found = ["unsafe", "unsafe_code"].iter().find(|word| has_word(line, word))?;
        Some(format!("says {found}; only crates/vfs may"))
    })
}

/// The store's tests alone may weaken a commit.
pub(crate) fn unflushed_commits(source: &Source) -> Vec<String> {
    if !source.is_rust() || source.path.starts_with("crates/store/") {
        return Vec::new();
    }
    faults(source, &layers(&source.text).code, |line| {
        has_word(line, "flush_commits").then(|| "says flush_commits; only tests of the store may".to_owned())
    })
}

pub(crate) fn io_in_the_domain(source: &Source) -> Vec<String> {
    if !source.path.starts_with("crates/domain/src/") {
        return Vec::new();
    }
    faults(source, &layers(&source.text).code, |line| {
        let word = IO.iter().find(|word| has_word(line, word));
        let path = IO_PATHS.iter().find(|path| line.contains(**path));
        word.or(path).map(|found| format!("uses {found}; the domain decides, it does nothing"))
    })
}

pub(crate) fn wire_in_a_service(source: &Source) -> Vec<String> {
    if !source.path.starts_with("crates/hansard/src/service") {
        return Vec::new();
    }
    faults(source, &layers(&source.text).code, |line| {
        let word = WIRE.iter().find(|word| has_word(line, word))?;
        Some(format!("names {word}; a service knows no wire"))
    })
}

pub(crate) fn wire_types_inside(source: &Source) -> Vec<String> {
    let Some(path) = source.path.strip_prefix("crates/hansard/src/") else { return Vec::new() };
    let rim = ["dialect", "client", "import", "export", "demo"];
    let top = path.split(['/', '.']).next().unwrap_or_default();
    if rim.contains(&top) {
        return Vec::new();
    }
    faults(source, &layers(&source.text).code, |line| {
        let wire = has_word(line, "hansard_proto") && !line.contains("hansard_proto::DESCRIPTORS");
        wire.then(|| "uses wire types; only dialect, client, import, export and demo may".to_owned())
    })
}

pub(crate) fn mod_rs(source: &Source) -> Vec<String> {
    let named = source.path.ends_with("/mod.rs");
    named.then(|| format!("{}: name the file after its module", source.path)).into_iter().collect()
}

pub(crate) fn long_file(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let long = source.is_rust() && !source.is_test() && lines > FILE_LINES_MAX;
    long.then(|| format!("{}: {lines} lines, at most {FILE_LINES_MAX}", source.path)).into_iter().collect()
}

pub(crate) fn long_functions(source: &Source) -> Vec<String> {
    if !source.is_rust() {
        return Vec::new();
    }
    let Layers { code, .. } = layers(&source.text);
    let lines: Vec<&str> = code.lines().collect();
    let starts = (0..lines.len()).filter(|&at| has_word(lines[at], "fn") && lines[at].contains('('));
    starts
        .map(|at| (at, body_lines(&lines[at..])))
        .filter(|(_, length)| *length > FUNCTION_LINES_MAX)
        .map(|(at, length)| {
            format!("{}:{}: a function of {length} lines, at most {FUNCTION_LINES_MAX}", source.path, at + 1)
        })
        .collect()
}

/// The lines from a function's first to its closing brace; none for a function type or a declaration.
fn body_lines(lines: &[&str]) -> usize {
    let mut depth = 0_usize;
    for (count, line) in lines.iter().enumerate() {
        for c in line.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth <= 1 => return count + 1,
                '}' => depth -= 1,
                ';' if depth == 0 => return 0,
                _ => {}
            }
        }
    }
    0
}

fn faults(source: &Source, text: &str, fault: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let numbered = text.lines().enumerate();
    numbered.filter_map(|(at, line)| Some(format!("{}:{}: {}", source.path, at + 1, fault(line)?))).collect()
}

/// Whether the line holds the word on its own, not as part of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
        let before = line[..at].chars().next_back().is_some_and(part_of_name);
        let after = line[at + word.len()..].chars().next().is_some_and(part_of_name);
        !before && !after
    })
}

mod planted {
    use super::*;

    fn finds(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) -> bool {
        !rule(&Source::planted(path, text)).is_empty()
    }

    #[test]
    fn a_machine_path_is_found() {
        let path = format!("see {}somebody/x", PRIVATE[2]);
        assert!(finds(machine_paths_and_registries, "docs/api.md", &path));
        assert!(finds(machine_paths_and_registries, "README.md", PRIVATE[4]));
        assert!(!finds(machine_paths_and_registries, "README.md", "/var/lib/hansard"));
    }

    #[test]
    fn sql_is_found_in_strings_only() {
        let rule = sql_outside_the_store;
        assert!(finds(rule, "crates/hansard/src/a.rs", "let q = \"select id from message\";"));
        assert!(finds(rule, "crates/hansard/src/a.rs", "let q = r#\"DELETE FROM tag\"#;"));
        assert!(!finds(rule, "crates/hansard/src/a.rs", "// select x from y\nlet a = \"select one\";"));
        assert!(!finds(rule, "crates/store/src/a.rs", "let q = \"select id from message\";"));
    }

    #[test]
    fn the_driver_is_found() {
        assert!(finds(driver_outside_the_store, "crates/hansard/src/a.rs", "use rusqlite::Connection;"));
        assert!(finds(driver_outside_the_store, "crates/hansard/Cargo.toml", "rusqlite.workspace = true"));
        assert!(!finds(driver_outside_the_store, "crates/store/src/a.rs", "use rusqlite::Connection;"));
        assert!(!finds(driver_outside_the_store, "crates/hansard/src/a.rs", "// not rusqlite"));
    }

    #[test]
    fn unsafe_code_is_found() {
        let rule = unsafe_outside_the_vfs;
        assert!(finds(rule, "crates/store/src/a.rs", "let x = unsafe { *p };"));
        assert!(finds(rule, "crates/store/src/a.rs", "#![allow(unsafe_code)]"));
        assert!(!finds(rule, "crates/store/src/a.rs", "// unsafe\nlet a = \"unsafe\";"));
        assert!(!finds(rule, "crates/vfs/src/a.rs", "let x = unsafe { *p };"));
    }

    #[test]
    fn an_unflushed_commit_is_found() {
        let line = "Options { flush_commits: false, ..Options::new(folder) }";
        assert!(finds(unflushed_commits, "crates/hansard/src/app.rs", line));
        assert!(!finds(unflushed_commits, "crates/store/tests/faults/run.rs", line));
    }

    #[test]
    fn io_in_the_domain_is_found() {
        for line in [
            "use tokio::time;",
            "use std::fs;",
            "let now = Timestamp::now();",
            "std::time::SystemTime::now()",
        ] {
            assert!(finds(io_in_the_domain, "crates/domain/src/a.rs", line), "{line}");
        }
        assert!(!finds(io_in_the_domain, "crates/store/src/a.rs", "use std::fs;"));
    }

    #[test]
    fn wire_in_a_service_is_found() {
        assert!(finds(wire_in_a_service, "crates/hansard/src/service/tag.rs", "use tonic::Status;"));
        assert!(finds(wire_in_a_service, "crates/hansard/src/service.rs", "fn f(x: http::StatusCode) {}"));
        assert!(!finds(wire_in_a_service, "crates/hansard/src/service/tag.rs", "fn https_only() {}"));
    }

    #[test]
    fn wire_types_inside_are_found() {
        let line = "use hansard_proto::v1::Conversation;";
        assert!(finds(wire_types_inside, "crates/hansard/src/live.rs", line));
        assert!(!finds(wire_types_inside, "crates/hansard/src/dialect/service/from_proto.rs", line));
        assert!(!finds(wire_types_inside, "crates/hansard/src/import.rs", line));
    }

    #[test]
    fn misnamed_and_overlong_files_are_found() {
        assert!(finds(mod_rs, "crates/store/src/engine/mod.rs", ""));
        assert!(finds(long_file, "crates/store/src/a.rs", &"x\n".repeat(FILE_LINES_MAX + 1)));
        assert!(!finds(long_file, "crates/store/src/a.rs", &"x\n".repeat(FILE_LINES_MAX)));
    }

    #[test]
    fn overlong_functions_are_found() {
        let function = |body: usize| format!("fn f() {{\n{}}}\n", "    let s = \"}\";\n".repeat(body));
        assert!(finds(long_functions, "crates/store/src/a.rs", &function(FUNCTION_LINES_MAX - 1)));
        assert!(!finds(long_functions, "crates/store/src/a.rs", &function(FUNCTION_LINES_MAX - 2)));
    }
}
