//! `hansard export`: a profile's conversations as JSONL.

use clap::Args;

use super::target::TargetArgs;

const EXAMPLES: &str = "\
Examples:
  hansard export --customer acme --profile support --to support.jsonl
  hansard export --customer acme --profile support --server http://127.0.0.1:8080 --key \"$KEY\" --to - | gzip > support.jsonl.gz

One line is one whole conversation: its fields, messages and events.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    /// File to write; '-' is standard output
    #[arg(long, value_name = "FILE")]
    pub to: String,
}
