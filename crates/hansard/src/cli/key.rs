//! `hansard key`: API keys, in the folder of a stopped server or on a running one.

use anyhow::Context;
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use hansard_domain::Id;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use super::{desk::Desk, print, table::Table, target::Place};
use crate::client::admin::{Key, NewKey};

const ROLES: [&str; 6] = ["operator", "admin", "supervisor", "agent", "writer", "reader"];

const CREATE_EXAMPLES: &str = "\
Examples:
  hansard key create --customer acme --role admin
  hansard key create --customer acme --profile support --role writer --expires 90d --display-name 'CRM export'
  hansard key create --customer acme --profile support --user ada --role agent
  KEY=$(hansard key create --customer acme --role reader)
  hansard key create --customer acme --role writer --server https://hansard.example.com --key \"$ADMIN_KEY\"

Roles: operator (store-wide: customers, profiles, keys; sees no conversations), admin (all of the customer),
supervisor (reads all; tags, shares, comments), agent (the conversations of --user), writer (ingests), reader.
Standard output gets the key and nothing else. It is stored as a hash: keep it, it cannot be shown again.
A folder that a server holds is refused; work through that server with --server and the key of an admin or operator.";

const LIST_EXAMPLES: &str = "\
Examples:
  hansard key list --customer acme
  HANSARD_KEY=$ADMIN_KEY hansard key list --customer acme --server http://127.0.0.1:8080";

const REVOKE_EXAMPLES: &str = "\
Examples:
  hansard key revoke --customer acme k3v9x2
  hansard key revoke --customer acme k3v9x2 --server http://127.0.0.1:8080 --key \"$ADMIN_KEY\"

KEY_ID is the first column of 'hansard key list'. A revoked key stays listed, and works no more at once.";

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Makes an API key and prints it, once
    Create(CreateArgs),
    /// Lists the API keys of a customer
    List(ListArgs),
    /// Ends an API key for good
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
#[command(after_help = CREATE_EXAMPLES)]
pub struct CreateArgs {
    #[command(flatten)]
    pub place: Place,
    /// Id of the customer that the key belongs to
    #[arg(long, value_name = "ID")]
    pub customer: String,
    /// Id of a profile that the key is limited to; repeatable, all of the customer's unless given
    #[arg(long = "profile", value_name = "ID", value_delimiter = ',')]
    pub profiles: Vec<String>,
    /// Id of the user that the key acts as
    #[arg(long, value_name = "ID")]
    pub user: Option<String>,
    /// How long the key works, such as 90d or 12h; for ever unless given
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub expires: Option<SignedDuration>,
    /// What the key may do
    #[arg(long, value_parser = PossibleValuesParser::new(ROLES))]
    pub role: String,
    /// Name for people to read
    #[arg(long, value_name = "TEXT")]
    pub display_name: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub struct ListArgs {
    #[command(flatten)]
    pub place: Place,
    /// Id of the customer
    #[arg(long, value_name = "ID")]
    pub customer: String,
}

#[derive(Debug, Args)]
#[command(after_help = REVOKE_EXAMPLES)]
pub struct RevokeArgs {
    #[command(flatten)]
    pub place: Place,
    /// Id of the customer
    #[arg(long, value_name = "ID")]
    pub customer: String,
    /// Id of the key, as 'key list' prints it
    pub key_id: String,
}

impl KeyCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(args) => args.run(),
            Self::List(args) => args.run(),
            Self::Revoke(args) => args.run(),
        }
    }
}

impl CreateArgs {
    /// Prints the key and nothing else.
    fn run(self) -> anyhow::Result<()> {
        self.profiles.iter().try_for_each(|id| Id::parse("--profile", id).map(drop))?;
        self.user.iter().try_for_each(|id| Id::parse("--user", id).map(drop))?;
        let key = NewKey {
            role: self.role,
            profiles: self.profiles,
            user: self.user,
            display_name: self.display_name.unwrap_or_default(),
            expire_time: self.expires.map(|expires| after(Timestamp::now(), expires)).transpose()?,
        };
        let desk = Desk::open_customer(&self.place, &self.customer)?;
        let secret = desk.wait(desk.directory().create_key(key))?;
        desk.close()?;
        print(secret)
    }
}

impl ListArgs {
    fn run(&self) -> anyhow::Result<()> {
        let desk = Desk::open_customer(&self.place, &self.customer)?;
        let keys = desk.wait(desk.directory().keys())?;
        desk.close()?;
        let now = Timestamp::now();
        let mut table = Table::new([
            "KEY_ID",
            "ROLE",
            "STATE",
            "PROFILES",
            "USER",
            "CREATED",
            "EXPIRES",
            "LAST USED",
            "NAME",
        ]);
        keys.into_iter().for_each(|key| table.push(row(key, now)));
        print(table)
    }
}

impl RevokeArgs {
    /// Prints the resource name of the key that is now revoked.
    fn run(&self) -> anyhow::Result<()> {
        let id = Id::parse("KEY_ID", &self.key_id)?;
        let desk = Desk::open_customer(&self.place, &self.customer)?;
        let name = desk.wait(desk.directory().revoke_key(id.as_str()))?;
        desk.close()?;
        print(name)
    }
}

fn row(key: Key, now: Timestamp) -> [String; 9] {
    let state = match key.expire_time {
        _ if key.is_revoked => "revoked",
        Some(expiry) if expiry <= now => "expired",
        _ => "valid",
    };
    [
        key.id,
        key.role,
        state.to_owned(),
        if key.profiles.is_empty() { "all".to_owned() } else { key.profiles.join(",") },
        key.user.unwrap_or_else(|| "-".to_owned()),
        shown(key.create_time),
        shown(key.expire_time),
        shown(key.last_use_time),
        key.display_name,
    ]
}

/// A time to the second, or a dash.
pub(super) fn shown(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "-".to_owned(), |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn after(now: Timestamp, duration: SignedDuration) -> anyhow::Result<Timestamp> {
    now.checked_add(duration).context("--expires lies beyond the calendar")
}

/// Reads a length of time in weeks, days, hours, minutes and seconds; a day is 24 hours.
pub(super) fn parse_duration(text: &str) -> Result<SignedDuration, String> {
    let expected = "expected a length of time such as 90d, 12h or 1d 12h".to_owned();
    let span: Span = text.parse().map_err(|_| expected.clone())?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| expected)?;
    if duration.is_positive() { Ok(duration) } else { Err("must be longer than nothing".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_operators_write_them() {
        let hours = |text| parse_duration(text).map(|duration| duration.as_hours());
        assert_eq!(hours("90d"), Ok(90 * 24));
        assert_eq!(hours("12h"), Ok(12));
        assert_eq!(hours("2w"), Ok(14 * 24));
        assert_eq!(hours("1d 12h"), Ok(36));
        for wrong in ["", "90", "d", "-3d", "0h", "1mo", "soon"] {
            assert!(parse_duration(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
