//! Annotations, comments, scorecards and their templates.

use super::{code, names};
use crate::service::scorecard::NewScorecard;
use hansard_domain::{
    Error, Id, Result,
    annotation::{AnnotationBody, MaskedPlace},
    name::{Collection, ConversationName, ProfileName},
    redact::Redactor,
    scorecard::{Criterion, Score, ScorecardPatch, TemplateBody, TemplateName},
};
use hansard_proto::v1 as pb;

/// What an annotation says, for its conversation; paths are relative to the annotation.
macro_rules! annotation {
    ($kind:ident, $message:ident, $content:expr $(, $field:ident: $value:expr)*) => {
        pub(in super::super) fn $kind(
            given: &pb::$message,
            parent: &ConversationName,
            redactor: &Redactor,
        ) -> Result<AnnotationBody> {
            let content: fn(&pb::$message, &Id, &Redactor) -> Result<_> = $content;
            Ok(AnnotationBody {
                content: content(given, &parent.profile.customer, redactor)?,
                message: names::own_message("message", &given.message, parent)?,
                start: given.start_index,
                end: given.end_index,
                source: code("source", given.source)?,
                $($field: $value(given)?,)*
                ..AnnotationBody::default()
            })
        }
    };
}

annotation!(
    moment_annotation,
    MomentAnnotation,
    |given, customer, _| {
        let name = names::whole("moment", &given.moment, Collection::Moment, customer)?;
        Ok(Redactor::NONE.text(&name))
    },
    adherence: |given: &pb::MomentAnnotation| code("adherence", given.adherence),
    masked: |given: &pb::MomentAnnotation| Ok::<_, Error>(masked_place(given))
);
annotation!(
    behavior_annotation,
    BehaviorAnnotation,
    |given, _, redactor| Ok(redactor.label(&given.behavior)),
    adherence: |given: &pb::BehaviorAnnotation| code("adherence", given.adherence)
);
annotation!(
    action_annotation,
    ActionAnnotation,
    |given, _, redactor| Ok(redactor.label(&given.action)),
    live_assist: |given: &pb::ActionAnnotation| Ok::<_, Error>(given.live_assist)
);
annotation!(hint_annotation, HintAnnotation, |given, _, redactor| Ok(redactor.label(&given.hint)));

pub(in super::super) fn comment(
    given: &pb::Comment,
    _: &ConversationName,
    redactor: &Redactor,
) -> Result<AnnotationBody> {
    Ok(AnnotationBody { content: redactor.text(&given.text), ..AnnotationBody::default() })
}

fn masked_place(given: &pb::MomentAnnotation) -> Option<MaskedPlace> {
    let is_masked = (given.original_start_index, given.original_end_index) != (0, 0);
    is_masked.then(|| MaskedPlace {
        field: given.field.clone(),
        original_start: given.original_start_index,
        original_end: given.original_end_index,
    })
}

/// A scorecard to make; paths are of the request.
pub(in super::super) fn new_scorecard(
    given: &pb::Scorecard,
    parent: &ProfileName,
    id: Option<Id>,
) -> Result<NewScorecard> {
    if given.conversation.is_empty() {
        return Err(Error::missing("scorecard.conversation"));
    }
    if given.template.is_empty() {
        return Err(Error::missing("scorecard.template"));
    }
    let conversation = names::conversation("scorecard.conversation", &given.conversation)?;
    let template = TemplateName::parse("scorecard.template", &given.template)?;
    for (field, profile) in
        [("scorecard.conversation", &conversation.profile), ("scorecard.template", &template.profile)]
    {
        if profile != parent {
            return Err(Error::invalid(field, format!("must be of {parent}")));
        }
    }
    Ok(NewScorecard { id, conversation, template })
}

/// The values that a scorecard sets, all of them; paths are relative to the scorecard.
pub(in super::super) fn scorecard_patch(
    given: &pb::Scorecard,
    parent: &ProfileName,
    redactor: &Redactor,
) -> Result<ScorecardPatch> {
    let reference = match given.reference_scorecard.as_str() {
        "" => None,
        text => {
            let name = names::entry("referenceScorecard", text, Collection::Scorecard)?;
            if name.parent.profile() != Some(parent) {
                return Err(Error::invalid("referenceScorecard", format!("must be of {parent}")));
            }
            Some(name.id)
        }
    };
    let score = |given: &pb::scorecard::Score| Score {
        criterion: given.criterion.clone(),
        value: given.value,
        comment: redactor.text(&given.comment),
    };
    Ok(ScorecardPatch {
        scores: Some(given.scores.iter().map(score).collect()),
        status: Some(code("status", given.status)?),
        reference: Some(reference),
        calibration: Some(code("calibrationStatus", given.calibration_status)?),
    })
}

pub(in super::super) fn scorecard_template(given: &pb::ScorecardTemplate) -> TemplateBody {
    let criterion = |given: &pb::scorecard_template::Criterion| Criterion {
        id: given.id.clone(),
        display_name: given.display_name.clone(),
        max_value: given.max_value,
        weight: given.weight,
    };
    TemplateBody {
        display_name: given.display_name.clone(),
        criteria: given.criteria.iter().map(criterion).collect(),
    }
}
