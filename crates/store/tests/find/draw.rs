//! Filters, drawn near a conversation that is there, so that they select neither nothing nor everything.
//!
//! A member takes most of its values from that conversation, the rest from the vocabulary; bounds lie on its times
//! and durations exactly, or a microsecond beside.

mod annotations;

use crate::{
    member::Member,
    random::Random,
    record::{Kept, Record, View},
    texts,
    vocabulary::{self as words, AGENTS, GROUPS, KEYS, TAGS, TEAMS, USECASES},
};
use hansard_domain::{
    Id, Span, Time,
    code::Code,
    conversation::{AudioPersistenceState, Body, Fields, State},
    filter::{AgentFacts, AnnotationFacts, Filter, MetadataCondition, MetadataTest, UserCondition},
    metadata::MetadataValue,
};

/// What a filter is drawn from.
pub(crate) struct Draw<'a> {
    pub(crate) random: &'a mut Random,
    record: &'a Record,
    near: Kept,
    agent: AgentFacts,
    now: Time,
}

/// A filter of up to four members out of those given.
pub(crate) fn filter(
    random: &mut Random,
    (record, view): (&Record, View<'_>),
    now: Time,
    members: &[Member],
) -> Filter {
    let mut filter = Filter { include_dev_users: !random.once_in(3), ..Filter::default() };
    let there: Vec<&Kept> = record.conversations.values().filter(|kept| view.sees(kept)).collect();
    if there.is_empty() {
        return filter;
    }
    let any = |random: &mut Random| *random.pick(&there);
    // Most have no remarks; of two the one that has any.
    let two = [any(random), any(random)];
    let near = two.into_iter().max_by_key(|kept| kept.annotations != AnnotationFacts::default());
    let near = near.unwrap().clone();
    let agent = record.agent_of(&near).clone();
    let mut draw = Draw { random, record, near, agent, now };
    let count = *draw.random.pick(&[0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4]);
    for _ in 0..count {
        let member = *draw.random.pick(members);
        draw.set(member, &mut filter);
        if filter.check().is_err() {
            member.clear(&mut filter);
        }
    }
    filter
}

impl Draw<'_> {
    /// Gives a member some value.
    pub(crate) fn set(&mut self, member: Member, filter: &mut Filter) {
        use Member as M;
        match member {
            M::RangeStart
            | M::RangeEnd
            | M::StartedFrom
            | M::MinDuration
            | M::MaxDuration
            | M::UpdatedFrom
            | M::UpdatedTo => {
                self.set_time(member, filter);
            }
            M::Users
            | M::UsersOrTeamsUsers
            | M::UsersOrTeamsTeams
            | M::UsersOrGroupsUsers
            | M::UsersOrGroupsGroups
            | M::IncludeDevUsers
            | M::Unassigned => self.set_people(member, filter),
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
            | M::DisplayNameContains => self.set_text(member, filter),
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
            | M::WithMessages => self.set_code(member, filter),
            M::Tags => {
                let near = self.near.tags.first().cloned();
                filter.tags = self.any_of(near, |random| random.id(&TAGS));
            }
            M::Metadata => filter.metadata = (0..1 + self.random.below(2)).map(|_| self.metadata()).collect(),
            M::Keyword => filter.keyword = self.keyword(),
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
            | M::Calibration => self.set_annotation(member, filter),
        }
    }

    /// The value of the conversation that is drawn near, nearly always.
    fn one_of<T>(&mut self, near: Option<T>, stray: impl Fn(&mut Random) -> T) -> T {
        near.filter(|_| !self.random.once_in(10)).unwrap_or_else(|| stray(self.random))
    }

    /// Up to three values in any order, perhaps one of them twice.
    fn any_of<T>(&mut self, near: Option<T>, stray: impl Fn(&mut Random) -> T) -> Vec<T> {
        let mut values = self.random.some(&stray);
        let value = self.one_of(near, stray);
        let at = self.random.below(values.len() + 1);
        values.insert(at, value);
        values
    }

    fn body(&self) -> &Body {
        &self.near.conversation.body
    }

    fn fields(&self) -> &Fields {
        &self.body().fields
    }

    fn set_time(&mut self, member: Member, filter: &mut Filter) {
        let (start, end) = (self.body().start_time, self.body().end_time.unwrap_or(self.now));
        let update = self.body().update_time;
        let beside = *self.random.pick(&[-1_000_000, -1, 0, 0, 0, 0, 1]);
        let mut time = |near: Time| self.one_of(Some(Time(near.0 + beside)), words::time);
        match member {
            Member::RangeStart => filter.range_start = Some(time(end)),
            Member::RangeEnd => filter.range_end = Some(time(start)),
            Member::StartedFrom => filter.started_from = Some(time(start)),
            Member::UpdatedFrom => filter.updated_from = Some(time(update)),
            Member::UpdatedTo => filter.updated_to = Some(time(update)),
            Member::MinDuration => filter.min_duration = Some(Span(end.since(start).0 + beside)),
            _ => filter.max_duration = Some(Span(end.since(start).0 + beside)),
        }
    }

    fn set_people(&mut self, member: Member, filter: &mut Filter) {
        let user = self.fields().agent.clone();
        let (team, group) = (self.agent.team.clone(), self.agent.groups.first().cloned());
        let stray = |random: &mut Random| random.id(&AGENTS);
        match member {
            Member::Users => {
                filter.users = (0..1 + self.random.below(2)).map(|_| self.user_condition()).collect();
            }
            Member::UsersOrTeamsUsers => filter.users_or_teams.users = self.any_of(user, stray),
            Member::UsersOrTeamsTeams => {
                filter.users_or_teams.teams = self.any_of(team, |random| random.id(&TEAMS));
            }
            Member::UsersOrGroupsUsers => filter.users_or_groups.users = self.any_of(user, stray),
            Member::UsersOrGroupsGroups => {
                filter.users_or_groups.groups = self.any_of(group, |random| random.id(&GROUPS));
            }
            Member::IncludeDevUsers => filter.include_dev_users = true,
            _ => filter.unassigned = user.is_none() || self.random.once_in(6),
        }
    }

    fn user_condition(&mut self) -> UserCondition {
        let (user, team) = (self.fields().agent.clone(), self.agent.team.clone());
        let user: Id = self.one_of(user, |random| random.id(&AGENTS));
        let team: Id = self.one_of(team, |random| random.id(&TEAMS));
        match self.random.below(3) {
            0 => UserCondition { user: Some(user), team: None },
            1 => UserCondition { user: None, team: Some(team) },
            _ => UserCondition { user: Some(user), team: Some(team) },
        }
    }

    fn set_text(&mut self, member: Member, filter: &mut Filter) {
        let fields = self.fields().clone();
        let platform = fields.platform_conversation_id().to_owned();
        let mut one = |near: &str| self.one_of(Some(near.to_owned()), words::word);
        match member {
            Member::PlatformConversationId => filter.platform_conversation_id = one(&platform),
            Member::CorrelationId => filter.correlation_id = one(&fields.correlation_id),
            Member::CorrelationOrPlatformId => {
                let either = if self.random.once_in(2) { platform } else { fields.correlation_id };
                filter.correlation_or_platform_id = self.one_of(Some(either), words::word);
            }
            Member::LanguageCode => {
                filter.language_code = self.one_of(Some(fields.language_code), words::language);
            }
            Member::LanguageCodes => {
                let code = fields.language_code.to_uppercase();
                filter.language_codes = self.any_of(Some(code), words::language);
            }
            Member::UsecaseIds => {
                let near = fields.usecase_id().to_owned();
                filter.usecase_ids = self.any_of(Some(near), |random| random.text(&USECASES));
            }
            Member::DisplayNameContains => {
                let name = self.one_of(Some(fields.display_name.into_string()), words::name);
                filter.display_name_contains = texts::part_of(self.random, &name);
            }
            member => self.set_words(member, &fields, filter),
        }
    }

    fn set_words(&mut self, member: Member, fields: &Fields, filter: &mut Filter) {
        let mut any = |near: &str| self.any_of(Some(near.to_owned()), words::word);
        match member {
            Member::Skills => filter.skills = any(&fields.skill),
            Member::VisitorIds => filter.visitor_ids = any(fields.visitor_id()),
            Member::VirtualAgents => filter.virtual_agents = any(&fields.virtual_agent),
            Member::DeploymentChannelIds => {
                filter.deployment_channel_ids = any(fields.deployment_channel_id());
            }
            Member::CrmCustomerIds => filter.crm_customer_ids = any(fields.crm_customer_id()),
            _ => filter.deployment_config_ids = any(fields.deployment_config_id()),
        }
    }

    fn codes<C: Code>(&mut self, near: C) -> Vec<C> {
        self.any_of(Some(near), Random::code)
    }

    fn set_code(&mut self, member: Member, filter: &mut Filter) {
        let body = self.body().clone();
        let fields = &body.fields;
        let with_audio = body.audio_persistence_state == AudioPersistenceState::Persisted;
        match member {
            Member::State => {
                let stray = |random: &mut Random| *random.pick(&[State::Live, State::Closed]);
                filter.state = Some(self.one_of(Some(body.state), stray));
            }
            Member::WithAudio => {
                filter.with_audio = Some(self.one_of(Some(with_audio), |random| random.once_in(2)));
            }
            Member::Channel => filter.channel = Some(self.one_of(Some(fields.channel), Random::code)),
            Member::Channels => filter.channels = self.codes(fields.channel),
            Member::Sources => filter.sources = self.codes(fields.source),
            Member::SharingStates => filter.sharing_states = self.codes(body.sharing_state),
            Member::CorruptionStates => filter.corruption_states = self.codes(fields.corruption_state),
            Member::PersistenceStates => filter.persistence_states = self.codes(fields.persistence_state),
            Member::Statuses => filter.statuses = self.codes(body.status),
            Member::Directions => filter.directions = self.codes(fields.direction),
            Member::Sentiments => filter.sentiments = self.codes(fields.sentiment()),
            Member::Campaign => {
                filter.campaign = Some(self.one_of(Some(fields.campaign), |random| random.once_in(2)));
            }
            Member::LegalHold => {
                filter.legal_hold = Some(self.one_of(Some(fields.legal_hold), |random| random.once_in(2)));
            }
            Member::WithMessages => filter.with_messages = Some(!self.random.once_in(3)),
            _ => filter.raise_hand_states = self.codes(fields.raise_hand_state),
        }
    }

    fn metadata(&mut self) -> MetadataCondition {
        let metadata = self.fields().metadata.clone();
        let at = self.random.below(metadata.len().max(1));
        let (key, values) = metadata
            .into_iter()
            .nth(at)
            .map_or((None, None), |(key, found)| (Some(key), found.values.into_iter().next()));
        let key = self.one_of(key, |random| random.text(&KEYS));
        let (number, text) = match &values {
            Some(MetadataValue::Number(number)) => (Some(*number), None),
            Some(MetadataValue::Text(text)) => (None, Some(text.as_str().to_owned())),
            _ => (None, None),
        };
        let kind = match values {
            Some(MetadataValue::Number(_)) if !self.random.once_in(3) => 2,
            Some(MetadataValue::Text(_)) if !self.random.once_in(3) => 3,
            _ => self.random.below(4),
        };
        let test = match kind {
            0 => MetadataTest::Exists(!self.random.once_in(3)),
            1 => MetadataTest::AnyOf(self.any_of(values, words::metadata_value)),
            2 => self.range(number),
            _ => {
                let text = self.one_of(text, words::text_value);
                let length = self.random.below(text.chars().count() + 1);
                MetadataTest::Prefix(text.chars().take(length).collect())
            }
        };
        MetadataCondition { key, test }
    }

    fn range(&mut self, near: Option<f64>) -> MetadataTest {
        let mut bound = || {
            let number = self.one_of(near, words::number);
            (!self.random.once_in(3)).then_some(number)
        };
        match (bound(), bound()) {
            (Some(min), Some(max)) if min > max => MetadataTest::Range(Some(max), Some(min)),
            (min, max) => MetadataTest::Range(min, max),
        }
    }

    /// A part of what was said here or anywhere, deleted and masked texts too.
    fn keyword(&mut self) -> String {
        let here: Vec<String> = self.near.messages.values().flatten().cloned().collect();
        let from = match self.random.below(6) {
            0..=3 => &here,
            4 => &self.record.said,
            _ => return texts::stray(self.random),
        };
        if from.is_empty() {
            return texts::stray(self.random);
        }
        let text = self.random.pick(from).clone();
        texts::part_of(self.random, &text)
    }
}
