//! Annotations, comments, scorecards and their templates.

use super::value::time;
use hansard_domain::{
    annotation::{Annotation, AnnotationBody, MaskedPlace},
    code::Code,
    name::ProfileName,
    scorecard::{Scorecard, ScorecardTemplate},
};
use hansard_proto::v1 as pb;

macro_rules! annotation {
    ($kind:ident, $message:ident, $content:ident $(, $field:ident: $value:expr)*) => {
        pub(in super::super) fn $kind(annotation: Annotation) -> pb::$message {
            let Annotation { name, body, author, stamps } = annotation;
            pb::$message {
                name: name.to_string(),
                message: body
                    .message
                    .as_ref()
                    .map(|id| name.conversation.message(id.clone()).to_string())
                    .unwrap_or_default(),
                $($field: $value(&body),)*
                $content: body.content.into_string(),
                start_index: body.start,
                end_index: body.end,
                source: body.source.code(),
                author,
                create_time: Some(time(stamps.create_time)),
                update_time: Some(time(stamps.update_time)),
                etag: stamps.etag(),
            }
        }
    };
}

annotation!(
    moment_annotation, MomentAnnotation, moment,
    adherence: |body: &AnnotationBody| body.adherence.code(),
    field: |body: &AnnotationBody| masked(body).field,
    original_start_index: |body: &AnnotationBody| masked(body).original_start,
    original_end_index: |body: &AnnotationBody| masked(body).original_end
);
annotation!(
    behavior_annotation, BehaviorAnnotation, behavior,
    adherence: |body: &AnnotationBody| body.adherence.code()
);
annotation!(action_annotation, ActionAnnotation, action, live_assist: |body: &AnnotationBody| body.live_assist);
annotation!(hint_annotation, HintAnnotation, hint);

fn masked(body: &AnnotationBody) -> MaskedPlace {
    body.masked.clone().unwrap_or_default()
}

pub(in super::super) fn comment(comment: Annotation) -> pb::Comment {
    let Annotation { name, body, author, stamps } = comment;
    pb::Comment {
        name: name.to_string(),
        text: body.content.into_string(),
        author,
        create_time: Some(time(stamps.create_time)),
        update_time: Some(time(stamps.update_time)),
        etag: stamps.etag(),
    }
}

pub(in super::super) fn scorecard(scorecard: Scorecard) -> pb::Scorecard {
    let (name, template) = (scorecard.name().to_string(), scorecard.template_name().to_string());
    let profile = scorecard.conversation.profile.clone();
    let body = scorecard.body;
    let score = |score: hansard_domain::scorecard::Score| pb::scorecard::Score {
        criterion: score.criterion,
        value: score.value,
        comment: score.comment.into_string(),
    };
    pb::Scorecard {
        name,
        conversation: scorecard.conversation.to_string(),
        template,
        status: body.status.code(),
        submitter: body.submitter,
        calibration_status: body.calibration.code(),
        create_time: Some(time(scorecard.stamps.create_time)),
        update_time: Some(time(scorecard.stamps.update_time)),
        etag: scorecard.stamps.etag(),
        scores: body.scores.into_iter().map(score).collect(),
        submit_time: body.submit_time.map(time),
        reference_scorecard: body.reference.map(|id| profile.scorecard(id).to_string()).unwrap_or_default(),
        author: body.author,
        total_score: body.total,
        calibration_agreement: body.agreement,
    }
}

pub(in super::super) fn scorecard_template(
    profile: &ProfileName,
    template: ScorecardTemplate,
) -> pb::ScorecardTemplate {
    let criterion = |criterion: hansard_domain::scorecard::Criterion| pb::scorecard_template::Criterion {
        id: criterion.id,
        display_name: criterion.display_name,
        max_value: criterion.max_value,
        weight: criterion.weight,
    };
    pb::ScorecardTemplate {
        name: template.name(profile).to_string(),
        etag: template.etag(),
        display_name: template.body.display_name,
        create_time: Some(time(template.create_time)),
        update_time: Some(time(template.update_time)),
        criteria: template.body.criteria.into_iter().map(criterion).collect(),
    }
}
