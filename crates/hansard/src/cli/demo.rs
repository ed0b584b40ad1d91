//! `hansard demo`: a server on the loopback with made-up conversations in it.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::bail;
use clap::Args;

use super::serve::parse_address;

const EXAMPLES: &str = "\
Examples:
  hansard demo
  hansard demo --data-dir ./demo-data --listen 127.0.0.1:8080
  hansard demo --seed 7

Makes about 200 conversations over the five channels and one that stays live and keeps talking, then prints the
address, a key and six commands to paste. The same seed makes the same conversations.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DemoArgs {
    /// Keeps the conversations in this folder; a temporary one that goes at the end unless given
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Loopback address and port; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = parse_address)]
    pub listen: SocketAddr,
    /// What the conversations are made from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
}

impl DemoArgs {
    /// Refuses addresses that other machines reach: a demo's key is on the screen.
    pub fn check_exposure(&self) -> anyhow::Result<()> {
        if self.listen.ip().is_loopback() {
            return Ok(());
        }
        bail!(
            "demo listens on the loopback only, not on {}; use 'hansard serve' for other machines",
            self.listen
        )
    }
}
