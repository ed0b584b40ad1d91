//! `hansard backup`: one consistent file of a whole data folder.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use hansard_store::{Location, backup};

use super::{print, progress::Bar, store::StoreArgs};

const EXAMPLES: &str = "\
Example:
  hansard backup --data-dir /var/lib/hansard --to /backup/hansard-monday.backup

Safe while the folder is being served: the file holds one moment of the record. An existing FILE is not overwritten.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct BackupArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// File to write
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

impl BackupArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let Location::Folder(data_dir) = &self.store.0 else {
            bail!(
                "a database is backed up by its server's own programs: 'pg_dump --format=custom --file={} URL' writes \
                 one moment of it to a file, for a role that row-level security does not hold; see docs/operating.md \
                 (PostgreSQL)",
                self.to.display()
            )
        };
        let bar = Bar::new("writing");
        let report = backup::backup(data_dir, &self.to, &mut |done, total| bar.show(done, total))?;
        bar.clear();
        print(format_args!("{}: {} bytes, store version {}", self.to.display(), report.bytes, report.version))
    }
}
