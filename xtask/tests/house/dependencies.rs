//! Gives deny.toml teeth on machines without cargo-deny: bans, sources and licences, read from the same file.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::Value;

use crate::sources::root;

fn toml_of(path: &str) -> toml::Table {
    fs::read_to_string(root().join(path)).unwrap().parse().unwrap()
}

fn words(list: &toml::Value) -> BTreeSet<String> {
    let word = |item: &toml::Value| item.get("crate").unwrap_or(item).as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(word).collect()
}

fn banned_in(lock: &toml::Table, banned: &BTreeSet<String>) -> Vec<String> {
    let packages =
        lock["package"].as_array().unwrap().iter().map(|package| package["name"].as_str().unwrap());
    packages.filter(|name| banned.contains(*name)).map(str::to_owned).collect()
}

/// Whether a licence expression can be met with the allowed licences alone.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ");
    let (mut depth, mut operators) = (0_i32, Vec::new());
    for (at, c) in expression.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' if depth == 0 => operators.push(at),
            _ => {}
        }
    }
    for (operator, all) in [(" AND ", true), (" OR ", false)].into_iter().rev() {
        if let Some(&at) = operators.iter().find(|&&at| expression[at..].starts_with(operator)) {
            let left = is_allowed(&expression[..at], allowed);
            let right = is_allowed(&expression[at + operator.len()..], allowed);
            return if all { left && right } else { left || right };
        }
    }
    let single = expression.trim();
    match single.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => is_allowed(inner, allowed),
        None => allowed.contains(single),
    }
}

#[test]
fn banned_crates_are_not_in_the_lock() {
    let banned = words(&toml_of("deny.toml")["bans"]["deny"]);
    assert!(banned.contains("sqlx") && banned.contains("openssl-sys"), "{banned:?}");
    assert_eq!(banned_in(&toml_of("Cargo.lock"), &banned), Vec::<String>::new());
}

#[test]
fn every_crate_comes_from_one_registry() {
    let lock = toml_of("Cargo.lock");
    let sources: BTreeSet<&str> = lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|package| package.get("source")?.as_str())
        .collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
    assert!(sources.iter().all(|source| source.starts_with("registry+")), "{sources:?}");
}

#[test]
fn every_licence_is_allowed() {
    let allowed = words(&toml_of("deny.toml")["licenses"]["allow"]);
    let metadata = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !is_allowed(package["license"].as_str().unwrap_or("none"), &allowed))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert!(packages.len() > 100 && refused.is_empty(), "{refused:#?}");
}

#[test]
fn a_planted_ban_is_found() {
    let lock = "[[package]]\nname = \"sqlx\"\n[[package]]\nname = \"sqlx-free\"".parse().unwrap();
    assert_eq!(banned_in(&lock, &BTreeSet::from(["sqlx".to_owned()])), ["sqlx"]);
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Apache-2.0".to_owned(), "Zlib".to_owned()]);
    for good in
        ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "(MIT OR GPL-3.0) AND Zlib", "MIT AND Zlib OR GPL-3.0"]
    {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Zlib) AND GPL-3.0", "none", "MIT-0"] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}
