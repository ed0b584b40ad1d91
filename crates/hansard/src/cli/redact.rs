//! `hansard redact`: removes personal data from what is stored, erases persons, and proves absence.

mod scan;
mod verify;

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, Subcommand};
use std::process::ExitCode;

use crate::client::{
    Way,
    redaction::{Job, Redactions, Whom},
};

use super::{asking::AskingArgs, desk::Desk, print, progress::Bar, table::Table, target::TargetArgs};

const EXAMPLES: &str = "\
Examples:
  hansard redact --customer acme --profile support --dry-run         what would be masked in all conversations?
  hansard redact ... --until 2026-01-01 --type CREDIT_CARD --type CVV --reason 'ticket 4711'
  hansard redact ... --filter-text 'skill = billing' --dry-run
  hansard redact erase --customer acme --profile support --email ada@example.com --dry-run
  hansard redact verify customers/acme/profiles/support/redactionReceipts/0197...
  hansard redact verify --data-dir ./hansard-data < values.txt       is a value left in any file?

Masks what the profile's detector finds in the conversations that are asked for, in every text of each, in one
transaction a conversation, which leaves a receipt. --dry-run counts exactly and changes nothing. On a server the
work is a job: it goes on when this command is stopped, and after a restart. Nothing that is printed or kept holds a value.";

const ERASE_EXAMPLES: &str = "\
Examples:
  hansard redact erase --customer acme --profile support --phone '+44 20 7946 0018' --dry-run
  hansard redact erase --customer acme --profile support --email ada@example.com --reason 'Art. 17, ticket 4711'
  hansard redact erase --customer acme --profile support --visitor v-81723 --server http://127.0.0.1:8080 --key \"$KEY\"

Deletes the conversations of the person (visitor, party, sender of an e-mail) and removes the value from every text
of all others, however it is written. What is under a legal hold stays and is named.";

#[derive(Debug)]
pub struct RedactArgs {
    task: Task,
}

#[derive(Debug)]
enum Task {
    Filter(Box<FilterArgs>),
    Other(Box<Other>),
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Erases a person: deletes own conversations, removes the person from all others
    Erase(EraseArgs),
    /// Looks again whether what was removed is gone: by a receipt, or in every file of a folder
    Verify(verify::VerifyArgs),
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct FilterArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    asking: AskingArgs,
    /// Kind of personal data, such as CREDIT_CARD; repeatable, all kinds unless given
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    types: Vec<String>,
    #[command(flatten)]
    how: HowArgs,
}

#[derive(Debug, Args)]
struct HowArgs {
    /// Counts exactly what would be removed, and removes nothing
    #[arg(long)]
    dry_run: bool,
    /// Why; kept with the receipts, so without a value
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

#[derive(Debug, Args)]
#[command(after_help = ERASE_EXAMPLES)]
struct EraseArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    whom: WhomArgs,
    #[command(flatten)]
    how: HowArgs,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct WhomArgs {
    /// Telephone number, with its country code where it has one
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The platform's id of the visitor
    #[arg(long, value_name = "ID")]
    visitor: Option<String>,
}

impl Args for RedactArgs {
    fn augment_args(command: Command) -> Command {
        let command = Other::augment_subcommands(FilterArgs::augment_args(command));
        command.subcommand_required(false).args_conflicts_with_subcommands(true).subcommand_negates_reqs(true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for RedactArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let task = if matches.subcommand().is_some() {
            Task::Other(Box::new(Other::from_arg_matches(matches)?))
        } else {
            Task::Filter(Box::new(FilterArgs::from_arg_matches(matches)?))
        };
        Ok(Self { task })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl RedactArgs {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        match &self.task {
            Task::Filter(args) => args.run()?,
            Task::Other(other) => match other.as_ref() {
                Other::Erase(args) => args.run()?,
                Other::Verify(args) => return args.run(),
            },
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl FilterArgs {
    fn run(&self) -> anyhow::Result<()> {
        let profile = self.target.profile()?;
        let question = self.asking.question(&profile)?;
        let desk = Desk::open_profile(&self.target.place, &profile)?;
        let how = (self.how.reason.clone(), self.how.dry_run);
        let job = desk.wait(async {
            let mut redactions = desk.redactions();
            let job = redactions.redact(question, self.types.clone(), how).await?;
            finish(&mut redactions, job).await
        });
        desk.close().and(job.and_then(|job| show(&job)))
    }
}

impl EraseArgs {
    fn run(&self) -> anyhow::Result<()> {
        let profile = self.target.profile()?;
        let desk = Desk::open_profile(&self.target.place, &profile)?;
        let how = (self.how.reason.clone(), self.how.dry_run);
        let job = desk.wait(async {
            let mut redactions = desk.redactions();
            let job = redactions.erase(profile.to_string(), self.whom.to_whom(), how).await?;
            finish(&mut redactions, job).await
        });
        desk.close().and(job.and_then(|job| show(&job)))
    }
}

impl WhomArgs {
    /// One of them is given.
    fn to_whom(&self) -> Whom {
        let Self { phone, email, visitor } = self;
        let phone = phone.clone().map(Whom::Phone).or_else(|| email.clone().map(Whom::Email));
        phone.unwrap_or_else(|| Whom::Visitor(visitor.clone().unwrap_or_default()))
    }
}

/// Waits for a job behind a bar.
async fn finish(redactions: &mut Redactions<Way>, job: Job) -> anyhow::Result<Job> {
    let bar = Bar::new("Redacting");
    let show = |job: &Job| {
        bar.show(job.done_conversations.unsigned_abs(), job.total_conversations.unsigned_abs());
    };
    let job = redactions.ended(job, show).await;
    bar.clear();
    job
}

/// Prints what a job did: counts and types, places and never values.
fn show(job: &Job) -> anyhow::Result<()> {
    let would = if job.validate_only { "would be " } else { "" };
    let (places, messages, total) = (job.places, job.messages, job.done_conversations);
    print(format_args!(
        "{places} places {would}removed from {messages} messages and what belongs to them; looked at {total} conversations"
    ))?;
    if job.deleted_conversations > 0 {
        print(format_args!("{} conversations {would}deleted whole", job.deleted_conversations))?;
    }
    if !job.type_counts.is_empty() {
        let mut table = Table::new(["TYPE", "PLACES"]);
        job.type_counts.iter().for_each(|(name, count)| table.push([name.clone(), count.to_string()]));
        print(table)?;
    }
    if job.validate_only && !job.sample.is_empty() {
        let mut table = Table::new(["TYPE", "FIELD", "RESOURCE"]);
        for sample in &job.sample {
            let field = if sample.field.is_empty() { "(whole)" } else { &sample.field };
            table.push([sample.entity_type.clone(), field.to_owned(), sample.resource.clone()]);
        }
        print(table)?;
    }
    for held in &job.held {
        print(format_args!("under a legal hold, untouched: {held}"))?;
    }
    print(format_args!("job: {}", job.name))
}
