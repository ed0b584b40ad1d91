//! Filters. Fields whose part of the contract is not built yet are answered, not ignored.

use super::{code, names, optional_span, optional_time, value::metadata_value};
use crate::dialect::service::pending::not_built;
use hansard_domain::{
    Error, Id, Result,
    code::Code,
    conversation::{Channel, State},
    filter::{Filter, MetadataCondition, MetadataTest, UserCondition, UsersOrGroups, UsersOrTeams},
    limits,
    name::Collection,
    redact::Redactor,
};
use hansard_proto::v1::{
    self as pb,
    conversation_filter::{AudioLinkStatus, LiveFilter, metadata_condition::Condition},
};

/// The filter of a list or count; absent selects everything but conversations of dev users.
pub fn filter(given: Option<pb::ConversationFilter>, customer: &Id) -> Result<Filter> {
    let given = given.unwrap_or_default();
    refuse_what_is_not_built(&given)?;
    read(given, customer).map_err(|error| error.within("filter"))
}

fn refuse_what_is_not_built(given: &pb::ConversationFilter) -> Result<()> {
    let pending = [
        ("filter.moments", !given.moments.is_empty()),
        ("filter.behaviors", !given.behaviors.is_empty()),
        ("filter.actions", !given.actions.is_empty()),
        ("filter.actionFilters", !given.action_filters.is_empty()),
        ("filter.hintNameFilters", !given.hint_name_filters.is_empty()),
        ("filter.commentsFilter", given.comments_filter != 0),
        ("filter.liveAssistFilter", given.live_assist_filter != 0),
        ("filter.scorecardTemplateNameFilters", !given.scorecard_template_name_filters.is_empty()),
        ("filter.scorecardStatusFilter", given.scorecard_status_filter != 0),
        ("filter.scorecardSubmitterNameFilters", !given.scorecard_submitter_name_filters.is_empty()),
        ("filter.calibrationStatusFilter", given.calibration_status_filter != 0),
    ];
    match pending.iter().find(|(_, is_set)| *is_set) {
        Some((field, _)) => Err(not_built(field)),
        None => Ok(()),
    }
}

fn read(given: pb::ConversationFilter, customer: &Id) -> Result<Filter> {
    let channel: Channel = code("channel", given.channel)?;
    Ok(Filter {
        range_start: optional_time("rangeStartTime", given.range_start_time.as_ref())?,
        range_end: optional_time("rangeEndTime", given.range_end_time.as_ref())?,
        users: each("users", given.users, |field, user| user_condition(field, &user, customer))?,
        users_or_teams: UsersOrTeams {
            users: ids("usersOrTeamsUsers", given.users_or_teams_users, Collection::User, customer)?,
            teams: ids("usersOrTeamsTeams", given.users_or_teams_teams, Collection::Team, customer)?,
        },
        users_or_groups: users_or_groups(given.users_or_groups.unwrap_or_default(), customer)?,
        platform_conversation_id: given.platform_conversation_id,
        correlation_id: given.conversation_correlation_id,
        correlation_or_platform_id: given.conversation_correlation_or_platform_id,
        min_duration: optional_span("minConversationDuration", given.min_conversation_duration.as_ref())?,
        max_duration: optional_span("maxConversationDuration", given.max_conversation_duration.as_ref())?,
        state: state(given.live_filter)?,
        include_dev_users: given.include_dev_users,
        language_code: given.language_code,
        language_codes: given.language_codes,
        usecase_ids: given.usecase_ids,
        sources: codes("sources", given.sources)?,
        sharing_states: codes("sharingState", given.sharing_state)?,
        with_audio: with_audio(given.audio_link_status)?,
        channel: (channel != Channel::Unspecified).then_some(channel),
        channels: codes("channels", given.channels)?,
        corruption_states: codes("corruptionStates", given.corruption_states)?,
        persistence_states: codes("persistenceStates", given.persistence_states)?,
        tags: ids("tags", given.tags, Collection::Tag, customer)?,
        skills: given.skills,
        statuses: codes("statuses", given.statuses)?,
        directions: codes("directions", given.directions)?,
        visitor_ids: given.visitor_ids,
        virtual_agents: each("virtualAgents", given.virtual_agents, |field, name| {
            names::whole(field, &name, Collection::VirtualAgent, customer)
        })?,
        deployment_config_ids: given.deployment_config_ids,
        raise_hand_states: codes("raiseHandStates", given.raise_hand_states)?,
        unassigned: given.unassigned,
        metadata: each("metadata", given.metadata, metadata_condition)?,
        display_name_contains: given.display_name_contains,
        updated_from: optional_time("updateTimeStart", given.update_time_start.as_ref())?,
        updated_to: optional_time("updateTimeEnd", given.update_time_end.as_ref())?,
        keyword: given.message_keyword,
        ..Filter::default()
    })
}

