//! One clause of a text into the members of a filter, field by field.

use super::{
    Fault, annotations,
    clause::{Clause, Leaf},
    field::Field,
    lists, metadata, people, read,
    scan::Value,
    single, words,
};
use crate::{
    conversation::State,
    filter::Filter,
    name::{Collection, ProfileName},
};

/// Makes a clause hold as well.
pub(super) fn add(filter: &mut Filter, clause: &Clause<'_>, profile: &ProfileName) -> Result<(), Fault> {
    let field = one_field(clause)?;
    match field {
        Field::Agent | Field::Team | Field::Group => people::add(filter, clause, profile),
        Field::Metadata => metadata::add(filter, clause),
        Field::Tag => {
            lists::once(&mut filter.tags, clause, |value| read::id(value, Collection::Tag, profile))
        }
        Field::State => state(&mut filter.state, clause),
        Field::Channel
        | Field::Source
        | Field::SharingState
        | Field::RaiseHandState
        | Field::Status
        | Field::Direction
        | Field::Sentiment
        | Field::CorruptionState
        | Field::PersistenceState => vocabulary(filter, field, clause),
        Field::Skill | Field::Language | Field::Visitor | Field::Deployment => {
            lists::narrow_texts(texts(filter, field), clause, read::text)
        }
        Field::Usecase => {
            let id = |value: &Value| Ok(read::id(value, Collection::Usecase, profile)?.to_string());
            lists::narrow_texts(&mut filter.usecase_ids, clause, id)
        }
        Field::VirtualAgent => {
            lists::narrow_texts(&mut filter.virtual_agents, clause, |value| virtual_agent(value, profile))
        }
        Field::Moment => {
            annotations::add(&mut filter.moments, clause, |leaf| annotations::named(leaf, profile))
        }
        Field::Behavior => {
            annotations::add(&mut filter.behaviors, clause, |leaf| annotations::named(leaf, profile))
        }
        Field::Action => annotations::add(&mut filter.action_filters, clause, lists::held_text),
        Field::Hint => annotations::add(&mut filter.hint_filters, clause, lists::held_text),
        Field::ScorecardTemplate => lists::once(&mut filter.scorecards.templates, clause, |value| {
            annotations::template(value, profile)
        }),
        Field::ScorecardSubmitter => lists::narrow(&mut filter.scorecards.submitters, clause, |leaf| {
            Ok(vec![read::id(&lists::positive(leaf)?.value, Collection::User, profile)?])
        }),
        _ => single(filter, field, one_condition(clause)?),
    }
}

fn single(filter: &mut Filter, field: Field, leaf: Leaf<'_>) -> Result<(), Fault> {
    match field {
        Field::PlatformConversationId => single::exact(&mut filter.platform_conversation_id, leaf),
        Field::CorrelationId => single::exact(&mut filter.correlation_id, leaf),
        Field::CorrelationOrPlatformId => single::exact(&mut filter.correlation_or_platform_id, leaf),
        Field::Text => single::substring(&mut filter.keyword, leaf),
        Field::DisplayName => single::substring(&mut filter.display_name_contains, leaf),
        Field::Comments => single::presence(&mut filter.with_comments, leaf),
        Field::LiveAssist => single::presence(&mut filter.with_live_assist, leaf),
        Field::LegalHold => single::presence(&mut filter.legal_hold, leaf),
        Field::Audio => single::presence(&mut filter.with_audio, leaf),
        Field::ScorecardStatus => single::status(&mut filter.scorecards.status, leaf),
        Field::Calibration => single::status(&mut filter.calibration, leaf),
        Field::DevUsers => single::wish(&mut filter.include_dev_users, leaf),
        _ => single::bound(filter, leaf),
    }
}

fn vocabulary(filter: &mut Filter, field: Field, clause: &Clause<'_>) -> Result<(), Fault> {
    match field {
        Field::Channel => words::narrow(&mut filter.channels, clause, &["CHANNEL_"]),
        Field::Source => words::narrow(&mut filter.sources, clause, &["SOURCE_"]),
        Field::SharingState => words::narrow(&mut filter.sharing_states, clause, &["SHARING_STATE_"]),
        Field::RaiseHandState => {
            words::narrow(&mut filter.raise_hand_states, clause, &["RAISE_HAND_STATE_", "RAISE_HAND_"])
        }
        Field::Status => words::narrow(&mut filter.statuses, clause, &["STATUS_"]),
        Field::Direction => words::narrow(&mut filter.directions, clause, &["DIRECTION_"]),
        Field::Sentiment => words::narrow(&mut filter.sentiments, clause, &["SENTIMENT_"]),
        Field::CorruptionState => {
            words::narrow(&mut filter.corruption_states, clause, &["CORRUPTION_STATE_"])
        }
        _ => words::narrow(&mut filter.persistence_states, clause, &["PERSISTENCE_STATE_"]),
    }
}

/// LIVE or CLOSED; both of them ask nothing.
fn state(present: &mut Option<State>, clause: &Clause<'_>) -> Result<(), Fault> {
    let mut states: Vec<State> = present.iter().copied().collect();
    words::narrow(&mut states, clause, &["STATE_"])?;
    states.retain(|state| *state != State::Unspecified);
    match states[..] {
        [] => return Err(Fault::new(clause.at(), "state is LIVE or CLOSED, of every conversation")),
        [state] => *present = Some(state),
        _ => {}
    }
    Ok(())
}

fn texts(filter: &mut Filter, field: Field) -> &mut Vec<String> {
    match field {
        Field::Skill => &mut filter.skills,
        Field::Language => &mut filter.language_codes,
        Field::Visitor => &mut filter.visitor_ids,
        _ => &mut filter.deployment_config_ids,
    }
}

/// The filter holds whole names of them, as conversations do.
fn virtual_agent(value: &Value, profile: &ProfileName) -> Result<String, Fault> {
    if value.text.contains('/') {
        return Ok(read::name(value, Collection::VirtualAgent, profile)?.to_string());
    }
    let id = read::id(value, Collection::VirtualAgent, profile)?;
    Ok(format!("{profile}/{}/{id}", Collection::VirtualAgent.segment()))
}

/// The field that a clause is about; a filter has no OR between fields.
fn one_field(clause: &Clause<'_>) -> Result<Field, Fault> {
    let mut fields = clause.leaves().map(|leaf| (leaf.condition.field, leaf.condition.at));
    let (first, _) = fields.next().unwrap_or((Field::State, 0));
    match fields.find(|(field, _)| !first.goes_with(*field)) {
        None => Ok(first),
        Some((other, at)) => {
            let text = format!(
                "OR joins values of one field, not {} and {}; ask in two requests",
                first.name(),
                other.name()
            );
            Err(Fault::new(at, text))
        }
    }
}

fn one_condition<'n>(clause: &Clause<'n>) -> Result<Leaf<'n>, Fault> {
    clause.only().ok_or_else(|| {
        let name = clause.leaves().next().map_or("", |leaf| leaf.condition.field.name());
        Fault::new(clause.at(), format!("a filter takes one value of {name}, not several with OR"))
    })
}
