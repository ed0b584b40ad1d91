//! Hand-overs one by one, and histories of reports at random.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    conversation::{NewConversation, StateChange},
    language::Languages,
    name::ConversationName,
};
use TransferStatus::{Completed, Failed, Pending, Returned};
use proptest::{collection::vec, prelude::*, sample::select};

const DESK: &str = "+12125559876";

fn started() -> Conversation {
    let name = ConversationName::parse("name", "customers/c/profiles/p/conversations/x").unwrap();
    let languages = Languages { supported: &[], default: "en-US" };
    NewConversation::default().start(name, 1, &languages, Time(1_000)).unwrap()
}

fn to(target: &str, status: TransferStatus) -> Transfer {
    Transfer { target: target.to_owned(), status, ..Transfer::default() }
}

fn report(conversation: &mut Conversation, transfer: Transfer) -> Result<Option<Transferred>> {
    conversation.report_transfer(transfer, "a", Time(2_000))
}

fn statuses(conversation: &Conversation) -> Vec<TransferStatus> {
    conversation.body.transfers.iter().map(|transfer| transfer.status).collect()
}

#[test]
fn targets_are_numbers_in_e164_or_extensions() {
    for good in [DESK, "+442079460958", "+390612345678", "12", "12345678"] {
        assert!(check_target("target", good).is_ok(), "{good}");
    }
    let bad = [
        "",
        "1",
        "123456789",
        "12a",
        "+1212555987",
        "+999123456",
        "12125559876",
        "+1 212 555 9876",
        "+12125559876;ext=5",
        "tel:+12125559876",
        "+",
        "+１２１２５５５９８７６",
    ];
    for bad in bad {
        assert_eq!(check_target("target", bad).unwrap_err().field(), Some("target"), "{bad}");
    }
}

#[test]
fn a_transfer_goes_through_and_comes_back() {
    let mut conversation = started();
    assert_eq!(report(&mut conversation, to(DESK, Pending)).unwrap().unwrap().before, None);
    assert_eq!(conversation.body.status, Status::Active);
    let gone = report(&mut conversation, to(DESK, Completed)).unwrap().unwrap();
    assert_eq!((gone.before, conversation.body.status), (Some(Status::Active), Status::Transferred));
    assert!(conversation.body.end_time.is_some());
    let back = report(&mut conversation, to(DESK, Returned)).unwrap().unwrap();
    assert_eq!((back.before, conversation.body.status), (Some(Status::Transferred), Status::Active));
    assert_eq!((statuses(&conversation), conversation.body.end_time), (vec![Returned], None));
}

#[test]
fn one_that_fails_leaves_the_conversation_active_with_its_reason() {
    let mut conversation = started();
    report(&mut conversation, to(DESK, Pending)).unwrap();
    let failed = Transfer { reason: Redactor::NONE.text("busy"), ..to(DESK, Failed) };
    report(&mut conversation, failed).unwrap();
    assert_eq!(conversation.body.status, Status::Active);
    assert_eq!(conversation.body.transfers[0].reason.as_str(), "busy");
}

#[test]
fn several_follow_each_other_and_all_are_kept() {
    let mut conversation = started();
    for (target, status) in [
        ("100", Pending),
        ("100", Failed),
        ("100", Pending),
        ("100", Completed),
        ("100", Returned),
        ("200", Pending),
        ("300", Pending),
        ("300", Completed),
    ] {
        report(&mut conversation, to(target, status)).unwrap().unwrap();
    }
    assert_eq!(statuses(&conversation), [Failed, Returned, Failed, Completed]);
    assert_eq!(conversation.body.transfers[2].reason.as_str(), SUPERSEDED);
}

#[test]
fn a_late_report_is_refused_and_a_repeated_one_changes_nothing() {
    let mut conversation = started();
    let begun = |status| Transfer { initiate_time: Some(Time(1_500)), ..to(DESK, status) };
    for status in [Pending, Completed] {
        report(&mut conversation, begun(status)).unwrap();
    }
    let before = conversation.clone();
    assert_eq!(report(&mut conversation, begun(Completed)).unwrap(), None);
    for late in [begun(Pending), to(DESK, Pending), begun(Failed)] {
        let refused = report(&mut conversation, late).unwrap_err();
        assert!(refused.message().contains("a transfer that is completed cannot become"));
    }
    assert_eq!(conversation, before);
    report(&mut conversation, begun(Returned)).unwrap();
    for late in [begun(Pending), begun(Completed), to(DESK, Completed)] {
        report(&mut conversation, late).unwrap_err();
    }
    assert_eq!(conversation.body.status, Status::Active);
}

