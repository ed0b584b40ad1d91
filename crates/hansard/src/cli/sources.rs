//! Gives every flag its variable and its key in the config file.
//!
//! One rule for all of them, so that none can be forgotten: `--data-dir` is `HANSARD_DATA_DIR` is `data-dir`. A value
//! from the file becomes the flag's default, which is what makes the variable beat it.

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use anyhow::{Context, bail};
use clap::{Arg, ArgAction, Command, CommandFactory, builder::ValueParser};

use super::{Cli, check_config};
use crate::config::file::ConfigFile;

/// The one flag that no config file holds.
pub(super) const CONFIG: &str = "config";
/// What the name of every variable begins with.
pub(super) const PREFIX: &str = "HANSARD_";

/// The command line's own definition, before variables and file.
pub(super) fn definition() -> Command {
    Cli::command().subcommand(check_config::command())
}

/// The definition with every rule for values switched off, and with no variables and no file.
pub(super) fn relaxed() -> Command {
    relax(definition())
}

fn relax(command: Command) -> Command {
    command
        .mut_args(|arg| match arg.get_action() {
            ArgAction::Set | ArgAction::Append => arg.value_parser(ValueParser::os_string()).required(false),
            _ => arg,
        })
        .mut_subcommands(relax)
}

/// The keys that a config file may hold: the name of every flag but `--config`.
pub fn known_keys() -> Vec<String> {
    flags(&definition()).into_keys().filter(|key| key != CONFIG).collect()
}

/// Checks the text of a config file: every key, and every value by the rules of its flag.
pub fn check_config_text(text: &str) -> anyhow::Result<()> {
    check_values(&definition(), &ConfigFile::parse(text, &known_keys())?)
}

/// The command line's definition with variables, and with defaults from the config file where there is one.
pub(super) fn command(config_path: Option<PathBuf>) -> anyhow::Result<Command> {
    let bare = definition();
    let file = match config_path {
        Some(path) => {
            let file = ConfigFile::read(&path, &known_keys())?;
            check_values(&bare, &file).with_context(|| format!("in the config file {}", path.display()))?;
            file
        }
        None => ConfigFile::default(),
    };
    Ok(with_sources(bare, &file))
}

/// Finds `--config` before the command line can be parsed, because its contents are part of the parsing.
pub(super) fn config_path(args: &[OsString]) -> Option<PathBuf> {
    let mut args = args.iter().take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        if arg == "--config" {
            return args.next().map(PathBuf::from);
        }
        if let Some(path) = arg.to_str().and_then(|arg| arg.strip_prefix("--config=")) {
            return Some(path.into());
        }
    }
    env::var_os(variable(CONFIG)).map(PathBuf::from)
}

pub(super) fn variable(flag: &str) -> String {
    format!("{PREFIX}{}", flag.to_uppercase().replace('-', "_"))
}

fn with_sources(command: Command, file: &ConfigFile) -> Command {
    command
        .mut_args(|arg| match arg.get_long().map(str::to_owned) {
            Some(flag) => with_default(arg.env(variable(&flag)).hide_env_values(true), file.get(&flag)),
            None => arg,
        })
        .mut_subcommands(|subcommand| with_sources(subcommand, file))
}

fn with_default(arg: Arg, values: Option<&[String]>) -> Arg {
    match values {
        Some(values) => arg.required(false).default_values(values.to_vec()),
        None => arg,
    }
}

/// Checks the file's values by the rules of their flags: clap trusts defaults, and a file is not to be trusted.
fn check_values(command: &Command, file: &ConfigFile) -> anyhow::Result<()> {
    let flags = flags(command);
    for (key, values) in file.iter() {
        for arg in &flags[key] {
            check_value(key, arg, values)?;
        }
    }
    Ok(())
}

pub(super) fn check_value(key: &str, arg: &Arg, values: &[String]) -> anyhow::Result<()> {
    match arg.get_action() {
        ArgAction::SetTrue if matches!(values, [value] if value == "true" || value == "false") => {
            return Ok(());
        }
        ArgAction::SetTrue => bail!("{key}: expected true or false"),
        ArgAction::Set if values.len() != 1 => bail!("{key}: expected one value"),
        _ => {}
    }
    for value in values {
        let alone = Command::new(CONFIG).no_binary_name(true).arg(arg.clone().required(false));
        let given = format!("--{key}={value}");
        if let Err(error) = alone.try_get_matches_from([OsStr::new(&given)]) {
            let reason = error.to_string();
            let reason = reason.lines().next().unwrap_or_default();
            bail!("{key}: {}", reason.trim_start_matches("error: "));
        }
    }
    Ok(())
}

/// Every flag of the command and its subcommands, by name; one name may serve several subcommands.
pub(super) fn flags(command: &Command) -> BTreeMap<String, Vec<Arg>> {
    let mut flags: BTreeMap<String, Vec<Arg>> = BTreeMap::new();
    for arg in command.get_arguments() {
        if let Some(flag) = arg.get_long() {
            flags.entry(flag.to_owned()).or_default().push(arg.clone());
        }
    }
    for subcommand in command.get_subcommands() {
        for (flag, args) in self::flags(subcommand) {
            flags.entry(flag).or_default().extend(args);
        }
    }
    flags
}

/// The default of a flag as the config file would spell it.
pub(super) fn default_of(arg: &Arg) -> Option<String> {
    if matches!(arg.get_action(), ArgAction::SetTrue) {
        return Some("false".to_owned());
    }
    arg.get_default_values().first().map(|value| value.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const EXAMPLE: &str = include_str!("../../../../hansard.example.toml");

    /// The example with every key that stands behind a '#' switched on.
    fn example_in_full() -> ConfigFile {
        let text: Vec<&str> = EXAMPLE
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase()) => key,
                _ => line,
            })
            .collect();
        ConfigFile::parse(&text.join("\n"), &known_keys()).unwrap()
    }

    #[test]
    fn the_example_config_holds_every_key() {
        let file = example_in_full();
        let given: Vec<&str> = file.iter().map(|(key, _)| key).collect();
        assert_eq!(given, known_keys(), "hansard.example.toml and the flags differ");
        check_values(&definition(), &file).unwrap();
    }

    #[test]
    fn the_example_config_gives_the_defaults() {
        let active = ConfigFile::parse(EXAMPLE, &known_keys()).unwrap();
        for (key, args) in flags(&definition()) {
            let default = args.iter().find_map(default_of);
            let given = active.get(&key).map(<[String]>::concat);
            assert!(
                key == CONFIG || given == default,
                "{key}: the example gives {given:?}, the default is {default:?}"
            );
        }
    }

    #[test]
    fn the_config_path_is_found_before_parsing() {
        let path = |line: &str| config_path(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(path("hansard serve --config a.toml"), Some("a.toml".into()));
        assert_eq!(path("hansard --config=b.toml serve"), Some("b.toml".into()));
        assert_eq!(path("hansard import -- --config=c.toml"), None);
    }
}
