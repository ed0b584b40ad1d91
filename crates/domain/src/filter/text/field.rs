//! The fields that a text may name: those of the contract, singular or plural, in snake_case or camelCase, and the
//! short names that people write.

use super::Fault;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Action,
    Agent,
    Audio,
    Behavior,
    Calibration,
    Channel,
    Comments,
    CorrelationId,
    CorrelationOrPlatformId,
    CorruptionState,
    Deployment,
    DevUsers,
    Direction,
    DisplayName,
    Duration,
    EndTime,
    Group,
    Hint,
    Language,
    LegalHold,
    LiveAssist,
    Metadata,
    Moment,
    PersistenceState,
    PlatformConversationId,
    RaiseHandState,
    ScorecardStatus,
    ScorecardSubmitter,
    ScorecardTemplate,
    Sentiment,
    SharingState,
    Skill,
    Source,
    StartTime,
    State,
    Status,
    Tag,
    Team,
    Text,
    UpdateTime,
    Usecase,
    VirtualAgent,
    Visitor,
}

/// Each field with its names; errors print the first.
pub(super) const NAMES: [(Field, &[&str]); 43] = [
    (Field::Action, &["action", "actions", "action_filters"]),
    (Field::Agent, &["agent", "agents", "user", "users", "user_name"]),
    (Field::Audio, &["audio"]),
    (Field::Behavior, &["behavior", "behaviors"]),
    (Field::Calibration, &["calibration_status", "calibration", "calibration_status_filter"]),
    (Field::Channel, &["channel", "channels"]),
    (Field::Comments, &["comments", "comment"]),
    (Field::CorrelationId, &["conversation_correlation_id", "correlation_id"]),
    (
        Field::CorrelationOrPlatformId,
        &["conversation_correlation_or_platform_id", "correlation_or_platform_id"],
    ),
    (Field::CorruptionState, &["corruption_state", "corruption_states"]),
    (Field::Deployment, &["deployment_config_id", "deployment_config_ids", "deployment"]),
    (Field::DevUsers, &["include_dev_users"]),
    (Field::Direction, &["direction", "directions"]),
    (Field::DisplayName, &["display_name", "display_name_contains"]),
    (Field::Duration, &["duration"]),
    (Field::EndTime, &["end_time"]),
    (Field::Group, &["group", "groups"]),
    (Field::Hint, &["hint", "hints", "hint_names", "hint_name_filters"]),
    (Field::Language, &["language_code", "language_codes", "language"]),
    (Field::LegalHold, &["legal_hold"]),
    (Field::LiveAssist, &["live_assist"]),
    (Field::Metadata, &["metadata"]),
    (Field::Moment, &["moment", "moments"]),
    (Field::PersistenceState, &["persistence_state", "persistence_states"]),
    (Field::PlatformConversationId, &["platform_conversation_id", "platform_id"]),
    (Field::RaiseHandState, &["raise_hand_state", "raise_hand_states", "raise_hand"]),
    (Field::ScorecardStatus, &["scorecard_status", "scorecard_status_filter"]),
    (
        Field::ScorecardSubmitter,
        &["scorecard_submitter", "scorecard_submitters", "scorecard_submitter_name_filters"],
    ),
    (
        Field::ScorecardTemplate,
        &["scorecard_template", "scorecard_templates", "scorecard_template_name_filters"],
    ),
    (Field::Sentiment, &["sentiment", "sentiments"]),
    (Field::SharingState, &["sharing_state", "sharing_states"]),
    (Field::Skill, &["skill", "skills"]),
    (Field::Source, &["source", "sources"]),
    (Field::StartTime, &["start_time"]),
    (Field::State, &["state"]),
    (Field::Status, &["status", "statuses"]),
    (Field::Tag, &["tags", "tag"]),
    (Field::Team, &["team", "teams", "team_name"]),
    (Field::Text, &["text", "message_keyword", "keyword"]),
    (Field::UpdateTime, &["update_time"]),
    (Field::Usecase, &["usecase", "usecases", "usecase_id", "usecase_ids"]),
    (Field::VirtualAgent, &["virtual_agent", "virtual_agents"]),
    (Field::Visitor, &["visitor", "visitor_id", "visitor_ids"]),
];

/// Fields of the contract that a text says in other words.
const SAID_OTHERWISE: [(&str, &str); 13] = [
    ("audio_link_status", "audio:* or NOT audio:*"),
    ("comments_filter", "comments:* or NOT comments:*"),
    ("live_assist_filter", "live_assist:* or NOT live_assist:*"),
    ("live_filter", "state = LIVE or state = CLOSED"),
    ("max_conversation_duration", "duration <= 300s"),
    ("min_conversation_duration", "duration >= 300s"),
    ("range_end_time", "start_time <= 2026-01-31T00:00:00Z"),
    ("range_start_time", "end_time >= 2026-01-01T00:00:00Z"),
    ("unassigned", "NOT agent:*"),
    ("update_time_end", "update_time <= 2026-01-31T00:00:00Z"),
    ("update_time_start", "update_time >= 2026-01-01T00:00:00Z"),
    ("users_or_groups", "(agent = ada OR group = night)"),
    ("users_or_teams", "(agent = ada OR team = blue)"),
];
/// Names nearer than this are taken for a slip.
const SLIP: f64 = 0.8;

impl Field {
    /// The field of a name, with the key that only some of them take.
    pub(super) fn find(at: usize, name: &str, key: Option<String>) -> Result<(Self, Option<String>), Fault> {
        let spelled = folded(name);
        let is_named = |names: &[&str]| names.iter().any(|name| folded(name) == spelled);
        let Some((field, _)) = NAMES.iter().find(|(_, names)| is_named(names)) else {
            return Err(Fault::new(at, unknown(name, &spelled)));
        };
        let takes_key = matches!(field, Self::Metadata | Self::Moment | Self::Behavior);
        match key {
            Some(key) if key.is_empty() => {
                Err(Fault::new(at, format!("{name}. needs a name behind the dot")))
            }
            Some(key) if !takes_key => {
                Err(Fault::new(at, format!("{name} has nothing called {key:?} in it")))
            }
            key => Ok((*field, key)),
        }
    }

    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(field, _)| *field == self).map_or("", |(_, names)| names[0])
    }

    /// Fields whose values may stand in one OR.
    pub(super) fn goes_with(self, other: Self) -> bool {
        let is_of_people = |field| matches!(field, Self::Agent | Self::Team | Self::Group);
        self == other || (is_of_people(self) && is_of_people(other))
    }
}

/// The same for every way to write a name.
fn folded(name: &str) -> String {
    name.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

fn unknown(name: &str, spelled: &str) -> String {
    if let Some((_, otherwise)) = SAID_OTHERWISE.iter().find(|(other, _)| folded(other) == spelled) {
        return format!("in a text {name} is written {otherwise}");
    }
    let all = NAMES.iter().flat_map(|(_, names)| names.iter().copied());
    let nearest = all
        .map(|candidate| (strsim::jaro_winkler(spelled, &folded(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= SLIP)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    match nearest {
        Some((_, nearest)) => format!("unknown field {name:?}; did you mean {nearest}?"),
        None => {
            let names: Vec<&str> = NAMES.iter().map(|(_, names)| names[0]).collect();
            format!("unknown field {name:?}; there are {}", names.join(", "))
        }
    }
}
