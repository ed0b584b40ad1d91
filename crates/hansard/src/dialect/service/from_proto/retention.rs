//! How long conversations are kept.

use super::code;
use hansard_domain::{
    Result,
    code::Code,
    retention::{Policy, Rule},
};
use hansard_proto::v1 as pb;

/// A policy; paths are relative to it.
pub(in super::super) fn policy(given: pb::RetentionPolicy) -> Result<Policy> {
    let rules = given.rules.into_iter().enumerate();
    let rules =
        rules.map(|(index, given)| rule(given).map_err(|error| error.within(&format!("rules[{index}]"))));
    Ok(Policy { rules: rules.collect::<Result<_>>()? })
}

fn rule(given: pb::RetentionRule) -> Result<Rule> {
    Ok(Rule {
        days: given.days,
        statuses: codes("statuses", given.statuses)?,
        sources: codes("sources", given.sources)?,
        channels: codes("channels", given.channels)?,
    })
}

fn codes<C: Code>(field: &str, given: Vec<i32>) -> Result<Vec<C>> {
    let given = given.into_iter().enumerate();
    given.map(|(index, number)| code(&format!("{field}[{index}]"), number)).collect()
}
