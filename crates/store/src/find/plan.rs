//! A filter as operations on sets of terms.

use super::{
    Members, Term,
    gram::{self, Wanted},
    term::{self, Field, Terms},
};
use crate::tenancy::Tenancy;
use hansard_domain::{
    Id,
    code::Code,
    conversation::{RaiseHandState, State},
    filter::{
        Adherence, AnnotationCondition, Filter, Keyword, MetadataCondition, MetadataTest, Named,
        ScorecardCondition, ScorecardStatus, UserCondition, UsersOrGroups, UsersOrTeams, fold,
    },
    retention::Rule,
};
use std::collections::BTreeMap;

/// Conversations of a block, told by their terms.
#[derive(Debug, Clone)]
pub(crate) enum Set {
    /// Those that have the term.
    Term(Term),
    /// Those that have any term of the range.
    Terms(Terms),
    /// Those that have a scorecard which concerns the condition; of one status, where one is given.
    Scorecards(ScorecardCondition, Option<ScorecardStatus>),
    /// Those that have a scorecard whose calibration is so far.
    Calibrated(ScorecardStatus),
    Any(Vec<Set>),
    All(Vec<Set>),
    /// Those that are present and not in the set.
    Not(Box<Set>),
    /// Those whose texts may hold a folded keyword: by its grams, or as told by block of what is not in the index.
    Keyword {
        folded: String,
        wanted: Wanted,
        beyond_index: BTreeMap<i64, Members>,
    },
}

/// What a filter selects by its terms. Times are asked in [`super::times::Window`].
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// All must hold; those that are read fastest come first.
    pub sets: Vec<Set>,
    pub unsure: Unsure,
    /// All of which the sets tell: what is not in one of them is in these.
    pub among: Set,
}

/// Of what the sets may hold more than the filter selects, so that it is to be looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Unsure {
    pub texts: bool,
    pub name: bool,
    /// Anything else, so that the filter is put to each.
    pub whole: bool,
}

impl Unsure {
    pub(crate) fn is_any(self) -> bool {
        self != Self::default()
    }
}

impl Plan {
    /// Every conversation that is not deleted.
    pub(crate) fn all() -> Self {
        Self::among(Set::flag(Field::Present))
    }

    /// Every conversation, deleted ones that are kept as well.
    pub(super) fn all_kept() -> Self {
        Self::among(Set::Any(vec![Set::flag(Field::Present), Set::flag(Field::Deleted)]))
    }

    fn among(among: Set) -> Self {
        Self { sets: vec![among.clone()], unsure: Unsure::default(), among }
    }

    pub(crate) fn of_filter(
        filter: &Filter,
        includes_deleted: bool,
        customer: &Id,
        tenancy: &Tenancy,
    ) -> Self {
        let mut plan = if includes_deleted { Self::all_kept() } else { Self::all() };
        plan.unsure.whole = filter.with_messages.is_some()
            || filter.metadata.iter().any(|condition| is_shortened(&condition.test));
        let Self { sets, unsure, .. } = &mut plan;
        add_texts(filter, sets);
        add_codes(filter, sets);
        add_people(filter, customer, tenancy, sets);
        any_of(sets, &filter.tags, |tag| Set::Term(term::of_tag(tag)));
        any_of(sets, &filter.metadata, metadata);
        if !filter.display_name_contains.is_empty() {
            let name = fold(&filter.display_name_contains);
            sets.push(name_contains(&name));
            unsure.name = !gram::is_one(&name);
        }
        add_annotations(filter, sets);
        plan
    }

    /// Only conversations whose texts may hold a keyword: by the index, or as told of what is not in it.
    pub(crate) fn and_keyword(mut self, keyword: &Keyword, beyond_index: BTreeMap<i64, Members>) -> Self {
        let folded = keyword.folded().to_owned();
        self.sets.push(Set::Keyword { wanted: gram::wanted(&folded), folded, beyond_index });
        self.sets.push(Set::flag(Field::Unlisted).not());
        self.unsure.texts = !gram::is_one(keyword.folded());
        self
    }

