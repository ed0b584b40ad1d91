//! `hansard profile`: profiles in the folder of a stopped server.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::serve::DATA_DIR;

const CREATE_EXAMPLES: &str = "\
Examples:
  hansard profile create --customer acme --profile support --language en-US
  hansard profile create --data-dir /var/lib/hansard --customer acme --profile sales \\
      --language en-US --language de-DE --display-name 'Sales, Europe'

The folder must not be in use; on a running server use POST /v1/customers/acme/profiles?profileId=support.";

#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Makes a profile, and its customer when absent
    Create(CreateArgs),
}

#[derive(Debug, Args)]
#[command(after_help = CREATE_EXAMPLES)]
pub struct CreateArgs {
    /// Data folder of a stopped server; made when absent
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    pub data_dir: PathBuf,
    /// Id of the customer; made when absent
    #[arg(long, value_name = "ID")]
    pub customer: String,
    /// Id of the new profile
    #[arg(long, value_name = "ID")]
    pub profile: String,
    /// Language that its conversations may have (BCP-47); repeatable, the first is the default
    #[arg(long = "language", value_name = "TAG", required = true, value_delimiter = ',')]
    pub languages: Vec<String>,
    /// Name for people to read
    #[arg(long, value_name = "TEXT")]
    pub display_name: Option<String>,
}
