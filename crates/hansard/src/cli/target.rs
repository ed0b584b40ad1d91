//! Where a command finds the record: the folder of a stopped server, or a running server.

use std::{fmt, path::PathBuf};

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, error::ErrorKind, parser::ValueSource};

use hansard_domain::{
    Id, Result,
    name::{CustomerName, ProfileName},
};

use super::serve::DATA_DIR;
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
    Folder(PathBuf),
    Server(Server),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(data_dir) => write!(f, "{}", data_dir.display()),
            Self::Server(server) => f.write_str(&server.url),
        }
    }
}

#[derive(Debug, Args)]
struct PlaceFlags {
    /// Data folder of a stopped server
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    data_dir: PathBuf,
    /// Running server to use instead of a folder, such as http://127.0.0.1:8080
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
    /// Takes the folder or the server, whichever was asked for more closely: a flag beats a variable beats the file.
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let flags = PlaceFlags::from_arg_matches(matches)?;
        let (folder, server) = (closeness(matches, "data_dir"), closeness(matches, "server"));
        let Some(url) = flags.server.filter(|_| server >= folder) else {
            return Ok(Self::Folder(flags.data_dir));
        };
        if server == folder && server == FLAG {
            return Err(usage(ErrorKind::ArgumentConflict, "--server and --data-dir exclude each other"));
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

const FLAG: u8 = 2;

fn closeness(matches: &ArgMatches, id: &str) -> u8 {
    match matches.value_source(id) {
        Some(ValueSource::CommandLine) => FLAG,
        Some(ValueSource::EnvVariable) => 1,
        _ => 0,
    }
}

fn usage(kind: ErrorKind, message: &str) -> Error {
    Error::raw(kind, format!("{message}\n\nFor more information, try '--help'.\n"))
}
