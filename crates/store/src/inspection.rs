//! A quick look at a store, in use or not: its version, its size, its newest record.
//!
//! It changes nothing and needs no lock. Whether every page is sound is not its business.

use std::{fs, path::Path};

use hansard_domain::{Result, Time};

use crate::{
    engine::sqlite::snapshot::{self, Image},
    folder::DATABASE_FILE,
    migrate,
    store::MIGRATIONS,
};

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
    let (version, newest_change) = snapshot::examine(Image::WithLog(&store), |tx| {
        let version = migrate::version(&migrate::list_applied(tx)?);
        let newest = if version <= version_known() { tx.newest_change()? } else { None };
        Ok((version, newest))
    })?;
    let wal_bytes = wal.map_or(0, |wal| wal.len());
    Ok(Some(Inspection { version, database_bytes: found.len(), wal_bytes, newest_change }))
}
