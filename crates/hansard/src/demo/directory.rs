//! The demo's directory: teams, agents, usecases and tags.
//!
//! Nobody in it is a person: agents and customers are numbers.

use hansard_proto::v1::{Tag, Team, Usecase, User};

use super::scenario::SCENARIOS;
use crate::import::names::customer;

/// How many agents each team has.
const AGENTS_PER_TEAM: usize = 3;
const TEAMS: [(&str, &str); 5] = [
    ("team-billing", "Billing"),
    ("team-orders", "Orders"),
    ("team-technical", "Technical support"),
    ("team-bookings", "Bookings"),
    ("team-claims", "Claims"),
];
const TAGS: [(&str, &str, &str); 6] = [
    ("vip", "VIP", "#7c3aed"),
    ("refund", "Refund", "#0f766e"),
    ("complaint", "Complaint", "#b91c1c"),
    ("praise", "Praise", "#15803d"),
    ("callback", "Call back", "#c2410c"),
    ("long-session", "Long session", "#475569"),
];

/// Resources that the demo's conversations name.
#[derive(Debug, Clone, PartialEq)]
pub struct Directory {
    pub teams: Vec<Team>,
    pub users: Vec<User>,
    pub usecases: Vec<Usecase>,
    pub tags: Vec<Tag>,
}

/// The directory of the profile `parent` and its customer.
pub fn directory(parent: &str) -> Directory {
    let customer = customer(parent);
    let mut usecases: Vec<Usecase> = SCENARIOS
        .iter()
        .map(|scenario| Usecase {
            name: format!("{parent}/usecases/{}", scenario.id),
            display_name: scenario.title.to_owned(),
            ..Usecase::default()
        })
        .collect();
    usecases.sort_by(|a, b| a.name.cmp(&b.name));
    usecases.dedup_by(|a, b| a.name == b.name);
    let team = |(id, name): &(&str, &str)| Team {
        name: format!("{customer}/teams/{id}"),
        display_name: (*name).to_owned(),
        ..Team::default()
    };
    let tag = |(id, name, color): &(&str, &str, &str)| Tag {
        name: format!("{parent}/tags/{id}"),
        display_name: (*name).to_owned(),
        color: (*color).to_owned(),
        ..Tag::default()
    };
    Directory {
        teams: TEAMS.iter().map(team).collect(),
        users: (1..=TEAMS.len() * AGENTS_PER_TEAM).map(|number| user(customer, number)).collect(),
        usecases,
        tags: TAGS.iter().map(tag).collect(),
    }
}

fn user(customer: &str, number: usize) -> User {
    let (team, _) = TEAMS[(number - 1) / AGENTS_PER_TEAM];
    let id = agent_id(number);
    User {
        name: format!("{customer}/users/{id}"),
        display_name: agent_name(number),
        email: format!("{id}@example.com"),
        team: format!("{customer}/teams/{team}"),
        ..User::default()
    }
}

pub(super) fn agent_id(number: usize) -> String {
    format!("agent-{number:02}")
}

pub(super) fn agent_name(number: usize) -> String {
    format!("Agent {number:02}")
}

/// The numbers of a team's agents.
pub(super) fn agents_of(team: &str) -> Vec<usize> {
    let position = TEAMS.iter().position(|(id, _)| *id == team).unwrap_or_default();
    (position * AGENTS_PER_TEAM + 1..=(position + 1) * AGENTS_PER_TEAM).collect()
}
