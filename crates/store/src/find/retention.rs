//! Which conversations of a block are due to be deleted, told by their terms and times: no conversation is read.
//!
//! It says of each what [`Conversation::due`](hansard_domain::conversation::Conversation::due) says, which decides.

use super::{
    Members, Newest, Plan, Selection, Term, TimesOfBlock, Window, number_at,
    plan::{Set, code_is},
    term::{self, Field},
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{
    Result, Span, Time,
    conversation::{PersistenceState, State},
    retention::{Due, Ground, Policy},
};
use std::sync::Arc;

/// The conversations of a profile that a policy, or their own word, has deleted at some time.
pub(crate) struct Dues<'t> {
    selection: Selection<'t>,
    rules: Vec<(Set, Span)>,
    shortest: Option<Span>,
}

/// A conversation that is due at some time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub number: i64,
    pub due: Due,
    /// A legal hold keeps it all the same.
    pub is_held: bool,
}

/// What is left of a block to be told of.
struct Left {
    block: i64,
    members: Members,
    deleted: Members,
    held: Members,
    /// Of all of them.
    times: Arc<TimesOfBlock>,
}

impl<'t> Dues<'t> {
    pub(crate) fn new((tx, newest): (&'t Tx<'t>, Arc<Newest>), profile: ProfileKey, policy: &Policy) -> Self {
        let plan = Plan::all_kept();
        let selection = Selection::new((tx, newest), profile, plan, Window::default(), Time(0));
        let rules = policy.rules.iter().map(|rule| (Plan::of_rule(rule), rule.span())).collect();
        Self { selection, rules, shortest: policy.shortest() }
    }

    /// The blocks of the profile, in order.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = i64> + '_ {
        self.selection.blocks().iter().map(|(block, _)| *block)
    }

    /// Calls `each` with those of a block that are due by a time.
    pub(crate) fn each_of(&self, block: i64, by: Time, mut each: impl FnMut(Found)) -> Result<()> {
        let mut members = self.of(block, &Set::Any(self.grounds(block, by)))?;
        members.keep(&self.of(block, &ended())?);
        if members.is_empty() {
            return Ok(());
        }
        let mut left = Left {
            block,
            deleted: self.of(block, &Set::flag(Field::Deleted))?,
            held: self.of(block, &Set::flag(Field::LegalHold))?,
            times: self.selection.times(block, &members)?,
            members,
        };
        let mut each = |found: Found| {
            if found.due.time <= by {
                each(found);
            }
        };
        left.take(&self.of(block, &marked())?, (Ground::Marked, Span(0)), &mut each)?;
        for term in self.selection.terms_within(block, &term::all_of(Field::RetentionDays))? {
            let days = Term::to_code(&term).unwrap_or_default();
            let own = self.of(block, &Set::Term(Term::stored(&term)))?;
            left.take(&own, (Ground::Own, Span::days(days.into())), &mut each)?;
        }
        for (index, (set, span)) in self.rules.iter().enumerate() {
            if left.members.is_empty() {
                break;
            }
            left.take(&self.of(block, set)?, (Ground::Rule(index), *span), &mut each)?;
        }
        Ok(())
    }

    /// What may make a conversation of a block due by a time; the policy, only if that is long enough after its bounds.
    fn grounds(&self, block: i64, by: Time) -> Vec<Set> {
        let mut grounds = vec![marked(), Set::Terms(term::all_of(Field::RetentionDays))];
        let bounds = self.selection.blocks().binary_search_by_key(&block, |(block, _)| *block);
        let began = bounds.map_or(i64::MAX, |index| self.selection.blocks()[index].1.start.0);
        if self.shortest.is_some_and(|shortest| Time(began).plus(shortest) <= by) {
            grounds.extend(self.rules.iter().map(|(set, _)| set.clone()));
        }
        grounds
    }

    fn of(&self, block: i64, set: &Set) -> Result<Members> {
        self.selection.of(block, set)
    }
}

impl Left {
    /// Tells of those of a set, and takes them out.
    fn take(
        &mut self,
        set: &Members,
        (ground, span): (Ground, Span),
        each: &mut impl FnMut(Found),
    ) -> Result<()> {
        let mut taken = self.members.clone();
        taken.keep(set);
        self.members.take_out(&taken);
        for place in taken.iter() {
            let times = self.times.get(place)?;
            // One that was deleted and kept while it was live ended with that, its last change.
            let ended = times.end.or_else(|| self.deleted.has(place).then_some(times.update));
            let Some(ended) = ended else { continue };
            let number = number_at(self.block, place);
            let due = Due { time: ended.plus(span), ground };
            each(Found { number, due, is_held: self.held.has(place) });
        }
        Ok(())
    }
}

fn marked() -> Set {
    code_is(Field::PersistenceState, PersistenceState::ToBeDeleted)
}

fn ended() -> Set {
    Set::Any(vec![code_is(Field::State, State::Closed), Set::flag(Field::Deleted)])
}
