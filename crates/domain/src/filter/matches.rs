//! What a filter means: one pure function over a conversation and what is known of it.

use super::{
    Adherence, AnnotationCondition, Filter, Keyword, MetadataCondition, MetadataTest, Named,
    ScorecardCondition, ScorecardFact, ScorecardStatus, Subject, TemplateCondition, UserCondition,
    UsersOrGroups, UsersOrTeams, fold,
};
use crate::{
    Id, Time,
    conversation::{AudioPersistenceState, Body, Conversation, RaiseHandState},
    metadata::MetadataValue,
};

impl Filter {
    /// Whether it selects a conversation. A deleted one is never selected.
    ///
    /// `now` ends what is still live.
    pub fn matches(&self, subject: &Subject<'_>, now: Time) -> bool {
        subject.conversation.body.delete_time.is_none() && self.holds_of(subject, now)
    }

    /// The same, where deleted ones are asked for as well.
    pub fn holds_of(&self, subject: &Subject<'_>, now: Time) -> bool {
        let body = &subject.conversation.body;
        let has_messages = subject.conversation.counters.messages > 0;
        self.holds_of_times(body, now)
            && self.holds_of_people(subject)
            && self.holds_of_texts(body)
            && self.holds_of_vocabulary(body)
            && self.holds_of_annotations(subject)
            && self.with_messages.is_none_or(|wanted| wanted == has_messages)
            && any(&self.tags, |tag| subject.tags.contains(tag))
            && any(&self.metadata, |condition| condition.holds_of(body))
            && self.keyword_is_in(subject)
    }

    /// Whether it looks at the texts of messages.
    pub fn reads_texts(&self) -> bool {
        !self.keyword.is_empty()
    }

    fn holds_of_times(&self, body: &Body, now: Time) -> bool {
        let duration = body.end_time.unwrap_or(now).since(body.start_time);
        self.range_start.is_none_or(|from| body.end_time.is_none_or(|end| end >= from))
            && self.range_end.is_none_or(|to| body.start_time <= to)
            && self.started_from.is_none_or(|from| body.start_time >= from)
            && self.updated_from.is_none_or(|from| body.update_time >= from)
            && self.updated_to.is_none_or(|to| body.update_time <= to)
            && self.min_duration.is_none_or(|min| duration >= min)
            && self.max_duration.is_none_or(|max| duration <= max)
    }

    fn holds_of_people(&self, subject: &Subject<'_>) -> bool {
        let agent = subject.conversation.body.fields.agent.as_ref();
        let is = |user: &Id| agent == Some(user);
        let is_in_team = |team: &Id| agent.is_some() && subject.agent.team.as_ref() == Some(team);
        let is_in_group = |group: &Id| agent.is_some() && subject.agent.groups.contains(group);
        let both = |UserCondition { user, team }: &UserCondition| {
            user.as_ref().is_none_or(is) && team.as_ref().is_none_or(is_in_team)
        };
        let UsersOrTeams { users, teams } = &self.users_or_teams;
        let UsersOrGroups { users: users_of_groups, groups } = &self.users_or_groups;
        let nobody = users.is_empty() && teams.is_empty();
        let nobody_of_groups = users_of_groups.is_empty() && groups.is_empty();
        (self.include_dev_users || agent.is_none() || !subject.agent.is_dev_user)
            && (!self.unassigned || agent.is_none())
            && any(&self.users, both)
            && (nobody || users.iter().any(is) || teams.iter().any(is_in_team))
            && (nobody_of_groups || users_of_groups.iter().any(is) || groups.iter().any(is_in_group))
    }

    fn holds_of_texts(&self, body: &Body) -> bool {
        let fields = &body.fields;
        let given = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
        let among = |wanted: &[String], found: &str| any(wanted, |one| one == found);
        let either = &self.correlation_or_platform_id;
        let speaks = |code: &String| code.eq_ignore_ascii_case(&fields.language_code);
        given(&self.platform_conversation_id, fields.platform_conversation_id())
            && given(&self.correlation_id, &fields.correlation_id)
            && (either.is_empty()
                || either == fields.platform_conversation_id()
                || *either == fields.correlation_id)
            && (self.language_code.is_empty() || speaks(&self.language_code))
            && any(&self.language_codes, speaks)
            && among(&self.usecase_ids, fields.usecase_id())
            && among(&self.skills, &fields.skill)
            && among(&self.visitor_ids, fields.visitor_id())
            && among(&self.virtual_agents, &fields.virtual_agent)
            && among(&self.deployment_config_ids, fields.deployment_config_id())
            && among(&self.deployment_channel_ids, fields.deployment_channel_id())
            && among(&self.crm_customer_ids, fields.crm_customer_id())
            && (self.display_name_contains.is_empty()
                || fold(fields.display_name.as_str()).contains(&fold(&self.display_name_contains)))
    }

