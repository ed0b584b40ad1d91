//! What a filter selects, block by block.

use super::{
    BLOCK, Fresh, Members, Term, Times, TimesOfBlock,
    gram::Wanted,
    in_order, place_of,
    plan::{Plan, Set, Unsure},
    runs::Reader,
    term::{self, Field},
    times::{Bounds, CHUNK, Chunk, Overlap, Window},
};
use crate::{Tx, tenancy::ProfileKey};
use hansard_domain::{Id, Result, Time};
use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

/// The conversations of a profile that a plan and a window select.
pub(crate) struct Selection<'t> {
    tx: &'t Tx<'t>,
    profile: ProfileKey,
    plan: Plan,
    window: Window,
    now: Time,
    newest: Rc<Newest>,
    candidates: RefCell<HashMap<i64, Rc<Candidates>>>,
    selected: RefCell<HashMap<i64, Members>>,
    chunks: RefCell<HashMap<i64, Chunk>>,
}

/// What every selection of a snapshot looks at.
#[derive(Debug)]
pub(crate) struct Newest {
    pub fresh: Fresh,
    /// Every block of the profile, with its bounds.
    pub blocks: Vec<(i64, Bounds)>,
}

impl Newest {
    pub(crate) fn load(tx: &Tx<'_>, profile: ProfileKey) -> Result<Self> {
        Ok(Self { fresh: Fresh::load(tx, profile)?, blocks: tx.list_blocks(profile)? })
    }
}

/// Those of a block whose terms are as the plan says.
struct Candidates {
    members: Members,
    /// How many of them lie in the window.
    overlap: Overlap,
}

impl Candidates {
    const NONE: Self = Self { members: Members::NONE, overlap: Overlap::None };
}

impl<'t> Selection<'t> {
    /// `now` ends what is still live; `newest` is of the same snapshot.
    pub(crate) fn new(
        (tx, newest): (&'t Tx<'t>, Rc<Newest>),
        profile: ProfileKey,
        plan: Plan,
        window: Window,
        now: Time,
    ) -> Self {
        Self {
            tx,
            profile,
            plan: plan.sorted(),
            window,
            now,
            newest,
            candidates: RefCell::default(),
            selected: RefCell::default(),
            chunks: RefCell::default(),
        }
    }

    pub(crate) fn blocks(&self) -> &[(i64, Bounds)] {
        &self.newest.blocks
    }

