//! Where a test keeps its store, of either engine.

use hansard_cluster::Database;
use hansard_store::{Location, Options, fsck};
use tempfile::TempDir;

/// A place of its own for one test; what is in it goes with it.
pub(crate) enum Place {
    Folder(TempDir),
    Database(Database),
}

impl Place {
    pub(crate) fn folder() -> Self {
        Self::Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn database() -> Self {
        Self::Database(Database::new())
    }

    /// The options of a server.
    pub(crate) fn options(&self) -> Options {
        match self {
            Self::Folder(folder) => Options::new(folder.path()),
            Self::Database(database) => Options::at(Location::Postgres(database.url().parse().unwrap())),
        }
    }

    /// What of a closed store, or of its index, is not what was written.
    pub(crate) fn findings(&self) -> Vec<fsck::Finding> {
        let report = match self {
            Self::Folder(folder) => fsck::check_folder(folder.path(), &mut |_, _, _| {}),
            Self::Database(database) => {
                fsck::check_database(&database.url().parse().unwrap(), &mut |_, _, _| {})
            }
        };
        report.unwrap().findings
    }
}
