//! Which conversations a list, a count, a sample or a watcher selects.
//!
//! Values inside one field are ORed, fields are ANDed. [`Filter::matches`] is what a filter means; what the
//! store does to answer faster has to agree with it.

mod keyword;
mod matches;
mod order;
mod subject;
mod template;
mod text;

pub(crate) use keyword::fold_char;
pub use keyword::{Keyword, Snippet, fold};
pub use order::{Order, OrderBy};
pub use subject::{AgentFacts, AnnotationFacts, Named, ScorecardFact, Subject};

use crate::{
    Error, Id, Result, Span, Time, codes,
    conversation::{
        Channel, CorruptionState, Direction, PersistenceState, RaiseHandState, Sentiment, SharingState,
        Source, State, Status,
    },
    limits,
    metadata::MetadataValue,
};
use serde::Serialize;

const METADATA_CONDITIONS_MAX: usize = 100;

/// An empty member does not filter. The zero value inside a list selects what is unset.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Filter {
    pub range_start: Option<Time>,
    pub range_end: Option<Time>,
    pub started_from: Option<Time>,
    pub users: Vec<UserCondition>,
    pub users_or_teams: UsersOrTeams,
    pub users_or_groups: UsersOrGroups,
    pub platform_conversation_id: String,
    pub correlation_id: String,
    pub correlation_or_platform_id: String,
    pub min_duration: Option<Span>,
    pub max_duration: Option<Span>,
    pub state: Option<State>,
    pub include_dev_users: bool,
    /// The language code, as it is stored; any of them.
    pub language_code: String,
    pub language_codes: Vec<String>,
    pub usecase_ids: Vec<String>,
    pub sources: Vec<Source>,
    pub sharing_states: Vec<SharingState>,
    pub with_audio: Option<bool>,
    pub channel: Option<Channel>,
    pub channels: Vec<Channel>,
    pub corruption_states: Vec<CorruptionState>,
    pub persistence_states: Vec<PersistenceState>,
    pub tags: Vec<Id>,
    pub skills: Vec<String>,
    pub statuses: Vec<Status>,
    pub directions: Vec<Direction>,
    pub visitor_ids: Vec<String>,
    pub virtual_agents: Vec<String>,
    pub deployment_config_ids: Vec<String>,
    pub deployment_channel_ids: Vec<String>,
    pub crm_customer_ids: Vec<String>,
    pub raise_hand_states: Vec<RaiseHandState>,
    /// Of the summary; without one it is unspecified.
    pub sentiments: Vec<Sentiment>,
    pub campaign: Option<bool>,
    pub legal_hold: Option<bool>,
    pub with_messages: Option<bool>,
    pub unassigned: bool,
    pub metadata: Vec<MetadataCondition>,
    pub display_name_contains: String,
    pub updated_from: Option<Time>,
    pub updated_to: Option<Time>,
    /// Found as it is written inside the text of some message, whatever the case.
    pub keyword: String,
    /// Entries are ORed; what one entry lists must all hold. So with behaviors, actions and hints.
    pub moments: Vec<Vec<AnnotationCondition>>,
    pub behaviors: Vec<Vec<AnnotationCondition>>,
    /// Any of these actions.
    pub actions: Vec<String>,
    pub action_filters: Vec<Vec<String>>,
    pub hint_filters: Vec<Vec<String>>,
    pub with_comments: Option<bool>,
    /// A hand that was raised, handled since or not, or an action of live assist.
    pub with_live_assist: Option<bool>,
    pub scorecards: ScorecardCondition,
    /// Of any scorecard.
    pub calibration: Option<ScorecardStatus>,
}

codes! {
    /// Whether a behavior or moment that was looked for was shown; Unspecified in a condition is any.
    Adherence { Unspecified = 0, Adhered = 1, NotAdhered = 2 }
}
codes! {
    /// How far a scorecard, or its calibration, is.
    ScorecardStatus { Unspecified = 0, NotScored = 1, Draft = 2, Submitted = 3 }
}

/// An annotation of this name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AnnotationCondition {
    pub name: String,
    /// Unspecified is any.
    pub adherence: Adherence,
}

/// What must hold of one and the same scorecard. With the status NotScored no scorecard may be of the
/// templates and submitters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ScorecardCondition {
    pub templates: Vec<TemplateCondition>,
    pub status: Option<ScorecardStatus>,
    pub submitters: Vec<Id>,
}

/// A scorecard template; any of its revisions where none is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateCondition {
    pub template: Id,
    pub revision: Option<String>,
}

/// Both must hold where both are given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UserCondition {
    pub user: Option<Id>,
    pub team: Option<Id>,
}

/// ORed with each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UsersOrTeams {
    pub users: Vec<Id>,
    pub teams: Vec<Id>,
}

