//! `hansard migrate-store`: the store of a folder into a database, for a team that outgrew the folder.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::{ArgMatches, Args, Command, Error, FromArgMatches};
use hansard_store::{
    DatabaseUrl, MIGRATIONS, hex,
    moving::{self, Moved, Report, Stage},
};

use super::{
    print,
    progress::{Bar, Bars},
    store::StoreText,
    table::Table,
};

const EXAMPLES: &str = "\
Examples:
  hansard migrate-store --from /var/lib/hansard --to postgres://hansard@db.example.com/hansard
  HANSARD_TO='postgres://hansard:PASSWORD@db.example.com/hansard' hansard migrate-store --from /var/lib/hansard

Stop the server of the folder first; it stays stopped until the end. The database is an empty one, with encoding UTF8, of a
role that may make tables in it. Everything is moved: conversations, change cursors, idempotency keys, API keys and the secret
behind them, so that clients notice nothing but the pause. Then each table is read again in the database, and its SHA-256
must be that of the folder.

Killed, or the database gone? The same command again goes on where it stopped. Until it has ended well, no command serves or
reads the database. The folder is left as it was: then start 'hansard serve --store URL' and point clients there. To go
back before anything was written there, serve the folder again; never serve both.
Exit status: 0 moved and verified, 1 not finished.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MigrateStoreArgs {
    /// Data folder of a stopped server
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    #[command(flatten)]
    pub to: Target,
}

/// The database to be filled.
#[derive(Debug, Clone)]
pub struct Target(DatabaseUrl);

#[derive(Debug, Args)]
struct TargetFlags {
    /// PostgreSQL database to fill: empty, or with an unfinished move of this folder; as HANSARD_TO its password stays out of the
    /// list of processes
    #[arg(long, value_name = "URL")]
    to: StoreText,
}

impl Args for Target {
    fn augment_args(command: Command) -> Command {
        TargetFlags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        TargetFlags::augment_args_for_update(command)
    }
}

impl FromArgMatches for Target {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        TargetFlags::from_arg_matches(matches)?.to.url("--to").map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl MigrateStoreArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        let mut bars = Bars::default();
        let mut show = |stage, table: &str, done, total| {
            let make = || Bar::of_rows(format!("{} {table}", verb(stage)));
            bars.show((stage, table.to_owned()), make, done, total);
        };
        let moved = moving::move_store(&self.from, &self.to.0, MIGRATIONS, &mut show);
        bars.clear();
        self.print(&moved?, began.elapsed())
    }

    fn print(&self, report: &Report, took: Duration) -> anyhow::Result<()> {
        let mut table = Table::new(["TABLE", "ROWS", "SHA-256"]);
        for Moved { table: name, rows, digest, .. } in &report.tables {
            table.push([name.clone(), rows.to_string(), hex(digest)]);
        }
        print(format_args!("{table}\n"))?;
        let (from, to, rows) = (self.from.display(), &self.to.0, report.rows());
        let fresh = rows - report.rows_before();
        let before = match report.rows_before() {
            0 => String::new(),
            before => format!(" ({before} of them by an earlier run)"),
        };
        print(format_args!(
            "{from}: {} tables, {rows} rows moved to {to}{before} and verified, in {:.1} s ({:.0} rows/s)",
            report.tables.len(),
            took.as_secs_f64(),
            fresh as f64 / took.as_secs_f64()
        ))?;
        print(format_args!("digest of the whole, the same on both sides: {}", hex(&report.digest())))?;
        print(format_args!(
            "next: 'hansard serve --store URL' (or HANSARD_STORE), and {from} is served no more: it is as it was, and one \
             of two that are served would miss what the other is told"
        ))
    }
}

fn verb(stage: Stage) -> &'static str {
    match stage {
        Stage::Resuming => "reading again",
        Stage::Copying => "copying",
        Stage::Verifying => "verifying",
    }
}
