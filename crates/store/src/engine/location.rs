//! Where a store is kept.

use std::{
    fmt::{self, Debug, Display},
    path::PathBuf,
    str::FromStr,
};

use hansard_domain::{Error, Result};
use tokio_postgres::{Config, config::Host};

/// The place of a store, which decides its engine.
#[derive(Debug, Clone)]
pub enum Location {
    /// SQLite in a folder, held by one process at a time.
    Folder(PathBuf),
    /// A database of a PostgreSQL server, shared by any number of processes.
    Postgres(DatabaseUrl),
}

/// The address of a PostgreSQL database. It shows itself without credentials.
#[derive(Clone)]
pub struct DatabaseUrl(Box<Config>);

impl DatabaseUrl {
    pub(crate) fn config(&self) -> &Config {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self> {
        // The driver's own error may quote what it could not read, which may be the password.
        let config = Config::from_str(url).map_err(|_| Error::invalid("store", "is no URL of a database"))?;
        Ok(Self(Box::new(config)))
    }
}

impl Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = match self.0.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            Some(Host::Unix(folder)) => folder.display().to_string(),
            None => "localhost".to_owned(),
        };
        write!(f, "{} at {host}", self.0.get_dbname().unwrap_or("its database"))
    }
}

impl Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}
