//! The cases, a member each; one that holds several kinds of tests has a case for each of them.

mod codes;
mod remarks;
mod texts;
mod values;

use super::{Case, Plant};
use crate::{deed::Deed, member::Member, vocabulary::id};
use hansard_domain::{
    Span, Time,
    conversation::State,
    filter::{Filter, UserCondition, UsersOrGroups, UsersOrTeams},
};
use {
    codes::codes,
    remarks::remarks,
    texts::texts,
    values::{keyword, metadata},
};

/// When all of them start that say nothing else.
pub(super) const START: Time = Time(1_779_990_000_000_000);

fn case(wanted: Plant, other: Plant, filter: Filter) -> Vec<Case> {
    vec![Case { wanted, other, filter }]
}

/// All cases that have one member decide alone.
pub(super) fn of(member: Member) -> Vec<Case> {
    use Member as M;
    match member {
        M::RangeStart
        | M::RangeEnd
        | M::StartedFrom
        | M::MinDuration
        | M::MaxDuration
        | M::UpdatedFrom
        | M::UpdatedTo => times(member),
        M::Users
        | M::UsersOrTeamsUsers
        | M::UsersOrTeamsTeams
        | M::UsersOrGroupsUsers
        | M::UsersOrGroupsGroups
        | M::IncludeDevUsers
        | M::Unassigned => people(member),
        M::PlatformConversationId
        | M::CorrelationId
        | M::CorrelationOrPlatformId
        | M::LanguageCode
        | M::LanguageCodes
        | M::UsecaseIds
        | M::Skills
        | M::VisitorIds
        | M::VirtualAgents
        | M::DeploymentConfigIds
        | M::DeploymentChannelIds
        | M::CrmCustomerIds
        | M::DisplayNameContains => texts(member),
        M::State
        | M::Sources
        | M::SharingStates
        | M::WithAudio
        | M::Channel
        | M::Channels
        | M::CorruptionStates
        | M::PersistenceStates
        | M::Statuses
        | M::Directions
        | M::RaiseHandStates
        | M::Sentiments
        | M::Campaign
        | M::LegalHold
        | M::WithMessages => codes(member),
        M::Tags => {
            let tagged = |tag: &str| Plant::default_one().then(Deed::AddTag(id(tag)));
            case(tagged("vip"), tagged("VIP"), Filter { tags: vec![id("vip")], ..Filter::default() })
        }
        M::Metadata => metadata(),
        M::Keyword => keyword(),
        M::Moments
        | M::Behaviors
        | M::Actions
        | M::ActionFilters
        | M::HintFilters
        | M::WithComments
        | M::WithLiveAssist
        | M::ScorecardTemplates
        | M::ScorecardStatus
        | M::ScorecardSubmitters
        | M::Calibration => remarks(member),
    }
}

impl Plant {
    fn default_one() -> Self {
        Self::with(|_| {})
    }

    fn closed_after(span: Span) -> Self {
        Self::arriving(|arrival| {
            arrival.new.state = State::Closed;
            arrival.end_time = Some(START.plus(span));
        })
    }

    fn of_agent(agent: &str) -> Self {
        Self::with(|new| new.fields.agent = Some(id(agent)))
    }
}

fn times(member: Member) -> Vec<Case> {
    let (just, short) = (Span::seconds(5), Span(4_999_999));
    let at = START.plus(just);
    let updated = |at: Time| Plant::arriving(|arrival| arrival.update_time = Some(at));
    let begun = |at: Time| Plant::with(|new| new.start_time = Some(at));
    let (long, brief) = (Plant::closed_after(just), Plant::closed_after(short));
    let empty = Filter::default();
    match member {
        Member::RangeStart => case(long, brief, Filter { range_start: Some(at), ..empty }),
        Member::RangeEnd => case(begun(at), begun(Time(at.0 + 1)), Filter { range_end: Some(at), ..empty }),
        Member::StartedFrom => {
            case(begun(at), begun(Time(at.0 - 1)), Filter { started_from: Some(at), ..empty })
        }
        Member::MinDuration => case(long, brief, Filter { min_duration: Some(just), ..empty }),
        Member::MaxDuration => case(brief, long, Filter { max_duration: Some(short), ..empty }),
        Member::UpdatedFrom => {
            case(updated(at), updated(Time(at.0 - 1)), Filter { updated_from: Some(at), ..empty })
        }
        _ => case(updated(at), updated(Time(at.0 + 1)), Filter { updated_to: Some(at), ..empty }),
    }
}

fn people(member: Member) -> Vec<Case> {
    let (ada, bob) = (|| Plant::of_agent("ada"), || Plant::of_agent("bob"));
    let users = |user: Option<&str>, team: Option<&str>| Filter {
        users: vec![UserCondition { user: user.map(id), team: team.map(id) }],
        ..Filter::default()
    };
    let or_teams = |given| Filter { users_or_teams: given, ..Filter::default() };
    let or_groups = |given| Filter { users_or_groups: given, ..Filter::default() };
    match member {
        Member::Users => {
            let mut cases = case(ada(), bob(), users(Some("ada"), None));
            cases.extend(case(ada(), bob(), users(None, Some("blue"))));
            cases.extend(case(ada(), bob(), users(Some("ada"), Some("blue"))));
            cases
        }
        Member::UsersOrTeamsUsers => {
            case(ada(), bob(), or_teams(UsersOrTeams { users: vec![id("ada")], teams: Vec::new() }))
        }
        Member::UsersOrTeamsTeams => {
            case(ada(), bob(), or_teams(UsersOrTeams { users: Vec::new(), teams: vec![id("blue")] }))
        }
        Member::UsersOrGroupsUsers => {
            case(ada(), bob(), or_groups(UsersOrGroups { users: vec![id("ada")], groups: Vec::new() }))
        }
        Member::UsersOrGroupsGroups => {
            case(ada(), bob(), or_groups(UsersOrGroups { users: Vec::new(), groups: vec![id("night")] }))
        }
        // Left out as long as nobody asks for them.
        Member::IncludeDevUsers => case(bob(), Plant::of_agent("eve"), Filter::default()),
        _ => case(Plant::default_one(), ada(), Filter { unassigned: true, ..Filter::default() }),
    }
}
