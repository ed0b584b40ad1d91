//! Conditions on annotations and scorecards.

use super::each;
use crate::dialect::service::from_proto::{code, names};
use hansard_domain::{
    Error, Id, Result,
    filter::{AnnotationCondition, ScorecardStatus},
    name::Collection,
};
use hansard_proto::v1::conversation_filter as pb;

/// A moment is named by its resource name, and known by its id.
pub(super) fn moments(given: Vec<pb::Moments>, customer: &Id) -> Result<Vec<Vec<AnnotationCondition>>> {
    let one = |field: &str, moment: pb::MomentWithAdherence| {
        let name = format!("{field}.momentName");
        let id = names::referenced(&name, &moment.moment_name, Collection::Moment, customer)?;
        let id = id.ok_or_else(|| Error::missing(name))?;
        condition(field, id.to_string(), moment.adherence)
    };
    each("moments", given, |field, entry| {
        self::entry(field, "momentWithAdherence", entry.moment_with_adherence, one)
    })
}

pub(super) fn behaviors(given: Vec<pb::Behaviors>) -> Result<Vec<Vec<AnnotationCondition>>> {
    let one = |field: &str, behavior: pb::BehaviorWithAdherence| {
        let name = named(&format!("{field}.behaviorName"), behavior.behavior_name)?;
        condition(field, name, behavior.adherence)
    };
    each("behaviors", given, |field, entry| {
        self::entry(field, "behaviorWithAdherence", entry.behavior_with_adherence, one)
    })
}

fn condition(field: &str, name: String, adherence: i32) -> Result<AnnotationCondition> {
    Ok(AnnotationCondition { name, adherence: code(&format!("{field}.adherence"), adherence)? })
}

pub(super) fn plain(field: &str, given: Vec<String>) -> Result<Vec<String>> {
    each(field, given, named)
}

/// What one entry lists must all hold; an empty list would hold of everything.
pub(super) fn entry<F, T>(
    field: &str,
    member: &str,
    given: Vec<F>,
    read: impl Fn(&str, F) -> Result<T>,
) -> Result<Vec<T>> {
    let field = format!("{field}.{member}");
    match given.is_empty() {
        true => Err(Error::invalid(field, "must hold at least one name")),
        false => each(&field, given, read),
    }
}

pub(super) fn named(field: &str, name: String) -> Result<String> {
    if name.is_empty() { Err(Error::invalid(field, "must not be empty")) } else { Ok(name) }
}

/// The zero value does not filter.
pub(super) fn status(field: &str, number: i32) -> Result<Option<ScorecardStatus>> {
    let status: ScorecardStatus = code(field, number)?;
    Ok(Some(status).filter(|status| *status != ScorecardStatus::Unspecified))
}
