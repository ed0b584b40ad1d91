//! Filters, in fields and as text.

mod annotations;
#[cfg(test)]
mod tests;

use super::{code, names, optional_span, optional_time, value::metadata_value};
use hansard_domain::{
    Error, Id, Result,
    code::Code,
    conversation::{Channel, State},
    filter::{
        Filter, MetadataCondition, MetadataTest, ScorecardCondition, TemplateCondition, UserCondition,
        UsersOrGroups, UsersOrTeams,
    },
    limits,
    name::{Collection, ProfileName},
    redact::Redactor,
};
use hansard_proto::v1::{
    self as pb,
    conversation_filter::{LiveFilter, metadata_condition::Condition},
};

/// What a request selects, by its filter, its filter text, or both, of which then both must hold.
///
/// Without any it selects everything but conversations of dev users.
pub fn filter(given: Option<pb::ConversationFilter>, text: &str, profile: &ProfileName) -> Result<Filter> {
    inside("filter", given, text, profile)
}

/// The same where the request has its filter in another place.
pub(in super::super) fn inside(
    path: &str,
    given: Option<pb::ConversationFilter>,
    text: &str,
    profile: &ProfileName,
) -> Result<Filter> {
    let filter = read(given.unwrap_or_default(), &profile.customer);
    let filter = filter.and_then(|filter| filter.check().map(|()| filter));
    filter.map_err(|error| error.within(path))?.and_text(text, profile)
}

/// The same where a request without any selects everything.
pub(in super::super) fn optional(
    given: Option<pb::ConversationFilter>,
    text: &str,
    profile: &ProfileName,
) -> Result<Option<Filter>> {
    let is_given = given.is_some() || !text.trim().is_empty();
    is_given.then(|| filter(given, text, profile)).transpose()
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
        with_audio: with_or_without("audioLinkStatus", given.audio_link_status)?,
        channel: (channel != Channel::Unspecified).then_some(channel),
        channels: codes("channels", given.channels)?,
        legal_hold: given.legal_hold.then_some(true),
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
        sentiments: codes("sentiments", given.sentiments)?,
        unassigned: given.unassigned,
        metadata: each("metadata", given.metadata, metadata_condition)?,
        display_name_contains: given.display_name_contains,
        updated_from: optional_time("updateTimeStart", given.update_time_start.as_ref())?,
        updated_to: optional_time("updateTimeEnd", given.update_time_end.as_ref())?,
        keyword: given.message_keyword,
        moments: annotations::moments(given.moments, customer)?,
        behaviors: annotations::behaviors(given.behaviors)?,
        actions: annotations::plain("actions", given.actions)?,
        action_filters: each("actionFilters", given.action_filters, |field, entry| {
            annotations::entry(field, "actionName", entry.action_name, annotations::named)
        })?,
        hint_filters: each("hintNameFilters", given.hint_name_filters, |field, entry| {
            annotations::entry(field, "hintNames", entry.hint_names, annotations::named)
        })?,
        with_comments: with_or_without("commentsFilter", given.comments_filter)?,
        with_live_assist: with_or_without("liveAssistFilter", given.live_assist_filter)?,
        scorecards: ScorecardCondition {
            templates: each(
                "scorecardTemplateNameFilters",
                given.scorecard_template_name_filters,
                |field, name| TemplateCondition::parse(field, &name, customer),
            )?,
            status: annotations::status("scorecardStatusFilter", given.scorecard_status_filter)?,
            submitters: ids(
                "scorecardSubmitterNameFilters",
                given.scorecard_submitter_name_filters,
                Collection::User,
                customer,
            )?,
        },
        calibration: annotations::status("calibrationStatusFilter", given.calibration_status_filter)?,
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

/// Audio, comments and live assist alike number what is with them 1, and what is without them 2.
fn with_or_without(field: &str, number: i32) -> Result<Option<bool>> {
    match number {
        0 => Ok(None),
        1 => Ok(Some(true)),
        2 => Ok(Some(false)),
        _ => Err(Error::invalid(field, format!("has no value number {number}"))),
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
