//! `hansard restore`: a data folder from a backup.

use std::path::PathBuf;

use clap::Args;

use super::serve::DATA_DIR;

const EXAMPLES: &str = "\
Examples:
  hansard restore --from /backup/hansard-monday.backup --data-dir ./restored --verify

DIR must be absent or empty: nothing is ever overwritten. --verify reads the whole restored record and checks it.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RestoreArgs {
    /// Backup file to read
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// Folder to make
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    pub data_dir: PathBuf,
    /// Checks every page, and the record's own numbering, after restoring
    #[arg(long)]
    pub verify: bool,
}
