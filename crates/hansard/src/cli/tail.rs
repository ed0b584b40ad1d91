//! `hansard tail`: the changes of a profile's conversations, as they come.

use std::{
    io::{self, Write},
    ops::ControlFlow,
};

use clap::Args;

use super::{
    asking::AskingArgs,
    desk::Desk,
    key::shown,
    lines::{Output, line, until_closed},
    target::{Place, TargetArgs},
};
use crate::client::{
    follow::{Follower, Start},
    found::Changed,
};

const EXAMPLES: &str = "\
Examples:
  hansard tail --customer acme --profile support --server http://127.0.0.1:8080 --key \"$KEY\"
  hansard tail ... --from beginning --output jsonl > changes.jsonl
  hansard tail ... --from c0000000004k2b --channel VOICE --filter-text 'metadata.region = \"eu\"'
  hansard tail ... --limit 1                                 wait for the next change

It goes on until it is stopped, across lost connections, and misses and repeats nothing. The first column, and cursor
in JSON, is where a later --from goes on. Deletions pass every filter.
Without --server it reads the folder of a stopped server to its end, from the beginning unless told otherwise.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TailArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub asking: AskingArgs,
    /// Where to begin: after a cursor, 'now', or 'beginning'; with --server now unless given
    #[arg(long, value_name = "CURSOR")]
    pub from: Option<String>,
    /// How it is shown; as there is no end, json is jsonl
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub output: Output,
    /// Ends after so many changes
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<u64>,
}

impl TailArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let profile = self.target.profile()?;
        let question = self.asking.question(&profile)?;
        let is_live = matches!(self.target.place, Place::Server(_));
        let start = match self.from.as_deref() {
            None if is_live => Start::Now,
            Some("now") => Start::Now,
            None | Some("beginning") => Start::Beginning,
            Some(cursor) => Start::After(cursor.to_owned()),
        };
        let mut left = self.limit.filter(|limit| *limit > 0);
        let mut take = |change: &Changed| {
            self.show(change)?;
            left = left.map(|left| left - 1);
            Ok(if left == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        };
        let desk = Desk::open_profile(&self.target.place, &profile)?;
        let outcome = desk.wait(async {
            let mut follower = Follower::new(desk.conversations(), question, start).await?;
            match is_live {
                true => {
                    follower.follow(&mut take, |why, pause| lost(why.message(), pause.as_secs_f64())).await
                }
                false => follower.catch_up(&mut take).await,
            }
        });
        let outcome = until_closed(outcome);
        desk.close().and(outcome)
    }

    fn show(&self, change: &Changed) -> anyhow::Result<()> {
        match self.output {
            Output::Table => {
                let (time, kind) = (shown(change.time()), change.kind());
                line(format_args!("{}  {time}  {kind:<24}  {}", change.cursor(), change.resource()))
            }
            Output::Json | Output::Jsonl => line(change.json()?),
            Output::Names => line(change.resource()),
        }
    }
}

/// Standard output is for changes.
fn lost(reason: &str, pause: f64) {
    // A closed standard error must not end the reading.
    drop(writeln!(io::stderr(), "the stream broke off ({reason}); going on in {pause} s"));
}
