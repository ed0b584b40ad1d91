#![allow(clippy::unwrap_used)]
use super::*;
use crate::{ErrorKind, name::ProfileName};

fn profile() -> ProfileName {
    ProfileName { customer: Id::known("acme"), profile: Id::known("support") }
}

/// Greeting of weight 1 and 1 point, solution of weight 3 and 10 points.
fn template() -> TemplateBody {
    let criterion = |id: &str, max_value, weight| Criterion {
        id: id.to_owned(),
        display_name: String::new(),
        max_value,
        weight,
    };
    let criteria = vec![criterion("greeting", 0.0, 0.0), criterion("solution", 10.0, 3.0)];
    TemplateBody { display_name: "Quality".to_owned(), criteria }.checked().unwrap()
}

fn draft(id: &str) -> Scorecard {
    let conversation = profile().conversation(Id::known("c"));
    Scorecard::new(Id::known(id), conversation, (Id::known("qa"), 1), ("customers/acme/users/eve", Time(1)))
}

fn scores(greeting: f64, solution: f64) -> Vec<Score> {
    [("greeting", greeting), ("solution", solution)]
        .map(|(id, value)| Score { criterion: id.to_owned(), value, comment: SafeText::default() })
        .into()
}

fn update(scorecard: &mut Scorecard, patch: ScorecardPatch, others: &[Scorecard]) -> Result<()> {
    let template = template();
    let actor = "customers/acme/users/sue";
    scorecard.update(patch, &Review { template: &template, others, actor, now: Time(9) })
}

fn submission(greeting: f64, solution: f64) -> ScorecardPatch {
    ScorecardPatch {
        scores: Some(scores(greeting, solution)),
        status: Some(ScorecardStatus::Submitted),
        ..ScorecardPatch::default()
    }
}

fn status(status: ScorecardStatus) -> ScorecardPatch {
    ScorecardPatch { status: Some(status), ..ScorecardPatch::default() }
}

fn calibration(reference: Option<&str>, calibration: ScorecardStatus) -> ScorecardPatch {
    ScorecardPatch {
        reference: reference.map(|id| Some(Id::known(id))),
        calibration: Some(calibration),
        ..ScorecardPatch::default()
    }
}

fn submitted(id: &str, greeting: f64, solution: f64) -> Scorecard {
    let mut scorecard = draft(id);
    update(&mut scorecard, submission(greeting, solution), &[]).unwrap();
    scorecard
}

fn fact(scorecard: &Scorecard) -> ScorecardFact {
    scorecard.body.fact(scorecard.template.clone(), scorecard.revision)
}

fn kind(outcome: Result<()>) -> ErrorKind {
    outcome.unwrap_err().kind()
}

#[test]
fn what_is_submitted_is_final_until_it_is_reopened() {
    let mut scorecard = submitted("s", 1.0, 5.0);
    let fact = fact(&scorecard);
    assert_eq!((fact.status, fact.submitter), (ScorecardStatus::Submitted, Some(Id::known("sue"))));
    assert_eq!((scorecard.body.submit_time, scorecard.body.total), (Some(Time(9)), 0.625));
    let other = ScorecardPatch { scores: Some(scores(0.0, 0.0)), ..ScorecardPatch::default() };
    assert_eq!(kind(update(&mut scorecard, other.clone(), &[])), ErrorKind::FailedPrecondition);
    update(&mut scorecard, submission(1.0, 5.0), &[]).unwrap();
    assert!(scorecard.is_reopened_by(&status(ScorecardStatus::Draft)));
    update(&mut scorecard, status(ScorecardStatus::Draft), &[]).unwrap();
    assert_eq!((scorecard.body.submitter.as_str(), scorecard.body.submit_time), ("", None));
    assert!(!scorecard.is_reopened_by(&status(ScorecardStatus::Draft)));
    update(&mut scorecard, other, &[]).unwrap();
    assert_eq!(scorecard.body.total, 0.0);
}

