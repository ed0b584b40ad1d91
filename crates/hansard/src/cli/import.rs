//! `hansard import`: conversations of others, or our own export, into the record.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use jiff::tz::TimeZone;

use super::{
    desk::Desk,
    target::{Place, TargetArgs},
};
use crate::import::{self, Input, Options};

const EXAMPLES: &str = "\
Examples:
  hansard import --customer acme --profile support calls/ transcripts.jsonl
  hansard import --customer acme --profile support --server http://127.0.0.1:8080 --key \"$KEY\" export.jsonl
  hansard import --customer acme --profile support --timezone Europe/Berlin old-calls.jsonl
  hansard export --customer acme --profile support | \\
      hansard import --data-dir ./copy --customer acme --profile support -

Takes vCon JSON, telephone transcripts with speaker lines and time stamps (JSONL), two-party dialogs (JSON or
JSONL) and our own export. Folders are read through; '-' is standard input. Importing the same again adds nothing.
A bad item is reported with file, line and reason while the others go in; the exit status is then 2.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ImportArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    /// Time zone of times that name none, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = parse_time_zone)]
    pub timezone: TimeZone,
    /// Files and folders; '-' is standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

impl ImportArgs {
    /// Shows the outcome on standard error; the exit status tells bad items from a failed run.
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let profile = self.target.profile()?;
        let parent = profile.to_string();
        let inputs: Vec<Input> = self.paths.iter().map(|path| Input::from(path.as_os_str())).collect();
        let remote = matches!(self.target.place, Place::Server(_));
        let options = Options { time_zone: self.timezone, remote, ..Options::default() };
        let desk = Desk::open_profile(&self.target.place, &profile)?;
        let report = desk.wait(import::run(desk.conversations(), parent, inputs, options));
        desk.index_keywords()?;
        desk.close()?;
        Ok(ExitCode::from(report.exit_status()))
    }
}

fn parse_time_zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name)
        .map_err(|_| "expected a zone of the IANA database, such as UTC or Europe/Berlin".to_owned())
}
