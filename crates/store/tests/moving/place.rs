//! A folder with rows in every table, and a database to move it into.

use crate::fill::{fill, open};
use hansard_cluster::Database;
use hansard_domain::Result;
use hansard_store::{
    DatabaseUrl, Engine, Location, MIGRATIONS, Migration, Options,
    moving::{Report, Stage, move_store},
    random,
};
use std::path::PathBuf;
use tempfile::TempDir;

/// A table that a later build may make: its name comes before that of the table it refers to, and it has every type.
const LATER: &str = "create table a_later_one (
    profile_key bigint not null references profile (profile_key),
    label text not null,
    share double precision,
    raw bytea,
    primary key (label, profile_key)
) /*clustered*/;";

/// The steps of this build, and one that a later build may take.
pub(crate) fn migrations() -> Vec<Migration> {
    let version = MIGRATIONS.len() as i64 + 1;
    let later = Migration { version, name: "later", sql: LATER };
    MIGRATIONS.iter().copied().chain([later]).collect()
}

pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) database: Database,
}

impl Place {
    /// A folder with rows in every table that these steps make.
    pub(crate) fn filled(migrations: &[Migration]) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap(), database: Database::new() };
        Engine::open(&Options::new(place.data_dir()), migrations).unwrap().close().unwrap();
        fill(&place.file());
        let secret = random::<32>().unwrap();
        let sql = "update store_secret set secret = ?1 where name = 'root'";
        assert_eq!(open(&place.file()).execute(sql, [&secret]).unwrap(), 1);
        place
    }

    pub(crate) fn new() -> Self {
        Self::filled(&migrations())
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.data_dir().join("hansard.db")
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        self.database.url().parse().unwrap()
    }

    /// Moves the folder; `see` is told how far it is.
    pub(crate) fn move_seen(&self, mut see: impl FnMut(Stage, &str, u64)) -> Result<Report> {
        move_store(&self.data_dir(), &self.url(), &migrations(), &mut |stage, table, done, _| {
            see(stage, table, done);
        })
    }

    pub(crate) fn move_it(&self) -> Result<Report> {
        self.move_seen(|_, _, _| {})
    }

    /// Moves the folder until this many rows of a table are there.
    pub(crate) fn move_until(&self, wanted: &str, rows: u64) {
        let stopped = self.move_seen(|stage, table, done| {
            assert!(stage != Stage::Copying || table != wanted || done < rows, "stopped by the test");
        });
        stopped.unwrap_err();
    }

    /// Lets nobody reach the database any more, or lets everybody reach it again.
    pub(crate) fn set_reachable(&self, is_reachable: bool) {
        let name = self.database.url().rsplit('/').next().unwrap().to_owned();
        let allow = format!("alter database {name} allow_connections {is_reachable}");
        let cut =
            format!("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{name}'");
        Database::new().run(&[&allow, if is_reachable { "select 1" } else { &cut }]).unwrap();
    }

    /// Opens the database as a store.
    pub(crate) fn open_database(&self) -> Result<Engine> {
        Engine::open(&Options::at(Location::Postgres(self.url())), &migrations())
    }
}
