//! What a filter selects, block by block.

use super::{
    BLOCK, Fresh, Members, Term, Times, TimesOfBlock,
    gram::Wanted,
    plan::{Plan, Set, Unsure},
    term::{self, Field},
    times::{Bounds, Overlap, Window},
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{Id, Result, Time};
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// The conversations of a profile that a plan and a window select.
pub(crate) struct Selection<'t> {
    tx: &'t Tx<'t>,
    profile: ProfileKey,
    plan: Plan,
    window: Window,
    now: Time,
    fresh: Rc<Fresh>,
    /// Every block of the profile, with its bounds.
    blocks: Vec<(i64, Bounds)>,
    read: RefCell<HashMap<i64, Members>>,
}

impl<'t> Selection<'t> {
    /// `now` ends what is still live; `fresh` is of the same snapshot.
    pub(crate) fn new(
        (tx, fresh): (&'t Tx<'t>, Rc<Fresh>),
        profile: ProfileKey,
        plan: Plan,
        window: Window,
        now: Time,
    ) -> Result<Self> {
        let blocks = tx.list_blocks(profile)?;
        Ok(Self { tx, profile, plan: plan.sorted(), window, now, fresh, blocks, read: RefCell::default() })
    }

    pub(crate) fn blocks(&self) -> &[(i64, Bounds)] {
        &self.blocks
    }

    /// What is to be looked at of each that it holds.
    pub(crate) fn unsure(&self) -> Unsure {
        self.plan.unsure
    }

    /// The numbers of the selected conversations of a block, the last first.
    pub(crate) fn numbers(&self, block: i64) -> Result<Vec<i64>> {
        let places = self.members(block)?;
        let numbers = places.places().map(|place| block * BLOCK + i64::try_from(place).unwrap_or_default());
        let mut numbers: Vec<i64> = numbers.collect();
        numbers.reverse();
        Ok(numbers)
    }

    /// The selected conversations of a block.
    pub(crate) fn members(&self, block: i64) -> Result<Members> {
        if let Some(members) = self.read.borrow().get(&block) {
            return Ok(members.clone());
        }
        let members = match self.blocks.binary_search_by_key(&block, |(block, _)| *block) {
            Ok(index) => self.members_within(block, &self.blocks[index].1)?,
            Err(_) => Members::NONE,
        };
        self.read.borrow_mut().insert(block, members.clone());
        Ok(members)
    }

    fn members_within(&self, block: i64, bounds: &Bounds) -> Result<Members> {
        let overlap = self.window.overlap(bounds);
        if overlap == Overlap::None {
            return Ok(Members::NONE);
        }
        let mut members = self.all(block, &self.plan.sets)?;
        if overlap == Overlap::Some && !members.is_empty() {
            let times = self.times(block, &members)?;
            let mut admitted = Members::NONE;
            for place in members.places() {
                if self.window.admits(&times.get(place)?, self.now) {
                    admitted.insert(place);
                }
            }
            members = admitted;
        }
        Ok(members)
    }

    /// How many are selected; stops counting at `cap`, newest blocks first.
    pub(crate) fn count_up_to(&self, cap: i64) -> Result<i64> {
        let mut count = 0;
        for (block, _) in self.blocks.iter().rev() {
            if count >= cap {
                break;
            }
            count += i64::try_from(self.members(*block)?.count()).unwrap_or(i64::MAX);
        }
        Ok(count.min(cap))
    }

    pub(crate) fn times(&self, block: i64, members: &Members) -> Result<TimesOfBlock> {
        TimesOfBlock::load(self.tx, self.profile, block, members)
    }

    pub(crate) fn value(&self, times: &Times, by: hansard_domain::filter::OrderBy) -> i64 {
        times.value(by, self.now)
    }

    fn all(&self, block: i64, sets: &[Set]) -> Result<Members> {
        let Some((first, others)) = sets.split_first() else { return self.present(block) };
        let mut members = self.of(block, first)?;
        for set in others {
            if members.is_empty() {
                break;
            }
            // What is not there needs no look at who else is present.
            match set {
                Set::Not(inner) => members.take_out(&self.of(block, inner)?),
                set => members.keep(&self.of(block, set)?),
            }
        }
        Ok(members)
    }

    fn of(&self, block: i64, set: &Set) -> Result<Members> {
        match set {
            Set::Term(term) => self.of_term(block, term),
            Set::Terms(terms) => self.of_terms(block, terms, |_| true),
            Set::Scorecards(condition, status) => {
                self.of_terms(block, &term::all_of(Field::Scorecard), |term| {
                    Term::to_scorecard(term).is_some_and(|fact| {
                        condition.concerns(&fact) && status.is_none_or(|status| status == fact.status)
                    })
                })
            }
            Set::Calibrated(status) => self.of_terms(block, &term::all_of(Field::Scorecard), |term| {
                Term::to_scorecard(term).is_some_and(|fact| fact.calibration == *status)
            }),
            Set::Grams(wanted) => self.of_grams(block, wanted),
            Set::Told(told) => Ok(told.get(&block).cloned().unwrap_or(Members::NONE)),
            Set::All(sets) => self.all(block, sets),
            Set::Any(sets) => {
                let mut members = Members::NONE;
                for set in sets {
                    members.add(&self.of(block, set)?);
                }
                Ok(members)
            }
            Set::Not(set) => {
                let mut members = self.present(block)?;
                members.take_out(&self.of(block, set)?);
                Ok(members)
            }
        }
    }

    fn of_grams(&self, block: i64, wanted: &Wanted) -> Result<Members> {
        let grams = match wanted {
            Wanted::Beginning(range) => {
                return self.tx.members_of_grams(self.profile, block, (&range.start, &range.end));
            }
            Wanted::All(grams) => grams,
        };
        let mut members: Option<Members> = None;
        for gram in grams {
            let found = self.tx.find_gram(self.profile, block, gram)?.unwrap_or(Members::NONE);
            let left = members.get_or_insert_with(|| found.clone());
            left.keep(&found);
            if left.is_empty() {
                break;
            }
        }
        Ok(members.unwrap_or(Members::NONE))
    }

    fn present(&self, block: i64) -> Result<Members> {
        self.of_term(block, &Term::flag(Field::Present))
    }

    fn of_term(&self, block: i64, term: &Term) -> Result<Members> {
        let found = self.tx.find_members(self.profile, block, term.as_bytes())?;
        let mut members = found.unwrap_or(Members::NONE);
        self.fresh.add_with(block, term, &mut members);
        Ok(members)
    }

    fn of_terms(&self, block: i64, terms: &term::Terms, wanted: impl Fn(&[u8]) -> bool) -> Result<Members> {
        let mut members = Members::NONE;
        self.tx.scan_members(self.profile, block, (&terms.start, &terms.end), |term, stored| {
            if wanted(term) { members.add_stored(stored) } else { Ok(()) }
        })?;
        self.fresh.add_within(block, terms, wanted, &mut members);
        Ok(members)
    }
}

/// Numbers of the live conversations of an agent.
pub(crate) fn live_of_agent(tx: &Tx<'_>, profile: ProfileKey, agent: &Id) -> Result<Vec<i64>> {
    let fresh = Rc::new(Fresh::load(tx, profile)?);
    let plan = Plan::live_of_agent(agent);
    let selection = Selection::new((tx, fresh), profile, plan, Window::default(), Time(0))?;
    let blocks = selection.blocks().iter().map(|(block, _)| selection.numbers(*block));
    Ok(blocks.collect::<Result<Vec<_>>>()?.concat())
}
