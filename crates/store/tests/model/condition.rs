//! Filters: drawn at random, and what they mean, written from the contract.

use crate::{
    driver::{groups_of, team_of},
    operation::{AGENTS, GROUPS, KEYS, LANGUAGES, NAMES, TAGS, TEAMS, TEXTS, WORDS, metadata_value, time},
    random::Random,
    record::Kept,
};
use hansard_domain::{
    Id, Span, Time,
    conversation::{AudioPersistenceState, Fields, State},
    filter::{Filter, MetadataCondition, MetadataTest, UserCondition, UsersOrGroups, UsersOrTeams},
    metadata::MetadataValue,
};

/// A filter of up to three fields.
pub(crate) fn filter(random: &mut Random) -> Filter {
    let mut filter = Filter { include_dev_users: random.once_in(2), ..Filter::default() };
    for _ in 0..random.below(4) {
        match random.below(3) {
            0 => set_people_or_time(random, &mut filter),
            1 => set_text(random, &mut filter),
            _ => set_vocabulary(random, &mut filter),
        }
    }
    filter
}

fn set_people_or_time(random: &mut Random, filter: &mut Filter) {
    match random.below(11) {
        0 => filter.range_start = Some(time(random)),
        1 => filter.range_end = Some(time(random)),
        2 => filter.users = random.many(user_condition),
        3 => {
            let users = random.some(|random| random.id(&AGENTS));
            filter.users_or_teams = UsersOrTeams { users, teams: random.some(|random| random.id(&TEAMS)) };
        }
        4 => filter.min_duration = Some(duration(random)),
        5 => filter.max_duration = Some(duration(random)),
        6 => filter.updated_from = Some(time(random)),
        7 => filter.updated_to = Some(time(random)),
        8 => filter.users_or_groups.users = random.many(|random| random.id(&AGENTS)),
        9 => {
            let users = random.some(|random| random.id(&AGENTS));
            filter.users_or_groups =
                UsersOrGroups { users, groups: random.many(|random| random.id(&GROUPS)) };
        }
        _ => filter.unassigned = true,
    }
}

fn duration(random: &mut Random) -> Span {
    // Shorter than from then till now, longer, and exact differences of the times that are drawn.
    *random.pick(&[
        Span(0),
        Span(1_000_000),
        Span::hours(24),
        Span::hours(24 * 365),
        Span::hours(24 * 365 * 50),
    ])
}

fn user_condition(random: &mut Random) -> UserCondition {
    let (user, team) = (random.id(&AGENTS), random.id(&TEAMS));
    match random.below(3) {
        0 => UserCondition { user: Some(user), team: None },
        1 => UserCondition { user: None, team: Some(team) },
        _ => UserCondition { user: Some(user), team: Some(team) },
    }
}

fn set_text(random: &mut Random, filter: &mut Filter) {
    let words = |random: &mut Random| random.many(|random| random.text(&WORDS));
    match random.below(15) {
        0 => filter.platform_conversation_id = random.text(&WORDS),
        1 => filter.correlation_id = random.text(&WORDS),
        2 => filter.correlation_or_platform_id = random.text(&WORDS),
        3 => filter.language_code = random.text(&LANGUAGES),
        4 => filter.language_codes = random.many(|random| random.text(&LANGUAGES)),
        5 => filter.usecase_ids = random.many(|random| random.text(&["", "u1", "u2", "u3"])),
        6 => filter.skills = words(random),
        7 => filter.visitor_ids = words(random),
        8 => filter.virtual_agents = words(random),
        9 => filter.deployment_config_ids = words(random),
        10 => filter.tags = random.many(|random| random.id(&TAGS)),
        11 | 12 => filter.keyword = part_of(random, &TEXTS),
        _ => filter.display_name_contains = part_of(random, &NAMES),
    }
}

/// Parts that a pattern language or a whole-word lower case would read otherwise.
const HARD_PARTS: [&str; 9] = ["ΔΟΣ", "δοσ", "ς", "%", "_", "a_b", "!", "ß", "reFUND"];

