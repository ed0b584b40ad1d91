//! The command line: the subcommands, their flags, and what each of them runs.
//!
//! It decides nothing about conversations: a subcommand opens the store or calls the server, runs one operation
//! and prints its outcome.

mod asking;
mod backup;
mod check_config;
mod demo;
mod desk;
mod doctor;
mod export;
mod finding;
mod fsck;
mod import;
mod key;
mod lines;
mod list;
mod migrate_store;
mod profile;
mod progress;
mod redact;
mod restore;
mod retention;
mod sample;
mod serve;
mod sources;
mod store;
mod table;
mod tail;
mod target;

use std::{
    ffi::OsString,
    fmt::Display,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use clap::{Args, FromArgMatches, Parser, Subcommand};
use tokio::runtime::Runtime;

pub use sources::{check_config_text, known_keys};

use crate::telemetry::{self, LogFormat};

const GENERAL: &str = "General options";

const EXAMPLES: &str = "\
Examples:
  hansard demo                                          a server full of made-up conversations, to look around
  hansard serve                                         serve ./hansard-data on 127.0.0.1:8080
  hansard profile create --customer acme --profile support --language en-US
  hansard key create --customer acme --role writer --expires 90d
  hansard import --customer acme --profile support calls/ chats.jsonl
  hansard list --customer acme --profile support --since 7d --tag vip --text refund
  hansard backup --data-dir ./hansard-data --to hansard.backup
  hansard fsck --backup hansard.backup                  is the backup, or a stopped folder, what was written?
  hansard migrate-store --from ./hansard-data --to postgres://db.example.com/hansard
  hansard check-config --config /etc/hansard.toml       what serve would run with, and what is wrong with it
  hansard doctor --data-dir ./hansard-data              a quick look at a folder, or with --server at a server

Every flag has a variable (--data-dir is HANSARD_DATA_DIR) and a key in the TOML file given by --config
(data-dir). The flag beats the variable, the variable beats the file.
Exit status: 0 done, 1 failed, 2 wrong usage or, from import, some items were bad.";

/// The official record of what was said: a system of record for conversations.
#[derive(Debug, Parser)]
#[command(name = "hansard", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub general: General,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every subcommand takes.
#[derive(Debug, Args)]
pub struct General {
    /// Reads settings from this TOML file (see hansard.example.toml)
    #[arg(long, global = true, help_heading = GENERAL, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How log lines look on standard error
    #[arg(long, global = true, help_heading = GENERAL, value_enum, default_value = "human", value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// Which log lines are written: error, warn, info, debug, trace, or per module: info,hansard=debug
    #[arg(long, global = true, help_heading = GENERAL, default_value = "info", value_name = "LEVEL")]
    pub log_level: String,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves a data folder over gRPC and JSON on one port
    Serve(serve::ServeArgs),
    /// Serves made-up conversations on the loopback, to look around
    Demo(demo::DemoArgs),
    /// Manages profiles, in a folder or on a running server
    #[command(subcommand)]
    Profile(profile::ProfileCommand),
    /// Manages API keys, in a folder or on a running server
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Brings conversations in: vCon, telephone transcripts, dialog JSONL, our own export
    Import(import::ImportArgs),
    /// Writes conversations as JSONL or vCons that import takes back with nothing lost
    Export(export::ExportArgs),
    /// Lists the conversations that a filter selects
    List(list::ListArgs),
    /// Counts the conversations that a filter selects
    Count(list::CountArgs),
    /// Draws a sample of the conversations that a filter selects, the same every time
    Sample(sample::SampleArgs),
    /// Tells which conversations the retention deletes, or deletes them in a folder
    Retention(retention::RetentionArgs),
    /// Removes personal data from what is stored, erases persons, proves absence
    Redact(redact::RedactArgs),
    /// Follows the changes of conversations as they come
    Tail(tail::TailArgs),
    /// Looks at a data folder or a running server and says what is wrong, with remedies
    Doctor(doctor::DoctorArgs),
    /// Writes a data folder to one file, also while it is being served
    Backup(backup::BackupArgs),
    /// Makes a data folder from a backup
    Restore(restore::RestoreArgs),
    /// Checks that a stopped folder or a backup is what was written
    Fsck(fsck::FsckArgs),
    /// Moves a stopped folder into a PostgreSQL database, verified and resumable
    MigrateStore(migrate_store::MigrateStoreArgs),
}

/// Runs one command line to its end; what went wrong is on standard error.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(matches) = check_config::asked(&args) {
        return ended(check_config::run(&args, &matches));
    }
    let outcome = match parse(args) {
        Ok(cli) => dispatch(cli),
        Err(ParseError::Config(error)) => Err(error),
        Err(ParseError::Usage(usage)) => {
            // Where the terminal is gone there is nobody left to tell.
            let _ = usage.print();
            return u8::try_from(usage.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    ended(outcome)
}

fn ended(outcome: anyhow::Result<ExitCode>) -> ExitCode {
    outcome.unwrap_or_else(|error| {
        let _ = writeln!(io::stderr(), "error: {error:#}");
        ExitCode::FAILURE
    })
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    telemetry::init_logging(cli.general.log_format, &cli.general.log_level)?;
    match cli.command {
        Command::Serve(args) => args.run()?,
        Command::Demo(args) => args.run()?,
        Command::Profile(command) => command.run()?,
        Command::Key(command) => command.run()?,
        Command::Import(args) => return args.run(),
        Command::Export(args) => args.run()?,
        Command::List(args) => args.run()?,
        Command::Count(args) => args.run()?,
        Command::Sample(args) => args.run()?,
        Command::Retention(args) => args.run()?,
        Command::Redact(args) => return args.run(),
        Command::Tail(args) => args.run()?,
        Command::Doctor(args) => return args.run(),
        Command::Backup(args) => args.run()?,
        Command::Restore(args) => args.run()?,
        Command::Fsck(args) => args.run()?,
        Command::MigrateStore(args) => args.run()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The runtime of a command that waits for a server or is one.
fn multi_threaded() -> anyhow::Result<Runtime> {
    Runtime::new().context("cannot start the runtime")
}

/// Prints an outcome on standard output.
fn print(outcome: impl Display) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout(), "{outcome}")?)
}

/// Reads the command line, filling what it leaves open from the environment and the config file.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, ParseError> {
    let args: Vec<OsString> = args.into_iter().collect();
    let command = sources::command(sources::config_path(&args))?;
    let matches = command.try_get_matches_from(args)?;
    Ok(Cli::from_arg_matches(&matches)?)
}

