//! `hansard restore`: a data folder from a backup.

use std::path::PathBuf;

use clap::Args;
use hansard_store::{MIGRATIONS, backup};

use super::{print, progress::Bar, serve::DATA_DIR};

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
    /// Folder to make
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    pub data_dir: PathBuf,
    /// Has every page, index and reference checked
    #[arg(long)]
    pub verify: bool,
}

impl RestoreArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let bar = Bar::new("restoring");
        let mut show = |done, total| bar.show(done, total);
        let report = backup::restore(&self.from, &self.data_dir, MIGRATIONS, self.verify, &mut show)?;
        bar.clear();
        print(format_args!(
            "{}: {} bytes, store version {}{}",
            self.data_dir.display(),
            report.bytes,
            report.version,
            if self.verify { ", verified" } else { "" }
        ))
    }
}
