//! `hansard export`: a profile's conversations as JSONL.

use std::ffi::OsString;

use clap::Args;

use super::{
    desk::Desk,
    multi_threaded,
    target::{Place, TargetArgs},
};
use crate::{
    client,
    export::{self, Options, Output},
};

const EXAMPLES: &str = "\
Examples:
  hansard export --customer acme --profile support --to support.jsonl
  hansard export --customer acme --profile support --server http://127.0.0.1:8080 --key \"$KEY\" | gzip > support.jsonl.gz

One line is one whole conversation: its fields, messages and events.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    /// File to write; standard output unless given, or with '-'
    #[arg(long, value_name = "FILE")]
    pub to: Option<OsString>,
}

impl ExportArgs {
    /// Shows the outcome on standard error: standard output may be the export.
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let profile = self.target.profile()?;
        let parent = profile.to_string();
        let output = self.to.as_deref().map_or(Output::Stdout, Output::from);
        match &self.target.place {
            Place::Folder(data_dir) => {
                let desk = Desk::open_profile(data_dir, &profile, "--server and --key")?;
                desk.wait(export::run(desk.conversations(), parent, output, Options::default()))?;
                Ok(desk.close()?)
            }
            Place::Server { url, key } => multi_threaded()?.block_on(async {
                export::run(client::connect(url, key).await?, parent, output, Options::default()).await?;
                Ok(())
            }),
        }
    }
}
