//! `hansard profile`: profiles, in the folder of a stopped server or on a running one.

use clap::{Args, Subcommand};
use hansard_domain::{Id, directory::ProfileBody};

use super::{desk::Desk, key::shown, print, table::Table, target::Place};

const CREATE_EXAMPLES: &str = "\
Examples:
  hansard profile create --customer acme --profile support --language en-US
  hansard profile create --data-dir /var/lib/hansard --customer acme --profile sales \\
      --language en-US --language de-DE --display-name 'Sales, Europe'
  hansard profile create --customer acme --profile night --language en-US \\
      --server https://hansard.example.com --key \"$ADMIN_KEY\"

A folder that a server holds is refused; work through that server with --server. There an admin's key makes profiles
of its own customer, an operator's also new customers.";

const LIST_EXAMPLES: &str = "\
Examples:
  hansard profile list --customer acme
  HANSARD_KEY=$ADMIN_KEY hansard profile list --customer acme --server http://127.0.0.1:8080";

#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Makes a profile, and its customer when absent
    Create(CreateArgs),
    /// Lists the profiles of a customer
    List(ListArgs),
}

#[derive(Debug, Args)]
#[command(after_help = CREATE_EXAMPLES)]
pub struct CreateArgs {
    #[command(flatten)]
    pub place: Place,
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

#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub struct ListArgs {
    #[command(flatten)]
    pub place: Place,
    /// Id of the customer
    #[arg(long, value_name = "ID")]
    pub customer: String,
}

impl ProfileCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(args) => args.run(),
            Self::List(args) => args.run(),
        }
    }
}

impl CreateArgs {
    /// Prints the new profile's resource name.
    fn run(self) -> anyhow::Result<()> {
        let id = Id::parse("--profile", &self.profile)?.to_string();
        let body = ProfileBody {
            display_name: self.display_name.unwrap_or_default(),
            language_codes: self.languages,
            ..ProfileBody::default()
        };
        // Before a folder is made for nothing.
        let body = body.checked()?;
        let desk = Desk::open(&self.place, &self.customer)?;
        desk.ensure_customer()?;
        let name = desk.wait(desk.directory().create_profile(id, body.display_name, body.language_codes))?;
        desk.close()?;
        print(name)
    }
}

impl ListArgs {
    fn run(&self) -> anyhow::Result<()> {
        let desk = Desk::open_customer(&self.place, &self.customer)?;
        let profiles = desk.wait(desk.directory().profiles())?;
        desk.close()?;
        let mut table = Table::new(["PROFILE_ID", "LANGUAGES", "CREATED", "NAME"]);
        for profile in profiles {
            let languages = profile.languages.join(",");
            table.push([profile.id, languages, shown(profile.create_time), profile.display_name]);
        }
        print(table)
    }
}
