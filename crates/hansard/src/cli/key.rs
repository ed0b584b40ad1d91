//! `hansard key`: API keys in the folder of a stopped server.

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use hansard_domain::caller::Role;
use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::serve::DATA_DIR;

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
