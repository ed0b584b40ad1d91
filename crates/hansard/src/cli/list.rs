//! `hansard list` and `hansard count`: the conversations that a filter selects.

use clap::Args;
use serde_json::Value;

use super::{
    asking::AskingArgs,
    desk::Desk,
    key::shown,
    lines::{Lines, Output, Row, until_closed},
    print,
    target::TargetArgs,
};
use crate::client::{
    found::{Listed, id_of},
    question::Sizes,
};

/// Conversations that are listed unless more are asked for.
const LISTED: u64 = 50;

const LIST_EXAMPLES: &str = "\
Examples:
  hansard list --customer acme --profile support --server http://127.0.0.1:8080 --key \"$KEY\"
  hansard list ... --state LIVE --agent ada                  who is ada talking to?
  hansard list ... --since 7d --tag vip --text refund        VIPs of a week who spoke of a refund
  hansard list ... --filter-text 'duration > 5m AND metadata.region = \"eu\" AND NOT agent:*'
  hansard list ... --filter '{\"statuses\": [\"FAILED\"]}' --order-by 'duration desc' --limit 10
  hansard list ... --state CLOSED --limit 0 --output names | wc -l

All that is asked must hold. --filter-text is explained in docs/api.md (The filter as text).
Without --server it reads the folder of a stopped server.";

const COUNT_EXAMPLES: &str = "\
Examples:
  hansard count --customer acme --profile support --server http://127.0.0.1:8080 --key \"$KEY\"
  hansard count ... --state CLOSED --since 2026-01-01 --until 2026-02-01
  hansard count ... --filter-text 'status = ABANDONED AND channel != VOICE'

Prints the exact number and nothing else.";

#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub struct ListArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub asking: AskingArgs,
    /// How it is shown
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub output: Output,
    /// How many at most, 0 for all; 50 unless given
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<u64>,
    /// How many are asked for at once; up to the server unless given
    #[arg(long, value_name = "COUNT")]
    pub page_size: Option<i32>,
    /// start_time, update_time or duration, each with an optional ' desc'; the newest start first unless given
    #[arg(long, value_name = "ORDER")]
    pub order_by: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = COUNT_EXAMPLES)]
pub struct CountArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub asking: AskingArgs,
}

impl ListArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let profile = self.target.profile()?;
        let question = self.asking.question(&profile)?;
        let sizes = Sizes { limit: limit(self.limit, LISTED), page: self.page_size };
        let order_by = self.order_by.as_deref().unwrap_or_default();
        let desk = Desk::open_profile(&self.target.place, &profile)?;
        let mut lines = Lines::new::<Listed>(self.output);
        let listed =
            desk.wait(question.list(&mut desk.conversations(), order_by, sizes, |one| lines.push(&one)));
        let outcome = until_closed(listed.and_then(|()| lines.end()));
        desk.close().and(outcome)
    }
}

impl CountArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let profile = self.target.profile()?;
        let question = self.asking.question(&profile)?;
        let desk = Desk::open_profile(&self.target.place, &profile)?;
        let count = desk.wait(question.count(&mut desk.conversations()))?;
        desk.close()?;
        print(count)
    }
}

/// None is all of them.
pub(super) fn limit(given: Option<u64>, otherwise: u64) -> Option<u64> {
    Some(given.unwrap_or(otherwise)).filter(|limit| *limit > 0)
}

impl Row<8> for Listed {
    const HEAD: [&'static str; 8] =
        ["CONVERSATION_ID", "STATE", "CHANNEL", "STARTED", "DURATION", "AGENT", "MESSAGES", "NAME"];

    fn cells(&self) -> [String; 8] {
        let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        [
            id_of(self.name()).to_owned(),
            self.state().to_owned(),
            or_dash(self.channel()),
            shown(self.start_time()),
            self.duration().map_or_else(|| or_dash(None), |span| format!("{span:#}")),
            or_dash(self.agent()),
            self.messages().to_string(),
            self.display_name().to_owned(),
        ]
    }

    fn json(&self) -> anyhow::Result<Value> {
        self.json()
    }

    fn name(&self) -> &str {
        self.name()
    }
}
