//! The config file: it is read, or refused with a text that names what is wrong, and what was read says the same again.

use std::net::SocketAddr;

use hansard::{cli, config::file::ConfigFile};
use toml::{Table, Value};

/// The input is the text of a config file.
pub fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let known = cli::known_keys();
    match ConfigFile::parse(text, &known) {
        Ok(file) => check_taken(text, &file, &known),
        Err(error) => check_refused(text, &format!("{error:#}"), &known),
    }
}

fn check_taken(text: &str, file: &ConfigFile, known: &[String]) {
    let table: Table = text.parse().expect("what is taken is TOML");
    assert!(table.keys().all(|key| known.contains(key)), "an unknown key was taken");
    assert!(table.keys().all(|key| file.get(key).is_some()), "a key was dropped");
    let words = |(key, values): (&str, &[String])| {
        let values = values.iter().cloned().map(Value::String).collect();
        (key.to_owned(), Value::Array(values))
    };
    let printed = file.iter().map(words).collect::<Table>().to_string();
    assert_eq!(ConfigFile::parse(&printed, known).unwrap(), *file, "printed as {printed:?}");
    if !looks_up_a_host(file) {
        check_values(text, file);
    }
}

/// The rules of the flags take every value, or name the key at fault.
fn check_values(text: &str, file: &ConfigFile) {
    if let Err(error) = cli::check_config_text(text) {
        let reason = format!("{error:#}");
        assert!(file.iter().any(|(key, _)| reason.contains(key)), "no key in {reason:?}");
    }
}

/// Whether a value is a host name, which would be asked for on the network.
fn looks_up_a_host(file: &ConfigFile) -> bool {
    let listen = file.get("listen").unwrap_or_default();
    listen.iter().any(|address| address.parse::<SocketAddr>().is_err())
}

fn check_refused(text: &str, reason: &str, known: &[String]) {
    match text.parse::<Table>() {
        Err(syntax) => assert_eq!(reason, syntax.to_string(), "the place of a syntax error is lost"),
        Ok(table) => {
            let culprit = table.iter().find(|(key, value)| {
                let is_at_fault = !known.contains(key) || !is_flat(value);
                is_at_fault && reason.contains(&format!("{key:?}")) | reason.contains(key.as_str())
            });
            assert!(culprit.is_some(), "{reason:?} names no key that is at fault");
        }
    }
}

fn is_flat(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Integer(_) | Value::Boolean(_) => true,
        Value::Array(values) => values.iter().all(|value| !value.is_array() && is_flat(value)),
        _ => false,
    }
}
