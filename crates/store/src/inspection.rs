//! A quick look at a store, in use or not: its version, its size, its newest record, and a database's server.
//!
//! It changes nothing and needs no lock. Whether every page is sound is not its business.

use std::{fs, path::Path, time::Duration};

use hansard_domain::{Result, Time};

pub use crate::engine::postgres::Survey;
use crate::{
    Tx,
    engine::{
        DatabaseUrl, Reach,
        health::Monitor,
        postgres,
        sqlite::snapshot::{self, Image},
    },
    folder::DATABASE_FILE,
    migrate, moving,
    schema::MIGRATIONS,
};

const LOOK_TIME_MAX: Duration = Duration::from_secs(5);

/// What a look at a store shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspection {
    /// The version of the store.
    pub version: i64,
    pub database_bytes: u64,
    /// What is not yet folded into the database.
    pub wal_bytes: u64,
    /// When the newest change was made.
    pub newest_change: Option<Time>,
}

/// What a look at a database shows.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseInspection {
    pub server: Survey,
    /// Settings by which a crash of the server's machine may lose what it acknowledged.
    pub relaxed: Vec<&'static str>,
    /// Whether a move into it has begun and not finished.
    pub is_unfinished: bool,
    /// None where the database holds no store yet.
    pub store: Option<Inspection>,
}

/// The version that this build makes and reads.
pub fn version_known() -> i64 {
    MIGRATIONS.last().map_or(0, |last| last.version)
}

/// Looks at the store of a folder; `None` where it holds none yet.
pub fn inspect(data_dir: &Path) -> Result<Option<Inspection>> {
    let store = data_dir.join(DATABASE_FILE);
    let Ok(found) = fs::metadata(&store) else { return Ok(None) };
    if found.len() == 0 {
        return Ok(None);
    }
    let wal = fs::metadata(data_dir.join(format!("{DATABASE_FILE}-wal")));
    let (version, newest_change) = snapshot::examine(Image::WithLog(&store), version_and_newest)?;
    let wal_bytes = wal.map_or(0, |wal| wal.len());
    Ok(Some(Inspection { version, database_bytes: found.len(), wal_bytes, newest_change }))
}

/// Looks at a database and its server.
pub fn inspect_database(url: &DatabaseUrl) -> Result<DatabaseInspection> {
    let (server, relaxed) = postgres::survey(url)?;
    let reader = postgres::Reader::new(url, LOOK_TIME_MAX, &Monitor::new());
    let look = || {
        let (version, newest_change) = reader.read(&Reach::Store, version_and_newest)?;
        let database_bytes = server.database_bytes;
        Ok(Inspection { version, database_bytes, wal_bytes: 0, newest_change })
    };
    let store = server.has_store.then(look).transpose()?;
    let is_unfinished = reader.read(&Reach::Store, moving::is_unfinished)?;
    Ok(DatabaseInspection { server, relaxed, is_unfinished, store })
}

fn version_and_newest(tx: &Tx<'_>) -> Result<(i64, Option<Time>)> {
    let version = migrate::version(&migrate::list_applied(tx)?);
    let newest = if version <= version_known() { tx.newest_change()? } else { None };
    Ok((version, newest))
}
