//! How long conversations are kept.

use super::value::time;
use hansard_domain::{
    code::Code,
    name::ProfileName,
    retention::{Policy, Rule},
};
use hansard_proto::v1::{self as pb, preview_retention_response as preview};
use hansard_store::RetentionPreview;

pub(super) fn policy(policy: &Policy) -> pb::RetentionPolicy {
    pb::RetentionPolicy { rules: policy.rules.iter().map(rule).collect() }
}

fn rule(rule: &Rule) -> pb::RetentionRule {
    pb::RetentionRule {
        days: rule.days,
        statuses: codes(&rule.statuses),
        sources: codes(&rule.sources),
        channels: codes(&rule.channels),
    }
}

fn codes<C: Code>(codes: &[C]) -> Vec<i32> {
    codes.iter().map(|code| code.code()).collect()
}

/// What a policy would delete of a profile.
pub(in super::super) fn retention_preview(
    parent: &ProfileName,
    (of, found): (Policy, RetentionPreview),
) -> pb::PreviewRetentionResponse {
    let rules = of.rules.into_iter().zip(found.rules).map(|(of, counts)| preview::Rule {
        rule: Some(rule(&of)),
        due_count: counts.due,
        waiting_count: counts.waiting,
    });
    pb::PreviewRetentionResponse {
        due_count: found.due,
        rules: rules.collect(),
        own_retention_count: found.own,
        to_be_deleted_count: found.marked,
        held_count: found.held,
        earliest_due_time: found.earliest.map(time),
        sample: found.sample.into_iter().map(|id| parent.conversation(id).to_string()).collect(),
    }
}