    /// Those that were found to say its keyword beyond the index.
    pub(super) fn beyond_index(&self) -> BTreeMap<i64, Members> {
        let told = self.sets.iter().find_map(|set| match set {
            Set::Keyword { beyond_index, .. } => Some(beyond_index.clone()),
            _ => None,
        });
        told.unwrap_or_default()
    }

    /// What a rule of a policy is about, among all.
    pub(super) fn of_rule(rule: &Rule) -> Set {
        let mut sets = Vec::new();
        any_of(&mut sets, &rule.statuses, |status| code_is(Field::Status, *status));
        any_of(&mut sets, &rule.sources, |source| code_is(Field::Source, *source));
        any_of(&mut sets, &rule.channels, |channel| code_is(Field::Channel, *channel));
        Set::All(sets)
    }

    /// The live conversations of one agent.
    pub(crate) fn live_of_agent(agent: &Id) -> Self {
        let mut plan = Self::all().and_agent(agent);
        plan.sets.push(code_is(Field::State, State::Live));
        plan
    }

    /// Only conversations that have not ended.
    pub(super) fn and_live(mut self) -> Self {
        self.sets.push(Set::flag(Field::Ended).not());
        self
    }

    /// Only conversations of one agent.
    pub(crate) fn and_agent(mut self, agent: &Id) -> Self {
        self.sets.push(agent_is(agent));
        self
    }

    /// Puts what is read fastest, and selects least, before the rest.
    pub(crate) fn sorted(mut self) -> Self {
        self.sets.sort_by_key(Set::cost);
        self
    }
}

impl Set {
    pub(super) fn flag(field: Field) -> Self {
        Self::Term(Term::flag(field))
    }

    pub(super) fn as_term(&self) -> Option<&Term> {
        if let Self::Term(term) = self { Some(term) } else { None }
    }

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Those for which the flag is as wanted.
    fn flag_is(field: Field, wanted: bool) -> Self {
        if wanted { Self::flag(field) } else { Self::flag(field).not() }
    }

    /// About how many rows of a block it reads.
    pub(super) fn rows(&self) -> usize {
        match self {
            Self::Term(_) => 1,
            Self::Any(sets) | Self::All(sets) => sets.iter().map(Self::rows).sum(),
            Self::Not(set) => set.rows(),
            Self::Keyword { wanted: Wanted::All(grams), .. } => grams.len(),
            Self::Terms(_) | Self::Scorecards(..) | Self::Calibrated(_) => 100,
            Self::Keyword { wanted: Wanted::Beginning(_), .. } => 500,
        }
    }

    fn cost(&self) -> usize {
        match self {
            Self::Any(sets) | Self::All(sets) => sets.iter().map(Self::cost).sum::<usize>() + 1,
            // Nearly all have it: it is asked of blocks of which something is left.
            Self::Term(term) if *term == Term::flag(Field::Present) => 900,
            Self::Not(set) => set.cost() + 1000,
            Self::Keyword { wanted: Wanted::All(grams), .. } => 20 * grams.len(),
            _ => self.rows(),
        }
    }
}

/// Adds that one of the wanted holds; nothing where nothing is wanted.
fn any_of<T>(sets: &mut Vec<Set>, wanted: &[T], set: impl Fn(&T) -> Set) {
    match wanted {
        [] => {}
        [one] => sets.push(set(one)),
        many => sets.push(Set::Any(many.iter().map(set).collect())),
    }
}

pub(super) fn code_is(field: Field, code: impl Code) -> Set {
    if code.code() == term::usual(field) {
        return Set::Terms(term::all_of(field)).not();
    }
    Set::Term(Term::code(field, code.code()))
}

/// Those whose text is this; an empty one is one that is not set.
fn text_is(field: Field, text: &str) -> Set {
    if text.is_empty() {
        return Set::Terms(term::all_of(field)).not();
    }
    Set::Term(Term::text(field, text))
}

fn agent_is(agent: &Id) -> Set {
    Set::Term(Term::text(Field::Agent, agent.as_str()))
}

