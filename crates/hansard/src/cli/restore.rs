//! `hansard restore`: a data folder from a backup.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use hansard_store::{Location, MIGRATIONS, backup};

use super::{print, progress::Bar, store::StoreArgs};

const EXAMPLES: &str = "\
Examples:
  hansard restore --from /backup/hansard-monday.backup --data-dir ./restored --verify

DIR must be absent or empty: nothing is ever overwritten. The file's own checksum is
always checked; --verify reads the whole restored store as well.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RestoreArgs {
    /// Backup file to read
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    #[command(flatten)]
    pub store: StoreArgs,
    /// Has every page, index and reference checked
    #[arg(long)]
    pub verify: bool,
}

impl RestoreArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let Location::Folder(data_dir) = &self.store.0 else {
            bail!(
                "a backup of a folder makes a folder: give --data-dir; a dump of a database is restored by 'pg_restore \
                 --exit-on-error --dbname=URL FILE' into a new one; see docs/operating.md (PostgreSQL)"
            )
        };
        let bar = Bar::new("restoring");
        let mut show = |done, total| bar.show(done, total);
        let report = backup::restore(&self.from, data_dir, MIGRATIONS, self.verify, &mut show)?;
        bar.clear();
        print(format_args!(
            "{}: {} bytes, store version {}{}",
            data_dir.display(),
            report.bytes,
            report.version,
            if self.verify { ", verified" } else { "" }
        ))
    }
}
