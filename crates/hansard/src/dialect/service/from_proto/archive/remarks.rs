//! What was remarked on an archive's conversation.

use super::super::{annotation, names, optional_time};
use crate::service::archive::Remarks;
use hansard_domain::{
    Error, Id, Result,
    annotation::{ANNOTATIONS_MAX, Annotation, AnnotationBody, AnnotationKind},
    directory::Stamps,
    filter::ScorecardStatus,
    limits,
    name::{AnnotationName, Collection, ConversationName},
    redact::Redactor,
    scorecard::{Scorecard, ScorecardBody, ScorecardTemplate, TemplateName},
};
use hansard_proto::v1 as pb;
use prost_types::Timestamp;

/// Every resource name in an archive's annotations, comments, scorecards and templates.
pub fn names_of_remarks(archive: &mut pb::ConversationArchive) -> Vec<&mut String> {
    let mut found: Vec<&mut String> = Vec::new();
    for one in &mut archive.moment_annotations {
        found.extend([&mut one.name, &mut one.moment, &mut one.message, &mut one.author]);
    }
    for one in &mut archive.behavior_annotations {
        found.extend([&mut one.name, &mut one.message, &mut one.author]);
    }
    for one in &mut archive.action_annotations {
        found.extend([&mut one.name, &mut one.message, &mut one.author]);
    }
    for one in &mut archive.hint_annotations {
        found.extend([&mut one.name, &mut one.message, &mut one.author]);
    }
    for one in &mut archive.comments {
        found.extend([&mut one.name, &mut one.author]);
    }
    for one in &mut archive.scorecards {
        found.extend([&mut one.name, &mut one.conversation, &mut one.template, &mut one.author]);
        found.extend([&mut one.submitter, &mut one.reference_scorecard]);
    }
    found.extend(archive.scorecard_templates.iter_mut().map(|one| &mut one.name));
    found
}

/// Reads them for the conversation; paths are relative to the archive.
pub(super) fn incoming(
    given: &pb::ConversationArchive,
    parent: &ConversationName,
    redactor: &Redactor,
) -> Result<Remarks> {
    let mut annotations = Vec::new();
    macro_rules! read {
        ($field:ident, $kind:ident, $read:path) => {
            for (index, one) in given.$field.iter().enumerate() {
                let kind = AnnotationKind::$kind;
                let what = (kind, one.name.as_str(), one.author.as_str());
                let times = (one.create_time.as_ref(), one.update_time.as_ref());
                let read = $read(one, parent, redactor).and_then(|body| made(what, times, parent, body));
                let within = |error: Error| error.within(&format!("{}[{index}]", kind.segment()));
                annotations.push(read.map_err(within)?);
            }
        };
    }
    let count = given.moment_annotations.len()
        + given.behavior_annotations.len()
        + given.action_annotations.len()
        + given.hint_annotations.len()
        + given.comments.len();
    limits::items_at_most("annotations", count, usize::try_from(ANNOTATIONS_MAX).unwrap_or(usize::MAX))?;
    read!(moment_annotations, Moment, annotation::moment_annotation);
    read!(behavior_annotations, Behavior, annotation::behavior_annotation);
    read!(action_annotations, Action, annotation::action_annotation);
    read!(hint_annotations, Hint, annotation::hint_annotation);
    read!(comments, Comment, annotation::comment);
    let templates =
        super::each("scorecardTemplates", given.scorecard_templates.clone(), |one| template(&one))?;
    let scorecards =
        super::each("scorecards", given.scorecards.clone(), |one| scorecard(&one, parent, redactor))?;
    Ok(Remarks { annotations, scorecards, templates })
}

/// When it was made and changed; the default where the archive does not tell.
fn stamps((create, update): (Option<&Timestamp>, Option<&Timestamp>)) -> Result<Stamps> {
    let Some(create_time) = optional_time("createTime", create)? else { return Ok(Stamps::default()) };
    let update_time = optional_time("updateTime", update)?.unwrap_or(create_time);
    Ok(Stamps { create_time, update_time, version: 1 })
}

fn made(
    (kind, name, author): (AnnotationKind, &str, &str),
    times: (Option<&Timestamp>, Option<&Timestamp>),
    parent: &ConversationName,
    body: AnnotationBody,
) -> Result<Annotation> {
    let name = AnnotationName::parse("name", name, kind)?;
    if name.conversation != *parent {
        return Err(Error::invalid("name", format!("must be of the parent {parent}")));
    }
    limits::short("author", author)?;
    Ok(Annotation { name, body, author: author.to_owned(), stamps: stamps(times)? })
}

fn template(given: &pb::ScorecardTemplate) -> Result<ScorecardTemplate> {
    let name = TemplateName::parse("name", &given.name)?;
    let revision = name.revision.ok_or_else(|| Error::invalid("name", "must have a revision"))?;
    let stamps = stamps((given.create_time.as_ref(), given.update_time.as_ref()))?;
    Ok(ScorecardTemplate {
        id: name.template,
        revision,
        body: annotation::scorecard_template(given).checked()?,
        create_time: stamps.create_time,
        update_time: stamps.update_time,
    })
}

/// A scorecard as it was kept.
fn scorecard(given: &pb::Scorecard, parent: &ConversationName, redactor: &Redactor) -> Result<Scorecard> {
    let name = names::entry("name", &given.name, Collection::Scorecard)?;
    let template = TemplateName::parse("template", &given.template)?;
    let revision = template.revision.ok_or_else(|| Error::invalid("template", "must have a revision"))?;
    if given.conversation != parent.to_string() {
        return Err(Error::invalid("conversation", format!("must be {parent}")));
    }
    for (field, text) in [("author", &given.author), ("submitter", &given.submitter)] {
        limits::short(field, text)?;
    }
    limits::items_at_most("scores", given.scores.len(), limits::LIST_ITEMS_MAX)?;
    for (index, score) in given.scores.iter().enumerate() {
        limits::short(&format!("scores[{index}].criterion"), &score.criterion)?;
        limits::short(&format!("scores[{index}].comment"), &score.comment)?;
        finite(&format!("scores[{index}].value"), score.value)?;
    }
    let patch = annotation::scorecard_patch(given, &parent.profile, redactor)?;
    let settled = |status: Option<ScorecardStatus>, zero| {
        status.filter(|status| *status != ScorecardStatus::Unspecified).unwrap_or(zero)
    };
    let body = ScorecardBody {
        author: given.author.clone(),
        status: settled(patch.status, ScorecardStatus::Draft),
        scores: patch.scores.unwrap_or_default(),
        submitter: given.submitter.clone(),
        submit_time: optional_time("submitTime", given.submit_time.as_ref())?,
        reference: patch.reference.flatten(),
        calibration: settled(patch.calibration, ScorecardStatus::NotScored),
        total: finite("totalScore", given.total_score)?,
        agreement: finite("calibrationAgreement", given.calibration_agreement)?,
    };
    let id: Id = name.id;
    let stamps = stamps((given.create_time.as_ref(), given.update_time.as_ref()))?;
    Ok(Scorecard { id, conversation: parent.clone(), template: template.template, revision, body, stamps })
}

fn finite(field: &str, number: f64) -> Result<f64> {
    if number.is_finite() { Ok(number) } else { Err(Error::invalid(field, "must be a finite number")) }
}
