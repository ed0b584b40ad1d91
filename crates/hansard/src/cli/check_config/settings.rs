//! Every setting in force: its value and where it comes from.
//!
//! What is wrong with a value in itself is found here; what it means on this machine is for `server.rs`.

use std::{env, fmt, fs, os::unix::fs::PermissionsExt, path::Path};

use clap::{ArgMatches, parser::ValueSource};
use hansard_store::DatabaseUrl;
use serde::Serialize;

use crate::{
    cli::{
        finding::{Finding, Findings},
        sources,
    },
    config::file::{ConfigFile, nearest},
};

/// Settings whose value is never shown as it is.
const SECRETS: [&str; 2] = ["key", STORE];
/// A URL, which may hold a password.
pub(super) const STORE: &str = "store";
/// A file, or of migrate-store a URL, which may hold a password however it is misspelt.
const TO: &str = "to";
/// Settings of the command line alone.
const OWN: [&str; 2] = [sources::CONFIG, JSON];
const JSON: &str = "json";
/// Others than the owner may read it.
const OPEN_TO_OTHERS: u32 = 0o077;

/// Where a value comes from, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Origin {
    Flag,
    Variable,
    File,
    Default,
}

impl Origin {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Variable => "variable",
            Self::File => "file",
            Self::Default => "default",
        }
    }
}

/// One setting in force.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    pub(super) key: String,
    /// As it may be shown; none where there is no value.
    pub(super) value: Option<String>,
    pub(super) from: Origin,
    /// What it is, where that is not wrong.
    #[serde(skip)]
    values: Vec<String>,
}

/// All settings, in order of their keys.
#[derive(Debug)]
pub(super) struct Settings {
    entries: Vec<Entry>,
    /// Whether one JSON document is asked for.
    pub(super) json: bool,
}

impl Settings {
    /// Reads flags, variables and the config file, noting whatever is wrong with them.
    pub(super) fn read(path: Option<&Path>, matches: &ArgMatches, findings: &mut Findings) -> Self {
        let file = read_file(path, findings);
        let definition = sources::definition();
        let flags = sources::flags(&definition);
        let mut entries = Vec::new();
        for (key, args) in flags.iter().filter(|(key, _)| !OWN.contains(&key.as_str())) {
            let Some((mut values, from)) = in_force(key, matches, &file) else { continue };
            if from == Origin::Default {
                values = args.iter().find_map(sources::default_of).into_iter().collect();
            }
            let shown = (!values.is_empty()).then(|| shown(key, &values));
            let wrong = args.iter().find_map(|arg| sources::check_value(key, arg, &values).err());
            if let (Some(error), false) = (wrong, values.is_empty()) {
                findings.push(Finding::fail("value", error, format_args!("mend {}", spelled(key, from))));
                values.clear();
            }
            entries.push(Entry { key: key.clone(), value: shown, from, values });
        }
        note_unknown_variables(&sources::known_keys(), findings);
        note_readable_secret(path, &file, findings);
        let json = in_force(JSON, matches, &file).is_some_and(|(values, _)| values == ["true"]);
        Self { entries, json }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where the value of a setting comes from; the default where it has none.
    pub(super) fn origin(&self, key: &str) -> Origin {
        self.entries.iter().find(|entry| entry.key == key).map_or(Origin::Default, |entry| entry.from)
    }

    /// The first value of a setting, where it has one that is not wrong.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|entry| entry.key == key)?.values.first().map(String::as_str)
    }
}

/// What may be seen of a value.
fn shown(key: &str, values: &[String]) -> String {
    let url = || values.first().and_then(|url| url.parse::<DatabaseUrl>().ok());
    match key {
        STORE | TO => url().map_or_else(|| "(not shown)".to_owned(), |url| url.to_string()),
        key if SECRETS.contains(&key) => "(not shown)".to_owned(),
        _ => values.join(","),
    }
}

/// The first of flag, variable and file that gives a value, else the default of a setting of serve.
fn in_force(key: &str, matches: &ArgMatches, file: &ConfigFile) -> Option<(Vec<String>, Origin)> {
    let id = key.replace('-', "_");
    let raw = matches.try_get_raw(&id);
    let is_of_serve = raw.is_ok();
    let given: Vec<String> =
        raw.ok().flatten().into_iter().flatten().map(|value| value.to_string_lossy().into_owned()).collect();
    let source = if is_of_serve { matches.value_source(&id) } else { None };
    let variable = env::var_os(sources::variable(key));
    match (source, variable, file.get(key)) {
        (Some(ValueSource::CommandLine), _, _) => Some((given, Origin::Flag)),
        (_, Some(value), _) => Some((vec![value.to_string_lossy().into_owned()], Origin::Variable)),
        (_, None, Some(values)) => Some((values.to_vec(), Origin::File)),
        (_, None, None) => is_of_serve.then(|| (Vec::new(), Origin::Default)),
    }
}

pub(super) fn spelled(key: &str, from: Origin) -> impl fmt::Display {
    match from {
        Origin::Flag | Origin::Default => format!("--{key}"),
        Origin::Variable => format!("the variable {}", sources::variable(key)),
        Origin::File => format!("the key '{key}' of the config file"),
    }
}

fn read_file(path: Option<&Path>, findings: &mut Findings) -> ConfigFile {
    let Some(path) = path else { return ConfigFile::default() };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let detail = format!("cannot read {}: {error}", path.display());
            findings.push(Finding::fail(
                "config file",
                detail,
                "give --config the path of a readable TOML file",
            ));
            return ConfigFile::default();
        }
    };
    let (file, faults) = ConfigFile::parse_all(&text, &sources::known_keys());
    for fault in faults {
        let remedy = "see hansard.example.toml, which holds every key";
        findings.push(Finding::fail("config file", format_args!("{}: {fault:#}", path.display()), remedy));
    }
    file
}

/// A variable that looks like ours and is none is most likely a typing error that nothing else would tell.
fn note_unknown_variables(known: &[String], findings: &mut Findings) {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in names.filter(|name| name.starts_with(sources::PREFIX)) {
        let is_known = known.iter().any(|key| sources::variable(key) == name);
        if !is_known && name != sources::variable(sources::CONFIG) {
            let key = name[sources::PREFIX.len()..].to_lowercase().replace('_', "-");
            let remedy =
                nearest(&key, known).map(|near| format!("did you mean {}?", sources::variable(near)));
            let remedy = remedy.unwrap_or_else(|| "remove it".to_owned());
            findings.push(Finding::warn(
                "variable",
                format_args!("{name} is no setting and is ignored"),
                remedy,
            ));
        }
    }
}

fn note_readable_secret(path: Option<&Path>, file: &ConfigFile, findings: &mut Findings) {
    let Some(path) = path.filter(|_| SECRETS.iter().any(|key| file.get(key).is_some())) else { return };
    let mode = fs::metadata(path).map(|found| found.permissions().mode()).unwrap_or_default();
    if mode & OPEN_TO_OTHERS != 0 {
        let detail = format!("{} holds a secret and others may read it", path.display());
        findings.push(Finding::warn("config file", detail, format_args!("chmod 600 {}", path.display())));
    }
}
