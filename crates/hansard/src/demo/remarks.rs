//! What is remarked on the demo's conversations: moments, behaviors, comments and scorecards.

use hansard_proto::v1::{
    ActionAnnotation, BehaviorAnnotation, Comment, ConversationArchive, MomentAnnotation, Scorecard,
    ScorecardTemplate,
    annotation::Source,
    conversation_filter::{AdherenceType, ScorecardStatusFilter as Status},
    conversation_message::Speaker,
    scorecard::Score,
    scorecard_template::Criterion,
};

use super::dialogue::Course;

/// The template of the demo's scorecards.
const TEMPLATE: &str = "scorecardTemplates/service-quality@1";
const SOLVED: &str = "solved";

/// Adds what somebody who listens would remark on a conversation of this course.
pub(super) fn add(archive: &mut ConversationArchive, parent: &str, course: Course) {
    let Some(conversation) = &archive.conversation else { return };
    let (name, agent) = (conversation.name.clone(), conversation.agent.clone());
    let greeting = archive.messages.iter().find(|message| message.speaker() == Speaker::Agent);
    if let Some(greeting) = greeting {
        archive.behavior_annotations.push(BehaviorAnnotation {
            name: format!("{name}/behaviorAnnotations/greeting"),
            behavior: "greeting".to_owned(),
            message: greeting.name.clone(),
            adherence: AdherenceType::Adhered.into(),
            source: Source::Model.into(),
            ..BehaviorAnnotation::default()
        });
    }
    match course {
        Course::HandedOver | Course::TakenOver => archive.moment_annotations.push(MomentAnnotation {
            name: format!("{name}/momentAnnotations/hand-over"),
            moment: format!("{parent}/moments/hand-over"),
            source: Source::Rule.into(),
            ..MomentAnnotation::default()
        }),
        Course::GivenUp | Course::Broken => archive.comments.push(Comment {
            name: format!("{name}/comments/call-back"),
            text: "Call back tomorrow.".to_owned(),
            author: agent,
            ..Comment::default()
        }),
        Course::Long => score(archive, parent, &name, &agent),
        Course::Open => archive.action_annotations.push(ActionAnnotation {
            name: format!("{name}/actionAnnotations/suggest-reply"),
            action: "suggest a reply".to_owned(),
            live_assist: true,
            source: Source::Model.into(),
            ..ActionAnnotation::default()
        }),
        Course::Solved => {}
    }
}

fn score(archive: &mut ConversationArchive, parent: &str, conversation: &str, submitter: &str) {
    let criterion = |id: &str, display_name: &str, max_value: f64| Criterion {
        id: id.to_owned(),
        display_name: display_name.to_owned(),
        max_value,
        weight: 1.0,
    };
    archive.scorecard_templates.push(ScorecardTemplate {
        name: format!("{parent}/{TEMPLATE}"),
        display_name: "Service quality".to_owned(),
        criteria: vec![
            criterion("greeting", "Greeted the customer", 1.0),
            criterion(SOLVED, "Solved the matter", 5.0),
        ],
        ..ScorecardTemplate::default()
    });
    let scored = [("greeting", 1.0), (SOLVED, 4.0)];
    let id = conversation.rsplit('/').next().unwrap_or_default();
    archive.scorecards.push(Scorecard {
        name: format!("{parent}/scorecards/{id}"),
        conversation: conversation.to_owned(),
        template: format!("{parent}/{TEMPLATE}"),
        status: Status::Submitted.into(),
        submitter: submitter.to_owned(),
        author: submitter.to_owned(),
        scores: scored
            .map(|(criterion, value)| Score { criterion: criterion.to_owned(), value, ..Score::default() })
            .into(),
        total_score: 0.9,
        ..Scorecard::default()
    });
}