    fn holds_of_vocabulary(&self, body: &Body) -> bool {
        let fields = &body.fields;
        let has_audio = body.audio_persistence_state == AudioPersistenceState::Persisted;
        self.state.is_none_or(|state| state == body.state)
            && among(&self.sources, fields.source)
            && among(&self.sharing_states, body.sharing_state)
            && self.with_audio.is_none_or(|wanted| wanted == has_audio)
            && self.channel.is_none_or(|channel| channel == fields.channel)
            && among(&self.channels, fields.channel)
            && among(&self.corruption_states, fields.corruption_state)
            && among(&self.persistence_states, fields.persistence_state)
            && among(&self.statuses, body.status)
            && among(&self.directions, fields.direction)
            && among(&self.raise_hand_states, fields.raise_hand_state)
            && among(&self.sentiments, fields.sentiment())
            && self.campaign.is_none_or(|wanted| wanted == fields.campaign)
            && self.legal_hold.is_none_or(|wanted| wanted == fields.legal_hold)
    }

    fn holds_of_annotations(&self, subject: &Subject<'_>) -> bool {
        let facts = subject.annotations;
        let raise_hand = subject.conversation.body.fields.raise_hand_state;
        let raised = matches!(raise_hand, RaiseHandState::Active | RaiseHandState::Handled);
        any(&self.moments, |all| all.iter().all(|one| one.is_among(&facts.moments)))
            && any(&self.behaviors, |all| all.iter().all(|one| one.is_among(&facts.behaviors)))
            && any(&self.actions, |action| facts.actions.contains(action))
            && any(&self.action_filters, |all| all.iter().all(|action| facts.actions.contains(action)))
            && any(&self.hint_filters, |all| all.iter().all(|hint| facts.hints.contains(hint)))
            && self.with_comments.is_none_or(|wanted| wanted == facts.has_comments)
            && self.with_live_assist.is_none_or(|wanted| wanted == (raised || facts.has_assist))
            && self.scorecards.holds_of(&facts.scorecards)
            && self.calibration.is_none_or(|wanted| is_calibrated(wanted, &facts.scorecards))
    }

    fn keyword_is_in(&self, subject: &Subject<'_>) -> bool {
        if self.keyword.is_empty() {
            return true;
        }
        let keyword = Keyword::new(&self.keyword);
        subject.conversation.is_found_by_keyword() && subject.texts.iter().any(|text| keyword.is_in(text))
    }
}

impl Conversation {
    /// Whether keyword search finds it: a closed one may have been left out on start.
    pub fn is_found_by_keyword(&self) -> bool {
        !(self.is_closed() && self.body.flags.skip_index_on_close)
    }
}

/// Whether one of the wanted holds; a member without wishes does not filter.
fn any<T>(wanted: &[T], holds: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(holds)
}

fn among<C: Copy + PartialEq>(wanted: &[C], found: C) -> bool {
    any(wanted, |one| *one == found)
}

impl AnnotationCondition {
    fn is_among(&self, found: &[Named]) -> bool {
        let is_any = self.adherence == Adherence::Unspecified;
        found.iter().any(|one| one.name == self.name && (is_any || one.adherence == self.adherence))
    }
}

impl ScorecardCondition {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the template and the submitter are among those that are asked for.
    pub fn concerns(&self, scorecard: &ScorecardFact) -> bool {
        any(&self.templates, |template| template.is_of(scorecard))
            && any(&self.submitters, |submitter| scorecard.submitter.as_ref() == Some(submitter))
    }

    fn holds_of(&self, scorecards: &[ScorecardFact]) -> bool {
        let mut concerned = scorecards.iter().filter(|one| self.concerns(one));
        match self.status {
            Some(ScorecardStatus::NotScored) => concerned.next().is_none(),
            Some(status) => concerned.any(|one| one.status == status),
            None => self.is_empty() || concerned.next().is_some(),
        }
    }
}

impl TemplateCondition {
    fn is_of(&self, scorecard: &ScorecardFact) -> bool {
        self.template == scorecard.template
            && self.revision.as_ref().is_none_or(|revision| *revision == scorecard.revision)
    }
}

fn is_calibrated(wanted: ScorecardStatus, scorecards: &[ScorecardFact]) -> bool {
    let has = |status| scorecards.iter().any(|one| one.calibration == status);
    match wanted {
        ScorecardStatus::NotScored => !has(ScorecardStatus::Draft) && !has(ScorecardStatus::Submitted),
        status => has(status),
    }
}

impl MetadataCondition {
    fn holds_of(&self, body: &Body) -> bool {
        let found = body.fields.metadata.get(&self.key);
        match &self.test {
            MetadataTest::Exists(wanted) => found.is_some() == *wanted,
            test => found.is_some_and(|found| found.values.iter().any(|value| test.holds_of(value))),
        }
    }
}

impl MetadataTest {
    /// Whether one value passes.
    pub fn holds_of(&self, value: &MetadataValue) -> bool {
        match (self, value) {
            (Self::Exists(wanted), _) => *wanted,
            (Self::AnyOf(wanted), value) => wanted.contains(value),
            (Self::Range(min, max), MetadataValue::Number(number)) => {
                min.is_none_or(|min| *number >= min) && max.is_none_or(|max| *number <= max)
            }
            (Self::Prefix(prefix), MetadataValue::Text(text)) => text.as_str().starts_with(prefix.as_str()),
            _ => false,
        }
    }
}
