//! Customers, profiles, entries of the directory, API keys, audit entries.

use super::{retention::policy, value::time};
use crate::service::api_key::Issued;
use hansard_domain::{
    Id,
    audit::AuditEntry,
    code::Code,
    directory::{ApiKey, Customer, Entry, Profile},
    name::{Collection, CustomerName, EntryName, Parent},
    redact::RedactionPolicy,
    retention::Policy,
};
use hansard_proto::v1 as pb;

/// The name of an entry of a parent.
pub(in super::super) fn entry_name(parent: &Parent, collection: Collection, id: &Id) -> String {
    EntryName { parent: parent.clone(), collection, id: id.clone() }.to_string()
}

pub(in super::super) fn customer(customer: Customer) -> pb::Customer {
    pb::Customer {
        name: customer.name.to_string(),
        display_name: customer.body.display_name,
        create_time: Some(time(customer.stamps.create_time)),
        update_time: Some(time(customer.stamps.update_time)),
        etag: customer.stamps.etag(),
    }
}

pub(in super::super) fn profile(profile: Profile) -> pb::Profile {
    let patterns = profile.body.redaction_patterns.into_iter();
    let retention = profile.body.retention;
    pb::Profile {
        name: profile.name.to_string(),
        display_name: profile.body.display_name,
        language_codes: profile.body.language_codes,
        default_language_code: profile.body.default_language_code,
        create_time: Some(time(profile.stamps.create_time)),
        update_time: Some(time(profile.stamps.update_time)),
        etag: profile.stamps.etag(),
        redaction_patterns: patterns
            .map(|pattern| pb::RedactionPattern {
                entity_type: pattern.entity_type,
                pattern: pattern.pattern,
            })
            .collect(),
        redaction: redaction_policy(profile.body.redaction),
        retention: (retention != Policy::default()).then(|| policy(&retention)),
    }
}

fn redaction_policy(policy: RedactionPolicy) -> Option<pb::RedactionPolicy> {
    (policy != RedactionPolicy::default()).then(|| pb::RedactionPolicy {
        disabled_entity_types: policy.disabled_entity_types,
        thresholds: policy.thresholds.into_iter().collect(),
        allowed: policy.allowed,
        style: policy.style.code(),
        mask_display_names: policy.mask_display_names,
        external_detector: policy.external.map(|detector| pb::ExternalDetector {
            name: detector.name,
            language_code: detector.language_code,
            on_failure: detector.on_failure.code(),
        }),
    })
}

pub(in super::super) fn user(parent: &Parent, entry: Entry) -> pb::User {
    let of = |collection, id: &Id| entry_name(parent, collection, id);
    pb::User {
        name: of(Collection::User, &entry.id),
        display_name: entry.body.display_name,
        email: entry.body.email,
        team: entry.body.team.as_ref().map(|team| of(Collection::Team, team)).unwrap_or_default(),
        groups: entry.body.groups.iter().map(|group| of(Collection::Group, group)).collect(),
        is_dev_user: entry.body.is_dev_user,
        create_time: Some(time(entry.stamps.create_time)),
        update_time: Some(time(entry.stamps.update_time)),
        etag: entry.stamps.etag(),
    }
}

/// Entries that are a name and a display name.
macro_rules! named {
    ($function:ident, $message:ident, $collection:ident $(, $field:ident: $value:expr)?) => {
        pub(in super::super) fn $function(parent: &Parent, entry: Entry) -> pb::$message {
            pb::$message {
                name: entry_name(parent, Collection::$collection, &entry.id),
                $($field: $value(&entry),)?
                create_time: Some(time(entry.stamps.create_time)),
                update_time: Some(time(entry.stamps.update_time)),
                etag: entry.stamps.etag(),
                display_name: entry.body.display_name,
            }
        }
    };
}

named!(team, Team, Team);
named!(group, Group, Group);
named!(usecase, Usecase, Usecase);
named!(tag, Tag, Tag, color: |entry: &Entry| entry.body.color.clone());
named!(moment, Moment, Moment, r#type: |entry: &Entry| entry.body.moment_type.code());

pub(in super::super) fn api_key(issued: Issued) -> pb::ApiKey {
    let ApiKey { customer, id, body, stamps, revoke_time, last_use_time } = issued.api_key;
    let name = |collection, id: Id| EntryName::of_customer(&customer, collection, id).to_string();
    let owner = CustomerName(customer.clone());
    pb::ApiKey {
        name: name(Collection::ApiKey, id),
        display_name: body.display_name,
        profiles: body.profiles.into_iter().map(|id| owner.profile(id).to_string()).collect(),
        user: body.user.map(|id| name(Collection::User, id)).unwrap_or_default(),
        role: body.role.code(),
        create_time: Some(time(stamps.create_time)),
        expire_time: body.expire_time.map(time),
        revoke_time: revoke_time.map(time),
        last_use_time: last_use_time.map(time),
        secret: issued.secret.unwrap_or_default(),
        update_time: Some(time(stamps.update_time)),
        etag: stamps.etag(),
    }
}

pub(in super::super) fn audit_entry(parent: &CustomerName, entry: AuditEntry) -> pb::AuditEntry {
    pb::AuditEntry {
        name: format!("{parent}/auditEntries/{}", entry.number),
        event_time: Some(time(entry.event_time)),
        actor: entry.actor,
        action: entry.action,
        resource: entry.resource,
        request_id: entry.request_id,
    }
}
