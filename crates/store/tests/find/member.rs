//! The members of a filter, one by one: which there are, which are set, and a filter without one of them.

use hansard_domain::filter::Filter;

/// What the store does not answer yet. Whoever builds a member takes it out of here.
pub(crate) const UNBUILT: &[Member] = &[];

macro_rules! members {
    ($($member:ident: $($field:ident).+,)+) => {
        /// A member of a filter that selects by itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Member { $($member),+ }

        impl Member {
            pub(crate) const ALL: &[Self] = &[$(Self::$member),+];

            pub(crate) fn is_set(self, filter: &Filter) -> bool {
                let empty = Filter::default();
                match self { $(Self::$member => filter.$($field).+ != empty.$($field).+),+ }
            }

            /// Takes the member back to what does not filter.
            pub(crate) fn clear(self, filter: &mut Filter) {
                let empty = Filter::default();
                match self { $(Self::$member => filter.$($field).+ = empty.$($field).+),+ }
            }

            fn path(self) -> &'static str {
                match self { $(Self::$member => stringify!($($field).+)),+ }
            }
        }
    };
}

members! {
    RangeStart: range_start,
    RangeEnd: range_end,
    StartedFrom: started_from,
    Users: users,
    UsersOrTeamsUsers: users_or_teams.users,
    UsersOrTeamsTeams: users_or_teams.teams,
    UsersOrGroupsUsers: users_or_groups.users,
    UsersOrGroupsGroups: users_or_groups.groups,
    PlatformConversationId: platform_conversation_id,
    CorrelationId: correlation_id,
    CorrelationOrPlatformId: correlation_or_platform_id,
    MinDuration: min_duration,
    MaxDuration: max_duration,
    State: state,
    IncludeDevUsers: include_dev_users,
    LanguageCode: language_code,
    LanguageCodes: language_codes,
    UsecaseIds: usecase_ids,
    Sources: sources,
    SharingStates: sharing_states,
    WithAudio: with_audio,
    Channel: channel,
    Channels: channels,
    CorruptionStates: corruption_states,
    PersistenceStates: persistence_states,
    Tags: tags,
    Skills: skills,
    Statuses: statuses,
    Directions: directions,
    VisitorIds: visitor_ids,
    VirtualAgents: virtual_agents,
    DeploymentConfigIds: deployment_config_ids,
    DeploymentChannelIds: deployment_channel_ids,
    CrmCustomerIds: crm_customer_ids,
    RaiseHandStates: raise_hand_states,
    Sentiments: sentiments,
    Campaign: campaign,
    LegalHold: legal_hold,
    WithMessages: with_messages,
    Unassigned: unassigned,
    Metadata: metadata,
    DisplayNameContains: display_name_contains,
    UpdatedFrom: updated_from,
    UpdatedTo: updated_to,
    Keyword: keyword,
    Moments: moments,
    Behaviors: behaviors,
    Actions: actions,
    ActionFilters: action_filters,
    HintFilters: hint_filters,
    WithComments: with_comments,
    WithLiveAssist: with_live_assist,
    ScorecardTemplates: scorecards.templates,
    ScorecardStatus: scorecards.status,
    ScorecardSubmitters: scorecards.submitters,
    Calibration: calibration,
}

impl Member {
    pub(crate) fn built() -> Vec<Self> {
        Self::ALL.iter().copied().filter(|member| !UNBUILT.contains(member)).collect()
    }

    pub(crate) fn set_in(filter: &Filter) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|member| member.is_set(filter)).collect()
    }

    pub(crate) fn cleared(self, filter: &Filter) -> Filter {
        let mut filter = filter.clone();
        self.clear(&mut filter);
        filter
    }
}

/// A filter as a report shows it: only what is set.
pub(crate) fn shown(filter: &Filter) -> String {
    let (all, empty) = (serialized(filter), serialized(&Filter::default()));
    let set: serde_json::Map<_, _> = all.into_iter().filter(|(path, value)| empty[path] != *value).collect();
    serde_json::Value::Object(set).to_string()
}

fn serialized(filter: &Filter) -> serde_json::Map<String, serde_json::Value> {
    match serde_json::to_value(filter).unwrap() {
        serde_json::Value::Object(members) => members,
        other => panic!("a filter is an object, not {other}"),
    }
}

/// A new member of [`Filter`] fails here until it is listed above; then `alone` and `draw` do not compile without it.
#[test]
fn every_member_of_a_filter_is_known() {
    let mut paths = Vec::new();
    for (name, value) in serialized(&Filter::default()) {
        match value {
            serde_json::Value::Object(inner) => {
                paths.extend(inner.keys().map(|member| format!("{name}.{member}")));
            }
            _ => paths.push(name),
        }
    }
    paths.sort();
    let mut known: Vec<_> = Member::ALL.iter().map(|member| member.path().replace(' ', "")).collect();
    known.sort();
    assert_eq!(known, paths);
}