/// Why the command line could not be read.
#[derive(Debug)]
pub enum ParseError {
    /// Wrong usage, or a request for help or the version.
    Usage(clap::Error),
    /// The config file is absent or wrong.
    Config(anyhow::Error),
}

impl From<clap::Error> for ParseError {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

impl From<anyhow::Error> for ParseError {
    fn from(error: anyhow::Error) -> Self {
        Self::Config(error)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::{io::Write, net::SocketAddr};

    use super::{target::Place, *};
    use crate::client::Server;

    fn parsed(line: &str) -> Command {
        parse(line.split(' ').map(OsString::from)).unwrap_or_else(|error| panic!("{line}: {error:?}")).command
    }

    fn refused(line: &str) -> String {
        match parse(line.split(' ').map(OsString::from)) {
            Err(ParseError::Usage(error)) => error.to_string(),
            Err(ParseError::Config(error)) => format!("{error:#}"),
            Ok(_) => panic!("{line} was taken"),
        }
    }

    fn config_file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn listen_of(line: &str) -> SocketAddr {
        let Command::Serve(serve) = parsed(line) else { panic!("not serve") };
        serve.listen
    }

    #[test]
    fn the_definition_is_sound() {
        sources::definition().debug_assert();
    }

    #[test]
    fn operators_scripts_parse() {
        for line in [
            "hansard serve",
            "hansard serve --data-dir d --listen 127.0.0.1:0 --tls-cert c --tls-key k",
            "hansard serve --listen 0.0.0.0:8080 --insecure-bind --log-format json --log-level debug",
            "hansard profile create --data-dir d --customer acme --profile support --language en-US",
            "hansard profile create --customer a --profile p --language en-US --language de-DE --display-name x",
            "hansard key create --data-dir d --customer acme --role operator",
            "hansard key create --customer a --profile p --profile q --user ada --expires 90d --role agent",
            "hansard key list --customer acme",
            "hansard key revoke --customer acme k1",
            "hansard demo --data-dir d --listen 127.0.0.1:0 --seed 7",
            "hansard import --customer acme --profile support --data-dir d --timezone Europe/Berlin a b -",
            "hansard import --customer acme --profile support --server http://localhost:1 --key k a",
            "hansard export --customer acme --profile support --to -",
            "hansard export --customer acme --profile support",
            "hansard export --customer acme --profile support --state CLOSED --filter-text skill=x",
            "hansard list --customer acme --profile support --channel CHAT,SMS --tag a --tag b --limit 0",
            "hansard count --customer acme --profile support --since 7d --until 2026-01-31",
            "hansard sample --customer acme --profile support --max-messages 9 --output names",
            "hansard retention --customer acme --profile support --data-dir d --dry-run",
            "hansard serve --retention-interval never --retention-batch 7",
            "hansard tail --customer acme --profile support --from beginning --output jsonl --limit 3",
            "hansard redact --customer a --profile p --type CVV,IBAN --dry-run --until 2026-01-31 --reason x",
            "hansard redact erase --customer a --profile p --phone 123456 --dry-run",
            "hansard redact verify customers/a/profiles/p/redactionReceipts/r --values v",
            "hansard redact verify --data-dir d",
            "hansard backup --data-dir d --to file",
            "hansard restore --from file --data-dir d --verify",
            "hansard fsck --data-dir d --json",
            "hansard fsck --backup file",
            "hansard migrate-store --from d --to postgres://ada@db.example.com/hansard",
        ] {
            parsed(line);
        }
    }

    #[test]
    fn several_languages_keep_their_order() {
        let line = "hansard profile create --customer a --profile p --language en-US --language de-DE,fr-FR";
        let Command::Profile(profile::ProfileCommand::Create(create)) = parsed(line) else {
            panic!("not profile")
        };
        assert_eq!(create.languages, ["en-US", "de-DE", "fr-FR"]);
    }

    #[test]
    fn the_file_gives_defaults_and_flags_beat_it() {
        let file = config_file("listen = \"127.0.0.1:9000\"\ninsecure-bind = true\ncustomer = \"acme\"");
        let path = file.path().display();
        assert_eq!(listen_of(&format!("hansard --config {path} serve")).port(), 9000);
        assert_eq!(listen_of(&format!("hansard serve --config={path} --listen 127.0.0.1:9001")).port(), 9001);
        parsed(&format!("hansard key list --config {path}"));
        let Command::Serve(serve) = parsed(&format!("hansard serve --config {path}")) else {
            panic!("not serve")
        };
        assert!(serve.insecure_bind);
    }

    #[test]
    fn a_wrong_file_is_refused_by_key() {
        for (text, expected) in [
            ("lisen = \"127.0.0.1:1\"", "the nearest known key is \"listen\""),
            ("listen = \"nowhere\"", "invalid value 'nowhere' for '--listen"),
            ("listen = \"no\\nwhere\"", "listen: invalid value 'no"),
            ("insecure-bind = \"yes\"", "insecure-bind: expected true or false"),
            ("role = \"emperor\"", "invalid value 'emperor' for '--role"),
            ("customer = [\"a\", \"b\"]", "customer: expected one value"),
            ("listen = ", "line 1"),
        ] {
            let file = config_file(text);
            let error = refused(&format!("hansard serve --config {}", file.path().display()));
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(
            refused("hansard serve --config no/such/file")
                .contains("cannot read the config file no/such/file")
        );
    }

    #[test]
    fn folder_and_server_exclude_each_other() {
        let import = "hansard import --customer a --profile p";
        assert!(refused(&format!("{import} --server http://h --key k --data-dir d x")).contains("exclude"));
        assert!(refused(&format!("{import} --server http://h x")).contains("HANSARD_KEY"));
        let file = config_file("data-dir = \"d\"");
        let line = format!("{import} --config {} --server http://h --key k x", file.path().display());
        let Command::Import(import) = parsed(&line) else { panic!("not import") };
        let server = Server { url: "http://h".into(), key: "k".into(), ca_cert: None };
        assert_eq!(import.target.place, Place::Server(server));
    }

    #[test]
    fn every_subcommand_teaches_by_example() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let mut subcommands = command.get_subcommands().peekable();
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(subcommands.peek().is_some() || help.contains("Example"), "{path} shows no example");
            subcommands.for_each(|subcommand| check(subcommand, &path));
        }
        check(&sources::definition(), "");
    }

    #[test]
    fn every_flag_has_its_variable() {
        fn check(command: &clap::Command) {
            for arg in command.get_arguments().filter(|arg| arg.get_long().is_some()) {
                let flag = arg.get_long().unwrap();
                let variable = format!("HANSARD_{}", flag.to_uppercase().replace('-', "_"));
                assert_eq!(arg.get_env().and_then(|name| name.to_str()), Some(variable.as_str()), "--{flag}");
            }
            command.get_subcommands().for_each(check);
        }
        check(&sources::command(None).unwrap());
    }
}