fn each<F, T>(field: &str, given: Vec<F>, read: impl Fn(&str, F) -> Result<T>) -> Result<Vec<T>> {
    given.into_iter().enumerate().map(|(index, item)| read(&format!("{field}[{index}]"), item)).collect()
}

fn codes<C: Code>(field: &str, given: Vec<i32>) -> Result<Vec<C>> {
    limits::items_at_most(field, given.len(), limits::LIST_ITEMS_MAX)?;
    each(field, given, |field, number| code(field, number))
}

fn required(
    field: &str,
    text: &str,
    collection: Collection,
    customer: &Id,
) -> Result<hansard_domain::name::EntryName> {
    let name = hansard_domain::name::reference(field, text, collection, customer)?;
    name.ok_or_else(|| Error::invalid(field, "must not be empty"))
}

fn ids(field: &str, given: Vec<String>, collection: Collection, customer: &Id) -> Result<Vec<Id>> {
    each(field, given, |field, name| required(field, &name, collection, customer).map(|name| name.id))
}

fn user_condition(
    field: &str,
    given: &pb::conversation_filter::User,
    customer: &Id,
) -> Result<UserCondition> {
    let user = names::referenced(&format!("{field}.userName"), &given.user_name, Collection::User, customer)?;
    let team = names::referenced(&format!("{field}.teamName"), &given.team_name, Collection::Team, customer)?;
    if user.is_none() && team.is_none() {
        return Err(Error::invalid(field, "must have a userName or a teamName"));
    }
    Ok(UserCondition { user, team })
}

fn users_or_groups(given: pb::conversation_filter::UsersOrGroups, customer: &Id) -> Result<UsersOrGroups> {
    Ok(UsersOrGroups {
        users: ids("usersOrGroups.users", given.users, Collection::User, customer)?,
        groups: ids("usersOrGroups.groups", given.groups, Collection::Group, customer)?,
    })
}

fn state(live_filter: i32) -> Result<Option<State>> {
    match LiveFilter::try_from(live_filter) {
        Ok(LiveFilter::Unspecified) => Ok(None),
        Ok(LiveFilter::LiveOnly) => Ok(Some(State::Live)),
        Ok(LiveFilter::ClosedOnly) => Ok(Some(State::Closed)),
        Err(_) => Err(Error::invalid("liveFilter", format!("has no value number {live_filter}"))),
    }
}

fn with_audio(audio_link_status: i32) -> Result<Option<bool>> {
    match AudioLinkStatus::try_from(audio_link_status) {
        Ok(AudioLinkStatus::Unspecified) => Ok(None),
        Ok(AudioLinkStatus::WithAudio) => Ok(Some(true)),
        Ok(AudioLinkStatus::WithoutAudio) => Ok(Some(false)),
        Err(_) => Err(Error::invalid("audioLinkStatus", format!("has no value number {audio_link_status}"))),
    }
}

fn metadata_condition(
    field: &str,
    given: pb::conversation_filter::MetadataCondition,
) -> Result<MetadataCondition> {
    if given.key.is_empty() {
        return Err(Error::missing(format!("{field}.key")));
    }
    let value = |member: &str, value| metadata_value(&format!("{field}.{member}"), value, &Redactor::NONE);
    let test = match given.condition {
        None => {
            return Err(Error::invalid(field, "must have one of exists, equals, anyOf, range and prefix"));
        }
        Some(Condition::Exists(exists)) => MetadataTest::Exists(exists),
        Some(Condition::Equals(equal)) => MetadataTest::AnyOf(vec![value("equals", equal)?]),
        Some(Condition::AnyOf(any)) if any.values.is_empty() => {
            return Err(Error::invalid(format!("{field}.anyOf"), "must hold at least one value"));
        }
        Some(Condition::AnyOf(any)) => {
            MetadataTest::AnyOf(any.values.into_iter().map(|one| value("anyOf", one)).collect::<Result<_>>()?)
        }
        Some(Condition::Range(range)) => {
            let finite = |bound: Option<f64>| bound.is_none_or(f64::is_finite);
            if !finite(range.min) || !finite(range.max) {
                return Err(Error::invalid(format!("{field}.range"), "must have finite bounds"));
            }
            MetadataTest::Range(range.min, range.max)
        }
        Some(Condition::Prefix(prefix)) => MetadataTest::Prefix(prefix),
    };
    Ok(MetadataCondition { key: given.key, test })
}
