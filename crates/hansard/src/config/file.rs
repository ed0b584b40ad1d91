//! The TOML file: flat keys, spelled like the flags without their dashes in front.
//!
//! It knows no key by itself. Which keys exist, and what their values may be, is read off the command line's own
//! definition, so that flag, variable and key cannot drift apart.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, anyhow, bail};
use toml::Value;

/// The settings of a file, each with its values as a flag would spell them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    values: BTreeMap<String, Vec<String>>,
}

impl ConfigFile {
    /// Reads the file at `path`; every key must be one of `known`.
    pub fn read(path: &Path, known: &[String]) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the config file {}", path.display()))?;
        Self::parse(&text, known).with_context(|| format!("in the config file {}", path.display()))
    }

    /// Parses TOML text; every key must be one of `known`.
    pub fn parse(text: &str, known: &[String]) -> anyhow::Result<Self> {
        let (file, faults) = Self::parse_all(text, known);
        faults.into_iter().next().map_or(Ok(file), Err)
    }

    /// Parses TOML text as far as it goes, with everything that is wrong with it.
    pub fn parse_all(text: &str, known: &[String]) -> (Self, Vec<anyhow::Error>) {
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(error) => return (Self::default(), vec![anyhow::Error::new(error)]),
        };
        let (mut values, mut faults) = (BTreeMap::new(), Vec::new());
        for (key, value) in table {
            if !known.contains(&key) {
                let hint = nearest(&key, known).map(|near| format!("; the nearest known key is {near:?}"));
                faults.push(anyhow!("unknown key {key:?}{}", hint.unwrap_or_default()));
                continue;
            }
            match to_words(&key, value) {
                Ok(words) => drop(values.insert(key, words)),
                Err(fault) => faults.push(fault),
            }
        }
        (Self { values }, faults)
    }

    /// The values of a key, where the file gives it.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.values.get(key).map(Vec::as_slice)
    }

    /// Every key that the file gives, with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.values.iter().map(|(key, values)| (key.as_str(), values.as_slice()))
    }
}

fn to_words(key: &str, value: Value) -> anyhow::Result<Vec<String>> {
    match value {
        Value::Array(items) => items.into_iter().map(|item| to_word(key, item)).collect(),
        single => Ok(vec![to_word(key, single)?]),
    }
}

fn to_word(key: &str, value: Value) -> anyhow::Result<String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(flag) => Ok(flag.to_string()),
        other => bail!("{key}: expected a string, a number or a boolean, found a {}", other.type_str()),
    }
}

/// The known key that is most like this one.
pub fn nearest<'a>(key: &str, known: &'a [String]) -> Option<&'a str> {
    let spelled = key.to_lowercase().replace('_', "-");
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&spelled, candidate), candidate))
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn known() -> Vec<String> {
        ["data-dir", "listen", "log-level", "insecure-bind", "language"].map(str::to_owned).to_vec()
    }

    #[test]
    fn values_read_like_flags() {
        let file = "listen = \"127.0.0.1:0\"\ninsecure-bind = true\nlanguage = [\"en-US\", \"de-DE\"]";
        let file = ConfigFile::parse(file, &known()).unwrap();
        assert_eq!(file.get("listen").unwrap(), ["127.0.0.1:0"]);
        assert_eq!(file.get("insecure-bind").unwrap(), ["true"]);
        assert_eq!(file.get("language").unwrap(), ["en-US", "de-DE"]);
        assert_eq!(file.get("data-dir"), None);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_neighbour() {
        for (key, nearest) in [("data_dir", "data-dir"), ("lisen", "listen"), ("loglevel", "log-level")] {
            let error = ConfigFile::parse(&format!("{key} = \"x\""), &known()).unwrap_err().to_string();
            assert!(error.contains(key) && error.contains(&format!("{nearest:?}")), "{error}");
        }
    }

    #[test]
    fn tables_are_refused() {
        let error = ConfigFile::parse("[listen]\nport = 1", &known()).unwrap_err().to_string();
        assert!(error.contains("listen: expected a string"), "{error}");
    }
}
