//! `hansard profile`: profiles in the folder of a stopped server.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hansard_domain::{Id, directory::ProfileBody};

use super::{desk::Desk, print, serve::DATA_DIR};
use crate::service::profile;

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

impl ProfileCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(args) => args.run(),
        }
    }
}

impl CreateArgs {
    /// Prints the new profile's resource name.
    fn run(self) -> anyhow::Result<()> {
        let instead = format!("POST /v1/customers/{}/profiles?profileId={}", self.customer, self.profile);
        let id = Id::parse("--profile", &self.profile)?;
        let body = ProfileBody {
            display_name: self.display_name.unwrap_or_default(),
            language_codes: self.languages,
            ..ProfileBody::default()
        };
        let body = body.checked()?;
        let desk = Desk::open(&self.data_dir, &self.customer, &instead)?;
        desk.app.store.ensure_customer(&desk.customer.0)?;
        let create = profile::create(&desk.app, &desk.call, &desk.customer, id, body);
        let profile = desk.wait(create)?;
        desk.close()?;
        print(profile.name)
    }
}
