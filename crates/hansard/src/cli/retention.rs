//! `hansard retention`: what the retention of a profile deletes, and deleting it in a store.

use anyhow::bail;
use clap::Args;

use super::{desk::Desk, print, table::Table, target::TargetArgs};
use crate::{client::admin::Preview, config::Retention};

const EXAMPLES: &str = "\
Examples:
  hansard retention --dry-run --customer acme --profile support --server http://127.0.0.1:8080 --key \"$KEY\"
  hansard retention --dry-run --customer acme --profile support --data-dir /var/lib/hansard
  hansard retention --customer acme --profile support --data-dir /var/lib/hansard      deletes what is due, now

A server deletes what is due by itself, see --retention-interval of serve. The policy is set on the profile: see
docs/operating.md (Retention).";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RetentionArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    /// Tells what would be deleted, and deletes nothing
    #[arg(long)]
    pub dry_run: bool,
}

impl RetentionArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let profile = self.target.profile()?;
        let desk = Desk::open_profile(&self.target.place, &profile)?;
        let outcome = if self.dry_run {
            let previewed = desk.wait(desk.working_directory().preview_retention(&profile.to_string()));
            previewed.and_then(|preview| show(&preview))
        } else {
            match desk.app() {
                Some(app) => {
                    let swept =
                        desk.wait(crate::service::sweep::profile(app, Retention::default().batch, &profile));
                    swept.map_err(Into::into).and_then(|swept| {
                        print(format_args!("deleted {}, {} kept by a legal hold", swept.deleted, swept.held))
                    })
                }
                None => {
                    bail!("the server deletes what is due by itself; --dry-run tells what it will delete")
                }
            }
        };
        desk.close().and(outcome)
    }
}

fn show(preview: &Preview) -> anyhow::Result<()> {
    let mut table = Table::new(["WHY", "DUE", "WAITING"]);
    for reason in &preview.reasons {
        let waiting = reason.waiting.map_or("-".to_owned(), |waiting| waiting.to_string());
        table.push([reason.text.clone(), reason.due.to_string(), waiting]);
    }
    print(table)?;
    print(format_args!("due: {}, kept by a legal hold: {}", preview.due, preview.held))?;
    if let Some(earliest) = preview.earliest {
        print(format_args!("the first is due: {earliest}"))?;
    }
    preview.sample.iter().try_for_each(print)
}
