//! `hansard backup`: one consistent file of a whole data folder.

use std::path::PathBuf;

use clap::Args;
use hansard_store::backup;

use super::{print, progress::Bar, serve::DATA_DIR};

const EXAMPLES: &str = "\
Example:
  hansard backup --data-dir /var/lib/hansard --to /backup/hansard-monday.backup

Safe while the folder is being served: the file holds one moment of the record. An existing FILE is not overwritten.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct BackupArgs {
    /// Data folder, in use or not
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    pub data_dir: PathBuf,
    /// File to write
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

impl BackupArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let bar = Bar::new("writing");
        let report = backup::backup(&self.data_dir, &self.to, &mut |done, total| bar.show(done, total))?;
        bar.clear();
        print(format_args!("{}: {} bytes, store version {}", self.to.display(), report.bytes, report.version))
    }
}
