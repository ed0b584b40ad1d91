//! What was loaded, a folder or a cluster, which is kept for the next run while the store's form and the data stay the same.

use std::{
    fs::{self, Permissions},
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde_json::{Value, json};

use hansard_cluster::{Own, Settings};

use super::{loading, tenant::Tenants};
use crate::{Setup, fixture, hansard::Place};

const PREFIX: &str = "find-";
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/store/migrations");
/// What decides what is loaded.
const SOURCES: [&str; 7] = [
    include_str!("archive.rs"),
    include_str!("corpus.rs"),
    include_str!("directory.rs"),
    include_str!("facts.rs"),
    include_str!("tenant.rs"),
    include_str!("../random.rs"),
    include_str!("../text.rs"),
];
const CLUSTER_FOLDER: &str = "cluster";
const RECORD: &str = "loaded.json";

/// What a cluster of this machine is set to: a third of the memory to share, and checkpoints that are not forced by size.
const CLUSTER: [(&str, &str); 3] =
    [("shared_buffers", "6GB"), ("max_wal_size", "8GB"), ("max_connections", "200")];

/// Where all conversations are.
#[derive(Debug)]
enum Store {
    Folder(PathBuf),
    Cluster { own: Own, url: String },
}

impl Store {
    fn open(setup: &Setup, folder: &Path) -> anyhow::Result<Self> {
        if !setup.database {
            return Ok(Self::Folder(folder.join("data")));
        }
        // The server's account finds its folder in there.
        fs::set_permissions(folder, Permissions::from_mode(0o755))?;
        let settings = CLUSTER.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
        let own = Own::kept(&folder.join(CLUSTER_FOLDER), &Settings { settings, ..Settings::default() });
        Ok(Self::Cluster { url: own.url(), own })
    }

    fn place(&self) -> Place<'_> {
        match self {
            Self::Folder(folder) => Place::Folder(folder),
            Self::Cluster { url, .. } => Place::Database(url),
        }
    }

    fn bytes(&self) -> anyhow::Result<u64> {
        match self {
            Self::Folder(folder) => {
                let sizes = fs::read_dir(folder)?.map(|entry| Ok(entry?.metadata()?.len()));
                sizes.sum()
            }
            Self::Cluster { own, .. } => {
                let size = own.query(&["select pg_database_size(current_database())"]);
                Ok(size.map_err(anyhow::Error::msg)?.trim().parse()?)
            }
        }
    }
}

/// All conversations, in a store.
#[derive(Debug)]
pub(crate) struct Loaded {
    folder: PathBuf,
    store: Store,
    pub(crate) tenants: Tenants,
    /// An admin's key for each tenant, in their order.
    pub(crate) keys: Vec<String>,
    pub(crate) load: Load,
}

/// What the load was like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) messages: u64,
    pub(crate) text_bytes: u64,
    /// Until the last conversation was acknowledged.
    pub(crate) seconds: f64,
    /// Until the server had nothing left to do.
    pub(crate) rested_seconds: f64,
    pub(crate) disk_bytes: u64,
}

impl Loaded {
    /// The kept folder, or one that is loaded now.
    pub(crate) fn kept(setup: &Setup) -> anyhow::Result<Self> {
        let folder = path(setup)?;
        if folder.join(RECORD).is_file() { Self::open(setup, folder) } else { Self::anew(setup) }
    }

    /// Loads it, whether there is one or not.
    pub(crate) fn anew(setup: &Setup) -> anyhow::Result<Self> {
        let folder = path(setup)?;
        remove_like(setup)?;
        let tenants = Tenants::of(setup.conversations);
        let loading = tempfile::tempdir_in(&setup.scratch)?;
        let store = Store::open(setup, loading.path())?;
        let (keys, load) = loading::load(setup, store.place(), &tenants)?;
        let load = Load { disk_bytes: store.bytes()?, ..load };
        drop(store);
        let record = json!({
            "keys": keys,
            "messages": load.messages,
            "textBytes": load.text_bytes,
            "seconds": load.seconds,
            "restedSeconds": load.rested_seconds,
            "diskBytes": load.disk_bytes,
        });
        fs::write(loading.path().join(RECORD), record.to_string())?;
        fs::rename(loading.keep(), &folder)?;
        Self::open(setup, folder)
    }

    fn open(setup: &Setup, folder: PathBuf) -> anyhow::Result<Self> {
        if setup.database {
            fixture::remember_pages(&Own::tables_in(&folder.join(CLUSTER_FOLDER)))?;
        }
        let record: Value = serde_json::from_str(&fs::read_to_string(folder.join(RECORD))?)?;
        let number = |name: &str| record[name].as_f64().with_context(|| format!("{RECORD} has no {name}"));
        let keys = record["keys"].as_array().into_iter().flatten();
        Ok(Self {
            tenants: Tenants::of(setup.conversations),
            keys: keys.filter_map(Value::as_str).map(str::to_owned).collect(),
            load: Load {
                messages: number("messages")? as u64,
                text_bytes: number("textBytes")? as u64,
                seconds: number("seconds")?,
                rested_seconds: number("restedSeconds")?,
                disk_bytes: number("diskBytes")? as u64,
            },
            store: Store::open(setup, &folder)?,
            folder,
        })
    }

    /// What the server serves.
    pub(crate) fn place(&self) -> Place<'_> {
        self.store.place()
    }

    /// Has all of it in the system's memory. Of a cluster that is done once, before it starts: nothing has it forgotten.
    pub(crate) fn remember(&self) -> anyhow::Result<()> {
        match &self.store {
            Store::Folder(folder) => fixture::remember_pages(folder),
            Store::Cluster { .. } => Ok(()),
        }
    }

    /// Has what was read from the disk forgotten; nothing serves it meanwhile. A cluster goes on with what it has in memory.
    pub(crate) fn forget(&self) -> anyhow::Result<()> {
        match &self.store {
            Store::Folder(folder) => fixture::forget_pages(folder),
            Store::Cluster { .. } => Ok(()),
        }
    }

    /// Where the yardstick keeps the same conversations.
    pub(crate) fn raw(&self) -> PathBuf {
        self.folder.join("raw.db")
    }
}

fn path(setup: &Setup) -> anyhow::Result<PathBuf> {
    let mut hash = DefaultHasher::new();
    SOURCES.hash(&mut hash);
    let mut migrations = fs::read_dir(MIGRATIONS)?.collect::<Result<Vec<_>, _>>()?;
    migrations.sort_by_key(fs::DirEntry::file_name);
    for migration in migrations {
        fs::read(migration.path())?.hash(&mut hash);
    }
    Ok(setup.scratch.join(format!("{}{:016x}", prefix(setup), hash.finish())))
}

fn prefix(setup: &Setup) -> String {
    let database = if setup.database { "database-" } else { "" };
    format!("{PREFIX}{database}{}-", setup.conversations)
}

/// Removes what was loaded of this size; another form of it is of no use any more.
fn remove_like(setup: &Setup) -> anyhow::Result<()> {
    for entry in fs::read_dir(&setup.scratch)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix(setup)) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