#[test]
fn scores_keep_to_the_template() {
    let one = |criterion: &str, value| Score {
        criterion: criterion.to_owned(),
        value,
        comment: SafeText::default(),
    };
    let refused = [
        (vec![one("nonsense", 1.0)], "scores[0].criterion"),
        (vec![one("greeting", 1.0), one("greeting", 0.0)], "scores[1].criterion"),
        (vec![one("greeting", 1.1)], "scores[0].value"),
        (vec![one("solution", -0.1)], "scores[0].value"),
        (vec![one("solution", f64::NAN)], "scores[0].value"),
    ];
    for (scores, field) in refused {
        let patch = ScorecardPatch { scores: Some(scores), ..ScorecardPatch::default() };
        let error = update(&mut draft("s"), patch, &[]).unwrap_err();
        assert_eq!(error.field(), Some(field));
    }
}

#[test]
fn a_submission_has_all_scores() {
    let mut scorecard = draft("s");
    let some = ScorecardPatch { scores: Some(scores(1.0, 5.0)[..1].to_vec()), ..submission(0.0, 0.0) };
    assert_eq!(kind(update(&mut scorecard, some, &[])), ErrorKind::FailedPrecondition);
    let unscored = update(&mut draft("s"), status(ScorecardStatus::NotScored), &[]);
    assert_eq!(kind(unscored), ErrorKind::Invalid);
}

#[test]
fn a_calibration_compares_two_submitted_ones() {
    let reference = submitted("r", 1.0, 7.0);
    let all = [reference.clone(), draft("d")];
    let mut scorecard = draft("s");
    let absent = calibration(Some("x"), ScorecardStatus::Unspecified);
    assert_eq!(kind(update(&mut scorecard, absent, &all)), ErrorKind::Invalid);
    let alone = calibration(None, ScorecardStatus::Draft);
    assert_eq!(kind(update(&mut scorecard, alone, &all)), ErrorKind::Invalid);
    update(&mut scorecard, calibration(Some("r"), ScorecardStatus::Unspecified), &all).unwrap();
    assert_eq!(fact(&scorecard).calibration, ScorecardStatus::Draft);
    let submit = calibration(None, ScorecardStatus::Submitted);
    assert_eq!(kind(update(&mut scorecard, submit.clone(), &all)), ErrorKind::FailedPrecondition);
    update(&mut scorecard, ScorecardPatch { calibration: submit.calibration, ..submission(1.0, 5.0) }, &all)
        .unwrap();
    assert_eq!(fact(&scorecard).calibration, ScorecardStatus::Submitted);
    assert_eq!(scorecard.body.agreement, 0.25, "on the greeting, of weight 1 of 4");
    let other = calibration(Some("d"), ScorecardStatus::Unspecified);
    assert_eq!(kind(update(&mut scorecard, other, &all)), ErrorKind::FailedPrecondition);
    assert_eq!(kind(reference.check_free(&[scorecard.clone()])), ErrorKind::FailedPrecondition);
    let mut reference = reference;
    let reopened = update(&mut reference, status(ScorecardStatus::Draft), &[scorecard.clone()]);
    assert_eq!(kind(reopened), ErrorKind::FailedPrecondition, "the calibration rests on it");
    update(&mut scorecard, status(ScorecardStatus::Draft), &all).unwrap();
    assert_eq!((fact(&scorecard).calibration, scorecard.body.agreement), (ScorecardStatus::Draft, 0.0));
    let away = ScorecardPatch { reference: Some(None), ..ScorecardPatch::default() };
    update(&mut scorecard, away, &all).unwrap();
    assert_eq!(fact(&scorecard).calibration, ScorecardStatus::NotScored);
    assert!(reference.check_free(&[scorecard]).is_ok());
}

#[test]
fn a_reference_is_of_the_same_revision() {
    let other = Scorecard { revision: 2, ..submitted("r", 1.0, 7.0) };
    let refused = update(&mut draft("s"), calibration(Some("r"), ScorecardStatus::Unspecified), &[other]);
    assert_eq!(refused.unwrap_err().field(), Some("referenceScorecard"));
}

