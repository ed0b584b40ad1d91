//! Customers, profiles, entries of the directory, API keys.

use super::{code, names, optional_time, retention};
use hansard_domain::{
    Id, Result,
    directory::{ApiKeyBody, CustomerBody, EntryBody, ProfileBody},
    name::{Collection, ProfileName},
    redact::{ExternalDetector, RedactionPattern, RedactionPolicy},
};
use hansard_proto::v1 as pb;

pub(in super::super) fn customer(given: pb::Customer) -> CustomerBody {
    CustomerBody { display_name: given.display_name }
}

/// The paths that an update of a profile accepts.
pub(in super::super) const PROFILE_PATHS: [&str; 6] = [
    "display_name",
    "language_codes",
    "default_language_code",
    "redaction_patterns",
    "redaction",
    "retention",
];

/// Whether a profile sets the field of a path.
pub(in super::super) fn profile_sets(given: &pb::Profile, path: &str) -> bool {
    match path {
        "language_codes" => !given.language_codes.is_empty(),
        "default_language_code" => !given.default_language_code.is_empty(),
        "redaction_patterns" => !given.redaction_patterns.is_empty(),
        "redaction" => given.redaction.is_some(),
        "retention" => given.retention.is_some(),
        _ => !given.display_name.is_empty(),
    }
}

pub(in super::super) fn profile(given: pb::Profile) -> Result<ProfileBody> {
    let pattern = |given: pb::RedactionPattern| RedactionPattern {
        entity_type: given.entity_type,
        pattern: given.pattern,
    };
    Ok(ProfileBody {
        display_name: given.display_name,
        language_codes: given.language_codes,
        default_language_code: given.default_language_code,
        redaction_patterns: given.redaction_patterns.into_iter().map(pattern).collect(),
        redaction: given.redaction.map(redaction_policy).transpose()?.unwrap_or_default(),
        retention: retention::policy(given.retention.unwrap_or_default())
            .map_err(|error| error.within("profile.retention"))?,
    })
}

fn redaction_policy(given: pb::RedactionPolicy) -> Result<RedactionPolicy> {
    Ok(RedactionPolicy {
        disabled_entity_types: given.disabled_entity_types,
        thresholds: given.thresholds.into_iter().collect(),
        allowed: given.allowed,
        style: code("profile.redaction.style", given.style)?,
        mask_display_names: given.mask_display_names,
        external: given.external_detector.map(external_detector).transpose()?,
    })
}

fn external_detector(given: pb::ExternalDetector) -> Result<ExternalDetector> {
    Ok(ExternalDetector {
        name: given.name,
        language_code: given.language_code,
        on_failure: code("profile.redaction.externalDetector.onFailure", given.on_failure)?,
    })
}

pub(in super::super) fn user(given: &pb::User, customer: &Id) -> Result<EntryBody> {
    let group = |(index, name): (usize, &String)| {
        names::entry(&format!("user.groups[{index}]"), name, Collection::Group).and_then(|name| {
            let field = format!("user.groups[{index}]");
            names::referenced(&field, &name.to_string(), Collection::Group, customer).map(|_| name.id)
        })
    };
    Ok(EntryBody {
        display_name: given.display_name.clone(),
        email: given.email.clone(),
        team: names::referenced("user.team", &given.team, Collection::Team, customer)?,
        groups: given.groups.iter().enumerate().map(group).collect::<Result<_>>()?,
        is_dev_user: given.is_dev_user,
        ..EntryBody::default()
    })
}

/// A team, group or usecase.
pub(in super::super) fn named(display_name: &str) -> EntryBody {
    EntryBody { display_name: display_name.to_owned(), ..EntryBody::default() }
}

pub(in super::super) fn tag(given: &pb::Tag) -> EntryBody {
    EntryBody { color: given.color.clone(), ..named(&given.display_name) }
}

pub(in super::super) fn moment(given: &pb::Moment) -> Result<EntryBody> {
    Ok(EntryBody { moment_type: code("moment.type", given.r#type)?, ..named(&given.display_name) })
}

pub(in super::super) fn api_key(given: &pb::ApiKey, customer: &Id) -> Result<ApiKeyBody> {
    let profile = |(index, name): (usize, &String)| {
        let field = format!("apiKey.profiles[{index}]");
        let name = ProfileName::parse(&field, name)?;
        if name.customer == *customer {
            return Ok(name.profile);
        }
        Err(hansard_domain::Error::invalid(field, format!("must name a profile of customers/{customer}")))
    };
    Ok(ApiKeyBody {
        display_name: given.display_name.clone(),
        profiles: given.profiles.iter().enumerate().map(profile).collect::<Result<_>>()?,
        user: names::referenced("apiKey.user", &given.user, Collection::User, customer)?,
        role: code("apiKey.role", given.role)?,
        expire_time: optional_time("apiKey.expireTime", given.expire_time.as_ref())?,
    })
}
