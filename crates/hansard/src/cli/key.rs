//! `hansard key`: API keys in the folder of a stopped server.

use std::path::PathBuf;

use anyhow::Context;
use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use hansard_domain::{
    Id, Time,
    caller::Role,
    directory::{ApiKey, ApiKeyBody},
    name::{Collection, EntryName},
    page::PageSizes,
};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use super::{desk::Desk, print, serve::DATA_DIR, table::Table};
use crate::service::api_key;

const ROLES: [&str; 6] = ["operator", "admin", "supervisor", "agent", "writer", "reader"];

const CREATE_EXAMPLES: &str = "\
Examples:
  hansard key create --customer acme --role admin
  hansard key create --customer acme --profile support --role writer --expires 90d --display-name 'CRM export'
  hansard key create --customer acme --profile support --user ada --role agent
  KEY=$(hansard key create --customer acme --role reader)

Roles: operator (store-wide: customers, profiles, keys; sees no conversations), admin (all of the customer),
supervisor (reads all; tags, shares, comments), agent (the conversations of --user), writer (ingests), reader.
Standard output gets the key and nothing else. It is stored as a hash: keep it, it cannot be shown again.
The folder must not be in use; on a running server use POST /v1/customers/acme/apiKeys.";

const LIST_EXAMPLES: &str = "\
Example:
  hansard key list --customer acme

The folder must not be in use; on a running server use GET /v1/customers/acme/apiKeys.";

const REVOKE_EXAMPLES: &str = "\
Example:
  hansard key revoke --customer acme k3v9x2

KEY_ID is the first column of 'hansard key list'. A revoked key stays listed.
The folder must not be in use; on a running server use POST /v1/customers/acme/apiKeys/KEY_ID:revoke.";

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
    /// Data folder of a stopped server
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    pub data_dir: PathBuf,
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
    #[arg(long, value_parser = PossibleValuesParser::new(ROLES).try_map(|role| role.parse::<Role>()))]
    pub role: Role,
    /// Name for people to read
    #[arg(long, value_name = "TEXT")]
    pub display_name: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub struct ListArgs {
    /// Data folder of a stopped server
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    pub data_dir: PathBuf,
    /// Id of the customer
    #[arg(long, value_name = "ID")]
    pub customer: String,
}

#[derive(Debug, Args)]
#[command(after_help = REVOKE_EXAMPLES)]
pub struct RevokeArgs {
    /// Data folder of a stopped server
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    pub data_dir: PathBuf,
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
        let instead = format!("POST /v1/customers/{}/apiKeys", self.customer);
        let profiles: Result<_, _> = self.profiles.iter().map(|id| Id::parse("--profile", id)).collect();
        let user = self.user.as_deref().map(|id| Id::parse("--user", id)).transpose()?;
        let desk = Desk::open_customer(&self.data_dir, &self.customer, &instead)?;
        let body = ApiKeyBody {
            display_name: self.display_name.unwrap_or_default(),
            profiles: profiles?,
            user,
            role: self.role,
            expire_time: self.expires.map(|expires| after(desk.app.store.steady(), expires)).transpose()?,
        };
        let issued = desk.wait(api_key::create(&desk.app, &desk.call, &desk.customer, body))?;
        desk.close()?;
        print(issued.secret.unwrap_or_default())
    }
}

impl ListArgs {
    fn run(self) -> anyhow::Result<()> {
        let instead = format!("GET /v1/customers/{}/apiKeys", self.customer);
        let desk = Desk::open_customer(&self.data_dir, &self.customer, &instead)?;
        let now = desk.app.store.steady();
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
        let mut page_token = String::new();
        loop {
            let maximum = PageSizes::DIRECTORY.max;
            let page = api_key::list(&desk.app, &desk.call, &desk.customer, maximum, &page_token)?;
            page.items.iter().for_each(|key| table.push(row(key, now)));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        desk.close()?;
        print(table)
    }
}

impl RevokeArgs {
    /// Prints the resource name of the key that is now revoked.
    fn run(self) -> anyhow::Result<()> {
        let instead = format!("POST /v1/customers/{}/apiKeys/{}:revoke", self.customer, self.key_id);
        let id = Id::parse("KEY_ID", &self.key_id)?;
        let desk = Desk::open_customer(&self.data_dir, &self.customer, &instead)?;
        let name = EntryName::of_customer(&desk.customer.0, Collection::ApiKey, id);
        desk.wait(api_key::revoke(&desk.app, &desk.call, &name))?;
        desk.close()?;
        print(name)
    }
}

fn row(key: &ApiKey, now: Time) -> [String; 9] {
    let state = match key.revoke_time {
        Some(_) => "revoked",
        None if key.is_valid(now) => "valid",
        None => "expired",
    };
    let profiles: Vec<&str> = key.body.profiles.iter().map(Id::as_str).collect();
    [
        key.id.to_string(),
        key.body.role.to_string(),
        state.to_owned(),
        if profiles.is_empty() { "all".to_owned() } else { profiles.join(",") },
        key.body.user.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
        shown(Some(key.stamps.create_time)),
        shown(key.body.expire_time),
        shown(key.last_use_time),
        key.body.display_name.clone(),
    ]
}

fn shown(time: Option<Time>) -> String {
    let time = time.and_then(|time| Timestamp::from_microsecond(time.0).ok());
    time.map_or_else(|| "-".to_owned(), |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn after(now: Time, duration: SignedDuration) -> anyhow::Result<Time> {
    let end = Timestamp::from_microsecond(now.0)?.checked_add(duration);
    Ok(Time(end.context("--expires lies beyond the calendar")?.as_microsecond()))
}

/// Reads a length of time in weeks, days, hours, minutes and seconds; a day is 24 hours.
fn parse_duration(text: &str) -> Result<SignedDuration, String> {
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
