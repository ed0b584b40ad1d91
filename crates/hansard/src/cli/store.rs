//! Where a command finds a store: a folder by `--data-dir`, or a database by `--store`.

use std::{convert::Infallible, fmt, path::PathBuf, str::FromStr};

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, error::ErrorKind, parser::ValueSource};
use hansard_store::{DatabaseUrl, Location};

pub(super) const DATA_DIR: &str = "./hansard-data";

/// The URL of a database as it was given. It is read later, because clap quotes what it cannot read.
#[derive(Clone)]
pub(super) struct StoreText(String);

impl FromStr for StoreText {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for StoreText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreText")
    }
}

impl StoreText {
    /// Reads the URL that was given by a flag.
    pub(super) fn url(&self, flag: &str) -> Result<DatabaseUrl, Error> {
        let url = DatabaseUrl::from_str(&self.0);
        url.map_err(|error| usage(ErrorKind::InvalidValue, &format!("{flag}: {}", error.message())))
    }
}

/// A store that is worked with itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreArgs(pub Location);

#[derive(Debug, Args)]
struct StoreFlags {
    /// Folder that holds all state; one process at a time has it open
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    data_dir: PathBuf,
    /// PostgreSQL database that holds all state instead of a folder; as HANSARD_STORE its password stays out of the list
    /// of processes
    #[arg(long, value_name = "URL")]
    store: Option<StoreText>,
}

impl Args for StoreArgs {
    fn augment_args(command: Command) -> Command {
        StoreFlags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        StoreFlags::augment_args_for_update(command)
    }
}

impl FromArgMatches for StoreArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let StoreFlags { data_dir, store } = StoreFlags::from_arg_matches(matches)?;
        let database = database(matches, store.as_ref())?;
        Ok(Self(database.map_or(Location::Folder(data_dir), Location::Postgres)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The database, unless a folder was asked for more closely.
pub(super) fn database(
    matches: &ArgMatches,
    store: Option<&StoreText>,
) -> Result<Option<DatabaseUrl>, Error> {
    let (of_folder, of_database) = (closeness(matches, "data_dir"), closeness(matches, "store"));
    if of_folder == FLAG && of_database == FLAG {
        return Err(usage(ErrorKind::ArgumentConflict, "--store and --data-dir exclude each other"));
    }
    store.filter(|_| of_database >= of_folder).map(|store| store.url("--store")).transpose()
}

/// The closeness of what stands on the command line itself.
pub(super) const FLAG: u8 = 2;

/// How closely a value was asked for: a flag beats a variable beats the file.
pub(super) fn closeness(matches: &ArgMatches, id: &str) -> u8 {
    match matches.value_source(id) {
        Some(ValueSource::CommandLine) => FLAG,
        Some(ValueSource::EnvVariable) => 1,
        _ => 0,
    }
}

pub(super) fn usage(kind: ErrorKind, message: &str) -> Error {
    Error::raw(kind, format!("{message}\n\nFor more information, try '--help'.\n"))
}