/// Some letters of a text, perhaps in another case.
fn part_of(random: &mut Random, texts: &[&str]) -> String {
    if random.once_in(2) {
        return random.text(&HARD_PARTS);
    }
    let text: Vec<char> = random.text(texts).chars().collect();
    let from = random.below(text.len() + 1);
    let part: String = text[from..].iter().take(1 + random.below(5)).collect();
    match random.below(3) {
        0 => part.to_uppercase().replace("SS", "ß"),
        1 => part.chars().flat_map(char::to_lowercase).collect(),
        _ => part,
    }
}

fn set_vocabulary(random: &mut Random, filter: &mut Filter) {
    match random.below(13) {
        0 => filter.state = Some(if random.once_in(2) { State::Live } else { State::Closed }),
        1 => filter.sources = random.many(Random::code),
        2 => filter.sharing_states = random.many(Random::code),
        3 => filter.with_audio = Some(random.once_in(2)),
        4 => filter.channel = Some(random.code()),
        5 => filter.channels = random.many(Random::code),
        6 => filter.corruption_states = random.many(Random::code),
        7 => filter.persistence_states = random.many(Random::code),
        8 => filter.statuses = random.many(Random::code),
        9 => filter.directions = random.many(Random::code),
        10 => filter.raise_hand_states = random.many(Random::code),
        _ => filter.metadata = random.many(metadata_condition),
    }
}

fn metadata_condition(random: &mut Random) -> MetadataCondition {
    let bound = |random: &mut Random| random.once_in(2).then(|| *random.pick(&[-3.0, 0.1 + 0.2, 1.0, 2.0]));
    let test = match random.below(5) {
        0 => MetadataTest::Exists(random.once_in(2)),
        1 | 2 => MetadataTest::AnyOf(random.many(metadata_value)),
        3 => MetadataTest::Range(bound(random), bound(random)),
        _ => MetadataTest::Prefix(random.text(&["", "g", "gold", "golden", "gö", "o"])),
    };
    MetadataCondition { key: random.text(&KEYS), test }
}

/// Whether a filter selects a conversation.
pub(crate) fn selects(filter: &Filter, kept: &Kept, now: Time) -> bool {
    let body = &kept.conversation.body;
    times(filter, kept, now)
        && people(filter, body.fields.agent.as_ref())
        && texts(filter, &body.fields)
        && vocabulary(filter, kept)
        && says(&filter.keyword, kept)
        && (filter.tags.is_empty() || filter.tags.iter().any(|tag| kept.tags.contains(tag)))
        && (filter.metadata.is_empty()
            || filter.metadata.iter().any(|condition| metadata(condition, &body.fields)))
}

/// Nothing is drawn that starts with skipIndexOnClose.
fn says(keyword: &str, kept: &Kept) -> bool {
    let present = kept.messages.iter().filter(|message| message.delete_time.is_none());
    let mut texts = present.map(|message| folded(message.content.text.as_str()));
    keyword.is_empty() || texts.any(|text| text.contains(&folded(keyword)))
}

fn times(filter: &Filter, kept: &Kept, now: Time) -> bool {
    let body = &kept.conversation.body;
    let duration = body.end_time.unwrap_or(now).since(body.start_time);
    filter.range_start.is_none_or(|from| body.end_time.is_none_or(|end| end >= from))
        && filter.range_end.is_none_or(|to| body.start_time <= to)
        && filter.updated_from.is_none_or(|from| body.update_time >= from)
        && filter.updated_to.is_none_or(|to| body.update_time <= to)
        && filter.min_duration.is_none_or(|min| duration >= min)
        && filter.max_duration.is_none_or(|max| duration <= max)
}

