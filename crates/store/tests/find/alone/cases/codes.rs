//! Closed vocabularies, and the zero value that selects what is unset.

use super::{
    super::{Case, Plant},
    case,
};
use crate::{deed::Deed, member::Member, vocabulary::id};
use hansard_domain::{
    Span,
    conversation::{
        AudioPersistenceState, AudioReport, Channel, CorruptionState, Direction, Fields, PersistenceState,
        RaiseHandState, Sentiment, SharingState, Source, State, Status, Summary,
    },
    filter::Filter,
    message::Content,
};

pub(super) fn codes(member: Member) -> Vec<Case> {
    let field = |set: &dyn Fn(&mut Fields)| Plant::with(|new| set(&mut new.fields));
    let none = || Plant::with(|_| {});
    let empty = Filter::default;
    match member {
        Member::Sources => {
            let bot = || field(&|fields| fields.source = Source::Bot);
            let of = |source| Filter { sources: vec![Source::OperaPreview, source], ..empty() };
            both(bot, none, (of(Source::Bot), of(Source::Unspecified)))
        }
        Member::Channels => {
            let voice = || field(&|fields| fields.channel = Channel::Voice);
            let of = |channel| Filter { channels: vec![Channel::Sms, channel], ..empty() };
            both(voice, none, (of(Channel::Voice), of(Channel::Unspecified)))
        }
        Member::Channel => {
            let voice = field(&|fields| fields.channel = Channel::Voice);
            case(voice, none(), Filter { channel: Some(Channel::Voice), ..empty() })
        }
        Member::CorruptionStates => {
            let short = || field(&|fields| fields.corruption_state = CorruptionState::SkippedTooShort);
            let of = |state| Filter { corruption_states: vec![state], ..empty() };
            both(short, none, (of(CorruptionState::SkippedTooShort), of(CorruptionState::Unspecified)))
        }
        Member::PersistenceStates => {
            let going = || field(&|fields| fields.persistence_state = PersistenceState::ToBeDeleted);
            let of = |state| Filter { persistence_states: vec![state], ..empty() };
            both(going, none, (of(PersistenceState::ToBeDeleted), of(PersistenceState::Unspecified)))
        }
        Member::Directions => {
            let outbound = || field(&|fields| fields.direction = Direction::Outbound);
            let of = |direction| Filter { directions: vec![direction], ..empty() };
            both(outbound, none, (of(Direction::Outbound), of(Direction::Unspecified)))
        }
        Member::RaiseHandStates => {
            let raised = || field(&|fields| fields.raise_hand_state = RaiseHandState::Active);
            let of = |state| Filter { raise_hand_states: vec![state], ..empty() };
            both(raised, none, (of(RaiseHandState::Active), of(RaiseHandState::Absent)))
        }
        Member::Sentiments => {
            let summed_up = |sentiment| Some(Summary { sentiment, ..Summary::default() });
            let negative = || field(&|fields| fields.summary = summed_up(Sentiment::Negative));
            let of = |sentiment| Filter { sentiments: vec![Sentiment::Mixed, sentiment], ..empty() };
            both(negative, none, (of(Sentiment::Negative), of(Sentiment::Unspecified)))
        }
        Member::Campaign => {
            let of = |wanted| Filter { campaign: Some(wanted), ..empty() };
            both(|| field(&|fields| fields.campaign = true), none, (of(true), of(false)))
        }
        Member::LegalHold => {
            let of = |wanted| Filter { legal_hold: Some(wanted), ..empty() };
            both(|| field(&|fields| fields.legal_hold = true), none, (of(true), of(false)))
        }
        member => states(member),
    }
}

/// What only writes after the start can set.
fn states(member: Member) -> Vec<Case> {
    let none = || Plant::with(|_| {});
    let closed = |status| {
        let mut plant = Plant::closed_after(Span::seconds(1));
        plant.arrival.new.status = status;
        plant
    };
    let empty = Filter::default;
    match member {
        Member::SharingStates => {
            let shared = || Plant::arriving(|arrival| arrival.sharing = SharingState::Shared);
            let of = |state| Filter { sharing_states: vec![state], ..empty() };
            both(shared, none, (of(SharingState::Shared), of(SharingState::Unspecified)))
        }
        Member::WithAudio => {
            let persisted = || {
                let (state, uri) = (AudioPersistenceState::Persisted, "s3://a".to_owned());
                none().then(Deed::ReportAudio(AudioReport { state, uri, ..AudioReport::default() }))
            };
            let of = |wanted| Filter { with_audio: Some(wanted), ..empty() };
            both(persisted, none, (of(true), of(false)))
        }
        Member::WithMessages => {
            let messages = || vec![(id("m1"), Content::default(), false)];
            let said = || Plant::arriving(|arrival| arrival.messages = messages());
            let of = |wanted| Filter { with_messages: Some(wanted), ..empty() };
            both(said, none, (of(true), of(false)))
        }
        Member::Statuses => {
            let of = |status| Filter { statuses: vec![Status::Abandoned, status], ..empty() };
            both(
                || closed(Status::Failed),
                || closed(Status::Completed),
                (of(Status::Failed), of(Status::Completed)),
            )
        }
        _ => {
            let of = |state| Filter { state: Some(state), ..empty() };
            both(none, || closed(Status::Unspecified), (of(State::Live), of(State::Closed)))
        }
    }
}

/// Each of two selected by its own filter, and not the other.
fn both(one: impl Fn() -> Plant, other: impl Fn() -> Plant, filters: (Filter, Filter)) -> Vec<Case> {
    let mut cases = case(one(), other(), filters.0);
    cases.extend(case(other(), one(), filters.1));
    cases
}
