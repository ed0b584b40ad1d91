//! What is remarked on conversations.

use super::{
    super::{Case, Plant},
    case,
};
use crate::{
    member::Member,
    remark::{Remark, Said, Score},
    vocabulary::id,
};
use hansard_domain::{
    annotation::AnnotationKind,
    conversation::RaiseHandState,
    filter::{
        Adherence, AnnotationCondition, Filter, ScorecardCondition, ScorecardFact, ScorecardStatus,
        TemplateCondition,
    },
};

fn none() -> Plant {
    Plant::with(|_| {})
}

fn said(kind: AnnotationKind, name: &str, adherence: Adherence, live_assist: bool) -> Plant {
    none().remarked(Remark {
        kind,
        id: id("r"),
        body: Some(Said { name: name.to_owned(), adherence, live_assist }),
    })
}

pub(super) fn remarks(member: Member) -> Vec<Case> {
    match member {
        Member::Moments => named(AnnotationKind::Moment, |moments| Filter { moments, ..Filter::default() }),
        Member::Behaviors => {
            named(AnnotationKind::Behavior, |behaviors| Filter { behaviors, ..Filter::default() })
        }
        Member::ActionFilters => {
            texts(AnnotationKind::Action, |action_filters| Filter { action_filters, ..Filter::default() })
        }
        Member::HintFilters => {
            texts(AnnotationKind::Hint, |hint_filters| Filter { hint_filters, ..Filter::default() })
        }
        Member::Actions => {
            let plant = |name: &str| said(AnnotationKind::Action, name, Adherence::Unspecified, false);
            let actions = vec!["other".to_owned(), "refund".to_owned()];
            case(plant("refund"), plant("Refund"), Filter { actions, ..Filter::default() })
        }
        Member::WithComments => {
            let commented = || said(AnnotationKind::Comment, "well done", Adherence::Unspecified, false);
            let of = |wanted| Filter { with_comments: Some(wanted), ..Filter::default() };
            let mut cases = case(commented(), none(), of(true));
            cases.extend(case(none(), commented(), of(false)));
            cases
        }
        Member::WithLiveAssist => assisted(),
        member => scorecards(member),
    }
}

/// The name and the adherence; of one entry both conditions.
fn named(kind: AnnotationKind, filter: impl Fn(Vec<Vec<AnnotationCondition>>) -> Filter) -> Vec<Case> {
    let plant = |name: &str, adherence| said(kind, name, adherence, false);
    let of = |name: &str, adherence| AnnotationCondition { name: name.to_owned(), adherence };
    let (any, kept) = (Adherence::Unspecified, Adherence::Adhered);
    let both = || {
        let body = Some(Said { name: "refund".to_owned(), adherence: any, live_assist: false });
        plant("greeting", any).remarked(Remark { kind, id: id("r2"), body })
    };
    let mut cases = case(plant("refund", kept), plant("Refund", kept), filter(vec![vec![of("refund", any)]]));
    let adhered = filter(vec![vec![of("x", any)], vec![of("refund", kept)]]);
    cases.extend(case(plant("refund", kept), plant("refund", Adherence::NotAdhered), adhered));
    let all = filter(vec![vec![of("greeting", any), of("refund", any)]]);
    cases.extend(case(both(), plant("greeting", any), all));
    cases
}

fn texts(kind: AnnotationKind, filter: impl Fn(Vec<Vec<String>>) -> Filter) -> Vec<Case> {
    let plant = |name: &str| said(kind, name, Adherence::Unspecified, false);
    let both = || {
        let body =
            Some(Said { name: "two".to_owned(), adherence: Adherence::Unspecified, live_assist: false });
        plant("one").remarked(Remark { kind, id: id("r2"), body })
    };
    let of = |names: &[&str]| filter(vec![names.iter().map(|name| (*name).to_owned()).collect()]);
    let mut cases = case(plant("one"), plant("One"), of(&["one"]));
    cases.extend(case(both(), plant("one"), of(&["one", "two"])));
    cases
}

fn assisted() -> Vec<Case> {
    let action = |live_assist| said(AnnotationKind::Action, "help", Adherence::Unspecified, live_assist);
    let raised = |state| Plant::with(|new| new.fields.raise_hand_state = state);
    let of = |wanted| Filter { with_live_assist: Some(wanted), ..Filter::default() };
    let mut cases = case(action(true), action(false), of(true));
    cases.extend(case(action(false), action(true), of(false)));
    cases.extend(case(raised(RaiseHandState::Handled), raised(RaiseHandState::Absent), of(true)));
    cases.extend(case(raised(RaiseHandState::Absent), raised(RaiseHandState::Active), of(false)));
    cases
}

fn scorecards(member: Member) -> Vec<Case> {
    let fact = || ScorecardFact {
        template: id("quality"),
        revision: "2".to_owned(),
        status: ScorecardStatus::Draft,
        submitter: Some(id("ada")),
        calibration: ScorecardStatus::NotScored,
    };
    let scored = |fact: ScorecardFact| none().scored(Score { id: 1, fact: Some(fact) });
    let of = |scorecards| Filter { scorecards, ..Filter::default() };
    let template = |revision: Option<&str>| {
        let revision = revision.map(str::to_owned);
        vec![TemplateCondition { template: id("quality"), revision }]
    };
    match member {
        Member::ScorecardTemplates => {
            let any = of(ScorecardCondition { templates: template(None), ..Default::default() });
            let second = of(ScorecardCondition { templates: template(Some("2")), ..Default::default() });
            let other = ScorecardFact { template: id("Quality"), ..fact() };
            let third = ScorecardFact { revision: "3".to_owned(), ..fact() };
            let mut cases = case(scored(fact()), scored(other), any);
            cases.extend(case(scored(fact()), scored(third), second));
            cases
        }
        Member::ScorecardStatus => {
            let status = |status| of(ScorecardCondition { status: Some(status), ..Default::default() });
            let submitted = || ScorecardFact { status: ScorecardStatus::Submitted, ..fact() };
            let mut cases = case(scored(submitted()), scored(fact()), status(ScorecardStatus::Submitted));
            cases.extend(case(none(), scored(fact()), status(ScorecardStatus::NotScored)));
            cases
        }
        Member::ScorecardSubmitters => {
            let submitters = vec![id("eve"), id("ada")];
            let other = ScorecardFact { submitter: Some(id("bob")), ..fact() };
            case(scored(fact()), scored(other), of(ScorecardCondition { submitters, ..Default::default() }))
        }
        _ => {
            let of = |status| Filter { calibration: Some(status), ..Filter::default() };
            let calibrated = || ScorecardFact { calibration: ScorecardStatus::Draft, ..fact() };
            let mut cases = case(scored(calibrated()), scored(fact()), of(ScorecardStatus::Draft));
            cases.extend(case(scored(fact()), scored(calibrated()), of(ScorecardStatus::NotScored)));
            cases
        }
    }
}
