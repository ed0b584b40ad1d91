//! Which conversations: flags for what is asked most, the filter as text, the filter as JSON. All of them must hold.
//!
//! Flags are written as text too, behind that of the operator, whose columns so stay his own.

use anyhow::Context;
use clap::Args;
use hansard_domain::name::ProfileName;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::key::parse_duration;
use crate::client::{json, question::Question};

const WHICH: &str = "Which conversations";

#[derive(Debug, Default, Args)]
pub struct AskingArgs {
    /// LIVE or CLOSED
    #[arg(long, value_name = "STATE", help_heading = WHICH)]
    pub state: Option<String>,
    /// CHAT, VOICE, EMAIL, SMS or WHATSAPP; repeatable, any of them
    #[arg(long = "channel", value_name = "CHANNEL", value_delimiter = ',', help_heading = WHICH)]
    pub channels: Vec<String>,
    /// Agent by id or name; repeatable, any of them
    #[arg(long = "agent", value_name = "USER", value_delimiter = ',', help_heading = WHICH)]
    pub agents: Vec<String>,
    /// Team of the agent; repeatable, any of them
    #[arg(long = "team", value_name = "TEAM", value_delimiter = ',', help_heading = WHICH)]
    pub teams: Vec<String>,
    /// Tag; repeatable, any of them
    #[arg(long = "tag", value_name = "TAG", value_delimiter = ',', help_heading = WHICH)]
    pub tags: Vec<String>,
    /// Skill; repeatable, any of them
    #[arg(long = "skill", value_name = "SKILL", help_heading = WHICH)]
    pub skills: Vec<String>,
    /// Still going on at this time or later: 2026-01-31, 2026-01-31T08:00:00Z, or 7d for seven days ago
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = WHICH)]
    pub since: Option<Timestamp>,
    /// Started by this time, written as with --since
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = WHICH)]
    pub until: Option<Timestamp>,
    /// Words found in a message as they are written, whatever the case
    #[arg(long, value_name = "WORDS", help_heading = WHICH)]
    pub text: Option<String>,
    /// The filter as text, after AIP-160, such as 'duration > 5m AND metadata.region = "eu"'
    #[arg(long, value_name = "TEXT", help_heading = WHICH)]
    pub filter_text: Option<String>,
    /// The filter as JSON, as requests have it, such as '{"unassigned": true}'
    #[arg(long, value_name = "JSON", help_heading = WHICH)]
    pub filter: Option<String>,
}

impl AskingArgs {
    pub(super) fn question(&self, parent: &ProfileName) -> anyhow::Result<Question> {
        let filter = self.filter.as_deref().map(json::read_filter).transpose().context("--filter")?;
        Ok(Question { parent: parent.to_string(), filter, filter_text: self.as_text() })
    }

    fn as_text(&self) -> String {
        let mut clauses: Vec<String> =
            self.filter_text.iter().filter(|text| !text.trim().is_empty()).cloned().collect();
        let lists = [
            ("state =", self.state.as_slice()),
            ("channel =", &self.channels),
            ("agent =", &self.agents),
            ("team =", &self.teams),
            ("tags:", &self.tags),
            ("skill =", &self.skills),
            ("text:", self.text.as_slice()),
        ];
        for (field, values) in lists {
            match values {
                [] => {}
                [value] => clauses.push(format!("{field} {}", quoted(value))),
                values => {
                    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                    clauses.push(format!("{field} ({})", values.join(" OR ")));
                }
            }
        }
        clauses.extend(self.since.map(|since| format!("end_time >= {since}")));
        clauses.extend(self.until.map(|until| format!("start_time <= {until}")));
        clauses.join(" AND ")
    }
}

/// A value of a filter text that stands for itself.
fn quoted(value: &str) -> String {
    let mut quoted = String::from('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '*') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted + "\""
}

/// Reads a time, the beginning of a day in UTC, or how long ago.
fn parse_time(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(day) = text.parse::<Date>() {
        return day.to_zoned(TimeZone::UTC).map(|start| start.timestamp()).map_err(|error| error.to_string());
    }
    let ago: SignedDuration = parse_duration(text)
        .map_err(|_| "expected a time such as 2026-01-31T08:00:00Z, a day such as 2026-01-31, or how long ago, such as 7d")?;
    Timestamp::now().checked_sub(ago).map_err(|_| "lies before the calendar".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use hansard_domain::{Id, filter::Filter};

    #[test]
    fn flags_are_written_as_text_that_the_domain_reads() {
        let several = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let args = AskingArgs {
            state: Some("closed".to_owned()),
            channels: several(&["CHAT", "SMS"]),
            agents: several(&["ada"]),
            teams: several(&["blue"]),
            tags: several(&["vip", "gold"]),
            skills: several(&["\"quoted\" \\ 100% *"]),
            since: Some(parse_time("2026-01-31").unwrap()),
            until: Some(parse_time("2026-02-01T08:00:00+01:00").unwrap()),
            text: Some("it's (AND)".to_owned()),
            filter_text: Some("duration > 5m".to_owned()),
            filter: None,
        };
        let profile = ProfileName { customer: Id::known("acme"), profile: Id::known("support") };
        let filter = Filter::default().and_text(&args.as_text(), &profile).unwrap();
        assert_eq!((filter.channels.len(), filter.tags.len(), filter.users.len()), (2, 2, 1));
        assert_eq!(filter.skills, args.skills);
        assert_eq!(filter.keyword, "it's (AND)");
        assert_eq!(filter.range_start.unwrap().0, 1_769_817_600_000_000);
        assert_eq!(filter.range_end.unwrap().0, 1_769_929_200_000_000);
        assert!(filter.state.is_some() && filter.min_duration.is_some());
        assert_eq!(AskingArgs::default().as_text(), "");
    }

    #[test]
    fn times_are_read_as_operators_write_them() {
        let ago = Timestamp::now().duration_since(parse_time("7d").unwrap()).as_secs();
        assert!((7 * 86_400 - 60..=7 * 86_400 + 60).contains(&ago));
        for wrong in ["", "yesterday", "2026-13-01", "7"] {
            assert!(parse_time(wrong).unwrap_err().contains("such as"), "{wrong}");
        }
    }
}
