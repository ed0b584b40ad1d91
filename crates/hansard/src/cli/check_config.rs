//! `hansard check-config`: what `serve` would run with, where each setting comes from, and everything wrong with it.
//!
//! It reads the command line with the rules of values switched off, so that a wrong value is a finding beside others
//! instead of the end. It opens no store and makes nothing.

mod server;
mod settings;

use std::{ffi::OsString, process::ExitCode};

use clap::{ArgMatches, Args, Command};
use serde_json::json;

use super::{
    finding::{Finding, Findings},
    print,
    serve::ServeArgs,
    sources,
    table::Table,
};
use settings::Settings;

/// The subcommand's name.
pub(super) const NAME: &str = "check-config";

const EXAMPLES: &str = "\
Examples:
  hansard check-config --config /etc/hansard.toml
  HANSARD_LISTEN=0.0.0.0:443 hansard check-config --tls-cert cert.pem --tls-key key.pem
  hansard check-config --config /etc/hansard.toml --json | jq '.findings[] | select(.level == \"fail\")'

Takes the flags of 'hansard serve'. Shows every setting with where it comes from (flag, variable, file or default), and
every problem with its remedy; values of secrets are not shown. Checks that files are there and readable, that
certificate and key are a pair and in date, that the address can be bound, that the data folder can be written or the
database reached.
Exit status: 0 when 'hansard serve' would start, 1 otherwise.";

/// Flags of the subcommand; those of serve are among them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct CheckConfigArgs {
    #[command(flatten)]
    serve: ServeArgs,
    /// Prints one JSON document
    #[arg(long)]
    json: bool,
}

/// The subcommand's definition.
pub(super) fn command() -> Command {
    let command = Command::new(NAME).about("Shows the settings in force and everything wrong with them");
    CheckConfigArgs::augment_args(command)
}

/// The matches of the subcommand, where the command line asks for it.
pub(super) fn asked(args: &[OsString]) -> Option<ArgMatches> {
    let mut matches = sources::relaxed().try_get_matches_from(args).ok()?;
    let (name, matches) = matches.remove_subcommand()?;
    (name == NAME).then_some(matches)
}

/// Shows settings and findings; the status is 1 where something is wrong.
pub(super) fn run(args: &[OsString], matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let mut findings = Findings::default();
    let settings = Settings::read(sources::config_path(args).as_deref(), matches, &mut findings);
    server::check(&settings, &mut findings);
    if findings.0.is_empty() {
        findings.push(Finding::ok("all", "'hansard serve' would start"));
    }
    if settings.json {
        let document =
            json!({"ok": !findings.has_failed(), "settings": settings.entries(), "findings": findings});
        print(serde_json::to_string_pretty(&document)?)?;
        return Ok(findings.exit_code());
    }
    let mut table = Table::new(["SETTING", "VALUE", "FROM"]);
    for entry in settings.entries() {
        let value = entry.value.clone().unwrap_or_else(|| "-".to_owned());
        table.push([entry.key.clone(), value, entry.from.word().to_owned()]);
    }
    print(format_args!("{table}\n"))?;
    findings.report(false)
}
