//! `hansard sample`: some conversations of those that a filter selects, the same every time.

use clap::Args;
use serde_json::Value;

use super::{
    asking::AskingArgs,
    desk::Desk,
    lines::{Lines, Output, Row, until_closed},
    list::limit,
    target::TargetArgs,
};
use crate::client::{
    found::{Drawn, id_of},
    question::Sizes,
};

/// Conversations that are drawn unless more are asked for.
const DRAWN: u64 = 100;

const EXAMPLES: &str = "\
Examples:
  hansard sample --customer acme --profile support --server http://127.0.0.1:8080 --key \"$KEY\" --limit 20
  hansard sample ... --state CLOSED --since 30d --max-messages 200 --output names > to-review.txt

The same question draws the same sample; a conversation that comes later takes its place without moving the others.
Take the question as narrow as the sample is to be: another question draws another sample.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SampleArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub asking: AskingArgs,
    /// How it is shown
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub output: Output,
    /// How many at most, 0 for all; 100 unless given
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<u64>,
    /// How many are asked for at once; up to the server unless given
    #[arg(long, value_name = "COUNT")]
    pub page_size: Option<i32>,
    /// Only conversations with at most so many messages
    #[arg(long, value_name = "COUNT")]
    pub max_messages: Option<i32>,
}

impl SampleArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let profile = self.target.profile()?;
        let question = self.asking.question(&profile)?;
        let sizes = Sizes { limit: limit(self.limit, DRAWN), page: self.page_size };
        let max_messages = self.max_messages.unwrap_or_default();
        let desk = Desk::open_profile(&self.target.place, &profile)?;
        let mut lines = Lines::new::<Drawn>(self.output);
        let mut client = desk.conversations();
        let drawn = desk.wait(question.sample(&mut client, max_messages, sizes, |one| lines.push(&one)));
        let outcome = until_closed(drawn.and_then(|()| lines.end()));
        desk.close().and(outcome)
    }
}

impl Row<2> for Drawn {
    const HEAD: [&'static str; 2] = ["CONVERSATION_ID", "MESSAGES"];

    fn cells(&self) -> [String; 2] {
        [id_of(self.name()).to_owned(), self.messages().to_string()]
    }

    fn json(&self) -> anyhow::Result<Value> {
        Ok(self.json())
    }

    fn name(&self) -> &str {
        self.name()
    }
}