#[test]
fn a_decommission_fails_what_is_pending() {
    let mut conversation = started();
    report(&mut conversation, to(DESK, Pending)).unwrap();
    let reason = Redactor::NONE.text("decommissioned");
    let change = StateChange::decommission(Status::Unspecified, reason).unwrap();
    conversation.change_state(change, "a", Time(3_000)).unwrap();
    assert_eq!((conversation.body.status, statuses(&conversation)), (Status::Completed, vec![Failed]));
    assert_eq!(conversation.body.transfers[0].reason.as_str(), "decommissioned");
}

/// Anything that can be told of a conversation.
#[derive(Debug, Clone)]
enum Told {
    Status(Status),
    Transfer(Transfer),
    Closed,
    Reopened,
    Decommissioned,
}

fn told() -> impl Strategy<Value = Told> {
    let transfer =
        (select(vec!["100", "200", DESK]), select(vec![Pending, Completed, Failed, Returned]), 0..3_i64);
    prop_oneof![
        select(Status::ALL.to_vec()).prop_map(Told::Status),
        transfer.prop_map(|(target, status, begun)| {
            let initiate_time = (begun > 0).then_some(Time(begun));
            Told::Transfer(Transfer { initiate_time, ..to(target, status) })
        }),
        Just(Told::Closed),
        Just(Told::Reopened),
        Just(Told::Decommissioned),
    ]
}

fn tell(conversation: &mut Conversation, told: Told, now: Time) -> Result<bool> {
    let change = match told {
        Told::Transfer(transfer) => return Ok(conversation.report_transfer(transfer, "a", now)?.is_some()),
        Told::Status(status) => StateChange::report(status, SafeText::default(), SafeJson::default()),
        Told::Closed => Ok(StateChange::close()),
        Told::Reopened => {
            StateChange::new(super::super::State::Live, Status::Active, SafeText::default(), None)
        }
        Told::Decommissioned => StateChange::decommission(Status::Unspecified, SafeText::default()),
    };
    Ok(conversation.change_state(change?, "a", now)?.is_some())
}

proptest! {
    /// Whatever is told in whatever order: the history only grows and says what happened, nothing ends up half
    /// changed, and nothing leads back but a return and a reopening.
    #[test]
    fn a_history_of_reports_is_a_way_through_the_table(all in vec(told(), 1..40)) {
        let mut conversation = started();
        for (at, told) in all.into_iter().enumerate() {
            let before = conversation.clone();
            let now = Time(2_000 + at as i64);
            let changed = tell(&mut conversation, told.clone(), now);
            let (was, is) = (&before.body, &conversation.body);
            match changed {
                Ok(true) => prop_assert!(is.version > was.version && is.update_time == now),
                Ok(false) | Err(_) => prop_assert_eq!(&conversation, &before),
            }
            prop_assert!(is.state_history.starts_with(&was.state_history));
            let added = &is.state_history[was.state_history.len()..];
            prop_assert_eq!(added.len(), usize::from(is.status != was.status));
            prop_assert!(added.iter().all(|entry| entry.status == is.status));
            prop_assert_eq!(is.state, is.status.state());
            prop_assert_eq!(is.end_time.is_some(), is.status != Status::Active);
            if was.status != Status::Active && is.status == Status::Active {
                let is_return = was.status == Status::Transferred
                    && matches!(&told, Told::Transfer(transfer) if transfer.status == Returned);
                prop_assert!(is_return || matches!(told, Told::Reopened));
            }
            for (one, other) in was.transfers.iter().zip(&is.transfers) {
                prop_assert!(one.status == other.status || one.status.leads_to(other.status));
            }
            let pending = is.transfers.iter().filter(|transfer| transfer.status == Pending).count();
            prop_assert!(pending <= 1);
        }
    }
}
