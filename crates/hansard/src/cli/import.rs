//! `hansard import`: conversations of others, or our own export, into the record.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use jiff::tz::TimeZone;

use super::{
    desk::Desk,
    multi_threaded,
    target::{Place, TargetArgs},
};
use crate::{
    client,
    import::{self, Input, Options},
};

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
        let mut options = Options { time_zone: self.timezone, ..Options::default() };
        let report = match &self.target.place {
            Place::Folder(data_dir) => {
                let desk = Desk::open_profile(data_dir, &profile, "--server and --key")?;
                let run = import::run(desk.conversations(), parent, inputs, options);
                let report = desk.wait(run);
                desk.close()?;
                report
            }
            Place::Server { url, key } => {
                options.remote = true;
                let run = async {
                    let client = client::connect(url, key).await?;
                    anyhow::Ok(import::run(client, parent, inputs, options).await)
                };
                multi_threaded()?.block_on(run)?
            }
        };
        Ok(ExitCode::from(report.exit_status()))
    }
}

fn parse_time_zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name)
        .map_err(|_| "expected a zone of the IANA database, such as UTC or Europe/Berlin".to_owned())
}
