//! `hansard export`: a profile's conversations as JSONL or as vCons.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use anyhow::bail;
use clap::{Args, ValueEnum};

use super::{asking::AskingArgs, desk::Desk, target::TargetArgs};
use crate::export::{self, Format, Options, Output};

const EXAMPLES: &str = "\
Examples:
  hansard export --customer acme --profile support --to support.jsonl
  hansard export --customer acme --profile support --server http://127.0.0.1:8080 --key \"$KEY\" | gzip > support.jsonl.gz
  hansard export --customer acme --profile support --format vcon --to support-vcons/
  hansard export --customer acme --profile support --format vcon --to support.vcon.jsonl
  hansard export --customer acme --profile support --state CLOSED --until 2026-01-01 --to old.jsonl
  hansard export --customer acme --profile support --filter-text 'tags:vip AND duration > 5m' --to vip.jsonl

jsonl: one line is one whole conversation: its fields, messages and events.
vcon: one vCon is one conversation; --to a name that ends in .jsonl or .ndjson, or standard output, gets one a line,
any other --to is a folder that gets a file for each. What a vCon has no place for is in its member 'hansard'.
Import takes both back with nothing lost.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub asking: AskingArgs,
    /// Form of a conversation
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ExportFormat,
    /// File to write, or folder; standard output unless given, or with '-'
    #[arg(long, value_name = "PATH")]
    pub to: Option<OsString>,
}

/// The form of a conversation, as the flag spells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// The record as it is, one conversation a line
    #[default]
    Jsonl,
    /// The IETF's JSON container of conversations
    Vcon,
}

impl ExportArgs {
    /// Shows the outcome on standard error: standard output may be the export.
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let profile = self.target.profile()?;
        let output = self.output()?;
        let format = match self.format {
            ExportFormat::Jsonl => Format::Jsonl,
            ExportFormat::Vcon => Format::Vcon,
        };
        let question = self.asking.question(&profile)?;
        let options = Options { format, ..Options::default() };
        let desk = Desk::open_profile(&self.target.place, &profile)?;
        desk.wait(export::run(desk.conversations(), question, output, options))?;
        desk.close()
    }

    fn output(&self) -> anyhow::Result<Output> {
        let Some(to) = self.to.as_deref().filter(|to| *to != "-") else { return Ok(Output::Stdout) };
        let path = Path::new(to);
        match self.format {
            ExportFormat::Vcon if !holds_lines(path) => Ok(Output::Folder(path.to_owned())),
            _ if path.is_dir() => bail!("{} is a folder; --to needs the name of a file", path.display()),
            _ => Ok(Output::File(path.to_owned())),
        }
    }
}

fn holds_lines(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|ending| matches!(ending, "jsonl" | "ndjson"))
}