/// ORed with each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UsersOrGroups {
    pub users: Vec<Id>,
    pub groups: Vec<Id>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetadataCondition {
    pub key: String,
    pub test: MetadataTest,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum MetadataTest {
    Exists(bool),
    AnyOf(Vec<MetadataValue>),
    /// Inclusive; an absent bound is open.
    Range(Option<f64>, Option<f64>),
    Prefix(String),
}

impl Filter {
    /// Checks lengths and ranges; paths are relative to the filter.
    pub fn check(&self) -> Result<()> {
        let lists = [
            ("users", self.users.len()),
            ("usersOrTeamsUsers", self.users_or_teams.users.len()),
            ("usersOrTeamsTeams", self.users_or_teams.teams.len()),
            ("usersOrGroups.users", self.users_or_groups.users.len()),
            ("usersOrGroups.groups", self.users_or_groups.groups.len()),
            ("scorecardTemplateNameFilters", self.scorecards.templates.len()),
            ("scorecardSubmitterNameFilters", self.scorecards.submitters.len()),
            ("tags", self.tags.len()),
            ("virtualAgents", self.virtual_agents.len()),
        ];
        for (field, count) in lists {
            limits::items_at_most(field, count, limits::LIST_ITEMS_MAX)?;
        }
        self.check_texts()?;
        self.check_metadata()?;
        self.check_annotations()?;
        ordered("rangeEndTime", "rangeStartTime", self.range_start, self.range_end)?;
        ordered("maxConversationDuration", "minConversationDuration", self.min_duration, self.max_duration)?;
        ordered("updateTimeEnd", "updateTimeStart", self.updated_from, self.updated_to)
    }

    fn check_texts(&self) -> Result<()> {
        limits::short("platformConversationId", &self.platform_conversation_id)?;
        limits::short("conversationCorrelationId", &self.correlation_id)?;
        limits::short("conversationCorrelationOrPlatformId", &self.correlation_or_platform_id)?;
        limits::short("languageCode", &self.language_code)?;
        limits::short("displayNameContains", &self.display_name_contains)?;
        let lists = [
            ("languageCodes", &self.language_codes),
            ("usecaseIds", &self.usecase_ids),
            ("skills", &self.skills),
            ("visitorIds", &self.visitor_ids),
            ("deploymentConfigIds", &self.deployment_config_ids),
            ("deploymentChannelIds", &self.deployment_channel_ids),
            ("crmCustomerIds", &self.crm_customer_ids),
            ("actions", &self.actions),
        ];
        for (field, texts) in lists {
            limits::items_at_most(field, texts.len(), limits::LIST_ITEMS_MAX)?;
            for (index, text) in texts.iter().enumerate() {
                limits::short(&format!("{field}[{index}]"), text)?;
            }
        }
        Ok(())
    }

    fn check_annotations(&self) -> Result<()> {
        fn count<T>(field: &str, entries: &[Vec<T>]) -> Result<()> {
            limits::items_at_most(field, entries.iter().map(Vec::len).sum(), limits::LIST_ITEMS_MAX)
        }
        count("moments", &self.moments)?;
        count("behaviors", &self.behaviors)?;
        count("actionFilters", &self.action_filters)?;
        count("hintNameFilters", &self.hint_filters)?;
        let names = [&self.action_filters, &self.hint_filters];
        let conditions = self.moments.iter().chain(&self.behaviors).flatten().map(|one| &one.name);
        conditions
            .chain(names.into_iter().flatten().flatten())
            .try_for_each(|name| limits::short("name", name))
    }

    fn check_metadata(&self) -> Result<()> {
        limits::items_at_most("metadata", self.metadata.len(), METADATA_CONDITIONS_MAX)?;
        let mut values = 0;
        for (index, condition) in self.metadata.iter().enumerate() {
            limits::short(&format!("metadata[{index}].key"), &condition.key)?;
            values += condition.test.check().map_err(|error| error.within(&format!("metadata[{index}]")))?;
        }
        // Each becomes a parameter of one statement, and engines take only so many.
        limits::items_at_most("metadata", values, limits::LIST_ITEMS_MAX)
    }
}

impl MetadataTest {
    /// Checks lengths, and answers how many values the test compares with.
    fn check(&self) -> Result<usize> {
        match self {
            Self::Exists(_) => Ok(0),
            Self::Range(..) => Ok(2),
            Self::Prefix(prefix) => limits::short("prefix", prefix).map(|()| 1),
            Self::AnyOf(values) => {
                for value in values {
                    if let MetadataValue::Text(text) = value {
                        limits::short("anyOf", text.as_str())?;
                    }
                }
                Ok(values.len())
            }
        }
    }
}

fn ordered<T: PartialOrd>(field: &str, other: &str, low: Option<T>, high: Option<T>) -> Result<()> {
    match (low, high) {
        (Some(low), Some(high)) if low > high => {
            Err(Error::invalid(field, format!("must not be below {other}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_part_of_a_filter_has_a_limit() {
        let number = |count| MetadataTest::AnyOf(vec![MetadataValue::Number(1.0); count]);
        let metadata = |counts: &[usize]| Filter {
            metadata: counts
                .iter()
                .map(|count| MetadataCondition { key: "k".to_owned(), test: number(*count) })
                .collect(),
            ..Filter::default()
        };
        let long = "x".repeat(limits::SHORT_TEXT_BYTES_MAX + 1);
        let skills = Filter { skills: vec![String::new(), long], ..Filter::default() };
        assert_eq!(skills.check().unwrap_err().field(), Some("skills[1]"));
        assert!(metadata(&[500, 500]).check().is_ok());
        assert_eq!(metadata(&[500, 501]).check().unwrap_err().field(), Some("metadata"));
        assert_eq!(metadata(&[1; 101]).check().unwrap_err().field(), Some("metadata"));
    }
}
