#![allow(clippy::unwrap_used)]
use super::*;
use hansard_domain::filter::{Adherence, AnnotationCondition, ScorecardStatus};
use hansard_proto::v1::conversation_filter as part;
use prost_reflect::{DescriptorPool, EnumDescriptor};

fn profile() -> ProfileName {
    ProfileName::parse("parent", "customers/acme/profiles/support").unwrap()
}

fn read_one(given: pb::ConversationFilter) -> Result<Filter> {
    read(given, &profile().customer)
}

fn moment(name: &str, adherence: i32) -> part::MomentWithAdherence {
    part::MomentWithAdherence { moment_name: name.to_owned(), adherence }
}

#[test]
fn annotations_are_read_with_their_lists_of_lists() {
    let name = format!("{}/moments/refund", profile());
    let entry = part::Moments { moment_with_adherence: vec![moment(&name, 2), moment(&name, 0)] };
    let behavior = part::BehaviorWithAdherence { behavior_name: "Greets by name".to_owned(), adherence: 1 };
    let given = pb::ConversationFilter {
        moments: vec![entry],
        behaviors: vec![part::Behaviors { behavior_with_adherence: vec![behavior] }],
        actions: vec!["offer".to_owned()],
        action_filters: vec![part::ActionNames { action_name: vec!["a".to_owned(), "b".to_owned()] }],
        hint_name_filters: vec![part::HintNames { hint_names: vec!["h".to_owned()] }],
        comments_filter: part::CommentsFilter::WithoutComments.into(),
        live_assist_filter: part::LiveAssistFilter::WithLiveAssist.into(),
        message_keyword: "100 %*".to_owned(),
        ..Default::default()
    };
    let filter = read_one(given).unwrap();
    let refund = |adherence| AnnotationCondition { name: "refund".to_owned(), adherence };
    assert_eq!(filter.moments, [[refund(Adherence::NotAdhered), refund(Adherence::Unspecified)]]);
    assert_eq!(filter.behaviors[0][0].adherence, Adherence::Adhered);
    assert_eq!(
        (filter.actions, filter.action_filters),
        (vec!["offer".to_owned()], vec![vec!["a".to_owned(), "b".to_owned()]])
    );
    assert_eq!(filter.hint_filters, [["h"]]);
    assert_eq!((filter.with_comments, filter.with_live_assist), (Some(false), Some(true)));
    assert_eq!(filter.keyword, "100 %*");
}

#[test]
fn scorecards_are_read_with_their_revisions() {
    let given = pb::ConversationFilter {
        scorecard_template_name_filters: ["qa@3", "qa@*"]
            .map(|id| format!("{}/scorecardTemplates/{id}", profile()))
            .to_vec(),
        scorecard_status_filter: part::ScorecardStatusFilter::Submitted.into(),
        scorecard_submitter_name_filters: vec!["customers/acme/users/ada".to_owned()],
        calibration_status_filter: part::ScorecardStatusFilter::NotScored.into(),
        ..Default::default()
    };
    let filter = read_one(given).unwrap();
    let revisions: Vec<_> = filter.scorecards.templates.iter().map(|one| one.revision.as_deref()).collect();
    assert_eq!(revisions, [Some("3"), None]);
    assert_eq!(filter.scorecards.status, Some(ScorecardStatus::Submitted));
    assert_eq!(filter.scorecards.submitters[0].as_str(), "ada");
    assert_eq!(filter.calibration, Some(ScorecardStatus::NotScored));
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    let refused = |given: pb::ConversationFilter| read_one(given).unwrap_err().field().unwrap().to_owned();
    let moments = |one: part::MomentWithAdherence| pb::ConversationFilter {
        moments: vec![part::Moments { moment_with_adherence: vec![one] }],
        ..Default::default()
    };
    let path = "moments[0].momentWithAdherence[0]";
    assert_eq!(refused(moments(moment("", 0))), format!("{path}.momentName"));
    assert_eq!(
        refused(moments(moment("customers/other/profiles/p/moments/m", 0))),
        format!("{path}.momentName")
    );
    let name = format!("{}/moments/m", profile());
    assert_eq!(refused(moments(moment(&name, 3))), format!("{path}.adherence"));
    let template = vec!["customers/other/profiles/p/scorecardTemplates/t@1".to_owned()];
    for (given, field) in [
        (
            pb::ConversationFilter { moments: vec![part::Moments::default()], ..Default::default() },
            "moments[0].momentWithAdherence",
        ),
        (pb::ConversationFilter { actions: vec![String::new()], ..Default::default() }, "actions[0]"),
        (pb::ConversationFilter { comments_filter: 3, ..Default::default() }, "commentsFilter"),
        (
            pb::ConversationFilter { calibration_status_filter: 9, ..Default::default() },
            "calibrationStatusFilter",
        ),
        (
            pb::ConversationFilter { scorecard_template_name_filters: template, ..Default::default() },
            "scorecardTemplateNameFilters[0]",
        ),
    ] {
        assert_eq!(refused(given), field);
    }
}

#[test]
fn a_text_is_added_to_the_fields_and_errors_name_their_own() {
    let given = || {
        Some(pb::ConversationFilter { skills: vec!["a".to_owned(), "b".to_owned()], ..Default::default() })
    };
    assert_eq!(filter(given(), "skill = b", &profile()).unwrap().skills, ["b"]);
    let field = |given, text: &str| filter(given, text, &profile()).unwrap_err().field().map(str::to_owned);
    assert_eq!(field(given(), "skill = c").as_deref(), Some("filterText"));
    let long = pb::ConversationFilter { skills: vec!["x".repeat(9000)], ..Default::default() };
    assert_eq!(field(Some(long), "state = LIVE").as_deref(), Some("filter.skills[0]"));
    assert!(optional(None, " ", &profile()).unwrap().is_none());
    assert!(optional(None, "state = LIVE", &profile()).unwrap().is_some());
}

/// The words of an enum of the contract, and the field of a text that takes them.
const VOCABULARIES: [(&str, &str); 9] = [
    ("Conversation.Channel", "channel"),
    ("Conversation.CorruptionState", "corruption_state"),
    ("Conversation.Direction", "direction"),
    ("Conversation.PersistenceState", "persistence_state"),
    ("Conversation.RaiseHandState", "raise_hand_state"),
    ("Conversation.SharingState", "sharing_state"),
    ("Conversation.Source", "source"),
    ("Conversation.Status", "status"),
    ("ConversationFilter.AdherenceType", "behavior.b"),
];

#[test]
fn a_text_takes_every_word_of_the_contract() {
    let pool = DescriptorPool::decode(hansard_proto::DESCRIPTORS).unwrap();
    let words =
        |name: &str| -> EnumDescriptor { pool.get_enum_by_name(&format!("hansard.v1.{name}")).unwrap() };
    for (name, field) in VOCABULARIES {
        for value in words(name).values() {
            let text = format!("{field} = {}", value.name());
            let filter = Filter::default().and_text(&text, &profile()).unwrap();
            let printed = serde_json::to_string(&filter).unwrap();
            let number = value.number();
            let listed = printed.contains(&format!("[{number}]"))
                || printed.contains(&format!("\"adherence\":{number}}}"));
            assert!(listed, "{text}: {printed}");
        }
    }
    for (word, status) in [("DRAFT", ScorecardStatus::Draft), ("NOT_SCORED", ScorecardStatus::NotScored)] {
        let filter = Filter::default().and_text(&format!("scorecard_status = {word}"), &profile()).unwrap();
        assert_eq!(filter.scorecards.status, Some(status));
    }
}