/// Those whose name has the grams of a folded text.
fn name_contains(text: &str) -> Set {
    match gram::wanted(text) {
        Wanted::All(grams) => {
            Set::All(grams.iter().map(|asked| Set::Term(term::of_name(&asked.gram))).collect())
        }
        Wanted::Beginning(grams) => Set::Terms(term::names_beginning(&grams.start)),
    }
}

fn add_texts(filter: &Filter, sets: &mut Vec<Set>) {
    let mut given = |text: &str, set: &dyn Fn(&str) -> Set| {
        if !text.is_empty() {
            sets.push(set(text));
        }
    };
    let platform = |id: &str| text_is(Field::PlatformId, id);
    let correlation = |id: &str| text_is(Field::CorrelationId, id);
    let language = |code: &str| text_is(Field::Language, &code.to_ascii_lowercase());
    given(&filter.platform_conversation_id, &platform);
    given(&filter.correlation_id, &correlation);
    given(&filter.correlation_or_platform_id, &|id| Set::Any(vec![platform(id), correlation(id)]));
    given(&filter.language_code, &language);
    any_of(sets, &filter.language_codes, |code| language(code));
    any_of(sets, &filter.usecase_ids, |id| text_is(Field::Usecase, id));
    any_of(sets, &filter.skills, |skill| text_is(Field::Skill, skill));
    any_of(sets, &filter.visitor_ids, |id| text_is(Field::Visitor, id));
    any_of(sets, &filter.virtual_agents, |name| text_is(Field::VirtualAgent, name));
    any_of(sets, &filter.deployment_config_ids, |id| text_is(Field::DeploymentConfig, id));
    any_of(sets, &filter.deployment_channel_ids, |id| text_is(Field::DeploymentChannel, id));
    any_of(sets, &filter.crm_customer_ids, |id| text_is(Field::CrmCustomer, id));
}

fn add_codes(filter: &Filter, sets: &mut Vec<Set>) {
    any_of(sets, filter.state.as_slice(), |state| code_is(Field::State, *state));
    any_of(sets, &filter.sources, |source| code_is(Field::Source, *source));
    any_of(sets, &filter.sharing_states, |state| code_is(Field::SharingState, *state));
    any_of(sets, filter.channel.as_slice(), |channel| code_is(Field::Channel, *channel));
    any_of(sets, &filter.channels, |channel| code_is(Field::Channel, *channel));
    any_of(sets, &filter.corruption_states, |state| code_is(Field::CorruptionState, *state));
    any_of(sets, &filter.persistence_states, |state| code_is(Field::PersistenceState, *state));
    any_of(sets, &filter.statuses, |status| code_is(Field::Status, *status));
    any_of(sets, &filter.directions, |direction| code_is(Field::Direction, *direction));
    any_of(sets, &filter.raise_hand_states, |state| code_is(Field::RaiseHandState, *state));
    any_of(sets, &filter.sentiments, |sentiment| code_is(Field::Sentiment, *sentiment));
    any_of(sets, filter.campaign.as_slice(), |wanted| Set::flag_is(Field::Campaign, *wanted));
    any_of(sets, filter.legal_hold.as_slice(), |wanted| Set::flag_is(Field::LegalHold, *wanted));
    any_of(sets, filter.with_audio.as_slice(), |wanted| Set::flag_is(Field::HasAudio, *wanted));
}

fn add_people(filter: &Filter, customer: &Id, tenancy: &Tenancy, sets: &mut Vec<Set>) {
    let users = |wanted: &dyn Fn(&hansard_domain::directory::EntryBody) -> bool| {
        Set::Any(tenancy.users_that(customer, wanted).map(agent_is).collect())
    };
    let of_team = |team: &Id| users(&|user| user.team.as_ref() == Some(team));
    let of_group = |group: &Id| users(&|user| user.groups.contains(group));
    let unassigned = || Set::Terms(term::all_of(Field::Agent)).not();
    any_of(sets, &filter.users, |UserCondition { user, team }| {
        let both = [user.as_ref().map(agent_is), team.as_ref().map(of_team)];
        Set::All(both.into_iter().flatten().collect())
    });
    let UsersOrTeams { users: named, teams } = &filter.users_or_teams;
    either(sets, named.iter().map(agent_is).chain(teams.iter().map(of_team)));
    let UsersOrGroups { users: named, groups } = &filter.users_or_groups;
    either(sets, named.iter().map(agent_is).chain(groups.iter().map(of_group)));
    if filter.unassigned {
        sets.push(unassigned());
    }
    if !filter.include_dev_users {
        let Set::Any(dev_users) = users(&|user| user.is_dev_user) else { return };
        if !dev_users.is_empty() {
            sets.push(Set::Any(dev_users).not());
        }
    }
}

