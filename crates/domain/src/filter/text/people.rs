//! Agents, their teams and groups: three members of a filter, each of which is one more clause about people.

use super::{
    Fault,
    clause::{Clause, Leaf},
    field::Field,
    lists, read,
    scan::Operator,
};
use crate::{
    Id,
    filter::{Filter, UserCondition, UsersOrGroups, UsersOrTeams},
    name::{Collection, ProfileName},
};

/// One alternative: an agent, a team or both, or a group.
#[derive(Debug, Default)]
struct Person {
    user: Option<Id>,
    team: Option<Id>,
    group: Option<Id>,
}

impl Person {
    /// Whether it asks for an agent where a team is asked for, or the other way round.
    fn completes(&self, present: &UserCondition) -> bool {
        self.group.is_none()
            && (self.user.is_none() || present.user.is_none())
            && (self.team.is_none() || present.team.is_none())
    }
}

/// Puts a clause into the first member that is free and can hold it.
pub(super) fn add(filter: &mut Filter, clause: &Clause<'_>, profile: &ProfileName) -> Result<(), Fault> {
    if clause.only().is_some_and(is_nobody) {
        filter.unassigned = true;
        return Ok(());
    }
    let people = clause.alternatives.iter().map(|alternative| person(alternative, profile));
    let people: Vec<Person> = people.collect::<Result<_, _>>()?;
    if let ([present], [one]) = (&mut filter.users[..], &people[..])
        && one.completes(present)
    {
        present.user = present.user.take().or_else(|| one.user.clone());
        present.team = present.team.take().or_else(|| one.team.clone());
        return Ok(());
    }
    let has_both = people.iter().any(|one| one.user.is_some() && one.team.is_some());
    let has_team = people.iter().any(|one| one.team.is_some());
    let has_group = people.iter().any(|one| one.group.is_some());
    let (mut users, mut teams, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    if !has_group && filter.users.is_empty() {
        let conditions = people.into_iter().map(|Person { user, team, .. }| UserCondition { user, team });
        filter.users = conditions.collect();
        return Ok(());
    }
    for one in people {
        users.extend(one.user);
        teams.extend(one.team);
        groups.extend(one.group);
    }
    if !has_group && !has_both && filter.users_or_teams == UsersOrTeams::default() {
        filter.users_or_teams = UsersOrTeams { users, teams };
    } else if !has_team && filter.users_or_groups == UsersOrGroups::default() {
        filter.users_or_groups = UsersOrGroups { users, groups };
    } else {
        return Err(Fault::new(clause.at(), TOO_MUCH));
    }
    Ok(())
}

const TOO_MUCH: &str = "a filter asks of people at most: agents or teams twice, agents or groups once, all ANDed; \
    a team and a group cannot be alternatives";

/// No agent at all.
fn is_nobody(leaf: Leaf<'_>) -> bool {
    let condition = leaf.condition;
    condition.field == Field::Agent
        && leaf.is_negated
        && condition.operator == Operator::Has
        && condition.value.is_any()
}

fn person(alternative: &[Leaf<'_>], profile: &ProfileName) -> Result<Person, Fault> {
    let mut person = Person::default();
    for leaf in alternative {
        let condition = leaf.condition;
        if condition.operator != Operator::Equal && condition.field != Field::Group || leaf.is_negated {
            return Err(lists::refused(
                condition,
                "takes = with an id or a name; without an agent is NOT agent:*",
            ));
        }
        let value = &lists::positive(*leaf)?.value;
        let (place, collection) = match condition.field {
            Field::Team => (&mut person.team, Collection::Team),
            Field::Group => (&mut person.group, Collection::Group),
            _ => (&mut person.user, Collection::User),
        };
        if place.replace(read::id(value, collection, profile)?).is_some() {
            return Err(Fault::new(condition.at, TOO_MUCH));
        }
    }
    if person.group.is_some() && (person.user.is_some() || person.team.is_some()) {
        return Err(Fault::new(alternative[0].condition.at, TOO_MUCH));
    }
    Ok(person)
}
