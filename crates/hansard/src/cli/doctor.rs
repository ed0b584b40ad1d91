//! `hansard doctor`: a quick look at a store or at a running server, each finding with its remedy.
//!
//! It reads no conversation and, unless it is asked for a round trip, writes none. Every page of a store is read by
//! `hansard fsck`, not here.

pub(super) mod database;
mod disk;
mod folder;
mod http;
mod server;

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use hansard_domain::{
    Id,
    name::{CustomerName, ProfileName},
};

use hansard_store::Location;

use super::{finding::Findings, multi_threaded, target::Place};

const EXAMPLES: &str = "\
Examples:
  hansard doctor --data-dir /var/lib/hansard
  hansard doctor --store postgres://hansard@db.example.com/hansard
  hansard doctor --server https://hansard.example.com --key \"$KEY\"
  hansard doctor --server https://10.0.0.5:8443 --ca-cert ca.pem --key \"$KEY\" --json
  hansard doctor --server http://127.0.0.1:8080 --key \"$KEY\" --round-trip --customer acme --profile support

A folder (in use or not): its permissions, lock, file system, free space, time of a flush, store version, write-ahead
log, clock against the newest record, limit of open files. A database: reachable, version, durability, connections,
store version, clocks. A server: reachable, certificate, clock, readiness, version,
key and role, gRPC; with --round-trip also a conversation that is written, read and deleted again (an admin's key).
Every page and every reference of a store is checked by 'hansard fsck', which takes longer.
Exit status: 0 when nothing failed, 1 otherwise.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub place: Place,
    /// Writes a conversation through --server, reads it and deletes it; needs --customer and --profile
    #[arg(long)]
    pub round_trip: bool,
    /// Id of the customer for --round-trip
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Id of the profile for --round-trip
    #[arg(long, value_name = "ID")]
    pub profile: Option<String>,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

impl DoctorArgs {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let mut findings = Findings::default();
        match &self.place {
            Place::Store(_) if self.round_trip => bail!("--round-trip goes through a server: give --server"),
            Place::Store(Location::Folder(data_dir)) => folder::examine(data_dir, &mut findings),
            Place::Store(Location::Postgres(url)) => database::examine(url, &mut findings),
            Place::Server(server) => {
                let round_trip = self.round_trip_profile()?;
                multi_threaded()?.block_on(server::examine(server, round_trip, &mut findings));
            }
        }
        findings.report(self.json)
    }

    fn round_trip_profile(&self) -> anyhow::Result<Option<ProfileName>> {
        match (self.round_trip, &self.customer, &self.profile) {
            (false, _, _) => Ok(None),
            (true, Some(customer), Some(profile)) => {
                let customer = CustomerName(Id::parse("--customer", customer)?);
                Ok(Some(customer.profile(Id::parse("--profile", profile)?)))
            }
            (true, _, _) => bail!("--round-trip needs --customer and --profile"),
        }
    }
}