fn either(sets: &mut Vec<Set>, wanted: impl Iterator<Item = Set>) {
    let wanted: Vec<Set> = wanted.collect();
    any_of(sets, &wanted, Set::clone);
}

fn metadata(condition: &MetadataCondition) -> Set {
    let MetadataCondition { key, test } = condition;
    match test {
        MetadataTest::Exists(true) => Set::Term(term::key(key)),
        MetadataTest::Exists(false) => Set::Term(term::key(key)).not(),
        MetadataTest::AnyOf(values) => {
            Set::Any(values.iter().map(|value| Set::Term(Term::metadata(key, value))).collect())
        }
        MetadataTest::Range(min, max) => {
            Set::Any(term::numbers(key, *min, *max).into_iter().map(Set::Terms).collect())
        }
        MetadataTest::Prefix(prefix) => Set::Any(term::texts(key, prefix).map(Set::Terms).to_vec()),
    }
}

/// Of a long text only the beginning is in the index.
fn is_shortened(test: &MetadataTest) -> bool {
    matches!(test, MetadataTest::Prefix(prefix) if prefix.len() > term::BEGINNING)
}

fn add_annotations(filter: &Filter, sets: &mut Vec<Set>) {
    let named = |field: Field, wanted: &[AnnotationCondition]| {
        Set::All(wanted.iter().map(|condition| annotation(field, condition)).collect())
    };
    let texts = |field: Field, wanted: &[String]| {
        Set::All(wanted.iter().map(|name| Set::Term(Term::text(field, name))).collect())
    };
    any_of(sets, &filter.moments, |all| named(Field::Moment, all));
    any_of(sets, &filter.behaviors, |all| named(Field::Behavior, all));
    any_of(sets, &filter.actions, |name| Set::Term(Term::text(Field::Action, name)));
    any_of(sets, &filter.action_filters, |all| texts(Field::Action, all));
    any_of(sets, &filter.hint_filters, |all| texts(Field::Hint, all));
    any_of(sets, filter.with_comments.as_slice(), |wanted| Set::flag_is(Field::HasComments, *wanted));
    any_of(sets, filter.with_live_assist.as_slice(), |wanted| {
        let assisted = Set::Any(vec![
            code_is(Field::RaiseHandState, RaiseHandState::Active),
            code_is(Field::RaiseHandState, RaiseHandState::Handled),
            Set::flag(Field::HasAssist),
        ]);
        if *wanted { assisted } else { assisted.not() }
    });
    let scorecards = &filter.scorecards;
    match scorecards.status {
        _ if scorecards.is_empty() => {}
        Some(ScorecardStatus::NotScored) => sets.push(Set::Scorecards(scorecards.clone(), None).not()),
        status => sets.push(Set::Scorecards(scorecards.clone(), status)),
    }
    any_of(sets, filter.calibration.as_slice(), |wanted| calibrated(*wanted));
}

fn annotation(field: Field, condition: &AnnotationCondition) -> Set {
    if condition.adherence == Adherence::Unspecified {
        return Set::Terms(term::all_of_name(field, &condition.name));
    }
    let named = Named { name: condition.name.clone(), adherence: condition.adherence };
    Set::Term(Term::named(field, &named))
}

fn calibrated(wanted: ScorecardStatus) -> Set {
    if wanted != ScorecardStatus::NotScored {
        return Set::Calibrated(wanted);
    }
    Set::Any(vec![Set::Calibrated(ScorecardStatus::Draft), Set::Calibrated(ScorecardStatus::Submitted)]).not()
}