fn people(filter: &Filter, agent: Option<&Id>) -> bool {
    let is = |user: &Id| agent == Some(user);
    let is_of = |team: &Id| agent.and_then(|agent| team_of(agent.as_str())) == Some(team.as_str());
    let both =
        |entry: &UserCondition| entry.user.as_ref().is_none_or(is) && entry.team.as_ref().is_none_or(is_of);
    let UsersOrTeams { users, teams } = &filter.users_or_teams;
    let either = (users.is_empty() && teams.is_empty()) || users.iter().any(is) || teams.iter().any(is_of);
    let is_in = |group: &Id| agent.is_some_and(|agent| groups_of(agent.as_str()).contains(&group.as_str()));
    let UsersOrGroups { users, groups } = &filter.users_or_groups;
    let either_group =
        (users.is_empty() && groups.is_empty()) || users.iter().any(is) || groups.iter().any(is_in);
    (filter.include_dev_users || agent.is_none_or(|agent| agent.as_str() != "eve"))
        && (!filter.unassigned || agent.is_none())
        && (filter.users.is_empty() || filter.users.iter().any(both))
        && either
        && either_group
}

fn texts(filter: &Filter, fields: &Fields) -> bool {
    let unless_empty = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
    let among = |wanted: &[String], found: &str| wanted.is_empty() || wanted.iter().any(|one| one == found);
    let platform_id = fields.platform_info.as_ref().map_or("", |info| &info.platform_conversation_id);
    let visitor_id = fields.visitor.as_ref().map_or("", |visitor| &visitor.platform_visitor_id);
    let config_id = fields.deployment.as_ref().map_or("", |deployment| &deployment.deployment_config_id);
    let either = &filter.correlation_or_platform_id;
    let speaks = |code: &String| code.eq_ignore_ascii_case(&fields.language_code);
    unless_empty(&filter.platform_conversation_id, platform_id)
        && unless_empty(&filter.correlation_id, &fields.correlation_id)
        && (either.is_empty() || either == platform_id || *either == fields.correlation_id)
        && (filter.language_code.is_empty() || speaks(&filter.language_code))
        && (filter.language_codes.is_empty() || filter.language_codes.iter().any(speaks))
        && among(&filter.usecase_ids, fields.usecase.rsplit('/').next().unwrap_or(""))
        && among(&filter.skills, &fields.skill)
        && among(&filter.visitor_ids, visitor_id)
        && among(&filter.virtual_agents, &fields.virtual_agent)
        && among(&filter.deployment_config_ids, config_id)
        && folded(fields.display_name.as_str()).contains(&folded(&filter.display_name_contains))
}

/// Unicode simple case folding, as far as the names here need it: letter by letter.
fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|letter| if letter == 'ς' { 'σ' } else { letter }).collect()
}

fn vocabulary(filter: &Filter, kept: &Kept) -> bool {
    fn among<C: PartialEq>(wanted: &[C], found: &C) -> bool {
        wanted.is_empty() || wanted.contains(found)
    }
    let body = &kept.conversation.body;
    let fields = &body.fields;
    let with_audio = body.audio_persistence_state == AudioPersistenceState::Persisted;
    filter.state.is_none_or(|state| state == body.state)
        && among(&filter.sources, &fields.source)
        && among(&filter.sharing_states, &body.sharing_state)
        && filter.with_audio.is_none_or(|wanted| wanted == with_audio)
        && filter.channel.is_none_or(|channel| channel == fields.channel)
        && among(&filter.channels, &fields.channel)
        && among(&filter.corruption_states, &fields.corruption_state)
        && among(&filter.persistence_states, &fields.persistence_state)
        && among(&filter.statuses, &body.status)
        && among(&filter.directions, &fields.direction)
        && among(&filter.raise_hand_states, &fields.raise_hand_state)
}

fn metadata(condition: &MetadataCondition, fields: &Fields) -> bool {
    let found = fields.metadata.get(&condition.key);
    let any =
        |test: &dyn Fn(&MetadataValue) -> bool| found.is_some_and(|found| found.values.iter().any(test));
    match &condition.test {
        MetadataTest::Exists(wanted) => found.is_some() == *wanted,
        MetadataTest::AnyOf(wanted) => any(&|value| wanted.contains(value)),
        MetadataTest::Range(min, max) => any(&|value| match value {
            MetadataValue::Number(number) => {
                min.is_none_or(|min| *number >= min) && max.is_none_or(|max| *number <= max)
            }
            _ => false,
        }),
        MetadataTest::Prefix(prefix) => any(&|value| match value {
            MetadataValue::Text(text) => text.as_str().starts_with(prefix.as_str()),
            _ => false,
        }),
    }
}