    /// Reads the profile's conversations in the order of their starts; none that began after the window is given.
    pub(crate) fn in_order_of_start(&self, from: Option<i64>, is_backwards: bool) -> Result<Reader<'t>> {
        let last = self.window.last_start().filter(|_| is_backwards).map(|time| time.0);
        let from = match (from, last) {
            (Some(from), Some(last)) => Some(from.min(last)),
            (from, last) => from.or(last),
        };
        Reader::new(self.tx, self.profile, from, is_backwards)
    }

    /// What is to be looked at of each that it holds.
    pub(crate) fn unsure(&self) -> Unsure {
        self.plan.unsure
    }

    /// Whether a conversation is selected.
    pub(crate) fn holds(&self, number: i64) -> Result<bool> {
        let (block, place) = place_of(number);
        let candidates = self.candidates(block)?;
        if !candidates.members.has(place) {
            return Ok(false);
        }
        match candidates.overlap {
            Overlap::None => Ok(false),
            Overlap::All => Ok(true),
            Overlap::Some => Ok(self.window.admits(&self.times_of(number)?, self.now)),
        }
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
        if let Some(members) = self.selected.borrow().get(&block) {
            return Ok(members.clone());
        }
        let members = self.members_within(block)?;
        self.selected.borrow_mut().insert(block, members.clone());
        Ok(members)
    }

    fn members_within(&self, block: i64) -> Result<Members> {
        let candidates = self.candidates(block)?;
        match candidates.overlap {
            Overlap::None => return Ok(Members::NONE),
            Overlap::All => return Ok(candidates.members.clone()),
            Overlap::Some => {}
        }
        let times = self.times(block, &candidates.members)?;
        let mut admitted = Members::NONE;
        for place in candidates.members.places() {
            if self.window.admits(&times.get(place)?, self.now) {
                admitted.insert(place);
            }
        }
        Ok(admitted)
    }

    fn candidates(&self, block: i64) -> Result<Rc<Candidates>> {
        if let Some(candidates) = self.candidates.borrow().get(&block) {
            return Ok(Rc::clone(candidates));
        }
        let bounds = self.blocks().binary_search_by_key(&block, |(block, _)| *block);
        let overlap = bounds.map_or(Overlap::None, |index| self.window.overlap(&self.blocks()[index].1));
        let candidates = Rc::new(match overlap {
            Overlap::None => Candidates::NONE,
            overlap => Candidates { members: self.all(block, &self.plan.sets)?, overlap },
        });
        self.candidates.borrow_mut().insert(block, Rc::clone(&candidates));
        Ok(candidates)
    }

    fn times_of(&self, number: i64) -> Result<Times> {
        let chunk = number / CHUNK;
        if !self.chunks.borrow().contains_key(&chunk) {
            let stored = self.tx.find_times(&[(self.profile, chunk)])?.pop().unwrap_or_default();
            self.chunks.borrow_mut().insert(chunk, stored);
        }
        let place = usize::try_from(number % CHUNK).unwrap_or_default();
        self.chunks.borrow().get(&chunk).map_or_else(|| Chunk::default().get(place), |chunk| chunk.get(place))
    }

    /// How many are selected; stops counting at `cap`, newest blocks first.
    ///
    /// Where times are asked, a block looks at all of them: a cap is sooner reached one by one.
    pub(crate) fn count_up_to(&self, cap: i64) -> Result<i64> {
        if cap < i64::MAX
            && self.window.asks_any()
            && let Some(count) = in_order::count_one_by_one(self, cap)?
        {
            return Ok(count);
        }
        let mut count = 0;
        for (block, _) in self.blocks().iter().rev() {
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

    pub(super) fn of(&self, block: i64, set: &Set) -> Result<Members> {
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
        self.of(block, &self.plan.among)
    }

    fn of_term(&self, block: i64, term: &Term) -> Result<Members> {
        let found = self.tx.find_members(self.profile, block, term.as_bytes())?;
        let mut members = found.unwrap_or(Members::NONE);
        self.newest.fresh.add_with(block, term, &mut members)?;
        Ok(members)
    }

    /// The terms of a range that any conversation of a block has.
    pub(super) fn terms_within(&self, block: i64, terms: &term::Terms) -> Result<BTreeSet<Vec<u8>>> {
        let found = RefCell::new(BTreeSet::new());
        self.of_terms(block, terms, |term| {
            if !found.borrow().contains(term) {
                found.borrow_mut().insert(term.to_vec());
            }
            false
        })?;
        Ok(found.into_inner())
    }

    fn of_terms(&self, block: i64, terms: &term::Terms, wanted: impl Fn(&[u8]) -> bool) -> Result<Members> {
        let mut members = Members::NONE;
        self.tx.scan_members(self.profile, block, (&terms.start, &terms.end), |term, stored| {
            if wanted(term) { members.add_stored(stored) } else { Ok(()) }
        })?;
        self.newest.fresh.add_within(block, terms, wanted, &mut members)?;
        Ok(members)
    }
}

/// Numbers of the live conversations of an agent.
pub(crate) fn live_of_agent(tx: &Tx<'_>, profile: ProfileKey, agent: &Id) -> Result<Vec<i64>> {
    let newest = Rc::new(Newest::load(tx, profile)?);
    let plan = Plan::live_of_agent(agent);
    let selection = Selection::new((tx, newest), profile, plan, Window::default(), Time(0));
    let blocks = selection.blocks().iter().map(|(block, _)| selection.numbers(*block));
    Ok(blocks.collect::<Result<Vec<_>>>()?.concat())
}
