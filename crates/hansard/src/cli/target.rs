//! Where a command finds the record: a store, or a running server.

use std::{fmt, path::PathBuf};

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, error::ErrorKind};

use hansard_domain::{
    Id, Result,
    name::{CustomerName, ProfileName},
};

use hansard_store::Location;

use super::store::{DATA_DIR, FLAG, StoreText, closeness, database, usage};
use crate::client::Server;

/// One profile in one record.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// Id of the customer
    #[arg(long, value_name = "ID")]
    pub customer: String,
    /// Id of the profile
    #[arg(long, value_name = "ID")]
    pub profile: String,
    #[command(flatten)]
    pub place: Place,
}

impl TargetArgs {
    pub(super) fn profile(&self) -> Result<ProfileName> {
        let customer = CustomerName(Id::parse("--customer", &self.customer)?);
        Ok(customer.profile(Id::parse("--profile", &self.profile)?))
    }
}

/// The place of the record, one of two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The folder of a stopped server, or a database that servers may be using.
    Store(Location),
    Server(Server),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(location) => location.fmt(f),
            Self::Server(server) => f.write_str(&server.url),
        }
    }
}

#[derive(Debug, Args)]
struct PlaceFlags {
    /// Data folder of a stopped server
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    data_dir: PathBuf,
    /// PostgreSQL database of servers instead of a folder; as HANSARD_STORE its password stays out of the list of
    /// processes
    #[arg(long, value_name = "URL")]
    store: Option<StoreText>,
    /// Running server to use instead of a store, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// API key for --server; as HANSARD_KEY it stays out of the list of processes
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Certificate in PEM of the authority that issued the server's, where it is not a public one
    #[arg(long, value_name = "FILE")]
    ca_cert: Option<PathBuf>,
}

impl Args for Place {
    fn augment_args(command: Command) -> Command {
        PlaceFlags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        PlaceFlags::augment_args_for_update(command)
    }
}

impl FromArgMatches for Place {
    /// Takes the store or the server, whichever was asked for more closely: a flag beats a variable beats the file.
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let flags = PlaceFlags::from_arg_matches(matches)?;
        let of_store = closeness(matches, "data_dir").max(closeness(matches, "store"));
        let of_server = closeness(matches, "server");
        let Some(url) = flags.server.filter(|_| of_server >= of_store) else {
            let database = database(matches, flags.store.as_ref())?;
            return Ok(Self::Store(database.map_or(Location::Folder(flags.data_dir), Location::Postgres)));
        };
        if of_server == of_store && of_server == FLAG {
            let text = "--server excludes --data-dir and --store";
            return Err(usage(ErrorKind::ArgumentConflict, text));
        }
        let no_key =
            || usage(ErrorKind::MissingRequiredArgument, "--server needs --key or the variable HANSARD_KEY");
        let key = flags.key.ok_or_else(no_key)?;
        Ok(Self::Server(Server { url, key, ca_cert: flags.ca_cert }))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
