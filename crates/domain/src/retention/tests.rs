#![allow(clippy::unwrap_used)]
use super::*;
use crate::{
    conversation::{Fields, NewConversation, State},
    language::Languages,
    name::ConversationName,
};

const START: Time = Time(1_000_000);

fn ended(status: Status, fields: Fields) -> Conversation {
    let name = ConversationName::parse("name", "customers/c/profiles/p/conversations/x").unwrap();
    let languages = Languages { supported: &[], default: "en-US" };
    let state = status.state();
    let new = NewConversation { state, status, start_time: Some(START), fields, ..Default::default() };
    new.start(name, 1, &languages, START).unwrap()
}

fn completed(fields: Fields) -> Conversation {
    ended(Status::Completed, fields)
}

fn rule(days: i32) -> Rule {
    Rule { days, ..Rule::default() }
}

fn after(days: i64, ground: Ground) -> Option<Due> {
    Some(Due { time: START.plus(Span::days(days)), ground })
}

fn bots() -> Fields {
    Fields { source: Source::Bot, ..Fields::default() }
}

#[test]
fn the_first_rule_that_concerns_one_counts_and_without_one_it_is_kept() {
    let policy = Policy {
        rules: vec![
            Rule { sources: vec![Source::Bot], statuses: vec![Status::Failed], ..rule(1) },
            Rule { sources: vec![Source::Bot], ..rule(7) },
            Rule { channels: vec![Channel::Voice, Channel::Sms], ..rule(90) },
            Rule { statuses: vec![Status::Abandoned], ..rule(30) },
        ],
    };
    let voice = || Fields { channel: Channel::Voice, ..Fields::default() };
    let cases = [
        (ended(Status::Failed, bots()), after(1, Ground::Rule(0))),
        (completed(bots()), after(7, Ground::Rule(1))),
        (completed(Fields { channel: Channel::Voice, ..bots() }), after(7, Ground::Rule(1))),
        (completed(voice()), after(90, Ground::Rule(2))),
        (ended(Status::Abandoned, voice()), after(90, Ground::Rule(2))),
        (ended(Status::Abandoned, Fields::default()), after(30, Ground::Rule(3))),
        (completed(Fields::default()), None),
    ];
    for (index, (conversation, expected)) in cases.iter().enumerate() {
        assert_eq!(conversation.due(&policy), *expected, "case {index}");
        assert_eq!(conversation.due(&Policy::default()), None, "case {index} without a policy");
    }
}

#[test]
fn unset_is_a_value_that_rules_may_name() {
    let live_traffic = Policy { rules: vec![Rule { sources: vec![Source::Unspecified], ..rule(5) }] };
    assert_eq!(completed(Fields::default()).due(&live_traffic), after(5, Ground::Rule(0)));
    assert_eq!(completed(bots()).due(&live_traffic), None);
}

#[test]
fn its_own_days_win_over_the_policy_and_a_mark_over_both() {
    let policy = Policy { rules: vec![rule(10)] };
    let marked = PersistenceState::ToBeDeleted;
    let cases = [
        (Fields { retention_days: 3, ..Fields::default() }, after(3, Ground::Own)),
        (Fields { retention_days: 400, ..Fields::default() }, after(400, Ground::Own)),
        (Fields { persistence_state: marked, ..Fields::default() }, after(0, Ground::Marked)),
        (
            Fields { persistence_state: marked, retention_days: 9, ..Fields::default() },
            after(0, Ground::Marked),
        ),
    ];
    for (fields, expected) in cases {
        assert_eq!(completed(fields.clone()).due(&policy), expected);
        assert_eq!(completed(fields.clone()).due_time(&policy), expected.map(|due| due.time));
        let held = completed(Fields { legal_hold: true, ..fields });
        assert_eq!((held.due(&policy), held.due_time(&policy)), (expected, None), "a legal hold wins");
    }
}

#[test]
fn what_goes_on_is_never_due_and_what_was_deleted_meanwhile_has_ended() {
    let policy = Policy { rules: vec![rule(1)] };
    let marked = Fields { persistence_state: PersistenceState::ToBeDeleted, ..Fields::default() };
    for fields in [Fields::default(), Fields { retention_days: 1, ..Fields::default() }, marked] {
        let mut live = ended(Status::Active, fields.clone());
        assert_eq!((live.body.state, live.due(&policy)), (State::Live, None));
        live.soft_delete(START);
        assert_eq!(live.due(&policy), completed(fields).due(&policy));
    }
}

#[test]
fn a_hold_keeps_from_removal_and_says_how_to_lift_it() {
    let held = completed(Fields { legal_hold: true, ..Fields::default() });
    let refusal = held.may_be_removed().unwrap_err();
    assert_eq!(refusal.kind(), crate::ErrorKind::FailedPrecondition);
    assert!(refusal.message().contains("legalHold"), "{}", refusal.message());
    assert!(completed(Fields::default()).may_be_removed().is_ok());
}

#[test]
fn policies_that_cannot_be_meant_are_refused() {
    let refused = |rule: Rule| Policy { rules: vec![Rule { days: 1, ..Rule::default() }, rule] }.check();
    let field = |rule: Rule| refused(rule).unwrap_err().field().unwrap().to_owned();
    assert_eq!(field(rule(0)), "rules[1].days");
    assert_eq!(field(rule(-1)), "rules[1].days");
    assert_eq!(field(rule(DAYS_MAX + 1)), "rules[1].days");
    for status in [Status::Active, Status::Unspecified] {
        let statuses = vec![Status::Failed, status];
        assert_eq!(field(Rule { statuses, ..rule(1) }), "rules[1].statuses[1]");
    }
    assert!(refused(rule(DAYS_MAX)).is_ok());
    let many = Policy { rules: vec![rule(1); RULES_MAX + 1] };
    assert_eq!(many.check().unwrap_err().field(), Some("rules"));
}