#[test]
fn a_patch_is_cut_to_its_mask() {
    let patch = ScorecardPatch { reference: Some(None), ..submission(1.0, 1.0) };
    let only = |path: &str| patch.clone().only(&[path.to_owned()]);
    assert_eq!(only("status").unwrap(), status(ScorecardStatus::Submitted));
    assert!(only("reference_scorecard").unwrap().reference.is_some());
    assert_eq!(only("calibration_status").unwrap(), ScorecardPatch::default());
    assert_eq!(only("template").unwrap_err().field(), Some("updateMask"));
}

#[test]
fn a_submitter_without_a_user_is_nobody_to_a_filter() {
    let mut scorecard = submitted("s", 1.0, 1.0);
    scorecard.body.submitter = "customers/acme/apiKeys/k".to_owned();
    assert_eq!(fact(&scorecard).submitter, None);
}

#[test]
fn a_template_name_may_have_a_revision() {
    let parse = |id: &str| TemplateName::parse("name", &format!("{}/scorecardTemplates/{id}", profile()));
    for (id, revision) in [("qa", None), ("qa@1", Some(1)), ("qa@20", Some(20))] {
        let name = parse(id).unwrap();
        assert_eq!((name.template.as_str(), name.revision), ("qa", revision));
        assert!(name.to_string().ends_with(id));
    }
    for id in ["qa@", "qa@0", "qa@01", "qa@-1", "qa@+1", "qa@x", "qa@1@2", "@1", "qa@99999999999"] {
        assert_eq!(parse(id).unwrap_err().field(), Some("name"), "{id}");
    }
    for id in ["", "qa@1", "a b"] {
        assert_eq!(TemplateName::parse_id("id", id).unwrap_err().field(), Some("id"), "{id}");
    }
    assert_eq!(TemplateName::parse_id("id", "qa").unwrap(), Id::known("qa"));
}

#[test]
fn revisions_do_not_change() {
    let first = ScorecardTemplate {
        id: Id::known("qa"),
        revision: 1,
        body: template(),
        create_time: Time(1),
        update_time: Time(1),
    };
    let values = TemplateBody { display_name: "New".to_owned(), ..TemplateBody::default() };
    let second = first.revise(&values, &["display_name".to_owned()], Time(2)).unwrap();
    assert_eq!((second.revision, second.create_time, second.update_time), (2, Time(1), Time(2)));
    assert_eq!((second.body.display_name.as_str(), second.body.criteria.len()), ("New", 2));
    assert!(first.revise(&values, &["criteria".to_owned()], Time(2)).is_err(), "without criteria");
    assert!(first.revise(&values, &["name".to_owned()], Time(2)).is_err());
    assert!(second.check_present(Some(2), "\"2\"").is_ok() && second.check_present(None, "").is_ok());
    assert_eq!(kind(second.check_present(Some(1), "")), ErrorKind::FailedPrecondition);
    assert_eq!(kind(second.check_present(None, "\"1\"")), ErrorKind::Aborted);
}

#[test]
fn criteria_are_checked_and_completed() {
    let body = template();
    assert_eq!((body.criteria[0].max_value, body.criteria[0].weight), (1.0, 1.0));
    let with = |change: fn(&mut Criterion)| {
        let mut body = template();
        change(&mut body.criteria[1]);
        body.checked().unwrap_err().field().unwrap().to_owned()
    };
    assert_eq!(with(|criterion| criterion.id = "greeting".to_owned()), "criteria[1].id");
    assert_eq!(with(|criterion| criterion.id = String::new()), "criteria[1].id");
    assert_eq!(with(|criterion| criterion.max_value = -1.0), "criteria[1].maxValue");
    assert_eq!(with(|criterion| criterion.weight = f64::INFINITY), "criteria[1].weight");
}
