//! `hansard backup`: one consistent file of a whole data folder.

use std::path::PathBuf;

use clap::Args;

use super::serve::DATA_DIR;

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
